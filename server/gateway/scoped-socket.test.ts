/** Subjects with different scopes on real sockets, every byte on the wire kept. Rules: docs/spec/live.md. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Socket as ClientSocket,
  io as connectIo,
  type ManagerOptions,
  type SocketOptions,
} from 'socket.io-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { applyFrame, type ChannelCopy, emptyCopy, readHead } from '../../shared/frame.ts';
import { readMessage } from '../../shared/live-message.ts';
import { liveParser } from '../../shared/live-parser.ts';
import type { Right } from '../../shared/policy.ts';
import {
  type ClientToServer,
  PROTOCOL_VERSION,
  type ServerToClient,
  SOCKET_PATH,
  type Subscribe,
  type SubscribeAnswer,
  TIP_EVERY_MS,
} from '../../shared/protocol.ts';
import { type Channel, column } from '../../shared/view.ts';
import { createLogger } from '../log.ts';
import { queuesAnswer } from './answers.ts';
import { type Mirror, startMirror } from './mirror.ts';
import { agentsAnswer } from './people-answers.ts';
import { attachSockets, type LiveSockets } from './socket.ts';
import { rowOf, TestFeed } from './testing-feed.ts';
import { subjectWith, TestIdentities } from './testing-identity.ts';
import { TestOwner } from './testing-owner.ts';
import { type Relay, startRelay } from './testing-relay.ts';

const log = createLogger({ level: 'silent', format: 'text', write: () => {} });
const NOW = 1_795_282_215_000;

type Client = ClientSocket<ServerToClient, ClientToServer>;

let feed: TestFeed;
let owner: TestOwner;
let mirror: Mirror;
let server: Server;
let sockets: LiveSockets;
let identities: TestIdentities;
let relays: Relay[];
let clients: Client[];
let framed: string[];

const QUEUES = { sales: 'Albatross', claims: 'Bumblebee' };
const TEAMS = { red: 'Chameleon', blue: 'Dragonfly' };

const agentRow = (name: string, team: string, queue: string, activity = 'idle') =>
  rowOf('agents', {
    ...{ name, team, activity, queues: [queue], pausedIn: [], presence: 'available', canTakeCall: activity === 'idle' },
    ...(activity === 'talking' && { contactQueue: queue, caller: `139${queue}` }),
  });
const queueRow = (name: string, waiting: number) =>
  rowOf('queues', { name, waiting, thresholdMs: 20_000, shortAbandonMs: 5_000, sources: ['pbx'] });

beforeEach(async () => {
  framed = [];
  clients = [];
  relays = [];
  feed = new TestFeed(() => 1_000);
  owner = new TestOwner(feed, NOW, {
    site: [['main', rowOf('site', { name: 'Main', waiting: 5, signedIn: 3 })]],
    queues: Object.entries(QUEUES).map(([id, word]) => [word, queueRow(`${id} ${word}`, 2)]),
    sources: [['pbx', rowOf('sources', { state: 'live', aliveAt: 1_000 })]],
    today: ['', ...Object.values(QUEUES)].map((id) => [id, rowOf('today', { offered: 7 })]),
    agents: [
      ['Eucalyptus', agentRow('Foxglove', TEAMS.red, QUEUES.sales)],
      ['Gooseberry', agentRow('Hyacinth', TEAMS.blue, QUEUES.claims)],
      ['Ibuprofen', agentRow('Jalapeno', TEAMS.blue, QUEUES.sales, 'talking')],
    ],
  });
  identities = new TestIdentities();
  identities.subjects.set('whole', subjectWith({}));
  identities.subjects.set('red', subjectWith({ teams: [TEAMS.red] }));
  identities.subjects.set('claims', subjectWith({ queues: [QUEUES.claims] }));
  await start();
});

async function start(): Promise<void> {
  mirror = startMirror({
    feeds: new Map([['main', feed]]),
    now: () => 1_000,
    log,
    asksForTouched: (site) => sockets.isScoped(site),
    onCommit: (site, frames) => sockets.commit(site, frames),
    onReset: (site, channel) => sockets.reset(site, channel),
  });
  server = createServer();
  sockets = attachSockets(server, {
    mirror,
    identity: identities,
    now: () => 1_000,
    log,
    onFrame: (channel, kind) => framed.push(`${kind} ${channel}`),
    onSkip: () => {},
    onSent: () => {},
  });
  await feed.idle();
  await once(server.listen(0, '127.0.0.1'), 'listening');
}

afterEach(async () => {
  vi.useRealTimers();
  for (const client of clients) client.disconnect();
  for (const relay of relays) await relay.stop();
  await sockets.stop();
  await mirror.stop();
});

const portOf = () => (server.address() as AddressInfo).port;

function open(token: string, options: Partial<ManagerOptions & SocketOptions> & { url?: string } = {}): Client {
  const { url = `http://127.0.0.1:${portOf()}`, ...rest } = options;
  const client: Client = connectIo(url, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    auth: { version: PROTOCOL_VERSION },
    parser: liveParser,
    reconnection: false,
    forceNew: true,
    extraHeaders: { authorization: `Bearer ${token}` },
    ...rest,
  });
  clients.push(client);
  return client;
}

const subscribe = (client: Client, channel: Channel, site = 'main'): Promise<SubscribeAnswer> =>
  new Promise((resolve) => client.emit('subscribe', { site, channel }, resolve));

/** Keeps a client's copies, and says when it has heard something. */
class Screen {
  readonly copies = new Map<Channel, ChannelCopy>();
  readonly heard: string[] = [];
  readonly tips: unknown[] = [];
  #check = () => {};

  constructor(client: Client) {
    const names = new Map<number, Channel>();
    client.on('bytes', (bytes) => {
      const message = readMessage(new Uint8Array(bytes));
      if (message.is === 'name') names.set(message.number, message.channel);
      if (message.is === 'tip') this.tips.push(message.revs.map(([number, rev]) => [names.get(number), rev]));
      if (message.is !== 'frame') return;
      const channel = names.get(message.number) as Channel;
      const copy = this.copies.get(channel) ?? emptyCopy(channel);
      applyFrame(copy, message.frame);
      this.copies.set(channel, copy);
      this.heard.push(`${channel} ${readHead(message.frame).from ?? 'all'}-${copy.rev}`);
      this.#check();
    });
  }

  until(entry: string): Promise<void> {
    return new Promise((resolve) => {
      this.#check = () => {
        if (this.heard.includes(entry)) resolve();
      };
      this.#check();
    });
  }

  rows = (table: 'agents' | 'queues' | 'site' | 'today') => [
    ...([...this.copies.values()].find(({ tables }) => tables[table])?.tables[table]?.entries() ?? []),
  ];
  ids = (table: 'agents' | 'queues') => this.rows(table).map(([id]) => id);
}

/** With channels as a floor has them, over a relay of its own. */
async function watch(token: string, channels: readonly Channel[] = ['board', 'counts', 'agents']) {
  const relay = await startRelay(portOf());
  relays.push(relay);
  const client = open(token, { url: relay.url });
  const screen = new Screen(client);
  for (const channel of channels) expect(await subscribe(client, channel)).toEqual({ ok: true });
  return { client, screen, relay };
}

const inBytes = (relay: Relay, words: readonly string[]) => words.filter((word) => relay.bytes().includes(word));

test('[SCP4] no byte of another team or queue reaches the socket, also when an agent moves', async () => {
  const red = await watch('red');
  const claims = await watch('claims');
  await red.screen.until('agents all-1');
  await claims.screen.until('agents all-1');
  expect(red.screen.ids('agents')).toEqual(['Eucalyptus']);
  expect(claims.screen.ids('agents')).toEqual(['Gooseberry']);
  expect(claims.screen.ids('queues')).toEqual([QUEUES.claims]);
  // A queue names nobody, so who sees one team sees all queues.
  expect(red.screen.ids('queues')).toEqual(Object.values(QUEUES));
  const ofOthers = [TEAMS.blue, 'Gooseberry', 'Hyacinth', 'Ibuprofen', 'Jalapeno'];
  expect(inBytes(red.relay, [...ofOthers, TEAMS.red, 'Foxglove'])).toEqual([TEAMS.red, 'Foxglove']);
  const ofSales = [QUEUES.sales, 'Eucalyptus', 'Foxglove', 'Ibuprofen', 'Jalapeno', TEAMS.red];
  expect(inBytes(claims.relay, [...ofSales, QUEUES.claims, 'Hyacinth'])).toEqual([QUEUES.claims, 'Hyacinth']);

  // From blue to red and back, in the other queue meanwhile.
  owner.commit(NOW + 1, { agents: [['Gooseberry', agentRow('Hyacinth', TEAMS.red, QUEUES.claims)]] });
  await red.screen.until('agents 1-2');
  await claims.screen.until('agents 1-2');
  expect(red.screen.ids('agents')).toEqual(['Eucalyptus', 'Gooseberry']);
  expect(inBytes(red.relay, ofOthers)).toEqual(['Gooseberry', 'Hyacinth']);
  red.relay.clear();
  claims.relay.clear();
  owner.commit(NOW + 2, {
    agents: [
      ['Gooseberry', agentRow('Hyacinth', TEAMS.blue, QUEUES.sales, 'talking')],
      ['Ibuprofen', agentRow('Jalapeno', TEAMS.blue, QUEUES.claims, 'talking')],
    ],
  });
  await red.screen.until('agents 2-3');
  await claims.screen.until('agents 2-3');
  expect(red.screen.ids('agents')).toEqual(['Eucalyptus']);
  expect(claims.screen.ids('agents')).toEqual(['Ibuprofen']);
  expect(inBytes(red.relay, [...ofOthers, ...Object.values(QUEUES)])).toEqual([]);
  expect(inBytes(claims.relay, [...ofSales, 'Gooseberry', 'Hyacinth'])).toEqual(['Ibuprofen', 'Jalapeno']);
  // A screen that comes now gets a snapshot of what is shown now.
  const late = await watch('red', ['agents']);
  await late.screen.until('agents all-3');
  expect(inBytes(late.relay, ofOthers)).toEqual([]);
});

test('[SCP5] the site is the sum of what is shown', async () => {
  const { screen } = await watch('claims', ['board', 'counts']);
  const red = await watch('red', ['board', 'counts']);
  await screen.until('counts all-1');
  await red.screen.until('counts all-1');
  const at = (row: readonly unknown[] | undefined, name: 'waiting' | 'signedIn' | 'free') =>
    row?.[column('site', name)];
  const [, row] = screen.rows('site')[0] ?? [];
  expect([at(row, 'waiting'), at(row, 'signedIn'), at(row, 'free')]).toEqual([2, 1, 1]);
  const [, ofRed] = red.screen.rows('site')[0] ?? [];
  expect([at(ofRed, 'waiting'), at(ofRed, 'signedIn')]).toEqual([4, 1]);
  expect(screen.rows('today').map(([id, day]) => [id, day[0]])).toEqual([
    ['', 7],
    [QUEUES.claims, 7],
  ]);
});

test('[SCP6] a view is framed once for all its screens; what it does not show sends nothing and moves no revision', async () => {
  const screens = [await watch('red', ['agents']), await watch('red', ['agents']), await watch('whole', ['agents'])];
  for (const { screen } of screens.slice(0, 2)) await screen.until('agents all-1');
  framed = [];
  owner.commit(NOW + 1, { agents: [['Gooseberry', agentRow('Hyacinth', TEAMS.blue, QUEUES.claims, 'talking')]] });
  await screens[2]?.screen.until('agents 1-2');
  expect(framed).toEqual(['delta agents']);
  owner.commit(NOW + 2, { agents: [['Eucalyptus', agentRow('Foxglove', TEAMS.red, QUEUES.sales, 'talking')]] });
  for (const { screen } of screens.slice(0, 2)) await screen.until('agents 1-2');
  expect(framed).toEqual(['delta agents', 'delta agents', 'delta agents']);
});

test('[SCP6] views that show the same share a channel; teams make no difference to counters', async () => {
  identities.subjects.set('same', subjectWith({ teams: [TEAMS.red, TEAMS.red] }));
  const whole = await watch('whole', ['counts']);
  const red = await watch('red', ['agents', 'counts']);
  const same = await watch('same', ['agents', 'counts']);
  for (const { screen } of [red, same]) await screen.until('agents all-1');
  framed = [];
  owner.commit(NOW + 1, {
    agents: [['Eucalyptus', agentRow('Foxglove', TEAMS.red, QUEUES.sales, 'talking')]],
    today: [['', rowOf('today', { offered: 8 })]],
  });
  for (const { screen } of [red, same]) await screen.until('counts 1-2');
  await whole.screen.until('counts 1-2');
  expect(framed.sort()).toEqual(['delta agents', 'delta agents', 'delta counts']);
});

test('[SCP6] a view is kept while a screen wants it and not longer', async () => {
  const first = await watch('red', ['agents', 'board']);
  const second = await watch('red', ['agents']);
  await second.screen.until('agents all-1');
  expect(sockets.isScoped('main')).toBe(true);
  const part = (client: Client, channel: Channel) => client.emit('unsubscribe', { site: 'main', channel });
  part(first.client, 'agents');
  part(first.client, 'board');
  // Twice, and one that it never had: neither takes it from the other screen.
  part(first.client, 'agents');
  part(first.client, 'counts');
  await subscribe(first.client, 'counts');
  expect(sockets.isScoped('main')).toBe(true);
  owner.commit(NOW + 1, { agents: [['Eucalyptus', agentRow('Foxglove', TEAMS.red, QUEUES.sales, 'talking')]] });
  await second.screen.until('agents 1-2');
  second.client.disconnect();
  await vi.waitFor(() => expect(sockets.isScoped('main')).toBe(false));
  // Made anew, with revisions of its own.
  const third = await watch('red', ['agents']);
  await third.screen.until('agents all-1');
  expect(third.screen.ids('agents')).toEqual(['Eucalyptus']);
});

test("[SCP6] tips tell the view's own revision", async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout', 'clearTimeout'] });
  await sockets.stop();
  await mirror.stop();
  feed = new TestFeed(() => 1_000);
  for (const copy of owner.copies.values()) feed.keep(Object.assign(copy, { rev: 500 }));
  await start();
  const { screen, client } = await watch('red', ['agents']);
  await screen.until('agents all-1');
  vi.advanceTimersByTime(TIP_EVERY_MS + 200);
  await subscribe(client, 'board');
  await screen.until('board all-1');
  expect(screen.tips).toEqual([[], [['agents', 1]]]);
});

test.each<[string, Partial<Parameters<typeof subjectWith>[0]>, Right[], Channel, string]>([
  ['a site out of scope', { sites: ['other'] }, ['numbers.view'], 'board', 'site.unknown'],
  ['a right that is missing', {}, ['numbers.view'], 'agents', 'auth.forbidden'],
  ['integrity in part', { queues: [QUEUES.sales] }, ['integrity.view'], 'integrity', 'auth.forbidden'],
])('[SCP2] %s is refused', async (_what, scope, rights, channel, code) => {
  identities.subjects.set('some', subjectWith(scope, rights));
  const relay = await startRelay(portOf());
  relays.push(relay);
  const asked = { site: 'main', channel };
  const client = open('some', { url: relay.url, auth: { version: PROTOCOL_VERSION, subscribe: [asked] } });
  const refused = new Promise((resolve) =>
    client.on('refused', (request, refusal) => resolve([request, refusal.code])),
  );
  expect(await refused).toEqual([asked, code]);
  expect(await subscribe(client, channel)).toMatchObject({ ok: false, code });
  client.emit('unsubscribe', asked);
  owner.commit(NOW + 1, { queues: [[QUEUES.sales, queueRow('sales', 3)]], anomalies: [['x', rowOf('anomalies', {})]] });
  await feed.idle();
  expect(await subscribe(client, channel)).toMatchObject({ code });
  expect(inBytes(relay, Object.values(QUEUES))).toEqual([]);
});

test('[SCP2] who sees all of a site may have its integrity', async () => {
  const { screen } = await watch('whole', ['integrity']);
  await screen.until('integrity all-1');
  expect(sockets.isScoped('main')).toBe(false);
});

test.each(['websocket', 'polling'])('[SCP1] who is not known is refused by code over %s', async (transport) => {
  const client = open('nobody', { transports: [transport] });
  const [error] = await once(client as never, 'connect_error');
  expect(error.data).toMatchObject({ ok: false, code: 'auth.needed' });
  expect(sockets.count()).toBe(0);
});

test('[SCP1] a client of another version is told to reload, known or not', async () => {
  const client = open('nobody', { auth: { version: PROTOCOL_VERSION + 1 } });
  const [version] = await once(client as never, 'reload');
  expect(version).toBe(PROTOCOL_VERSION);
  expect(identities.asked).toEqual([]);
});

test('[SCP1] while the store is away nobody is refused: the connection ends and the client tries again', async () => {
  identities.isStoreAway = true;
  const client = open('red', { reconnection: true, reconnectionDelay: 1, reconnectionDelayMax: 1 });
  const errors: unknown[] = [];
  client.on('connect_error', (error) => errors.push((error as { data?: unknown }).data));
  await vi.waitFor(() => expect(identities.asked.length).toBeGreaterThan(1));
  identities.isStoreAway = false;
  await once(client as never, 'connect');
  expect(errors.every((data) => data === undefined)).toBe(true);
  expect(await subscribe(client, 'agents')).toEqual({ ok: true });
});

test('[SCP1] a connection is good for one handshake: who leaves is not known on it any more', async () => {
  const client = open('red');
  await once(client as never, 'connect');
  const denied = once(client as never, 'connect_error');
  // Packets of Socket.IO as they are: leave, and come again, over a connection that stays.
  client.io.engine.send('1');
  await vi.waitFor(() => expect(sockets.count()).toBe(0));
  client.io.engine.send(`0${JSON.stringify({ version: PROTOCOL_VERSION })}`);
  const [error] = await denied;
  expect(error.data).toMatchObject({ code: 'auth.needed' });
  expect(sockets.count()).toBe(0);
});

test('[SCP7] when a credential ends its screens are told and cut within a second, and judged anew', async () => {
  const red = await watch('red', ['board', 'agents']);
  const tab = await watch('red', ['agents']);
  const claims = await watch('claims', ['agents']);
  await tab.screen.until('agents all-1');
  const refused: [Subscribe, string][] = [];
  red.client.on('refused', (request, { code }) => refused.push([request as Subscribe, code]));
  const gone = Promise.all([red, tab].map(({ client }) => once(client as never, 'disconnect')));
  identities.subjects.delete('red');
  const endedAt = performance.now();
  identities.tellEnd('red');
  // Nothing of what happens from here on is theirs.
  red.relay.clear();
  owner.commit(NOW + 1, { agents: [['Eucalyptus', agentRow('Zucchini', TEAMS.red, QUEUES.claims)]] });
  expect((await gone).map(([reason]) => reason)).toEqual(['io server disconnect', 'io server disconnect']);
  expect(performance.now() - endedAt).toBeLessThan(1_000);
  expect(refused).toEqual([
    [{ site: 'main', channel: 'board' }, 'auth.needed'],
    [{ site: 'main', channel: 'agents' }, 'auth.needed'],
  ]);
  await claims.screen.until('agents 1-2');
  expect(inBytes(red.relay, ['Zucchini'])).toEqual([]);
  expect(sockets.count()).toBe(1);

  red.client.connect();
  const [error] = await once(red.client as never, 'connect_error');
  expect(error.data).toMatchObject({ code: 'auth.needed' });
  identities.subjects.set('red', subjectWith({ queues: [QUEUES.claims] }));
  red.client.connect();
  await once(red.client as never, 'connect');
  await subscribe(red.client, 'agents');
  await red.screen.until('agents all-2');
  expect(red.screen.ids('agents')).toEqual(['Gooseberry', 'Eucalyptus']);
});

test('[SCP7] a credential that ends while its screen connects gets it nowhere', async () => {
  const client = open('red');
  const outcome = Promise.race([
    once(client as never, 'connect_error').then(([error]) => error.data),
    once(client as never, 'disconnect'),
  ]);
  identities.beforeAnswer = () => {
    identities.beforeAnswer = () => {};
    identities.subjects.delete('red');
    identities.tellEnd('red');
  };
  expect(await outcome).toMatchObject({ code: 'auth.needed' });
  expect(identities.asked).toEqual(['red', 'red']);
});

test('[SCP7] nor at whatever moment between the answer and the connection it ends', async () => {
  for (let moments = 0; moments < 24; moments++) {
    identities.subjects.set('red', subjectWith({ teams: [TEAMS.red] }));
    identities.tellEnd('red');
    const endsLater = (left: number): void => {
      if (left > 0) return queueMicrotask(() => endsLater(left - 1));
      identities.subjects.delete('red');
      identities.tellEnd('red');
    };
    identities.beforeAnswer = () => {
      identities.beforeAnswer = () => {};
      endsLater(moments);
    };
    const client = open('red');
    await Promise.race([once(client as never, 'connect_error'), once(client as never, 'disconnect')]);
    expect(sockets.count()).toBe(0);
  }
});

test('[SCP9] the API shows what the channels show', async () => {
  for (const token of ['red', 'claims']) {
    const { screen } = await watch(token);
    await screen.until('agents all-1');
    const { scope } = identities.subjects.get(token) ?? subjectWith({});
    const { agents } = agentsAnswer(mirror, 'main', 1_000, scope);
    expect(agents.map(({ id }) => id)).toEqual(screen.ids('agents'));
    const { queues } = queuesAnswer(mirror, 'main', 1_000, scope);
    expect(queues.map(({ id }) => id)).toEqual(screen.ids('queues'));
  }
});

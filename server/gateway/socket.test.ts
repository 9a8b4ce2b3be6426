import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  type Socket as ClientSocket,
  io as connectIo,
  type ManagerOptions,
  type SocketOptions,
} from 'socket.io-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emptyCopy, encodeDelta, encodeWhole, type Frame, readHead } from '../../shared/frame.ts';
import { readMessage } from '../../shared/live-message.ts';
import { liveParser } from '../../shared/live-parser.ts';
import {
  type ClientToServer,
  PROTOCOL_VERSION,
  type ServerToClient,
  SOCKET_PATH,
  type SubscribeAnswer,
  TIP_EVERY_MS,
} from '../../shared/protocol.ts';
import type { Channel } from '../../shared/view.ts';
import { createLogger } from '../log.ts';
import { attachSockets, type LiveSockets } from './socket.ts';
import { anybody } from './testing-identity.ts';

const log = createLogger({ level: 'silent', format: 'text', write: () => {} });
const SITES = Array.from({ length: 20 }, (_, i) => (i === 0 ? 'main' : `site-${i}`));

type Client = ClientSocket<ServerToClient, ClientToServer>;

let server: Server;
let sockets: LiveSockets;
let connections: Socket[];
let clients: Client[];
let url: string;
let wallNow: number;
let skipped: number;
let frames: string[];
/** The fake mirror: one revision for every channel, a note of any size in the snapshot. */
let rev: number;
let note: string;
let onSubscribed: () => void;

function snapshotNow(channel: Channel): Frame {
  const copy = { ...emptyCopy(channel), rev, at: 1 };
  copy.tables.queues?.place(0, 'q', [note]);
  return encodeWhole(copy);
}

beforeEach(async () => {
  rev = 1;
  note = '';
  onSubscribed = () => {};
  wallNow = 1_000_000;
  skipped = 0;
  frames = [];
  clients = [];
  await start();
});

async function start(): Promise<void> {
  server = createServer();
  connections = [];
  server.on('connection', (connection) => connections.push(connection));
  sockets = attachSockets(server, {
    mirror: {
      get sites() {
        onSubscribed();
        return SITES;
      },
      snapshot: (site, channel) => (site === 'site-19' ? null : snapshotNow(channel)),
      revs: () => [{ site: 'main', channel: 'board', rev }],
      view: () => null,
    },
    identity: anybody(),
    now: () => wallNow,
    log,
    onFrame: (channel, kind) => frames.push(`${kind} ${channel}`),
    onSkip: () => skipped++,
    onSent: () => {},
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Anew, with the timers of the test. */
async function restart(): Promise<void> {
  await sockets.stop();
  await start();
}

afterEach(async () => {
  vi.useRealTimers();
  for (const client of clients) client.disconnect();
  await sockets.stop();
});

function open(options: Partial<ManagerOptions & SocketOptions> = {}): Client {
  const client: Client = connectIo(url, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    auth: { version: PROTOCOL_VERSION },
    parser: liveParser,
    reconnection: false,
    forceNew: true,
    ...options,
  });
  clients.push(client);
  return client;
}

const subscribe = (client: Client, site = 'main', channel: Channel = 'board'): Promise<SubscribeAnswer> =>
  new Promise((resolve) => client.emit('subscribe', { site, channel }, resolve));

/** Everything a client hears of its channels, in order, and its tips. */
function listen(client: Client): { heard: string[]; tips: unknown[]; until(entry: string): Promise<void> } {
  const heard: string[] = [];
  const tips: unknown[] = [];
  const names = new Map<number, string>();
  let check = () => {};
  client.on('bytes', (bytes) => {
    const message = readMessage(new Uint8Array(bytes));
    if (message.is === 'name') names.set(message.number, `${message.site} ${message.channel}`);
    if (message.is === 'tip') tips.push([message.serverAt, message.revs.map(([n, rev]) => [names.get(n), rev])]);
    if (message.is === 'frame') {
      const { from, to } = readHead(message.frame);
      heard.push(`${names.get(message.number)} ${from === null ? `snapshot ${to}` : `delta ${from}-${to}`}`);
    }
    check();
  });
  return {
    heard,
    tips,
    until: (entry) =>
      new Promise((resolve) => {
        check = () => {
          if (heard.includes(entry)) resolve();
        };
        check();
      }),
  };
}

function frameOf(channel: Channel, from: number, text = ''): Frame {
  const set = channel === 'board' && text !== '' ? [[0, [''], [text]] as const] : [];
  return encodeDelta({ channel, rev: from, at: 1 }, from + 1, 1, { queues: { add: [], set, del: [] } });
}

function commit(site = 'main', channel: Channel = 'board', text = ''): void {
  const frame = frameOf(channel, rev, text);
  rev++;
  sockets.commit(site, [{ channel, rev, frame, touched: null }]);
}

const next = <E extends keyof ServerToClient>(client: Client, event: E): Promise<Parameters<ServerToClient[E]>> =>
  new Promise((resolve) =>
    client.once(event as never, ((...args: Parameters<ServerToClient[E]>) => resolve(args)) as never),
  );

test.each(['websocket', 'polling'])(
  '[SO1][SO2] over %s the snapshot comes first, then every delta made after it',
  async (transport) => {
    const client = open({ transports: [transport] });
    const { heard, until } = listen(client);
    expect(await subscribe(client)).toEqual({ ok: true });
    await until('main board snapshot 1');
    commit();
    commit('main', 'agents');
    commit();
    await until('main board delta 3-4');
    expect(heard).toEqual(['main board snapshot 1', 'main board delta 1-2', 'main board delta 3-4']);
  },
);

test('[SO1] a commit between subscribe and snapshot is in the snapshot and is not sent again', async () => {
  const client = open();
  const { heard, until } = listen(client);
  // Handled by the server in the same turn as the subscription, before the step that serves snapshots.
  onSubscribed = () => queueMicrotask(() => commit());
  await subscribe(client);
  await until('main board snapshot 2');
  commit();
  await until('main board delta 2-3');
  expect(heard).toEqual(['main board snapshot 2', 'main board delta 2-3']);
});

test('[SO1] subscribing again brings a fresh snapshot', async () => {
  const client = open();
  const { until } = listen(client);
  await subscribe(client);
  await until('main board snapshot 1');
  commit();
  await subscribe(client);
  await until('main board snapshot 2');
});

test('[SO2] screens that come together cost one snapshot, and a delta is told once for all', async () => {
  const many = Array.from({ length: 8 }, () => open());
  await Promise.all(many.map((client) => once(client as never, 'connect')));
  const heard = many.map((client) => listen(client));
  for (const client of many) client.emit('subscribe', { site: 'main', channel: 'board' }, () => {});
  await Promise.all(heard.map(({ until }) => until('main board snapshot 1')));
  commit();
  await Promise.all(heard.map(({ until }) => until('main board delta 1-2')));
  expect(frames.filter((frame) => frame === 'delta board')).toHaveLength(1);
  expect(frames.filter((frame) => frame === 'snapshot board').length).toBeLessThanOrEqual(8);
});

test('[SO1] channels asked for in the handshake come without asking again; what is refused is told', async () => {
  const auth = {
    version: PROTOCOL_VERSION,
    subscribe: [{ site: 'main', channel: 'board' }, { site: 'nowhere', channel: 'board' }, 7],
  };
  const client = open({ auth });
  const { until } = listen(client);
  const refused: unknown[] = [];
  client.on('refused', (request, { code }) => refused.push([request, code]));
  await until('main board snapshot 1');
  commit();
  await until('main board delta 1-2');
  expect(refused).toEqual([
    [{ site: 'nowhere', channel: 'board' }, 'site.unknown'],
    [7, 'request.invalid'],
  ]);
});

test('[SO9] what one commit changed in several channels is one write to a screen that has them', async () => {
  const client = open();
  const { heard, until } = listen(client);
  await subscribe(client);
  await subscribe(client, 'main', 'agents');
  await until('main agents snapshot 1');
  const writes: number[] = [];
  for (const connection of connections) {
    const write = connection.write.bind(connection) as (...args: unknown[]) => boolean;
    connection.write = (...args: unknown[]) => {
      writes.push((args[0] as Buffer).length);
      return write(...args);
    };
  }
  const [board, agents] = [frameOf('board', 1), frameOf('agents', 1)];
  sockets.commit('main', [
    { channel: 'board', rev: 2, frame: board, touched: null },
    { channel: 'agents', rev: 2, frame: agents, touched: null },
  ]);
  await until('main agents delta 1-2');
  expect(heard.slice(-2)).toEqual(['main board delta 1-2', 'main agents delta 1-2']);
  // Head of a WebSocket frame and number of the channel, twice: the frames went past the engine, framed once.
  expect(writes).toEqual([2 * (2 + 1) + board.length + agents.length]);
});

test('[SO2] after unsubscribing nothing more comes', async () => {
  const client = open();
  const { heard, until } = listen(client);
  await subscribe(client);
  await subscribe(client, 'main', 'agents');
  await until('main agents snapshot 1');
  client.emit('unsubscribe', { site: 'main', channel: 'board' });
  await subscribe(client, 'site-1');
  commit('main', 'board');
  commit('main', 'agents');
  await until('main agents delta 2-3');
  expect(heard).not.toContain('main board delta 1-2');
});

test.each([[{ version: PROTOCOL_VERSION + 1 }], [{}], [{ version: '1' }]])(
  '[SO3] a client with handshake %o is told to reload and let go',
  async (auth) => {
    const client = open({ auth });
    const gone = once(client as never, 'disconnect');
    expect(await next(client, 'reload')).toEqual([PROTOCOL_VERSION]);
    await gone;
    expect(sockets.count()).toBe(0);
  },
);

test.each(['websocket', 'polling'])('[SO4] another site cannot connect over %s', async (transport) => {
  const client = open({ transports: [transport], extraHeaders: { origin: 'https://evil.example' } });
  const [error] = await once(client as never, 'connect_error');
  expect(error).toBeInstanceOf(Error);
  expect(sockets.count()).toBe(0);
});

test.each([() => url, () => url.replace('http:', 'https:')])(
  '[SO4] our own pages connect, also behind a proxy that ends TLS',
  async (origin) => {
    const client = open({ extraHeaders: { origin: origin() } });
    await once(client as never, 'connect');
  },
);

test.each([
  ['an oversized message', `42["subscribe",${JSON.stringify('x'.repeat(65 * 1024))}]`],
  ['oversized bytes', new Uint8Array(65 * 1024)],
  ['no packet of Socket.IO', '4{"not":"a packet"'],
  ['a packet type that there is not', '49["subscribe"]'],
  ["a name that is nobody's to send", '42["connect",{}]'],
  ['bytes that nobody announced', new Uint8Array([1, 2, 3])],
  ['no packet of Engine.IO', '\u0000\uffff'],
] as const)('[SO12] a connection that sends %s ends; the others do not notice', async (_, message) => {
  const neighbour = open();
  const { until } = listen(neighbour);
  await subscribe(neighbour);
  await until('main board snapshot 1');
  const raw = new WebSocket(`${url.replace('http', 'ws')}${SOCKET_PATH}/?EIO=4&transport=websocket`);
  const opened = Promise.withResolvers<void>();
  raw.addEventListener('message', ({ data }) => {
    if (String(data).startsWith('0')) raw.send(`40${JSON.stringify({ version: PROTOCOL_VERSION })}`);
    if (String(data).startsWith('40')) opened.resolve();
  });
  const closed = new Promise((resolve) => raw.addEventListener('close', resolve));
  await opened.promise;
  expect(sockets.count()).toBe(2);
  raw.send(message);
  await closed;
  expect(sockets.count()).toBe(1);
  commit();
  await until(`main board delta ${rev - 1}-${rev}`);
});

test('[SO5] a socket that does not read is skipped, others are not, and it gets a snapshot when it reads again', async () => {
  const slow = open();
  const fast = open();
  const slowHears = listen(slow);
  const fastHears = listen(fast);
  await subscribe(slow);
  await subscribe(fast);
  await slowHears.until('main board snapshot 1');
  await fastHears.until('main board snapshot 1');

  const wire = (slow.io.engine.transport as unknown as { ws: { _socket: { pause(): void; resume(): void } } }).ws
    ._socket;
  wire.pause();
  const text = 'x'.repeat(512 * 1024);
  // The kernel takes some megabytes before anything waits in the process.
  for (let i = 0; skipped === 0 && i < 200; i++) {
    commit('main', 'board', text);
    await fastHears.until(`main board delta ${rev - 1}-${rev}`);
  }
  expect(skipped).toBe(1);
  const lastBeforeSkip = rev - 1;
  for (let i = 0; i < 20; i++) commit();
  await fastHears.until(`main board delta ${rev - 1}-${rev}`);

  wire.resume();
  await slowHears.until(`main board snapshot ${rev}`);
  expect(slowHears.heard.at(-2)).toBe(`main board delta ${lastBeforeSkip - 1}-${lastBeforeSkip}`);
  commit();
  await slowHears.until(`main board delta ${rev - 1}-${rev}`);
  expect(skipped).toBe(1);
});

test('[SO6] a reset sends the snapshot to everyone on the channel', async () => {
  const client = open();
  const { until } = listen(client);
  await subscribe(client);
  await until('main board snapshot 1');
  rev = 50;
  sockets.reset('main', 'board');
  await until('main board snapshot 50');
});

test('[SO6] who came before the first commit gets the snapshot with it', async () => {
  const client = open();
  const { heard, until } = listen(client);
  expect(await subscribe(client, 'site-19')).toEqual({ ok: true });
  await subscribe(client);
  await until('main board snapshot 1');
  expect(heard).toEqual(['main board snapshot 1']);
  sockets.commit('site-19', [{ channel: 'board', rev: 1, frame: frameOf('board', 0), touched: null }]);
  commit();
  await until('main board delta 1-2');
  expect(heard.slice(1)).toEqual(['undefined delta 0-1', 'main board delta 1-2']);
});

test("[SO7] a tip comes at once and tells the clock; later ones tell where the screen's channels stand", async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout', 'clearTimeout'] });
  await restart();
  rev = 9;
  const client = open();
  const { heard, tips, until } = listen(client);
  await subscribe(client);
  await until('main board snapshot 9');
  expect(tips).toEqual([[1_000_000, []]]);
  wallNow += TIP_EVERY_MS;
  vi.advanceTimersByTime(TIP_EVERY_MS);
  commit();
  await until('main board delta 9-10');
  const travelled = [1_002_000, [['main board', 10]]];
  expect(tips.slice(1)).toEqual([travelled]);
  // Nothing happens on the site: the tip comes alone.
  vi.advanceTimersByTime(TIP_EVERY_MS + 200);
  await subscribe(client, 'main', 'agents');
  await until('main agents snapshot 10');
  expect(tips.slice(2)).toEqual([travelled]);
  expect(heard).toHaveLength(3);
});

test.each([
  [{ site: 'nowhere', channel: 'board' }, 'site.unknown'],
  [{ site: 'main', channel: 'secrets' }, 'request.invalid'],
  ['main', 'request.invalid'],
  [null, 'request.invalid'],
])('[SO8] subscribing to %o is refused with %s', async (request, code) => {
  const client = open();
  const answer = await new Promise<SubscribeAnswer>((resolve) => client.emit('subscribe', request as never, resolve));
  expect(answer).toMatchObject({ ok: false, code });
});

test('[SO8] a message without a callback, or of another name, does no harm', async () => {
  const client = open();
  (client.emit as (...args: unknown[]) => unknown)('subscribe', { site: 'main', channel: 'board' });
  (client.emit as (...args: unknown[]) => unknown)('subscribe');
  (client.emit as (...args: unknown[]) => unknown)('shutdown', 'now');
  client.emit('unsubscribe', 7 as never);
  expect(await subscribe(client)).toEqual({ ok: true });
});

test('[SO8] the thirty-third channel is refused', async () => {
  const client = open();
  const answers: SubscribeAnswer[] = [];
  for (const site of SITES.slice(0, 17))
    for (const channel of ['board', 'agents'] as const) answers.push(await subscribe(client, site, channel));
  expect(answers.filter(({ ok }) => ok)).toHaveLength(32);
  expect(answers[32]).toMatchObject({ ok: false, code: 'channel.tooMany' });
});

test('[SO8] more than fifty messages in ten seconds are refused, after that it goes on; at four times the rate the socket is closed', async () => {
  const client = open();
  const burst = await Promise.all(Array.from({ length: 60 }, () => subscribe(client)));
  expect(burst.filter(({ ok }) => ok)).toHaveLength(50);
  expect(burst.at(-1)).toMatchObject({ ok: false, code: 'request.tooMany' });
  wallNow += 10_000;
  expect(await subscribe(client)).toEqual({ ok: true });
  const gone = once(client as never, 'disconnect');
  for (let i = 0; i < 200; i++) client.emit('unsubscribe', { site: 'main', channel: 'board' });
  await gone;
});

/**
 * Commands against the simulated PBX over its real socket: each must change the PBX, and the fold must come to show it by the
 * PBX's own events. Rules: docs/spec/commands.md.
 */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { Command, MemberRow, Order, Outcome } from '../../shared/command.ts';
import { reduce } from '../core/reduce.ts';
import type { Agent, Site } from '../core/site.ts';
import { createLogger } from '../log.ts';
import { createAmiSource } from '../sources/ami/client.ts';
import { createTranslator } from '../sources/ami/translate.ts';
import { parseAmiUrl } from '../sources/ami/url.ts';
import { type DemoCentre, startDemoCentre } from '../sources/simulator/demo.ts';
import { connectClient, type TestClient } from '../sources/simulator/testing-client.ts';
import type { Acting } from '../sources/source.ts';
import { testSite } from './site.ts';

const OPENED_AT = Date.UTC(2026, 10, 21, 2);
const OPEN_FOR_MS = 30 * 60_000;
const WAIT = { timeout: 10_000, interval: 10 };

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

interface Floor {
  readonly centre: DemoCentre;
  readonly acting: Acting;
  readonly site: Site;
  /** What the PBX itself says of an agent's row. */
  row(agent: string, queue: string): Promise<MemberRow>;
  channels(): Promise<string[]>;
  /** The PBX's clock jumps. */
  pass(ms: number): void;
  agent(isIt: (agent: Agent) => boolean): Agent;
  until(isSo: () => boolean): Promise<void>;
}

async function start({
  write,
  confirmMs = 5_000,
}: {
  write?: readonly string[];
  confirmMs?: number;
} = {}): Promise<Floor> {
  const startedAt = performance.now();
  let skewMs = 0;
  const now = () => OPENED_AT + OPEN_FOR_MS + skewMs + Math.floor(performance.now() - startedAt);
  const live = Promise.withResolvers<void>();
  const centre = await startDemoCentre({
    now,
    seed: 5,
    secret: 'right',
    openedAtMs: OPENED_AT,
    ...(write && { write }),
    log: (message) => {
      if (message === 'demo: live') live.resolve();
    },
  });
  const source = createAmiSource(parseAmiUrl(centre.url), { createTranslator, timings: { confirmMs } });
  const { acting } = source;
  if (!acting) throw new Error('an AMI source can act');
  const site = testSite();
  const stopping = new AbortController();
  const running = source.run({
    site: 'main',
    source: 'pbx',
    append: async (events, receivedAt) => {
      for (const event of events) reduce(site, event, { source: 'pbx', receivedAt });
    },
    now,
    random: () => 0.5,
    log: createLogger({ level: 'silent', format: 'json', write: () => {} }),
    signal: stopping.signal,
  });
  ends.push(async () => {
    stopping.abort();
    await running;
    await centre.stop();
  });
  await live.promise;
  const until = (isSo: () => boolean) => expect.poll(isSo, WAIT).toBe(true);
  await until(() => acting.abilities() !== null && now() - site.clockAt < 1_500);
  let client: TestClient | null = null;
  const ask = async (action: string, ...headers: string[]): Promise<string[]> => {
    if (client === null) {
      client = await connectClient(centre.server.port);
      ends.push(client.close);
      await client.login('right');
    }
    return client.ask(action, ...headers);
  };
  const header = (message: string, name: string) => new RegExp(`^${name}: (.*?)\r?$`, 'm').exec(message)?.[1] ?? '';
  return {
    centre,
    acting,
    site,
    until,
    async row(agent, queue) {
      const rows = await ask('QueueStatus', `Queue: ${queue}`, `Member: ${agent}`);
      const found = rows.find((one) => one.startsWith('Event: QueueMember\r'));
      return {
        queue,
        isMember: found !== undefined,
        paused: found !== undefined && header(found, 'Paused') === '1',
        reason: found ? header(found, 'PausedReason') : '',
        penalty: found ? Number(header(found, 'Penalty')) : 0,
      };
    },
    async channels() {
      const rows = await ask('CoreShowChannels');
      return rows.filter((one) => one.includes('CoreShowChannel\r')).map((one) => header(one, 'Uniqueid'));
    },
    pass(ms) {
      skewMs += ms;
    },
    agent(isIt) {
      const found = [...site.agents.values()].find(isIt);
      if (!found) throw new Error('no such agent on the floor');
      return found;
    },
  };
}

type Given = Command extends infer C ? (C extends Command ? Omit<C, 'id'> : never) : never;

const orderOf = (command: Given, over: Partial<Order> = {}): Order => ({
  command: { ...command, id: randomUUID() } as Command,
  by: { kind: 'person', id: 'p1', name: 'Wang' },
  agentName: '',
  restores: null,
  undoes: null,
  ...over,
});

async function act({ acting }: Floor, command: Given, over: Partial<Order> = {}): Promise<Outcome | string> {
  const answer = acting.execute(orderOf(command, over));
  return typeof answer === 'string' ? answer : answer;
}

const confirmed = expect.objectContaining({ state: 'confirmed', cause: null });
const failedBy = (cause: string) => expect.objectContaining({ state: 'failed', cause });
const isFree = (agent: Agent) => agent.presence === 'available' && agent.activity === 'idle';
const queuesOf = (agent: Agent): string[] => [...agent.memberships.keys()];

test('[CMD30] a pause with its reason holds in every queue, at the PBX and on the floor, until it is taken back', async () => {
  const floor = await start();
  const { id, memberships } = floor.agent((agent) => isFree(agent) && agent.memberships.size > 1);
  const queues = [...memberships.keys()];
  const paused = await act(floor, { do: 'pause', agent: id, queue: null, reason: '午餐 🍜' });
  expect(paused).toEqual(confirmed);
  for (const queue of queues) expect(await floor.row(id, queue)).toMatchObject({ paused: true, reason: '午餐 🍜' });
  await floor.until(() => floor.site.agents.get(id)?.presence === 'meal');
  expect(floor.site.agents.get(id)).toMatchObject({ presenceReason: '午餐 🍜' });

  expect(await act(floor, { do: 'unpause', agent: id, queue: queues[0] ?? '', reason: '' })).toEqual(confirmed);
  expect(await floor.row(id, queues[0] ?? '')).toMatchObject({ paused: false, reason: '' });
  expect(await floor.row(id, queues[1] ?? '')).toMatchObject({ paused: true });
  await floor.until(() => floor.site.agents.get(id)?.presence === 'available');
});

test('[CMD30] a reason longer than the PBX keeps is confirmed as it was kept', async () => {
  const floor = await start();
  const { id } = floor.agent(isFree);
  const outcome = await act(floor, { do: 'pause', agent: id, queue: null, reason: `培训${'很'.repeat(60)}` });
  expect(outcome).toEqual(confirmed);
  await floor.until(() => floor.site.agents.get(id)?.presence === 'training');
});

test('[CMD31] an agent joins a queue, gets another penalty in it, and leaves it', async () => {
  const floor = await start();
  const agent = floor.agent(isFree);
  const queue = [...floor.site.queues.keys()].find((one) => !agent.memberships.has(one)) ?? '';
  const { id } = agent;
  expect(await act(floor, { do: 'join-queue', agent: id, queue, penalty: 3, reason: '' })).toEqual(confirmed);
  expect(await floor.row(id, queue)).toMatchObject({ isMember: true, penalty: 3, paused: false });
  await floor.until(() => agent.memberships.get(queue)?.penalty === 3);
  expect(await act(floor, { do: 'join-queue', agent: id, queue, penalty: 3, reason: '' })).toEqual(
    failedBy('agent.there'),
  );

  expect(await act(floor, { do: 'set-penalty', agent: id, queue, penalty: 7, reason: '' })).toEqual(confirmed);
  expect(await floor.row(id, queue)).toMatchObject({ penalty: 7 });
  await floor.until(() => agent.memberships.get(queue)?.penalty === 7);

  expect(await act(floor, { do: 'leave-queue', agent: id, queue, reason: 'over-staffed' })).toEqual(confirmed);
  expect(await floor.row(id, queue)).toMatchObject({ isMember: false });
  await floor.until(() => !agent.memberships.has(queue));
  expect(await act(floor, { do: 'leave-queue', agent: id, queue, reason: 'again' })).toEqual(
    failedBy('agent.notThere'),
  );
});

test('[CMD31] a row of the PBX’s configuration stays, and what is unknown is said to be', async () => {
  const floor = await start();
  const { id } = floor.agent((agent) => isFree(agent) && !/(05|10|15)$/.test(agent.id));
  const [queue = ''] = queuesOf(floor.agent((agent) => agent.id === id));
  expect(await act(floor, { do: 'leave-queue', agent: id, queue, reason: 'x' })).toEqual(failedBy('agent.fixed'));
  expect(await floor.row(id, queue)).toMatchObject({ isMember: true });
  expect(await act(floor, { do: 'pause', agent: 'PJSIP/0000', queue: null, reason: 'x' })).toBe('elsewhere');
  expect(await act(floor, { do: 'join-queue', agent: id, queue: 'nowhere', penalty: 0, reason: '' })).toBe('elsewhere');
});

const isTalking = (agent: Agent) => agent.talks.length > 0;

test('[CMD32] a hang-up ends the talk at the PBX and on the floor', async () => {
  const floor = await start();
  const { id, talks } = floor.agent(isTalking);
  const call = floor.site.contacts.get(talks[0] ?? '')?.call ?? '';
  expect(call).not.toBe('');
  expect(await act(floor, { do: 'hang-up', agent: id, call: 'other', reason: 'abuse' })).toEqual(
    failedBy('call.unknown'),
  );
  expect(await floor.channels()).toContain(call);
  expect(await act(floor, { do: 'hang-up', agent: id, call, reason: 'abuse' })).toEqual(confirmed);
  expect(await floor.channels()).not.toContain(call);
  await floor.until(() => !floor.agent((agent) => agent.id === id).talks.includes(talks[0] ?? ''));
});

test('[CMD32] a caller who waits can be let go, and counts as what the PBX says of it', async () => {
  const floor = await start();
  const isWaiting = () => [...floor.site.contacts.values()].find(({ state }) => state === 'waiting');
  await floor.until(() => {
    if (!isWaiting()) floor.pass(1_000);
    return isWaiting() !== undefined;
  });
  const { call = '' } = isWaiting() ?? {};
  expect(await act(floor, { do: 'hang-up', agent: null, call, reason: 'test call' })).toEqual(confirmed);
  await floor.until(
    () => ![...floor.site.contacts.values()].some((one) => one.call === call && one.state === 'waiting'),
  );
});

test('[CMD33] the supervisor’s phone listens to the agent’s call; a phone that does not is told why', async () => {
  const floor = await start();
  const { id } = floor.agent(isTalking);
  const monitor = (phone: string) =>
    act(floor, { do: 'monitor', agent: id, mode: 'whisper', phone, reason: 'coaching' });
  const before = await floor.channels();
  expect(await monitor('9101')).toEqual(confirmed);
  const isOurs = (channel: string) => channel.startsWith('floorcast-');
  const [spyer, ...more] = (await floor.channels()).filter((one) => !before.includes(one) && isOurs(one));
  expect([spyer !== undefined, more]).toEqual([true, []]);
  expect(await monitor('9107')).toEqual(failedBy('phone.busy'));
  expect(await monitor('4711')).toEqual(failedBy('phone.unreachable'));
  const known = await floor.channels();
  const unanswered = monitor('9106');
  await expect
    .poll(async () => (await floor.channels()).some((one) => isOurs(one) && !known.includes(one)), WAIT)
    .toBe(true);
  floor.pass(20_500);
  expect(await unanswered).toEqual(failedBy('phone.noAnswer'));
  const { id: idle } = floor.agent(isFree);
  expect(await act(floor, { do: 'monitor', agent: idle, mode: 'listen', phone: '9101', reason: 'x' })).toEqual(
    failedBy('agent.notTalking'),
  );
});

test('[CMD34] an undo brings back what was, exactly', async () => {
  const floor = await start();
  const { id, memberships } = floor.agent((agent) => isFree(agent) && agent.memberships.size > 1);
  const [first = '', second = ''] = memberships.keys();
  await act(floor, { do: 'pause', agent: id, queue: second, reason: '会议' });
  const paused = await act(floor, { do: 'pause', agent: id, queue: null, reason: '午餐' });
  if (typeof paused === 'string') throw new Error(paused);
  const restores = { rows: paused.before, expected: paused.after };
  const undo = { do: 'unpause', agent: id, queue: null, reason: 'undo' } as const;
  expect(await act(floor, undo, { restores })).toEqual(confirmed);
  expect(await floor.row(id, first)).toMatchObject({ paused: false });
  expect(await floor.row(id, second)).toMatchObject({ paused: true, reason: '会议' });
  // It is no longer what the command had made of it.
  expect(await act(floor, undo, { restores })).toEqual(failedBy('changedSince'));
});

test('[CMD35] without the right at the PBX nothing is sent, and what is lacking is said', async () => {
  const floor = await start({ write: ['reporting'] });
  await floor.until(() => floor.acting.abilities()?.can.length === 0);
  expect(floor.acting.abilities()).toEqual({
    can: [],
    lacks: ['write = agent', 'write = call', 'write = originate', 'write = message'],
  });
  const { id } = floor.agent(isFree);
  const outcome = await act(floor, { do: 'pause', agent: id, queue: null, reason: 'x' });
  expect(outcome).toEqual(expect.objectContaining({ cause: 'right.missing', detail: 'write = agent' }));
  const [queue = ''] = queuesOf(floor.agent((agent) => agent.id === id));
  expect(await floor.row(id, queue)).toMatchObject({ paused: false });
});

test('[CMD35] each class of rights opens its own commands', async () => {
  const floor = await start({ write: ['agent', 'reporting'] });
  await floor.until(() => floor.acting.abilities()?.lacks.length === 3);
  expect(floor.acting.abilities()).toEqual({
    can: ['pause', 'unpause', 'join-queue', 'leave-queue', 'set-penalty'],
    lacks: ['write = call', 'write = originate', 'write = message'],
  });
});

test('[CMD91] a message is at the phone of that agent and at no other, with its author, word for word', async () => {
  const floor = await start();
  const { id } = floor.agent(isFree);
  const text = '请到班前会集合 🍜 "a:b" \\r\\n, $EXTEN | Action: Originate';
  expect(await act(floor, { do: 'message', agent: id, text })).toEqual(confirmed);
  expect(floor.centre.messages()).toEqual([{ phone: id, text: `Wang: ${text}` }]);
});

test('[CMD92] a message to somebody without a SIP phone, to nobody, or without the right is not sent, and says why', async () => {
  const floor = await start();
  const queue = queuesOf(floor.agent(isFree))[0] ?? '';
  expect(await act(floor, { do: 'join-queue', agent: 'Local/7@agents', queue, penalty: 0, reason: '' })).toEqual(
    confirmed,
  );
  expect(await act(floor, { do: 'message', agent: 'Local/7@agents', text: 'x' })).toEqual(failedBy('phone.notSip'));
  expect(await act(floor, { do: 'join-queue', agent: 'SIP/7', queue, penalty: 0, reason: '' })).toEqual(confirmed);
  expect(await act(floor, { do: 'message', agent: 'SIP/7', text: 'x' })).toEqual(failedBy('phone.noMessages'));
  expect(await act(floor, { do: 'message', agent: 'PJSIP/none', text: 'x' })).toBe('elsewhere');
  expect(floor.centre.messages()).toEqual([]);
});

test('[CMD35] without write = message there is no message', async () => {
  const floor = await start({ write: ['agent', 'call', 'originate', 'reporting'] });
  await floor.until(() => floor.acting.abilities()?.lacks.length === 1);
  expect(floor.acting.abilities()?.lacks).toEqual(['write = message']);
  const outcome = await act(floor, { do: 'message', agent: floor.agent(isFree).id, text: 'x' });
  expect(outcome).toEqual(expect.objectContaining({ cause: 'right.missing', detail: 'write = message' }));
  expect(floor.centre.messages()).toEqual([]);
});

test('[CMD93] a message into a dead line has no known outcome', async () => {
  const floor = await start();
  const { id } = floor.agent(isFree);
  floor.centre.server.faults.mute = true;
  const sent = act(floor, { do: 'message', agent: id, text: 'x' });
  await floor.centre.server.refuse();
  floor.centre.server.dropAll();
  expect(await sent).toEqual(failedBy('outcome.unknown'));
});

test('[CMD36] accepted and not done is no success', async () => {
  const floor = await start({ confirmMs: 300 });
  floor.centre.server.faults.pretends = true;
  const { id } = floor.agent(isFree);
  expect(await act(floor, { do: 'pause', agent: id, queue: null, reason: 'x' })).toEqual(failedBy('unconfirmed'));
});

test('[CMD37] what was sent into a dead line has no known outcome; without a line nothing is sent', async () => {
  const floor = await start();
  const { id } = floor.agent(isFree);
  floor.centre.server.faults.mute = true;
  const sent = act(floor, { do: 'pause', agent: id, queue: null, reason: 'x' });
  const asking = act(floor, { do: 'hang-up', agent: floor.agent(isTalking).id, call: null, reason: 'x' });
  await floor.centre.server.refuse();
  floor.centre.server.dropAll();
  expect(await sent).toEqual(failedBy('outcome.unknown'));
  // It had only asked for the channels.
  expect(await asking).toEqual(failedBy('source.away'));
  expect(floor.acting.abilities()).toBeNull();
  expect(await act(floor, { do: 'pause', agent: id, queue: null, reason: 'x' })).toBe('away');
  floor.centre.server.faults.mute = false;
  await floor.centre.server.accept();
  await floor.until(() => floor.acting.abilities() !== null);
  expect(await act(floor, { do: 'pause', agent: id, queue: null, reason: 'y' })).toEqual(confirmed);
});

/** Requests, grants and their ends on a real PostgreSQL, with a PBX that the test plays. Rules: docs/spec/breaks.md. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type BreakSettings, breakSettingsSchema } from '../../shared/break-setting.ts';
import type { BreakAgent, BreakFloor } from '../../shared/breaks.ts';
import type { CommandStatus, Order } from '../../shared/command.ts';
import type { Database } from '../db/database.ts';
import { createTestDatabase, type TestDatabase } from '../db/testing-database.ts';
import { type BreakAct, Breaks } from './breaks.ts';
import { insertBreak, listOpen } from './store.ts';

const SITE = 'main';
const MIN = 60_000;
const NOW = Date.parse('2026-11-23T03:10:00Z');
const WANG = { subject: { kind: 'person', id: 'p1', name: 'Wang' }, from: '192.0.2.1' } as const;

let db: TestDatabase;
let at: number;
let agents: BreakAgent[];
let isLive: boolean;
let settings: BreakSettings;
let records: BreakAct[];
let statuses: Map<string, CommandStatus>;
/** Every command that was placed, in order. */
let placed: Order[];
/** What the PBX makes of a command. */
let pbx: (order: Order) => Partial<CommandStatus>;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.database.query('TRUNCATE break_requests');
  at = NOW;
  agents = ['a', 'b', 'c', 'd'].map((id, n) => agentOf(id, { signedInSince: NOW - (200 - n) * MIN }));
  isLive = true;
  settings = breakSettingsSchema.parse({ quota: 2, minFree: 0, isAutoGranting: true });
  records = [];
  statuses = new Map();
  placed = [];
  pbx = () => ({ state: 'confirmed' });
});

const agentOf = (id: string, over: Partial<BreakAgent> = {}): BreakAgent => ({
  ...{ id, name: `name-${id}`, team: null, presence: 'available', presenceReason: '', presenceSince: NOW - 90 * MIN },
  ...{ activity: 'idle', canTakeCall: true, signedInSince: NOW - 120 * MIN, restedUntil: null },
  ...{ workedMs: 120 * MIN, takenMs: 0 },
  ...over,
});
const change = (id: string, over: Partial<BreakAgent>): void => {
  agents = agents.map((agent) => (agent.id === id ? { ...agent, ...over } : agent));
};
const rest = (id: string, reason = '小休') =>
  change(id, { presence: 'onBreak', presenceReason: reason, presenceSince: at, canTakeCall: false });

const commands = {
  async place(_site: string, order: Order) {
    const { command, by } = order;
    if (statuses.has(command.id)) return 'known';
    placed.push(order);
    const none = { cause: null, detail: null, endedAt: null, before: [], after: [], undoUntil: null, undoneBy: null };
    const status = { command, by, at, state: 'pending' as const, undoes: null, ...none, ...pbx(order) };
    statuses.set(command.id, { ...status, endedAt: status.state === 'pending' ? null : at });
    return 'placed';
  },
  read: async (_site: string, id: string) => statuses.get(id) ?? null,
};
const breaksOn = (database: Database = db.database, port: typeof commands = commands): Breaks =>
  new Breaks({
    database,
    settings: async () => settings,
    floor: (): BreakFloor => ({ now: at, isLive, timeZone: 'Asia/Shanghai', agents }),
    rests: async () => new Map(),
    commands: port,
    record: async (act) => void records.push(act),
    now: () => at,
  });
const ask = (agent: string, over: { id?: string; reason?: string; isGranted?: boolean } = {}) =>
  breaksOn().request(SITE, { id: randomUUID(), agent, reason: '小休', isGranted: false, ...over }, WANG);
const stateOf = async (id: string) => {
  const { state, cause } = await breaksOn().find(SITE, id);
  return cause === null ? state : `${state} ${cause}`;
};
const acts = () => records.map(({ act }) => act);

test('[BRK20] requested, granted by the desk, confirmed by the PBX, ended at the phone: each step once, each in the audit log', async () => {
  pbx = () => ({ state: 'pending' });
  const { id } = await ask('a');
  const desk = breaksOn();
  await desk.keep(SITE);
  await desk.keep(SITE);
  expect(await stateOf(id)).toBe('granted');
  const [order] = placed;
  expect(placed).toHaveLength(1);
  expect(order?.command).toMatchObject({ do: 'pause', agent: 'a', queue: null, reason: '小休' });
  expect(order).toMatchObject({ agentName: 'name-a', by: { name: 'Break desk' } });
  const status = statuses.get(order?.command.id ?? '') as CommandStatus;
  statuses.set(status.command.id, { ...status, state: 'confirmed', endedAt: at });
  await desk.keep(SITE);
  expect(await stateOf(id)).toBe('onBreak');
  // The floor may be a moment behind the PBX.
  at += 1_000;
  await desk.keep(SITE);
  expect(await stateOf(id)).toBe('onBreak');
  rest('a');
  at += 5 * MIN;
  await desk.keep(SITE);
  expect(await stateOf(id)).toBe('onBreak');
  change('a', { presence: 'available' });
  await desk.keep(SITE);
  expect(await stateOf(id)).toBe('ended');
  expect(acts()).toEqual(['break.requested', 'break.granted', 'break.started', 'break.ended']);
  expect(records.map(({ who }) => who.name)).toEqual(['Wang', 'Break desk', 'Break desk', 'name-a']);
  expect(records[1]).toMatchObject({ subject: 'a', site: SITE, after: { name: 'name-a', request: id, rest: '小休' } });
});

test('[BRK21] the desk grants in order and within the rules, and nothing while it is off or the source is stale', async () => {
  settings = { ...settings, isAutoGranting: false };
  for (const id of ['d', 'c', 'b', 'a']) await ask(id);
  await breaksOn().keep(SITE);
  settings = { ...settings, isAutoGranting: true };
  isLive = false;
  await breaksOn().keep(SITE);
  expect(placed).toEqual([]);
  isLive = true;
  await breaksOn().keep(SITE);
  await breaksOn().keep(SITE);
  expect(placed.map(({ command }) => 'agent' in command && command.agent)).toEqual(['a', 'b']);
});

test('[BRK22] a person sends whom they choose, within the rules; else they are told why', async () => {
  const { id } = await ask('a');
  expect(await ask('d', { isGranted: true })).toMatchObject({ state: 'onBreak', decidedBy: { name: 'Wang' } });
  expect(await breaksOn().step(SITE, id, 'grant', '', WANG)).toMatchObject({ state: 'onBreak' });
  const third = ask('b', { isGranted: true });
  await expect(third).rejects.toMatchObject({ code: 'break.notNow', issues: [{ message: 'quotaUsed' }] });
  // Nothing of it is left.
  expect((await listOpen(db.database, SITE)).map(({ agent }) => agent).toSorted()).toEqual(['a', 'd']);
  isLive = false;
  await expect(ask('c', { isGranted: true })).rejects.toMatchObject({ code: 'break.notLive' });
});

test('[BRK23] asking twice is asking once; one open request for an agent; a step twice is one step, another one is refused', async () => {
  const id = randomUUID();
  const both = await Promise.all([ask('a', { id }), ask('a', { id })]);
  expect(both.map((one) => one.id)).toEqual([id, id]);
  await expect(ask('a')).rejects.toMatchObject({ code: 'break.conflict' });
  await expect(ask('b', { id })).rejects.toMatchObject({ code: 'break.conflict' });
  await expect(ask('nobody')).rejects.toMatchObject({ code: 'agent.unknown' });
  const desk = breaksOn();
  expect(await desk.step(SITE, id, 'refuse', 'too many calls', WANG)).toMatchObject({ state: 'refused' });
  expect(await desk.step(SITE, id, 'refuse', '', WANG)).toMatchObject({ state: 'refused' });
  await expect(desk.step(SITE, id, 'grant', '', WANG)).rejects.toMatchObject({ code: 'break.conflict' });
  await expect(desk.step(SITE, id, 'end', '', WANG)).rejects.toMatchObject({ code: 'break.conflict' });
  await expect(desk.step('north', id, 'refuse', '', WANG)).rejects.toMatchObject({ code: 'break.unknown' });
  expect(records.map(({ act, reason }) => [act, reason])).toEqual([
    ['break.requested', null],
    ['break.refused', 'too many calls'],
  ]);
  const again = await ask('a');
  expect(await desk.step(SITE, again.id, 'withdraw', '', WANG)).toMatchObject({ state: 'withdrawn' });
});

test('[BRK24] many who grant at the same moment never pass the quota', async () => {
  const ids = (await Promise.all(['a', 'b', 'c', 'd'].map((id) => ask(id)))).map(({ id }) => id);
  const results = await Promise.allSettled([
    ...ids.map((id) => breaksOn().step(SITE, id, 'grant', '', WANG)),
    breaksOn().keep(SITE),
    breaksOn().keep(SITE),
  ]);
  expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
  expect(placed).toHaveLength(2);
});

test('[BRK25] what the PBX refuses has failed, with its cause; what nobody heard of counts once the floor shows it', async () => {
  pbx = () => ({ state: 'failed', cause: 'right.missing' });
  const refused = await ask('a', { isGranted: true });
  expect(await stateOf(refused.id)).toBe('failed right.missing');
  pbx = () => ({ state: 'failed', cause: 'unconfirmed' });
  const unsure = await ask('b', { isGranted: true });
  expect(await stateOf(unsure.id)).toBe('granted');
  rest('b');
  await breaksOn().keep(SITE);
  expect(await stateOf(unsure.id)).toBe('onBreak');
  const silent = await ask('c', { isGranted: true });
  at += 6_000;
  await breaksOn().keep(SITE);
  expect(await stateOf(silent.id)).toBe('failed unconfirmed');
  expect(acts().filter((act) => act === 'break.failed')).toHaveLength(2);
});

test('[BRK26] an end asked for here is confirmed by the PBX; where that fails the break goes on and says so', async () => {
  const { id } = await ask('a', { isGranted: true });
  rest('a');
  pbx = () => ({ state: 'failed', cause: 'source.away' });
  await breaksOn().step(SITE, id, 'end', '', WANG);
  expect(await stateOf(id)).toBe('onBreak source.away');
  pbx = () => ({ state: 'pending' });
  expect(await breaksOn().step(SITE, id, 'end', '', WANG)).toMatchObject({ state: 'onBreak', cause: null });
  await breaksOn().step(SITE, id, 'end', '', WANG);
  const last = placed.at(-1) as Order;
  expect(placed).toHaveLength(3);
  expect(last.command).toMatchObject({ do: 'unpause', agent: 'a', queue: null });
  statuses.set(last.command.id, { ...(statuses.get(last.command.id) as CommandStatus), state: 'confirmed' });
  await breaksOn().keep(SITE);
  expect(await stateOf(id)).toBe('ended');
  expect(acts().slice(-4)).toEqual(['break.endAsked', 'break.endFailed', 'break.endAsked', 'break.ended']);
});

test('[BRK27] a request is over when its agent leaves, rests by themselves, or when the shift is over', async () => {
  settings = { ...settings, isAutoGranting: false };
  const [out, resting, old] = [await ask('a'), await ask('b'), await ask('c')];
  change('a', { presence: 'signedOut', signedInSince: null, canTakeCall: false });
  rest('b');
  isLive = false;
  await breaksOn().keep(SITE);
  expect(await stateOf(out.id)).toBe('requested');
  isLive = true;
  await breaksOn().keep(SITE);
  at += 12 * 60 * MIN + 1;
  await breaksOn().keep(SITE);
  expect(await Promise.all([out, resting, old].map(({ id }) => stateOf(id)))).toEqual([
    'expired signedOut',
    'expired resting',
    'expired tooOld',
  ]);
});

class Killed extends Error {}

/** Dies at the n-th exchange with PostgreSQL or the command store: before it, or after it without having heard the answer. */
function mortal(dieAt: number, isAfter: boolean): Breaks {
  let count = 0;
  const mortally =
    <A extends unknown[], T>(run: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const n = count++;
      if (n > dieAt || (n === dieAt && !isAfter)) throw new Killed();
      const result = await run(...args);
      if (n === dieAt) throw new Killed();
      return result;
    };
  const { database } = db;
  const dying: Database = {
    ...{ isUp: true, id: database.id, whenUp: database.whenUp, openSession: database.openSession, stop: database.stop },
    query: mortally((text: string, values?: readonly unknown[]) => database.query(text, values)) as Database['query'],
    transaction: mortally((work: Parameters<Database['transaction']>[0]) =>
      database.transaction(work),
    ) as Database['transaction'],
  };
  return breaksOn(dying, { place: mortally(commands.place), read: mortally(commands.read) });
}

test('[BRK28] killed at any exchange, a request is granted and paused once, and its successor ends what was begun', async () => {
  let kills = 0;
  for (const isAfter of [false, true]) {
    for (let dieAt = 0; dieAt < 40; dieAt++) {
      await db.database.query('TRUNCATE break_requests');
      [placed, records, statuses] = [[], [], new Map()];
      await insertBreak(db.database, {
        ...{ id: randomUUID(), site: SITE, agent: 'a', agentName: 'name-a', reason: '小休' },
        ...{ requestedAt: at, requestedBy: WANG.subject },
      });
      const first = mortal(dieAt, isAfter);
      const outcome = await first.keep(SITE).catch((error: unknown) => error);
      if (outcome !== undefined && !(outcome instanceof Killed)) throw outcome;
      if (outcome instanceof Killed) kills++;
      for (let round = 0; round < 3; round++) await breaksOn().keep(SITE);
      expect(placed).toHaveLength(1);
      expect((await listOpen(db.database, SITE)).map(({ state }) => state)).toEqual(['onBreak']);
      expect(acts()).toEqual(['break.granted', 'break.started']);
    }
  }
  expect(kills).toBeGreaterThan(10);
});

test('[BRK29] a pause that was not placed in time is not placed later', async () => {
  const away = { ...commands, place: async () => Promise.reject(new Error('Redis is away')) };
  const { id } = await ask('a');
  await expect(breaksOn(db.database, away).keep(SITE)).rejects.toThrow('Redis is away');
  expect(await stateOf(id)).toBe('granted');
  at += 11_000;
  await breaksOn().keep(SITE);
  expect([await stateOf(id), placed.length]).toEqual(['failed expired', 0]);
});

/** Rules: docs/spec/commands.md. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Command, failed, type Order, type Outcome, statusSchema } from '../../shared/command.ts';
import type { Redis } from './client.ts';
import {
  claimCommand,
  placeCommand,
  readActing,
  readCommand,
  readPlaced,
  settleCommand,
  writeActing,
} from './commands.ts';
import { siteKeys } from './keys.ts';
import { acquireLease } from './lease.ts';
import { STREAM_START } from './stream.ts';
import { startTestRedis, type TestRedis } from './testing-redis.ts';

let store: TestRedis;
let redis: Redis;
let site: string;
let siteCount = 0;
let owner: string;

beforeAll(async () => {
  store = await startTestRedis();
  redis = await store.connect();
});
afterAll(() => store.stop());

beforeEach(async () => {
  site = `commands-${siteCount++}`;
  owner = await takeOver();
});

/** The next process feeds the site. */
async function takeOver(): Promise<string> {
  await redis.del(siteKeys(site).sourceLease.lease);
  const lease = await acquireLease(redis, siteKeys(site).sourceLease, randomUUID(), 60_000);
  if ('heldForMs' in lease) throw new Error('held');
  return lease.owner;
}

const AGENT = 'PJSIP/8001';
const pause = (id: string = randomUUID()): Command => ({ id, do: 'pause', agent: AGENT, queue: null, reason: '小休' });
const order = (command: Command = pause(), over: Partial<Order> = {}): Order => ({
  command,
  by: { kind: 'person', id: 'p1', name: 'Wang' },
  agentName: '王小明',
  restores: null,
  undoes: null,
  ...over,
});

const row = { queue: 'q1', isMember: true, paused: false, reason: '', penalty: 0 };
const confirmed: Outcome = {
  state: 'confirmed',
  cause: null,
  detail: null,
  before: [row],
  after: [{ ...row, paused: true, reason: '小休' }],
};

async function placed(over: Order = order()): Promise<string> {
  expect(await placeCommand(redis, site, over)).toBe('placed');
  return over.command.id;
}
const stateOf = async (id: string) => {
  const status = await readCommand(redis, site, id);
  return status && { state: status.state, cause: status.cause };
};
/** As if it had been done so long ago. */
const age = (id: string, field: string, ms: number) => redis.hincrby(siteKeys(site).command(id), field, -ms);
const claim = (id: string, by = owner, token: string = randomUUID()) => claimCommand(redis, site, id, by, token);

test('[CMD50] a command goes from pending over sent to its end, and can be read all the way', async () => {
  const id = await placed();
  expect(await stateOf(id)).toEqual({ state: 'pending', cause: null });
  const token = randomUUID();
  expect((await claim(id, owner, token))?.command).toEqual(pause(id));
  expect(await stateOf(id)).toEqual({ state: 'sent', cause: null });
  await settleCommand(redis, site, id, token, confirmed);
  const status = statusSchema.parse(await readCommand(redis, site, id));
  expect(status).toMatchObject({ state: 'confirmed', by: { name: 'Wang' }, before: [row] });
  expect(status.undoUntil).toBe((status.endedAt ?? 0) + 10_000);
  expect(await redis.ttl(siteKeys(site).command(id))).toBeGreaterThan(86_000);
});

test('[CMD51] the same command placed again is the same one, and is there once', async () => {
  const one = order();
  const id = await placed(one);
  expect(await placeCommand(redis, site, one)).toBe('known');
  await placed(order());
  const { ids, cursor } = await readPlaced(redis, site, STREAM_START, { count: 10, blockMs: 5 });
  expect(ids).toHaveLength(2);
  expect(ids[0]).toBe(id);
  expect((await readPlaced(redis, site, cursor, { count: 10, blockMs: 5 })).ids).toEqual([]);
});

test('[CMD52] it is claimed once: not by a second one, not twice by the same, but again after a lost answer', async () => {
  const id = await placed();
  const token = randomUUID();
  expect(await claim(id, owner, token)).not.toBeNull();
  expect(await claim(id)).toBeNull();
  expect(await claim(id, owner, token)).not.toBeNull();
  await settleCommand(redis, site, id, token, confirmed);
  expect(await claim(id, owner, token)).toBeNull();
});

test('[CMD52] only the process that feeds the site claims', async () => {
  const id = await placed();
  const before = owner;
  owner = await takeOver();
  expect(await claim(id, before)).toBeNull();
  expect(await stateOf(id)).toEqual({ state: 'pending', cause: null });
  expect(await claim(id)).not.toBeNull();
});

test('[CMD53] what a process had sent when it died is never sent again: nobody knows what became of it', async () => {
  const id = await placed();
  const token = randomUUID();
  await claim(id, owner, token);
  owner = await takeOver();
  expect(await claim(id)).toBeNull();
  expect(await stateOf(id)).toEqual({ state: 'failed', cause: 'outcome.unknown' });
  // A former holder that was only stalled tells too late.
  await settleCommand(redis, site, id, token, confirmed);
  expect(await stateOf(id)).toEqual({ state: 'failed', cause: 'outcome.unknown' });
});

test('[CMD53] the same without a successor, once its time is over', async () => {
  const id = await placed();
  await claim(id);
  await age(id, 'dueAt', 9_500);
  expect(await stateOf(id)).toEqual({ state: 'sent', cause: null });
  await age(id, 'dueAt', 1_000);
  expect(await stateOf(id)).toEqual({ state: 'failed', cause: 'outcome.unknown' });
});

test('[CMD54] what nobody takes within five seconds has expired, and nobody takes it later', async () => {
  const [looked, claimed] = [await placed(), await placed()];
  await age(looked, 'placedAt', 4_000);
  expect(await stateOf(looked)).toEqual({ state: 'pending', cause: null });
  for (const id of [looked, claimed]) await age(id, 'placedAt', 5_100);
  expect(await stateOf(looked)).toEqual({ state: 'expired', cause: null });
  expect(await claim(claimed)).toBeNull();
  expect(await stateOf(claimed)).toEqual({ state: 'expired', cause: null });
  expect(await claim(looked)).toBeNull();
});

test('[CMD55] what is over never changes', async () => {
  const id = await placed();
  const token = randomUUID();
  await claim(id, owner, token);
  await settleCommand(redis, site, id, randomUUID(), confirmed);
  expect(await stateOf(id)).toEqual({ state: 'sent', cause: null });
  await settleCommand(redis, site, id, token, failed('unconfirmed'));
  await settleCommand(redis, site, id, token, confirmed);
  expect(await stateOf(id)).toEqual({ state: 'failed', cause: 'unconfirmed' });
  expect((await readCommand(redis, site, id))?.undoUntil).toBeNull();
});

async function done(): Promise<string> {
  const id = await placed();
  const token = randomUUID();
  await claim(id, owner, token);
  await settleCommand(redis, site, id, token, confirmed);
  return id;
}
const undoing = (undoes: string, id: string = randomUUID()): Order =>
  order({ id, do: 'unpause', agent: AGENT, queue: null, reason: 'undo' }, { undoes });

test('[CMD56] an undo is placed once, within ten seconds, and only of what was confirmed', async () => {
  const id = await done();
  const undo = undoing(id);
  expect(await placeCommand(redis, site, undo)).toBe('placed');
  expect(await placeCommand(redis, site, undo)).toBe('known');
  expect(await placeCommand(redis, site, undoing(id))).toBe('tooLate');
  expect(await readCommand(redis, site, id)).toMatchObject({ undoneBy: undo.command.id, undoUntil: null });
  expect(await readCommand(redis, site, undo.command.id)).toMatchObject({ undoes: id, state: 'pending' });

  const late = await done();
  await age(late, 'endedAt', 10_100);
  expect(await placeCommand(redis, site, undoing(late))).toBe('tooLate');
  expect(await placeCommand(redis, site, undoing(await placed()))).toBe('tooLate');
  expect(await placeCommand(redis, site, undoing(randomUUID()))).toBe('tooLate');
});

test('[CMD57] a Redis that comes back is not told what was asked while it was away', async () => {
  const own = await startTestRedis();
  const connection = await own.connect();
  const away = new Promise<void>((resolve) => connection.once('reconnecting', () => resolve()));
  const { dataDir } = own;
  await own.server.stop();
  await away;
  const asked = order();
  await expect(placeCommand(connection, site, asked)).rejects.toMatchObject({ code: 'server.notReady' });
  const again = await startTestRedis({ dataDir });
  const back = await again.connect();
  // The socket of the new one has the same address: what had waited for it has been sent and carried out.
  await expect.poll(() => connection.status, { timeout: 5_000 }).toBe('ready');
  await connection.ping();
  expect(await back.exists(siteKeys(site).command(asked.command.id))).toBe(0);
  await again.stop();
});

test('[CMD58] what the PBX lets us do is told by the process that feeds the site, and gone with it', async () => {
  expect(await readActing(redis, site)).toBeNull();
  await writeActing(redis, site, owner, { can: ['pause'] });
  expect(await readActing(redis, site)).toEqual({ can: ['pause'] });
  expect(await redis.pttl(siteKeys(site).acting)).toBeGreaterThan(1_000);
  const before = owner;
  owner = await takeOver();
  await writeActing(redis, site, before, { can: [] });
  expect(await readActing(redis, site)).toEqual({ can: ['pause'] });
});

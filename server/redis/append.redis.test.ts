import { randomUUID } from 'node:crypto';
import { Command } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventBatch } from '../../shared/event.ts';
import { appendBatches, FencedError, openAppender } from './append.ts';
import type { Redis } from './client.ts';
import { siteKeys } from './keys.ts';
import { acquireLease, type Lease, releaseLease } from './lease.ts';
import { readBatches, STREAM_START } from './stream.ts';
import { startTestRedis, type TestRedis } from './testing-redis.ts';

let store: TestRedis;
let redis: Redis;

beforeAll(async () => {
  store = await startTestRedis();
  redis = await store.connect();
});
afterAll(() => store.stop());

const alive = (at: number): EventBatch => ({
  v: 1,
  source: 'pbx',
  receivedAt: at,
  events: [{ type: 'source.alive', at }],
});
/** About so many characters as JSON. */
const ofLength = (at: number, chars: number): EventBatch => {
  const anomaly = { type: 'anomaly.seen', at, kind: 'x'.repeat(50), count: 1 } as const;
  return { ...alive(at), events: Array.from({ length: Math.ceil(chars / 100) }, () => anomaly) };
};
const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => alive(from + n));

const readAll = (site: string) => readBatches(redis, site, STREAM_START, { count: 20_000, blockMs: 0 });
const appended = async (site: string) => (await readAll(site)).map(({ batch }) => batch);

async function feed(site: string): Promise<Lease> {
  const lease = await acquireLease(redis, siteKeys(site).sourceLease, randomUUID(), 60_000);
  if ('heldForMs' in lease) throw new Error('somebody else feeds the site');
  return lease;
}

/** Calls `act` before each script that a connection sends, or after it was carried out. */
function spyOnScripts(own: Redis, act: (nth: number, sendAgain: () => Promise<unknown>) => unknown): void {
  const send = own.sendCommand.bind(own);
  let sent = 0;
  own.sendCommand = (command, stream) => {
    if (!command.name.startsWith('eval')) return send(command, stream);
    const again = () => send(new Command(command.name, command.args as string[], { replyEncoding: 'utf8' }));
    const nth = sent++;
    return Promise.resolve(send(command, stream)).then(async (answer) => (await act(nth, again as never)) ?? answer);
  };
}

test('[STR7] appends whose connection breaks before the answer are sent again, in order and once', async () => {
  const own = await store.connect();
  const connection = String(await own.client('ID'));
  let carriedOut = 0;
  spyOnScripts(own, async (nth) => {
    if (nth !== 3) return;
    carriedOut = await redis.xlen(siteKeys('str7').events);
    // The next one is on its way when the connection breaks.
    void redis.client('KILL', 'ID', connection);
  });
  const batches = many(3_000);
  await Promise.all(batches.map((batch) => appendBatches(own, 'str7', [batch])));
  expect(await appended('str7')).toEqual(batches);
  expect(carriedOut).toBeGreaterThan(0);
  expect(carriedOut).toBeLessThan(batches.length);
});

test('[STR7] an append that was carried out and is sent again adds nothing', async () => {
  const own = await store.connect();
  spyOnScripts(own, (_nth, sendAgain) => sendAgain());
  await appendBatches(own, 'str7b', [alive(1), alive(2)]);
  await appendBatches(own, 'str7b', [alive(3)]);
  expect((await appended('str7b')).map((batch) => batch?.receivedAt)).toEqual([1, 2, 3]);
});

test('[STR8] what is asked for while an append is under way goes together in the next one', async () => {
  const own = await store.connect();
  let calls = 0;
  spyOnScripts(own, () => void calls++);
  await appendBatches(own, 'str8', [alive(0)]);
  const before = calls;
  await Promise.all(many(200, 1).map((batch) => appendBatches(own, 'str8', [batch])));
  expect(await appended('str8')).toEqual(many(201));
  expect(calls - before).toBe(2);
});

test('[STR8] a large backlog goes in several appends of bounded size', async () => {
  const own = await store.connect();
  let calls = 0;
  spyOnScripts(own, () => void calls++);
  const batches = Array.from({ length: 40 }, (_, n) => ofLength(n, 100_000));
  await appendBatches(own, 'str8b', batches);
  expect(await appended('str8b')).toEqual(batches);
  expect(calls).toBeGreaterThanOrEqual(5);
});

test('[STR9] only who holds the source lease appends under it; a former holder adds nothing', async () => {
  const first = await feed('str9');
  const former = openAppender(redis, 'str9', { owner: first.owner });
  await former.append([alive(1)]);
  await releaseLease(redis, siteKeys('str9').sourceLease, first);
  // Nobody has taken over: nobody is disturbed.
  await former.append([alive(2)]);
  const second = await feed('str9');
  await expect(former.append([alive(3)])).rejects.toBeInstanceOf(FencedError);
  await openAppender(redis, 'str9', { owner: second.owner }).append([alive(4)]);
  await expect(former.append([alive(5)])).rejects.toBeInstanceOf(FencedError);
  expect((await appended('str9')).map((batch) => batch?.receivedAt)).toEqual([1, 2, 4]);
});

test('[STR9] an append that waits for its turn when the holder changes does not enter either', async () => {
  const own = await store.connect();
  const first = await feed('str9b');
  const former = openAppender(own, 'str9b', { owner: first.owner });
  spyOnScripts(own, async (nth) => {
    if (nth !== 0) return;
    await releaseLease(redis, siteKeys('str9b').sourceLease, first);
    await feed('str9b');
  });
  const outcomes = await Promise.allSettled(many(10).map((batch) => former.append([batch])));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', ...Array(9).fill('rejected')]);
  expect(await appended('str9b')).toEqual([alive(0)]);
});

/** What a failover to a replica that was behind, or a power cut, leaves of a site's stream. */
async function loseAllBut(site: string, kept: number, producers: readonly string[]): Promise<void> {
  const { events } = siteKeys(site);
  for (const { id } of (await readAll(site)).slice(kept)) await redis.xdel(events, id);
  for (const key of producers) await redis.set(key, kept);
}

test('[STR10] what Redis had answered and lost is appended again, in order, before what is new', async () => {
  const appender = openAppender(redis, 'str10');
  for (const batch of many(10)) await appender.append([batch]);
  await loseAllBut('str10', 6, await redis.keys(siteKeys('str10').appended('*')));
  await appender.append([alive(10)]);
  await appender.append([alive(11)]);
  expect(await appended('str10')).toEqual(many(12));
});

test('[STR10] so is everything, when Redis has lost everything', async () => {
  const appender = openAppender(redis, 'str10b');
  for (const batch of many(10)) await appender.append([batch]);
  await redis.del(siteKeys('str10b').events, ...(await redis.keys(siteKeys('str10b').appended('*'))));
  await appender.append([alive(10)]);
  expect(await appended('str10b')).toEqual(many(11));
});

test('[STR10] what is too old to be remembered is told to be lost', async () => {
  let told = 0;
  const appender = openAppender(redis, 'str10c', { onLost: () => told++ });
  for (let n = 0; n < 10; n++) await appender.append([ofLength(n, 1_500_000)]);
  expect(told).toBe(0);
  await loseAllBut('str10c', 0, await redis.keys(siteKeys('str10c').appended('*')));
  await appender.append([alive(10)]);
  expect(told).toBe(1);
  const found = (await appended('str10c')).map((batch) => batch?.receivedAt);
  expect(found.at(-1)).toBe(10);
  expect(found.length).toBeGreaterThan(2);
  expect(found).toEqual(found.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventBatch } from '../../shared/event.ts';
import { appendBatches } from './append.ts';
import type { Redis } from './client.ts';
import { siteKeys } from './keys.ts';
import { compareEntryIds, lastEventId, readBatches, readFrames, readView, STREAM_START } from './stream.ts';
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
const now = { count: 100, blockMs: 0 };

test('[STR1] batches are appended in order and read back as they were, from any entry on', async () => {
  const batches = Array.from({ length: 250 }, (_, n) => alive(n));
  await appendBatches(redis, 'str1', batches);
  const first = await readBatches(redis, 'str1', STREAM_START, now);
  const rest = await readBatches(redis, 'str1', first.at(-1)?.id ?? '', { count: 1_000, blockMs: 0 });
  const all = [...first, ...rest];
  expect(all.map(({ batch }) => batch)).toEqual(batches);
  const ids = all.map(({ id }) => id);
  expect(ids.toSorted(compareEntryIds)).toEqual(ids);
  expect(await lastEventId(redis, 'str1')).toBe(ids.at(-1));
  await appendBatches(redis, 'str1', []);
  expect(await lastEventId(redis, 'str1')).toBe(ids.at(-1));
});

test('[STR2] a blocking read wakes with the entry it waited for, and ends empty when none comes', async () => {
  const reader = await store.connect('reader');
  const waiting = readBatches(reader, 'str2', STREAM_START, { count: 1, blockMs: 10_000 });
  await appendBatches(redis, 'str2', [alive(1)]);
  expect((await waiting).map(({ batch }) => batch)).toEqual([alive(1)]);
  expect(await readBatches(reader, 'str2', '9999999999999-0', { count: 1, blockMs: 1 })).toEqual([]);
  expect(await lastEventId(redis, 'str2-none')).toBe(STREAM_START);
});

test('[STR3] what does not parse is left out, told, and never takes its neighbours with it', async () => {
  const key = siteKeys('str3').events;
  await redis.xadd(key, '*', 'b', '{');
  await redis.xadd(key, '*', 'other', 'field');
  await redis.xadd(key, '*', 'b', 'null');
  await redis.xadd(key, '*', 'b', JSON.stringify({ ...alive(1), v: 2 }));
  await redis.xadd(
    key,
    '*',
    'b',
    JSON.stringify({ ...alive(2), events: [{ type: 'from.the.future', at: 1 }, ...alive(2).events] }),
  );
  const entries = await readBatches(redis, 'str3', STREAM_START, now);
  expect(entries.map(({ batch }) => batch)).toEqual([null, null, null, null, alive(2)]);
  expect(entries.map(({ rejected }) => rejected.length)).toEqual([1, 1, 1, 1, 1]);
  expect(entries[4]?.rejected[0]).toMatch(/^from\.the\.future: /);
});

test('[STR4] entry ids are ordered as numbers', () => {
  const ids = ['0-0', '9-1', '10-0', '10-2', '10-10', '1700000000000-0'];
  expect(ids.toReversed().sort(compareEntryIds)).toEqual(ids);
  expect(compareEntryIds('5-5', '5-5')).toBe(0);
});

test('[STR5] frames are read per channel; of what is none nothing is left, which no copy takes for a frame', async () => {
  const key = siteKeys('str5').frames;
  await redis.xadd(key, '*', 'board', 'AQID', 'agents', 'reset');
  await redis.xadd(key, '*', 'board', '{', 'unknown', 'AQID');
  const frames = await readFrames(redis, 'str5', STREAM_START, now);
  expect(frames.map(({ deltas }) => deltas)).toEqual([
    { board: Buffer.from([1, 2, 3]), agents: 'reset' },
    { board: Buffer.alloc(0) },
  ]);
});

test('[STR6] a view is null before the first commit, then a snapshot with the frame to go on from', async () => {
  expect(await readView(redis, 'str6', 'board')).toBeNull();
  const keys = siteKeys('str6');
  await redis.hset(keys.meta, 'rev:board', 7, 'at', 9999, 'at:board', 1234);
  await redis.hset(keys.view('board'), 'queues:1', '["sales","Sales",20000]', 'site:0', '["str6","Centre"]');
  expect(await readView(redis, 'str6', 'board')).toMatchObject({
    copy: { channel: 'board', rev: 7, at: 1234 },
    frameCursor: STREAM_START,
  });
  const frame = await redis.xadd(keys.frames, '*', 'board', 'reset');
  const view = await readView(redis, 'str6', 'board');
  expect(view?.frameCursor).toBe(frame);
  expect(view?.copy.tables.queues?.indexed()).toEqual([[1, 'sales', ['Sales', 20_000]]]);
  expect(view?.copy.tables.sources?.indexed()).toEqual([]);
  expect(await readView(redis, 'str6', 'agents')).toBeNull();
});

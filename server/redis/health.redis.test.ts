import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Redis } from './client.ts';
import { redisHealth } from './health.ts';
import { siteKeys } from './keys.ts';
import { startTestRedis, type TestRedis } from './testing-redis.ts';

let redis: TestRedis;
let command: Redis;
beforeAll(async () => {
  redis = await startTestRedis();
  command = await redis.connect();
});
afterAll(() => redis.stop());

test('[OBS4] the lag of a site is the time between its committed cursor and its newest event, zero without either', async () => {
  const { streamLagMs } = redisHealth(command);
  const keys = siteKeys('main');
  expect(await streamLagMs('main')).toBe(0);
  await command.xadd(keys.events, '5000-1', 'b', '{}');
  expect(await streamLagMs('main')).toBe(0);
  await command.hset(keys.meta, 'cursor', '5000-1');
  await command.xadd(keys.events, '8500-0', 'b', '{}');
  expect(await streamLagMs('main')).toBe(3_500);
});

test('[OBS5] a refusal of writes is told by its first word, and leaves nothing behind when there is none', async () => {
  const { refusalOf, hasOwner } = redisHealth(command);
  expect(await refusalOf('main')).toBeNull();
  expect(await command.pttl(siteKeys('main').probe)).toBeGreaterThan(0);
  await command.config('SET', 'maxmemory', '1');
  expect(await refusalOf('main')).toBe('OOM');
  await command.config('SET', 'maxmemory', '0');
  expect(await refusalOf('main')).toBeNull();
  expect(await hasOwner('main')).toBe(false);
});

test('[OBS5] without an answer there is no word for it', async () => {
  const gone = await redis.connect();
  gone.disconnect();
  await expect(redisHealth(gone).refusalOf('main')).rejects.toThrow('Connection is closed');
});

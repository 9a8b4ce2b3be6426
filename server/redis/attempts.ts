/**
 * Slows down guessing. An attempt counts as failed when it begins, so that many at once gain nothing, and is taken back
 * when it succeeds. The delay doubles with each failure up to a bound: nobody is locked out for good.
 */
import type { Redis } from './client.ts';
import { ACCESS_KEYS } from './keys.ts';
import { defineScript } from './script.ts';

export interface Patience {
  /** Failures without a delay. */
  readonly free: number;
  readonly maxWaitMs: number;
  /** So long after the last one all is forgotten. */
  readonly forgetAfterMs: number;
}

const FIRST_WAIT_MS = 1_000;

// KEYS attempts; ARGV now, free, first wait, longest wait, forget after. Gives how long to wait, 0 to go on.
const take = defineScript(`
local now = tonumber(ARGV[1])
local count = tonumber(redis.call('HGET', KEYS[1], 'count') or '0')
local untilMs = tonumber(redis.call('HGET', KEYS[1], 'until') or '0')
if now < untilMs then return untilMs - now end
count = count + 1
local over = count - tonumber(ARGV[2])
local wait = 0
if over > 0 then wait = math.min(tonumber(ARGV[4]), tonumber(ARGV[3]) * 2 ^ math.min(over - 1, 30)) end
redis.call('HSET', KEYS[1], 'count', count, 'until', string.format('%d', now + wait))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 0`);

// KEYS attempts. As if it had not been; one that is forgotten stays so.
const giveBack = defineScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HINCRBY', KEYS[1], 'count', -1) <= 0 then return redis.call('DEL', KEYS[1]) end
redis.call('HSET', KEYS[1], 'until', 0)
return 1`);

/** 0: go on, and give it back if it succeeds. Else: milliseconds to wait; this attempt does not count. */
export async function takeAttempt(redis: Redis, at: string, now: number, patience: Patience): Promise<number> {
  const { free, maxWaitMs, forgetAfterMs } = patience;
  return Number(await take(redis, [ACCESS_KEYS.attempts(at)], [now, free, FIRST_WAIT_MS, maxWaitMs, forgetAfterMs]));
}

export async function giveAttemptBack(redis: Redis, at: string): Promise<void> {
  await giveBack(redis, [ACCESS_KEYS.attempts(at)], []);
}

export async function forgetAttempts(redis: Redis, at: string): Promise<void> {
  await redis.del(ACCESS_KEYS.attempts(at));
}

/**
 * Who does what only one process may do: fold a site, or feed it. The lease is a key that expires; it decides who may
 * try. The fence is field `owner` of a hash, written in the same step as the lease and checked by everything that the
 * holder writes; it makes a former holder harmless that was stalled past its lease.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from './client.ts';
import type { LeaseKeys } from './keys.ts';
import { defineScript } from './script.ts';

export interface Lease {
  readonly epoch: number;
  /** What the holder's writes carry: `<epoch>:<token>`. The token keeps it unique even if Redis loses the newest epoch. */
  readonly owner: string;
  readonly token: string;
}

/** Somebody else holds the lease, for so long unless it is renewed. */
export interface Held {
  readonly heldForMs: number;
}

/**
 * How long a silent holder keeps its lease: most of what a take-over costs after a crash, and how long a process may be
 * stalled without losing what it holds to one that stands by.
 */
export const LEASE_TTL_MS = 900;
/** Longest pause between two looks of whoever stands by; a lease that is given back is taken within it. */
const STAND_BY_MS = 100;

/** A look that takes longer tells of an outage: every lease may have run out meanwhile, though its holder lives. */
const LATE_MS = 300;
/** So long after an outage a living holder has surely come back and renewed. */
const PATIENCE_MS = 1_500;

// KEYS lease, epoch, fence; ARGV token, ttlMs, when this look is too late by Redis' clock (0 never). Returns the new epoch,
// 0 when too late, or while somebody else holds the lease minus the milliseconds it has left; and Redis' clock. The holder
// may take it again (after a lost answer, or to start over): the epoch still rises.
const acquire = defineScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if tonumber(ARGV[3]) > 0 and now > tonumber(ARGV[3]) then return {0, now} end
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return {-math.max(1, redis.call('PTTL', KEYS[1])), now} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local epoch = redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[3], 'owner', epoch .. ':' .. ARGV[1])
return {epoch, now}`);

// KEYS lease, fence; ARGV token, owner, ttlMs. Returns 1 while the caller is the owner.
// An expired lease that nobody has taken since is taken back: a pause alone is no reason for everyone to start over.
const renew = defineScript(`
if redis.call('HGET', KEYS[2], 'owner') ~= ARGV[2] then return 0 end
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return 1`);

// KEYS lease; ARGV token.
const release = defineScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`);

/** What whoever stands by over a connection knows. Monotonic clock. */
interface Watch {
  /** Redis' clock less ours. */
  readonly offsetMs: number;
  /** After an outage: no look before. */
  readonly patientUntil: number;
}

const watches = new WeakMap<Redis, Watch>();

/**
 * Takes the lease if it is free. Redis carries a command out when it is back from an outage, and so do its clients when they
 * are: that look would find every lease run out. It does not count, and for PATIENCE_MS none is made, or a living holder
 * would be fenced for having been slower than one that stands by, and what it held would be lost.
 */
export async function acquireLease(redis: Redis, keys: LeaseKeys, token: string, ttlMs: number): Promise<Lease | Held> {
  const watch = watches.get(redis);
  const sentAt = performance.now();
  if (watch && sentAt < watch.patientUntil) return { heldForMs: watch.patientUntil - sentAt };
  const tooLateAt = watch ? Math.round(sentAt + watch.offsetMs + LATE_MS) : 0;
  let answer: readonly [epoch: number, now: number];
  try {
    const args = [token, ttlMs, tooLateAt];
    answer = (await acquire(redis, [keys.lease, keys.epoch, keys.fence], args)) as typeof answer;
  } catch (error) {
    if (watch) watches.set(redis, { ...watch, patientUntil: performance.now() + PATIENCE_MS });
    throw error;
  }
  const [epoch, redisNow] = answer;
  const now = performance.now();
  const isLate = epoch === 0;
  watches.set(redis, { offsetMs: redisNow - now, patientUntil: isLate ? now + PATIENCE_MS : 0 });
  if (isLate) return { heldForMs: PATIENCE_MS };
  return epoch > 0 ? { epoch, owner: `${epoch}:${token}`, token } : { heldForMs: -epoch };
}

/** How long to stand by before the next look: until the lease runs out, but not so long that a release goes unseen. */
export const standByMs = ({ heldForMs }: Held): number => Math.min(STAND_BY_MS, heldForMs + 1);

/** Whether the caller is the holder still, then for another `ttlMs`. */
export async function renewLease(redis: Redis, keys: LeaseKeys, lease: Lease, ttlMs: number): Promise<boolean> {
  return (await renew(redis, [keys.lease, keys.fence], [lease.token, lease.owner, ttlMs])) === 1;
}

/** Renews until `over` is aborted (false), or until somebody else holds it or Redis has forgotten it (true). */
export async function isLeaseLost(
  redis: Redis,
  keys: LeaseKeys,
  lease: Lease,
  ttlMs: number,
  over: AbortSignal,
): Promise<boolean> {
  for (;;) {
    await wait(ttlMs / 4, undefined, { signal: over }).catch(() => {});
    if (over.aborted) return false;
    try {
      if (!(await renewLease(redis, keys, lease, ttlMs))) return !over.aborted;
    } catch {
      // The connection tells of its outages itself, and the fence protects what is written meanwhile.
    }
  }
}

/** Lets the next one in at once. Harmless when the lease is already somebody else's. */
export async function releaseLease(redis: Redis, keys: LeaseKeys, lease: Lease): Promise<void> {
  await release(redis, [keys.lease], [lease.token]);
}

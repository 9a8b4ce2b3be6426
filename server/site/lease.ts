/**
 * Who owns a site. The lease is a key that expires; it decides who may try. The fence is `meta.owner`, written in the
 * same step as the lease and checked by every commit; it makes a former owner harmless that was stalled past its lease.
 */
import type { Redis } from '../redis/client.ts';
import { siteKeys } from '../redis/keys.ts';
import { defineScript } from '../redis/script.ts';

export interface Lease {
  readonly epoch: number;
  /** What commits carry: `<epoch>:<token>`. The token keeps it unique even if Redis loses the newest epoch. */
  readonly owner: string;
  readonly token: string;
}

// KEYS lease, epoch, meta; ARGV token, ttlMs. Returns the new epoch, or 0 while somebody else holds the lease.
// The holder may take it again (after a lost answer, or to start over): the epoch still rises.
const acquire = defineScript(`
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local epoch = redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[3], 'owner', epoch .. ':' .. ARGV[1])
return epoch`);

// KEYS lease, meta; ARGV token, owner, ttlMs. Returns 1 while the caller is the owner.
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

/** Null while another token holds the lease. */
export async function acquireLease(redis: Redis, site: string, token: string, ttlMs: number): Promise<Lease | null> {
  const keys = siteKeys(site);
  const epoch = Number(await acquire(redis, [keys.lease, keys.epoch, keys.meta], [token, ttlMs]));
  return epoch === 0 ? null : { epoch, owner: `${epoch}:${token}`, token };
}

export async function renewLease(redis: Redis, site: string, lease: Lease, ttlMs: number): Promise<boolean> {
  const keys = siteKeys(site);
  return (await renew(redis, [keys.lease, keys.meta], [lease.token, lease.owner, ttlMs])) === 1;
}

/** Lets the next one in at once. Harmless when the lease is already somebody else's. */
export async function releaseLease(redis: Redis, site: string, lease: Lease): Promise<void> {
  await release(redis, [siteKeys(site).lease], [lease.token]);
}

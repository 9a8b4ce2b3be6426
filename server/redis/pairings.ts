/** TVs that wait to be paired, each by the code that it shows and by the hash of a secret that it does not. */
import type { Redis } from './client.ts';
import { ACCESS_KEYS } from './keys.ts';
import { defineScript } from './script.ts';

export const PAIRING_LIVES_MS = 600_000;
/** Whoever has paired it is done; an answer that was lost may be asked for again so long. */
const PAIRED_LIVES_MS = 60_000;
const MAX_OPEN = 1_000;

export interface StoredPairing {
  readonly code: string;
  /** JSON, as it was given. */
  readonly facts: string;
  /** Null: nobody has paired it yet. */
  readonly screen: string | null;
}

// KEYS pairing, pairing of the secret, pairings; ARGV code, hash of the secret, facts, now, ends, lives ms, most.
const open = defineScript(`
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[4])
if redis.call('EXISTS', KEYS[1]) == 1 then return 'taken' end
if redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[7]) then return 'full' end
redis.call('HSET', KEYS[1], 'secret', ARGV[2], 'facts', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[6])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[1])
return 'open'`);

/** `taken`: another TV shows this code; `full`: too many wait. */
export async function openPairing(
  redis: Redis,
  pairing: { readonly code: string; readonly secretHash: string; readonly facts: string; readonly now: number },
): Promise<'open' | 'taken' | 'full'> {
  const { code, secretHash, facts, now } = pairing;
  const keys = [ACCESS_KEYS.pairing(code), ACCESS_KEYS.pairingOf(secretHash), ACCESS_KEYS.pairings];
  const ends = now + PAIRING_LIVES_MS;
  const answer = await open(redis, keys, [code, secretHash, facts, now, ends, PAIRING_LIVES_MS, MAX_OPEN]);
  return answer as 'open' | 'taken' | 'full';
}

export async function readPairing(redis: Redis, code: string): Promise<StoredPairing | null> {
  const [facts, screen] = await redis.hmget(ACCESS_KEYS.pairing(code), 'facts', 'screen');
  return facts ? { code, facts, screen: screen ?? null } : null;
}

export async function pairingOfSecret(redis: Redis, secretHash: string): Promise<StoredPairing | null> {
  const code = await redis.get(ACCESS_KEYS.pairingOf(secretHash));
  if (code === null) return null;
  // Another TV may show the code by now.
  if ((await redis.hget(ACCESS_KEYS.pairing(code), 'secret')) !== secretHash) return null;
  return readPairing(redis, code);
}

// KEYS pairing, pairings; ARGV code, screen, now. Of several who pair one TV one succeeds.
const take = defineScript(`
if redis.call('HEXISTS', KEYS[1], 'facts') == 0 then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('HSETNX', KEYS[1], 'screen', ARGV[2])`);

export async function takePairing(redis: Redis, code: string, screen: string): Promise<boolean> {
  return Number(await take(redis, [ACCESS_KEYS.pairing(code), ACCESS_KEYS.pairings], [code, screen])) === 1;
}

/** As if nobody had paired it. */
export async function giveBackPairing(redis: Redis, code: string): Promise<void> {
  await redis.hdel(ACCESS_KEYS.pairing(code), 'screen');
}

export async function closePairing(redis: Redis, code: string, secretHash: string): Promise<void> {
  await redis.pexpire(ACCESS_KEYS.pairing(code), PAIRED_LIVES_MS, 'LT');
  await redis.pexpire(ACCESS_KEYS.pairingOf(secretHash), PAIRED_LIVES_MS, 'LT');
}

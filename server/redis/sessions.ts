/** Sessions in Redis, each by the hash of its id: who reads Redis cannot take one over. Each change is one step, and told. */
import type { Redis } from './client.ts';
import { ACCESS_KEYS } from './keys.ts';
import { tellIn } from './news.ts';
import { defineScript } from './script.ts';

export interface StoredSession {
  readonly person: string;
  /** JSON, as it was given. */
  readonly facts: string;
  readonly endsAt: number;
}

/** A person with more has forgotten the oldest. */
const MAX_PER_PERSON = 20;

// KEYS session, sessions of the person, news; ARGV prefix of sessions, hash, person, facts, endsAt, now, idle ms.
const start = defineScript(`
redis.call('HSET', KEYS[1], 'person', ARGV[3], 'facts', ARGV[4], 'endsAt', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[7])
redis.call('ZADD', KEYS[2], ARGV[6], ARGV[2])
redis.call('PEXPIREAT', KEYS[2], ARGV[5])
for _, hash in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  if redis.call('EXISTS', ARGV[1] .. hash) == 0 then redis.call('ZREM', KEYS[2], hash) end
end
for _, hash in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1 - ${MAX_PER_PERSON})) do
  redis.call('DEL', ARGV[1] .. hash)
  redis.call('ZREM', KEYS[2], hash)
  ${tellIn('KEYS[3]', 'session', 'hash')}
end
return 1`);

// KEYS session, sessions of the person, news; ARGV hash.
const end = defineScript(`
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
${tellIn('KEYS[3]', 'session', 'ARGV[1]')}
return 1`);

// KEYS sessions of the person, news; ARGV prefix of sessions, person.
const endAll = defineScript(`
for _, hash in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do redis.call('DEL', ARGV[1] .. hash) end
redis.call('DEL', KEYS[1])
${tellIn('KEYS[2]', 'person', 'ARGV[2]')}
return 1`);

// KEYS sessions of the person, news; ARGV prefix of sessions, person, facts. One that has ended is not brought back.
const rewrite = defineScript(`
for _, hash in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if redis.call('EXISTS', ARGV[1] .. hash) == 1 then redis.call('HSET', ARGV[1] .. hash, 'facts', ARGV[3]) end
end
${tellIn('KEYS[2]', 'person', 'ARGV[2]')}
return 1`);

export async function startSession(
  redis: Redis,
  hash: string,
  { person, facts, endsAt }: StoredSession,
  { now, idleMs }: { readonly now: number; readonly idleMs: number },
): Promise<void> {
  const keys = [ACCESS_KEYS.session(hash), ACCESS_KEYS.sessionsOf(person), ACCESS_KEYS.news];
  await start(redis, keys, [ACCESS_KEYS.sessions, hash, person, facts, endsAt, now, idleMs]);
}

export async function readSession(redis: Redis, hash: string): Promise<StoredSession | null> {
  const [person, facts, endsAt] = await redis.hmget(ACCESS_KEYS.session(hash), 'person', 'facts', 'endsAt');
  return person && facts ? { person, facts, endsAt: Number(endsAt) } : null;
}

/** Its idle time starts anew. */
export async function keepSession(redis: Redis, hash: string, idleMs: number): Promise<void> {
  await redis.pexpire(ACCESS_KEYS.session(hash), idleMs);
}

/** Those of the given that still live. */
export async function livingSessions(redis: Redis, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  const living = await Promise.all(hashes.map((hash) => redis.exists(ACCESS_KEYS.session(hash))));
  return new Set(hashes.filter((_, index) => living[index] === 1));
}

export async function endSession(redis: Redis, hash: string, person: string): Promise<void> {
  await end(redis, [ACCESS_KEYS.session(hash), ACCESS_KEYS.sessionsOf(person), ACCESS_KEYS.news], [hash]);
}

export async function endSessionsOf(redis: Redis, person: string): Promise<void> {
  await endAll(redis, [ACCESS_KEYS.sessionsOf(person), ACCESS_KEYS.news], [ACCESS_KEYS.sessions, person]);
}

/** What the sessions of a person say of it from now on. */
export async function rewriteSessionsOf(redis: Redis, person: string, facts: string): Promise<void> {
  await rewrite(redis, [ACCESS_KEYS.sessionsOf(person), ACCESS_KEYS.news], [ACCESS_KEYS.sessions, person, facts]);
}

const SECRET_LIVES_MS = 600_000;

/** A secret that waits for its person to confirm it. */
export async function keepSecret(redis: Redis, person: string, secret: string): Promise<void> {
  await redis.set(ACCESS_KEYS.secret(person), secret, 'PX', SECRET_LIVES_MS);
}

export const readSecret = (redis: Redis, person: string): Promise<string | null> =>
  redis.get(ACCESS_KEYS.secret(person));

export async function forgetSecret(redis: Redis, person: string): Promise<void> {
  await redis.del(ACCESS_KEYS.secret(person));
}

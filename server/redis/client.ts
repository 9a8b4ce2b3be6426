/**
 * A connection to Redis that outlives Redis. After the first connect it never gives up: commands wait in line while the
 * server is away and are sent again when it is back, so a command whose answer was lost may run twice and everything
 * written through here must bear that. One connection serves one purpose, because a blocking read holds up all else.
 */
import { Redis, type RedisOptions } from 'ioredis';
import { AppError } from '../errors.ts';
import { hidePassword, type Logger } from '../log.ts';

export type { Redis } from 'ioredis';

/** `reader` is for blocking reads, `command` for everything else. */
export type RedisPurpose = 'command' | 'reader';

const FIRST_CONNECT_MS = 5_000;
const MAX_RETRY_MS = 1_000;
/** A command without any byte of answer for so long means a dead peer; blocking reads must ask for less. */
const SILENT_MS = 15_000;

/** Resolves when Redis answers and has loaded its data; rejects with `redis.unreachable` at start-up only. */
export async function connectRedis(
  url: string,
  purpose: RedisPurpose,
  log: Logger,
  { firstConnectMs = FIRST_CONNECT_MS } = {},
): Promise<Redis> {
  const redis = new Redis({
    ...locationOf(url),
    lazyConnect: true,
    connectionName: `floorcast-${purpose}`,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(MAX_RETRY_MS, 25 * 2 ** Math.min(attempt - 1, 10)),
    // After a failover the old primary answers as a replica: a new connection finds the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    socketTimeout: SILENT_MS,
    maxLoadingRetryTime: 250,
  });
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => {
    lastError = error;
  });
  try {
    await firstReady(redis, firstConnectMs, () => lastError);
  } catch (cause) {
    dropRedis(redis);
    throw new AppError('redis.unreachable', unreachable(url, lastError), { cause });
  }
  logOutages(redis, purpose, log, () => lastError);
  return redis;
}

/** Closes after what was sent has been answered; at once when the server is away. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status === 'end') return;
  const ended = new Promise((resolve) => redis.once('end', resolve));
  if (redis.status === 'ready') {
    // A connection that breaks while it closes is closed as well.
    await redis.quit().catch(() => {});
  }
  dropRedis(redis);
  await ended;
}

/** Closes at once; what still waits for an answer is rejected. */
export function dropRedis(redis: Redis): void {
  redis.disconnect();
  if (redis.status !== 'reconnecting') return;
  // Between two attempts ioredis only cancels the next one and would leave its commands waiting for ever.
  redis.connect().catch(() => {});
  redis.disconnect();
}

function firstReady(redis: Redis, timeoutMs: number, lastError: () => Error | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => {
      if (isRefusedLogin(error)) settle(() => reject(error));
    };
    const timer = setTimeout(() => settle(() => reject(lastError() ?? new Error('no answer'))), timeoutMs);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      redis.off('error', onError);
      act();
    };
    redis.on('error', onError);
    redis.once('ready', () => settle(resolve));
    // The promise of `connect` covers one attempt only; retries go on behind it, and `ready` tells of success.
    redis.connect().catch(() => {});
  });
}

/** A wrong password does not become right by waiting. */
const isRefusedLogin = (error: Error): boolean => /^(WRONGPASS|NOAUTH|NOPERM)/.test(error.message);

/** `ready` after `close`, once per outage, however many attempts it took. */
function logOutages(redis: Redis, purpose: RedisPurpose, log: Logger, lastError: () => Error | undefined): void {
  let lostAt: number | null = null;
  redis.on('reconnecting', () => {
    if (lostAt !== null) return;
    lostAt = performance.now();
    log.warn({ purpose, reason: lastError()?.message ?? 'closed by the server' }, 'redis.lost');
  });
  redis.on('ready', () => {
    if (lostAt === null) return;
    log.info({ purpose, outageMs: Math.round(performance.now() - lostAt) }, 'redis.back');
    lostAt = null;
  });
}

type Location = Pick<RedisOptions, 'path' | 'host' | 'port' | 'db' | 'username' | 'password' | 'tls'>;

function locationOf(url: string): Location {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol === 'unix:') return { path: decodeURIComponent(parsed.pathname) };
  if (parsed?.protocol !== 'redis:' && parsed?.protocol !== 'rediss:') {
    const forms = 'redis://host:6379, rediss://host:6379 or unix:///path/to/socket';
    throw new AppError('redis.unreachable', `REDIS_URL is none that Floorcast can use; write it like ${forms}.`);
  }
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: Number(parsed.port || 6379),
    db: Number(parsed.pathname.slice(1) || 0),
    ...(parsed.username !== '' && { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password !== '' && { password: decodeURIComponent(parsed.password) }),
    ...(parsed.protocol === 'rediss:' && { tls: {} }),
  };
}

function unreachable(url: string, error: Error | undefined): string {
  const reason = error?.message || 'no answer';
  return `Redis at ${hidePassword(url)} does not serve (${reason}). Start it or correct REDIS_URL; without REDIS_URL Floorcast runs its own.`;
}

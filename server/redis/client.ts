/**
 * A connection to Redis, or to a Redis Cluster, that outlives it. After the first connect it never gives up: commands wait in line while the
 * server is away and are sent again when it is back, so a command whose answer was lost may run twice and everything
 * written through here must bear that. Over a cluster it may also overtake one that was sent before it, and it is rejected
 * when the whole cluster was away; who needs order waits for each answer and asks again. One connection serves one purpose, because a blocking read holds up all else.
 */
import { Cluster, Redis } from 'ioredis';
import { AppError } from '../errors.ts';
import { hidePassword, type Logger } from '../log.ts';
import { parseRedisUrl, REDIS_URL_FORMS } from './address.ts';
import { dropCluster, type NodeOptions, openCluster } from './cluster.ts';

export type { Redis } from 'ioredis';

/** `reader` is for blocking reads, `command` for everything else. */
export type RedisPurpose = 'command' | 'reader';

const FIRST_CONNECT_MS = 5_000;
const MAX_RETRY_MS = 1_000;
/** A command without any byte of answer for so long means a dead peer; blocking reads must ask for less. */
const SILENT_MS = 15_000;

/** A cluster tells of one node's trouble under another name. */
const TROUBLE = ['error', 'node error'];
/** What ioredis says of a node or a cluster that it cannot reach, whatever the reason. */
const SAYS_NOTHING = /^(Connection is closed|Failed to refresh slots cache)/;

/** Resolves when Redis answers and has loaded its data; rejects with `redis.unreachable` at start-up only. */
export async function connectRedis(
  url: string,
  purpose: RedisPurpose,
  log: Logger,
  { firstConnectMs = FIRST_CONNECT_MS } = {},
): Promise<Redis> {
  const redis = clientOf(url, purpose);
  let lastError: Error | undefined;
  for (const event of TROUBLE) {
    redis.on(event, (error: Error) => {
      if (!SAYS_NOTHING.test(error.message)) lastError = error;
    });
  }
  try {
    await firstReady(redis, firstConnectMs, () => lastError);
    await refuseClusterNode(redis, url);
  } catch (cause) {
    dropRedis(redis);
    if (cause instanceof AppError) throw cause;
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
  if (redis instanceof Cluster) return dropCluster(redis);
  redis.disconnect();
  if (redis.status !== 'reconnecting') return;
  // Between two attempts ioredis only cancels the next one and would leave its commands waiting for ever.
  redis.connect().catch(() => {});
  redis.disconnect();
}

const retryStrategy = (attempt: number): number => Math.min(MAX_RETRY_MS, 25 * 2 ** Math.min(attempt - 1, 10));

function clientOf(url: string, purpose: RedisPurpose): Redis {
  const address = parseRedisUrl(url);
  if (address === null)
    throw new AppError(
      'redis.unreachable',
      `REDIS_URL is none that Floorcast can use; write it like ${REDIS_URL_FORMS}.`,
    );
  const common = {
    connectionName: `floorcast-${purpose}`,
    socketTimeout: SILENT_MS,
    maxLoadingRetryTime: 250,
  } satisfies NodeOptions;
  if (address.kind === 'one') {
    return new Redis({
      ...address.options,
      ...common,
      lazyConnect: true,
      maxRetriesPerRequest: null,
      retryStrategy,
      // After a failover the old primary answers as a replica: a new connection finds the new one.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
  }
  // The commands are those of a single Redis: keys that go together share a slot.
  return openCluster(address.nodes, { ...common, ...address.options }, retryStrategy) as unknown as Redis;
}

/** It would answer for its own slots and refuse all others. */
async function refuseClusterNode(redis: Redis, url: string): Promise<void> {
  if (redis instanceof Cluster || !/^cluster_enabled:1/m.test(await redis.info('cluster'))) return;
  throw new AppError(
    'redis.unreachable',
    `Redis at ${hidePassword(url)} is a node of a cluster; write REDIS_URL as redis+cluster:// (or rediss+cluster://).`,
  );
}

function firstReady(redis: Redis, timeoutMs: number, lastError: () => Error | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => {
      if (isRefusedLogin(error)) settle(() => reject(error));
    };
    const timer = setTimeout(() => settle(() => reject(lastError() ?? new Error('no answer'))), timeoutMs);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      for (const event of TROUBLE) redis.off(event, onError);
      act();
    };
    for (const event of TROUBLE) redis.on(event, onError);
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

function unreachable(url: string, error: Error | undefined): string {
  const reason = error?.message || 'no answer';
  return `Redis at ${hidePassword(url)} does not serve (${reason}). Start it or correct REDIS_URL; without REDIS_URL Floorcast runs its own.`;
}

/**
 * The composition root: Redis, then the roles of this process (server/roles). Features meet only there. A stop first lets
 * everything go that another process can take over, in the order in which numbers flow, so that what a source has said is
 * committed and what is committed has been shown; then it ends what is left.
 */
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Config, databaseOf } from './config.ts';
import type { Role as RoleName } from './config-table.ts';
import { type Database, openDatabase } from './db/database.ts';
import { AppError } from './errors.ts';
import { startMetricsServer } from './gateway/metrics-server.ts';
import type { Mirror } from './gateway/mirror.ts';
import type { RouteOptions } from './gateway/route.ts';
import type { Logger } from './log.ts';
import { createMetrics } from './metrics.ts';
import { closeRedis, connectRedis, type Redis } from './redis/client.ts';
import { startStoreClock } from './redis/clock.ts';
import { startEmbeddedRedis } from './redis/embedded.ts';
import { siteKeys } from './redis/keys.ts';
import { hostInUrl, type Serving, startServing } from './roles/gateway.ts';
import { type Remembering, startRemembering } from './roles/history.ts';
import type { Node, Role } from './roles/node.ts';
import { type Folding, startFolding } from './roles/site.ts';
import { followSites, isDemo, plannedSites, registerSites, type SitePlan, type Watch } from './roles/sites.ts';
import { startSources } from './roles/source.ts';
import { startSourceThread } from './roles/source-thread.ts';

export interface AppOverrides {
  readonly log: Logger;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly clientDir?: string;
  readonly onBrokenAnswer?: RouteOptions['onBrokenAnswer'];
  /** Something the process cannot live without has ended by itself. */
  readonly onFatal?: (reason: string) => void;
  /** Beside other roles, sources run on a thread of their own. Such a thread knows nothing of `now` and `random`. */
  readonly hasThreads?: boolean;
}

export interface App {
  /** Resolves when the app serves; rejects with an AppError the operator can mend, with nothing left running. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Address of the gateway; empty without that role or before the start. */
  readonly url: string;
  readonly mirror: Mirror | null;
  /** Resolves when every event that is in the streams now is committed. Only where this process owns the sites. */
  drain(): Promise<void>;
}

export function createApp(config: Config, overrides: AppOverrides): App {
  const { log, random = Math.random, onFatal = () => {}, hasThreads = false } = overrides;
  const metrics = createMetrics();
  /** What runs, in the order in which it was started. */
  const running: (() => Promise<unknown>)[] = [];
  let watch: Watch | null = null;
  let sources: Role | null = null;
  let folding: Folding | null = null;
  let serving: Serving | null = null;
  let remembering: Remembering | null = null;
  const has = (role: RoleName) => config.roles.includes(role);

  const started = <R extends Role>(role: R): R => {
    running.push(() => role.close());
    return role;
  };

  const openRedis = async (): Promise<string> => {
    if (config.redisUrl !== null) return config.redisUrl;
    const dataDir = path.join(config.dataDir, isDemo(config) ? 'demo' : 'live');
    await requireWritable(dataDir);
    const embedded = await startEmbeddedRedis({ dataDir, log, onExit: onFatal });
    running.push(() => embedded.stop());
    return embedded.url;
  };

  /** Resolves with the address. */
  const observe = async (port: number): Promise<string> => {
    const { host, adminToken } = config;
    const server = await startMetricsServer({ host, port, adminToken, metrics, log });
    running.push(() => server.stop());
    return `http://${hostInUrl(host)}:${server.port}/metrics`;
  };

  /** PostgreSQL may come later and go at any time: nothing live waits for it. */
  const openHistory = async (): Promise<Database | null> => {
    if (databaseOf(config) === null || !(has('history') || has('gateway'))) return null;
    const dataDir = path.join(config.dataDir, isDemo(config) ? 'demo' : 'live');
    const database = await openDatabase({ url: config.databaseUrl, dataDir, log, onFatal });
    running.push(() => database.stop());
    return database;
  };

  const start = async (): Promise<void> => {
    const redisUrl = await openRedis();
    const connect: Node['connect'] = (purpose) => connectRedis(redisUrl, purpose, log);
    const command = await connect('command');
    running.push(() => closeRedis(command));
    const clock = await startStoreClock(command);
    running.push(async () => clock.stop());
    const { now = clock.now } = overrides;
    const node: Node = { config, log, now, random, metrics, command, connect };
    const plans = plannedSites(node);
    if (config.redisUrl === null) await forgetLeases(command, plans ?? []);

    const database = await openHistory();
    if (has('gateway')) serving = started(await startServing(node, database, overrides));
    if (database && has('history')) remembering = started(await startRemembering(node, database));
    if (has('site')) folding = started(startFolding(node));
    const join = async (plan: SitePlan) => {
      await serving?.join(plan.site);
      await folding?.join(plan);
      await remembering?.join(plan.site);
    };
    const leave = async (site: string) => {
      await remembering?.leave(site);
      await folding?.leave(site);
      await serving?.leave(site);
    };
    if (plans === null) watch = await followSites(node, join, leave);
    else {
      for (const plan of plans) await join(plan);
      watch = await registerSites(node, plans);
    }
    if (has('source')) {
      const isThreaded = hasThreads && (has('site') || has('gateway'));
      const starting = isThreaded ? startSourceThread(node, redisUrl, onFatal) : startSources(node, plans ?? []);
      sources = started(await starting);
    }
    if (!serving) {
      const observed = config.metricsPort === null ? null : await observe(config.metricsPort);
      return log.info({ roles: config.roles, ...(observed && { metrics: observed }) }, 'started');
    }
    const { url } = serving;
    log.info({ wall: `${url}/wall`, floor: `${url}/floor` }, isDemo(config) ? 'serving the demo centre' : 'serving');
  };

  const letGo = async (): Promise<void> => {
    watch?.stop();
    const handOver = async () => {
      await sources?.letGo();
      await folding?.letGo();
      await remembering?.letGo();
    };
    const results = await Promise.allSettled([serving?.letGo(), handOver()]);
    for (const result of results) if (result.status === 'rejected') log.warn({ err: result.reason }, 'app.stopFailed');
  };

  const stop = async (): Promise<void> => {
    await letGo();
    for (let end = running.pop(); end; end = running.pop()) {
      // One part that fails to stop must not leave the others running.
      await end().catch((err: unknown) => log.warn({ err }, 'app.stopFailed'));
    }
  };

  return {
    async start() {
      try {
        await start();
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
    get url() {
      return serving?.url ?? '';
    },
    get mirror() {
      return serving?.mirror ?? null;
    },
    async drain() {
      await folding?.drain();
    },
  };
}

/** The folder of an embedded Redis is ours alone: a lease in it is that of a process that was killed. */
async function forgetLeases(command: Redis, plans: readonly SitePlan[]): Promise<void> {
  for (const { site } of plans) {
    const { siteLease, sourceLease } = siteKeys(site);
    await command.del(siteLease.lease, sourceLease.lease);
  }
}

async function requireWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new AppError(
      'data.unwritable',
      `The data folder ${folder} cannot be written (${reason}); correct FLOORCAST_DATA_DIR or its owner.`,
      { cause },
    );
  }
}

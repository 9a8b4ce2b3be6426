/**
 * The composition root: Redis, then the sites with their sources, then the gateway. Features meet only here. Stops in
 * the reverse order, so that what a source has said is committed and what is committed has been shown.
 */
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from './config.ts';
import type { SiteSettings } from './core/site.ts';
import { AppError } from './errors.ts';
import { startGateway } from './gateway/gateway.ts';
import type { Mirror, MirrorFeed } from './gateway/mirror.ts';
import type { RouteOptions } from './gateway/route.ts';
import type { Logger } from './log.ts';
import { createMetrics } from './metrics.ts';
import { closeRedis, connectRedis, type Redis } from './redis/client.ts';
import { startEmbeddedRedis } from './redis/embedded.ts';
import { siteKeys } from './redis/keys.ts';
import { appendBatches, readFrames, readView } from './redis/stream.ts';
import { startSiteRunner } from './site/runner.ts';
import { createAmiSource } from './sources/ami/client.ts';
import { createTranslator } from './sources/ami/translate.ts';
import type { AmiUrl } from './sources/ami/url.ts';
import { createDemoSource } from './sources/simulator/demo-source.ts';
import type { Source } from './sources/source.ts';

export interface AppOverrides {
  readonly log: Logger;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly clientDir?: string;
  readonly onBrokenAnswer?: RouteOptions['onBrokenAnswer'];
  /** Something the process cannot live without has ended by itself. */
  readonly onFatal?: (reason: string) => void;
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

interface SitePlan {
  readonly site: string;
  readonly name: string;
  readonly sources: readonly { readonly id: string; readonly source: Source }[];
}

const SOURCE_RETRY_MS = 5_000;
const CLIENT_DIR = path.join(import.meta.dirname, '../client/dist');

export function createApp(config: Config, overrides: AppOverrides): App {
  const { log, now = Date.now, random = Math.random, onFatal = () => {} } = overrides;
  const metrics = createMetrics();
  /** What runs, in the order in which it was started. */
  const running: (() => Promise<unknown>)[] = [];
  const runners: { drain(): Promise<void> }[] = [];
  let url = '';
  let mirror: Mirror | null = null;
  const isDemo = config.sources.length === 0;
  const has = (role: Config['roles'][number]) => config.roles.includes(role);

  const openRedis = async (): Promise<string> => {
    if (config.redisUrl !== null) return config.redisUrl;
    const dataDir = path.join(config.dataDir, isDemo ? 'demo' : 'live');
    await requireWritable(dataDir);
    const embedded = await startEmbeddedRedis({ dataDir, log, onExit: onFatal });
    running.push(() => embedded.stop());
    return embedded.url;
  };

  const start = async (): Promise<void> => {
    const redisUrl = await openRedis();
    const connect = async (purpose: 'command' | 'reader') => {
      const redis = await connectRedis(redisUrl, purpose, log);
      running.push(() => closeRedis(redis));
      return redis;
    };
    const command = await connect('command');
    // A shared Redis may come to hold a real centre: the demo must not count into it.
    const demoSite = config.redisUrl === null ? 'main' : 'demo';
    const plans = isDemo ? [planDemo(demoSite, command)] : planSites(config.sources);

    // The folder of an embedded Redis is ours alone: a lease in it is that of a process that was killed.
    if (config.redisUrl === null) for (const { site } of plans) await command.del(siteKeys(site).lease);
    if (has('gateway')) await serve(command, connect, plans);
    if (has('site')) for (const plan of plans) await runSite(plan, command, redisUrl);
    if (url !== '')
      log.info({ wall: `${url}/wall`, floor: `${url}/floor` }, isDemo ? 'serving the demo centre' : 'serving');
  };

  const planDemo = (site: string, command: Redis): SitePlan => {
    const committedAt = async () => Number((await command.hget(siteKeys(site).meta, 'at')) ?? 0);
    const source = createDemoSource({
      seed: config.demoSeed,
      folder: path.join(config.dataDir, 'demo'),
      committedAt,
      log: (message) => log.debug(message),
    });
    return { site, name: '演示中心 Demo centre', sources: [{ id: 'demo', source }] };
  };

  const runSite = async ({ site, name, sources }: SitePlan, command: Redis, redisUrl: string): Promise<void> => {
    const settings: SiteSettings = {
      name,
      timeZone: config.timeZone,
      businessDayStart: config.businessDayStart,
      thresholdMs: config.thresholdMs,
      shortAbandonMs: config.shortAbandonMs,
    };
    const hosts = sources.map(({ id, source }) => hostSource(site, id, source, command));
    const runner = await startSiteRunner({
      site,
      settings,
      connect: (purpose) => connectRedis(redisUrl, purpose, log),
      now,
      log,
      onCommit: ({ events, ms, lagMs }) => {
        metrics.committed(site, ms, events);
        if (lagMs !== null && has('gateway'))
          metrics.shownFrom(site, runner.committed().revs.board ?? 0, now() - lagMs);
      },
      onAnomaly: metrics.anomaly,
      // Who owns the numbers holds the connections to the PBX: two of them would tell everything twice.
      onOwner: (isOwner) => {
        for (const host of hosts) host.setActive(isOwner);
      },
    });
    runners.push(runner);
    running.push(() => runner.stop());
    running.push(() => Promise.all(hosts.map((host) => host.stop())));
  };

  /** Runs a source while the site is ours. */
  const hostSource = (site: string, id: string, source: Source, command: Redis) => {
    let active: AbortController | null = null;
    let ended: Promise<void> = Promise.resolve();
    const run = async (signal: AbortSignal) => {
      while (!signal.aborted) {
        try {
          await source.run({ site, source: id, append, now, random, log: log.child({ site }), signal });
        } catch (err) {
          // By contract a bug; the site must not stay blind for it.
          log.error({ site, source: id, err }, 'source.failed');
          metrics.anomaly('source.failed');
          await pause(SOURCE_RETRY_MS, signal);
        }
      }
    };
    const append: Parameters<Source['run']>[0]['append'] = async (events, receivedAt) => {
      if (events.length === 0) return;
      await appendBatches(command, site, [{ v: 1, source: id, receivedAt, events: [...events] }]);
      metrics.ingested(site, id, events.length);
    };
    return {
      setActive(isActive: boolean) {
        active?.abort();
        active = isActive ? new AbortController() : null;
        const signal = active?.signal;
        if (signal) ended = ended.then(() => run(signal));
      },
      async stop() {
        active?.abort();
        await ended;
      },
    };
  };

  const serve = async (command: Redis, connect: (purpose: 'reader') => Promise<Redis>, plans: readonly SitePlan[]) => {
    const feeds = new Map<string, MirrorFeed>();
    for (const { site } of plans) feeds.set(site, feedOf(site, command, await connect('reader')));
    const gateway = await startGateway({
      port: config.port,
      host: config.host,
      adminToken: config.adminToken,
      clientDir: overrides.clientDir ?? CLIENT_DIR,
      feeds,
      store: {
        ping: () => command.ping(),
        hasOwner: async (site) => (await command.exists(siteKeys(site).lease)) === 1,
      },
      metrics,
      now,
      log,
      onBrokenAnswer: overrides.onBrokenAnswer ?? 'report',
    });
    running.push(() => gateway.stop());
    mirror = gateway.mirror;
    url = `http://${isEveryAddress(config.host) ? 'localhost' : hostInUrl(config.host)}:${gateway.port}`;
  };

  const stop = async (): Promise<void> => {
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
      return url;
    },
    get mirror() {
      return mirror;
    },
    async drain() {
      await Promise.all(runners.map((runner) => runner.drain()));
    },
  };
}

/** Sites in the order in which they are first named; a source's id says where it is, never its secret. */
function planSites(configured: Config['sources']): SitePlan[] {
  const bySite = new Map<string, SitePlan['sources'][number][]>();
  const used = new Map<string, number>();
  for (const { site, address } of configured) {
    const name = `ami:${address.host}:${address.port}`;
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    const id = count === 1 ? name : `${name}#${count}`;
    const sources = bySite.get(site) ?? [];
    sources.push({ id, source: amiSource(address) });
    bySite.set(site, sources);
  }
  return Array.from(bySite, ([site, sources]) => ({ site, name: site, sources }));
}

const amiSource = (address: AmiUrl): Source => createAmiSource(address, { createTranslator });

function feedOf(site: string, command: Redis, reader: Redis): MirrorFeed {
  return {
    readView: (channel) => readView(command, site, channel),
    readFrames: (cursor, options) => readFrames(reader, site, cursor, options),
    close: () => reader.disconnect(),
  };
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
      {
        cause,
      },
    );
  }
}

const isEveryAddress = (host: string): boolean => ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host);
const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Role `history`: what is over goes into PostgreSQL, site by site, and out of it when its time has come. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import { isAway } from '../db/failure.ts';
import type { Logger } from '../log.ts';
import { dropRedis, type Redis, type RedisPurpose } from '../redis/client.ts';
import { applyRetention, type Retention } from './retention.ts';
import { type Backlog, SiteHistory } from './site-history.ts';

export type { Retention } from './retention.ts';

export interface HistoryOptions {
  readonly database: Database;
  readonly connect: (purpose: RedisPurpose) => Promise<Redis>;
  readonly retention: Retention;
  /** Server wall clock, epoch milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
  /** Every few seconds, from the process that writes the site, and from all while PostgreSQL is away. */
  readonly onBacklog?: (site: string, entries: number, ageMs: number) => void;
  readonly onWritten?: (site: string, facts: number) => void;
  readonly onRejected?: (site: string, facts: number) => void;
  /** How long it gathers what comes in before it writes again. */
  readonly gatherMs?: number;
  readonly backlogEveryMs?: number;
}

export interface History {
  /** Writes the site from now on, or stands by for it. */
  join(site: string): Promise<void>;
  /** Resolves when another process may go on with it. */
  leave(site: string): Promise<void>;
  /** Facts that wait for PostgreSQL, of the sites that this process answers for. */
  backlog(): Promise<({ readonly site: string } & Backlog)[]>;
  /** Ends within the statement under way; what is not written stays in the stream. Bounded. */
  stop(): Promise<void>;
}

const BACKLOG_EVERY_MS = 5_000;
const RETENTION_EVERY_MS = 86_400_000;
const AFTER_FAILURE_MS = 600_000;
const STOP_MS = 300;

export async function startHistory(options: HistoryOptions): Promise<History> {
  const { connect } = options;
  const stopping = new AbortController();
  const redis = await connect('command');
  const histories = new Map<string, SiteHistory>();
  const backlog = async () => {
    const all = await Promise.all(Array.from(histories, async ([site, one]) => ({ site, found: await one.backlog() })));
    return all.flatMap(({ site, found }) => (found === null ? [] : [{ site, ...found }]));
  };
  const watching = watch(options, backlog, stopping.signal);
  const keeping = keepRetention(options, stopping.signal);
  return {
    async join(site) {
      const history = siteHistory(options, site, redis, await connect('reader'));
      histories.set(site, history);
      history.start();
    },
    async leave(site) {
      const history = histories.get(site);
      histories.delete(site);
      await history?.stop();
    },
    backlog,
    async stop() {
      stopping.abort();
      await Promise.all(Array.from(histories.values(), (history) => history.stop()));
      dropRedis(redis);
      await Promise.race([Promise.all([watching, keeping]), pause(STOP_MS)]);
    },
  };
}

function siteHistory(options: HistoryOptions, site: string, redis: Redis, reader: Redis): SiteHistory {
  const { database, retention, now, log, onWritten = () => {}, onRejected = () => {} } = options;
  return new SiteHistory({
    site,
    database,
    redis,
    reader,
    now,
    log,
    keepsCallers: retention.callerDays > 0,
    ...(options.gatherMs !== undefined && { gatherMs: options.gatherMs }),
    onWritten: ({ facts, rejected }) => {
      onWritten(site, facts);
      if (rejected.length > 0) onRejected(site, rejected.length);
    },
  });
}

async function watch(options: HistoryOptions, backlog: History['backlog'], signal: AbortSignal): Promise<void> {
  const { onBacklog, log, backlogEveryMs = BACKLOG_EVERY_MS } = options;
  if (!onBacklog) return;
  let answeredFor: string[] = [];
  while (!signal.aborted) {
    try {
      const backlogs = await backlog();
      const sites = backlogs.map(({ site }) => site);
      for (const { site, entries, ageMs } of backlogs) onBacklog(site, entries, ageMs);
      // Another process answers for it now; what we told last must not stand for ever.
      for (const site of answeredFor) if (!sites.includes(site)) onBacklog(site, 0, 0);
      answeredFor = sites;
    } catch (err) {
      if (!signal.aborted) log.debug({ err }, 'history.backlogUnknown');
    }
    await pause(backlogEveryMs, signal);
  }
}

/** At the start and once a day; one process at a time would do, two do no harm. */
async function keepRetention(options: HistoryOptions, signal: AbortSignal): Promise<void> {
  const { database, retention, now, log } = options;
  while (!signal.aborted) {
    await database.whenUp(signal);
    let nextMs = RETENTION_EVERY_MS;
    try {
      const rows = signal.aborted ? 0 : await applyRetention(database, retention, now(), signal);
      if (rows > 0) log.info({ rows }, 'history.retained');
    } catch (err) {
      nextMs = AFTER_FAILURE_MS;
      if (!isAway(err) && !signal.aborted) log.error({ err }, 'history.retentionFailed');
    }
    await pause(nextMs, signal);
  }
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal ? { signal, ref: false } : { ref: false }).catch(() => {});
}

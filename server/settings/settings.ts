/** Settings of queues and agents: kept in PostgreSQL, changed by version, told to the site. See docs/spec/settings.md. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import { isAway } from '../db/failure.ts';
import type { Logger } from '../log.ts';
import { dropRedis, type Redis, type RedisPurpose } from '../redis/client.ts';
import { announce } from './announce.ts';
import { type Kind, listSettings, readSettings, type Stored, type Wanted, writeSettings } from './store.ts';

export interface SettingsOptions {
  readonly database: Database;
  readonly connect: (purpose: RedisPurpose) => Promise<Redis>;
  /** Server wall clock, epoch milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
  /** How often to look for what another process changed, or a crash left untold. */
  readonly lookEveryMs?: number;
}

/** Each rejects with `database.unreachable` while PostgreSQL is away; then nothing was changed. */
export interface Settings {
  /** Tells the site its settings from now on. */
  join(site: string): void;
  leave(site: string): void;
  list(
    site: string,
  ): Promise<{ readonly queues: readonly Stored<'queue'>[]; readonly agents: readonly Stored<'agent'>[] }>;
  read<K extends Kind>(site: string, kind: K, subject: string): Promise<Stored<K>>;
  /** `base` is the version that is changed; rejects with `settings.conflict` when it is no longer the newest. */
  write<K extends Kind>(site: string, kind: K, subject: string, change: Wanted<K>): Promise<Stored<K>>;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 3_000;
const STOP_MS = 300;

export async function startSettings(options: SettingsOptions): Promise<Settings> {
  const { database, connect } = options;
  const sites = new Set<string>();
  const redis = await connect('command');
  const stopping = new AbortController();
  const bell = new Bell();
  const announcing = keepAnnouncing(options, sites, redis, bell, stopping.signal);
  return {
    join(site) {
      sites.add(site);
      bell.ring();
    },
    leave: (site) => void sites.delete(site),
    async list(site) {
      const [queues, agents] = await Promise.all([
        listSettings(database, site, 'queue'),
        listSettings(database, site, 'agent'),
      ]);
      return { queues, agents };
    },
    read: (site, kind, subject) => readSettings(database, site, kind, subject),
    async write(site, kind, subject, change) {
      const stored = await writeSettings(database, site, kind, subject, change);
      bell.ring();
      return stored;
    },
    async stop() {
      stopping.abort();
      bell.ring();
      // What is untold is told by whoever starts next.
      dropRedis(redis);
      await Promise.race([announcing, sleep(STOP_MS, undefined, { ref: false })]);
    },
  };
}

async function keepAnnouncing(
  { database, now, log, lookEveryMs = LOOK_EVERY_MS }: SettingsOptions,
  sites: ReadonlySet<string>,
  redis: Redis,
  bell: Bell,
  signal: AbortSignal,
): Promise<void> {
  let failed = '';
  while (!signal.aborted) {
    await database.whenUp(signal);
    for (const site of sites) {
      if (signal.aborted) return;
      try {
        const told = await announce({ site, database, redis, now, log });
        if (told > 0) log.info({ site, settings: told }, 'settings.told');
        failed = '';
      } catch (err) {
        const reason = String(err);
        // Both stores tell of their outages themselves.
        if (!signal.aborted && !isAway(err) && reason !== failed) log.error({ site, err }, 'settings.notTold');
        failed = reason;
      }
    }
    await bell.wait(lookEveryMs);
  }
}

/** Wakes one waiter, also one that comes a moment later. */
class Bell {
  #isRung = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#isRung = true;
    this.#wake?.();
  }

  async wait(ms: number): Promise<void> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isRung = false;
    this.#wake = null;
  }
}

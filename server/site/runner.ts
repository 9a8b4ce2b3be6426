/**
 * Runs one site: waits for the lease, folds the site's events and commits them, until it is stopped. Any number of
 * processes may run the same site; exactly one of them owns it, the others stand by. See docs/spec/commit.md.
 *
 *   standing by --lease--> loading --take-over commit--> owning --fenced, gap, lease lost--> standing by
 */
import { randomUUID } from 'node:crypto';
import type { Channel } from '../../shared/view.ts';
import type { SiteSettings } from '../core/site.ts';
import type { Logger } from '../log.ts';
import { closeRedis, dropRedis, type Redis, type RedisPurpose } from '../redis/client.ts';
import { siteKeys } from '../redis/keys.ts';
import { acquireLease, LEASE_TTL_MS, type Lease, releaseLease, standByMs } from '../redis/lease.ts';
import { compareEntryIds, lastEventId, STREAM_START } from '../redis/stream.ts';
import { type OpenFold, openCoreFold } from './fold.ts';
import { type CommitReport, OwnedSite } from './owned-site.ts';
import { Signal } from './signal.ts';
import { loadSite } from './store.ts';

export type { CommitReport } from './owned-site.ts';

export interface SiteRunnerOptions {
  readonly site: string;
  readonly settings: SiteSettings;
  readonly connect: (purpose: RedisPurpose) => Promise<Redis>;
  /** Server wall clock, epoch milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
  readonly tickMs?: number;
  /** False where nobody takes facts into history: then they are not written either. */
  readonly keepsFacts?: boolean;
  /** How long a silent owner keeps the site: the time a take-over costs after a crash. */
  readonly leaseTtlMs?: number;
  /** How long events stay readable behind the cursor. */
  readonly keepEventsMs?: number;
  readonly onCommit?: (report: CommitReport) => void;
  readonly onAnomaly?: (kind: string) => void;
  /** True once the site is taken over, false when it is no longer ours. What only an owner may do hangs on it. */
  readonly onOwner?: (isOwner: boolean) => void;
  readonly fold?: OpenFold;
}

export interface SiteRunner {
  /** The newest commit of this runner. */
  committed(): {
    readonly isOwner: boolean;
    readonly cursor: string;
    readonly revs: Readonly<Partial<Record<Channel, number>>>;
  };
  /** Resolves when every event that is in the stream now has been committed by this runner. */
  drain(): Promise<void>;
  /** Commits what is folded, lets the next one in and closes the connections. Takes a bounded time without Redis too. */
  stop(): Promise<void>;
}

/** Shorter than the process gives itself, so that it still ends in order. */
const STOP_MS = 1_500;
const AFTER_FAILURE_MS = 1_000;

export async function startSiteRunner(options: SiteRunnerOptions): Promise<SiteRunner> {
  const command = await options.connect('command');
  const reader = await options.connect('reader').catch(async (error) => {
    await closeRedis(command);
    throw error;
  });
  const runner = new Runner(options, command, reader);
  runner.start();
  return runner;
}

class Runner implements SiteRunner {
  readonly #options: SiteRunnerOptions;
  readonly #command: Redis;
  readonly #reader: Redis;
  readonly #leaseTtlMs: number;
  readonly #wake = new Signal();
  #owned: OwnedSite | null = null;
  #isOwner = false;
  #isStopping = false;
  #ended: Promise<void> | null = null;
  #cursor = STREAM_START;
  #revs: Readonly<Partial<Record<Channel, number>>> = {};
  #waiting: { readonly target: string; readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  constructor(options: SiteRunnerOptions, command: Redis, reader: Redis) {
    this.#options = options;
    this.#command = command;
    this.#reader = reader;
    this.#leaseTtlMs = options.leaseTtlMs ?? LEASE_TTL_MS;
  }

  start(): void {
    this.#ended = this.#run();
  }

  committed() {
    return { isOwner: this.#isOwner, cursor: this.#cursor, revs: this.#revs };
  }

  async drain(): Promise<void> {
    const target = await lastEventId(this.#command, this.#options.site);
    if (compareEntryIds(this.#cursor, target) < 0) {
      if (this.#isStopping) throw new Error(`site ${this.#options.site} is stopped`);
      await new Promise<void>((resolve, reject) => this.#waiting.push({ target, resolve, reject }));
    }
    await this.#owned?.flush();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake.notify();
    this.#owned?.stop();
    // Ends a read that waits for entries; none is folded any more.
    dropRedis(this.#reader);
    // Without Redis the last commit stays undone: its events are in the stream, after the cursor.
    const deadline = setTimeout(() => dropRedis(this.#command), STOP_MS);
    await this.#ended;
    clearTimeout(deadline);
    await closeRedis(this.#command);
    for (const { reject } of this.#waiting) reject(new Error(`site ${this.#options.site} is stopped`));
    this.#waiting = [];
  }

  async #run(): Promise<void> {
    const { site, log } = this.#options;
    let failures = 0;
    let token = randomUUID();
    while (!this.#isStopping) {
      let lease: Lease | null = null;
      try {
        const answer = await acquireLease(this.#command, siteKeys(site).siteLease, token, this.#leaseTtlMs);
        if ('heldForMs' in answer) {
          await this.#wake.wait(standByMs(answer));
          continue;
        }
        lease = answer;
        // Each ownership has a token of its own: nothing of an earlier one can pass for this one.
        token = randomUUID();
        const ending = await this.#own(lease);
        failures = ending === 'failed' ? failures + 1 : 0;
      } catch (err) {
        if (!this.#isStopping && failures === 0) log.error({ err, site }, 'site.failed');
        failures++;
      }
      this.#setOwner(false);
      if (lease) await this.#release(lease);
      // Another process may fare better, and a fault that stays must not become a storm.
      if (failures > 0 && !this.#isStopping) await this.#wake.wait(AFTER_FAILURE_MS);
    }
  }

  async #own(lease: Lease) {
    const { site, settings, fold = openCoreFold, log, now } = this.#options;
    const stored = await loadSite(this.#command, site);
    const owned = new OwnedSite(
      {
        site,
        command: this.#command,
        reader: this.#reader,
        now,
        log,
        keepsFacts: this.#options.keepsFacts ?? true,
        tickMs: this.#options.tickMs ?? 50,
        leaseTtlMs: this.#leaseTtlMs,
        keepEventsMs: this.#options.keepEventsMs ?? 15 * 60_000,
        onCommit: this.#options.onCommit ?? (() => {}),
        onAnomaly: this.#options.onAnomaly ?? (() => {}),
        onCommitted: (cursor, revs) => this.#committed(cursor, revs),
      },
      lease,
      stored,
      fold(site, settings, stored.fields),
    );
    log.info({ site, epoch: lease.epoch, cursor: stored.cursor, entities: stored.fields.size }, 'site.owned');
    this.#owned = owned;
    if (this.#isStopping) owned.stop();
    try {
      return await owned.run();
    } finally {
      this.#owned = null;
    }
  }

  #committed(cursor: string, revs: Readonly<Record<Channel, number>>): void {
    this.#cursor = cursor;
    this.#revs = revs;
    this.#setOwner(true);
    const isDone = ({ target }: { target: string }) => compareEntryIds(cursor, target) >= 0;
    const done = this.#waiting.filter(isDone);
    this.#waiting = this.#waiting.filter((waiter) => !isDone(waiter));
    for (const { resolve } of done) resolve();
  }

  #setOwner(isOwner: boolean): void {
    if (this.#isOwner === isOwner) return;
    this.#isOwner = isOwner;
    this.#options.onOwner?.(isOwner);
  }

  async #release(lease: Lease): Promise<void> {
    try {
      await releaseLease(this.#command, siteKeys(this.#options.site).siteLease, lease);
    } catch (err) {
      // It expires by itself; the next owner only waits a little longer.
      this.#options.log.warn({ err, site: this.#options.site }, 'site.leaseNotReleased');
    }
  }
}

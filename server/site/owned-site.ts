/**
 * A site while this process owns it: from take-over until it is stopped, fenced or broken. Three loops share one state:
 * `#read` folds entries, `#commitLoop` writes what was folded, `#keepLease` renews the claim.
 *
 * What must hold:
 * - One commit is under way at a time. It is sent until it is answered, unchanged, because its answer may have been
 *   lost; meanwhile at most MAX_FOLDED further events are folded.
 * - Nothing leaves this class but through a commit. Memory may be dropped at any instant; what Redis holds is a whole
 *   site with the cursor that belongs to it.
 * - Time does not overtake the stream: while entries wait unread, the site's clock follows what was folded, so that a
 *   replay after an outage passes the same boundaries (day, interval) at the same events.
 */

import type { Channel } from '../../shared/view.ts';
import type { Logger } from '../log.ts';
import type { Redis } from '../redis/client.ts';
import { siteKeys } from '../redis/keys.ts';
import { isLeaseLost, type Lease } from '../redis/lease.ts';
import { type EventEntry, readBatches } from '../redis/stream.ts';
import { ChannelViews, type ChannelWrite } from './channel-views.ts';
import type { FoldChanges, FoldedSite } from './fold.ts';
import { Signal } from './signal.ts';
import { type Commit, type CommitAnswer, commitSite, type StoredSite } from './store.ts';

export interface CommitReport {
  readonly events: number;
  readonly entries: number;
  /** From sending to the answer, retries included. */
  readonly ms: number;
  /** Characters of what was written. */
  readonly bytes: number;
  /** Age of the oldest event in the commit when it was answered; null when only time had passed. */
  readonly lagMs: number | null;
}

export interface OwnedSiteOptions {
  readonly site: string;
  readonly command: Redis;
  readonly reader: Redis;
  readonly now: () => number;
  readonly log: Logger;
  readonly tickMs: number;
  readonly keepsFacts: boolean;
  readonly leaseTtlMs: number;
  readonly keepEventsMs: number;
  readonly onCommit: (report: CommitReport) => void;
  readonly onAnomaly: (kind: string) => void;
  readonly onCommitted: (cursor: string, revs: Readonly<Record<Channel, number>>) => void;
}

/** `lost`: somebody else owns it or Redis lost data. `failed`: the fold threw where it must not. */
export type Ending = 'stopped' | 'lost' | 'failed';

const MAX_FOLDED = 5_000;
const READ_ENTRIES = 128;
const READ_BLOCK_MS = 500;
const IDLE_MS = 1_000;
const MAX_RETRY_MS = 1_000;
const TRIM_EVERY_MS = 1_000;
const LOG_SAME_EVERY_MS = 10_000;

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const retryMs = (attempt: number): number => Math.min(MAX_RETRY_MS, 25 * 2 ** Math.min(attempt, 10));

export class OwnedSite {
  readonly #options: OwnedSiteOptions;
  readonly #lease: Lease;
  readonly #folded: FoldedSite;
  readonly #views: ChannelViews;
  #sequence: number;
  #cursor: string;
  #committedCursor: string;
  #isTakenOver = false;
  #caughtUpAt = Number.NEGATIVE_INFINITY;
  #newestReceivedAt: number | null = null;
  #pending = { events: 0, entries: 0, oldestReceivedAt: Number.POSITIVE_INFINITY };
  #lastCommitAt = Number.NEGATIVE_INFINITY;
  #lastTrimMs = 0;
  #ending: Ending | null = null;
  #flushing: (() => void)[] = [];
  /** As of the newest commit that was answered. */
  #holdsRows = false;
  readonly #loggedAt = new Map<string, number>();
  readonly #work = new Signal();
  readonly #room = new Signal();
  readonly #full = new Signal();
  readonly #over = new AbortController();

  constructor(options: OwnedSiteOptions, lease: Lease, stored: StoredSite, folded: FoldedSite) {
    this.#options = options;
    this.#lease = lease;
    this.#folded = folded;
    this.#views = new ChannelViews(stored.revs);
    this.#sequence = stored.commit;
    this.#cursor = stored.cursor;
    this.#committedCursor = stored.cursor;
  }

  /** Owns the site until the end and tells which one. The views are there for everyone before the first event is folded. */
  async run(): Promise<Ending> {
    const renewing = this.#guarded(this.#keepLease());
    await this.#guarded(this.#commit());
    await Promise.all([this.#guarded(this.#read()), this.#guarded(this.#commitLoop()), renewing]);
    for (const resolve of this.#flushing) resolve();
    return this.#ending ?? 'stopped';
  }

  /** Folds nothing further; `run` ends after what is folded has been committed. */
  stop(): void {
    this.#end('stopped');
  }

  /** Resolves when no row of what was committed waits for its channel's tick any more, or this is over. */
  flush(): Promise<void> {
    if (this.#ending !== null || !this.#holdsRows) return Promise.resolve();
    return new Promise((resolve) => {
      this.#flushing.push(resolve);
      this.#work.notify();
    });
  }

  /** A loop that throws (a hook, a bug) ends the others too: half a site must not live on. */
  async #guarded(loop: Promise<void>): Promise<void> {
    const { log, site } = this.#options;
    await loop.catch((err: unknown) => {
      log.error({ err, site }, 'site.loopFailed');
      this.#end('failed');
    });
  }

  #end(ending: Ending): void {
    this.#ending ??= ending;
    for (const signal of [this.#work, this.#room, this.#full]) signal.notify();
    this.#over.abort();
  }

  async #read(): Promise<void> {
    const { reader, site, log } = this.#options;
    let failures = 0;
    while (this.#ending === null) {
      let entries: EventEntry[];
      try {
        entries = await readBatches(reader, site, this.#cursor, { count: READ_ENTRIES, blockMs: READ_BLOCK_MS });
        failures = 0;
      } catch (err) {
        if (this.#ending !== null) return;
        if (failures === 0) log.error({ err, site }, 'site.readFailed');
        await delay(retryMs(failures++));
        continue;
      }
      const isLast = entries.length < READ_ENTRIES;
      if (!isLast) this.#caughtUpAt = Number.NEGATIVE_INFINITY;
      for (const entry of entries) {
        while (this.#pending.events >= MAX_FOLDED && this.#ending === null) {
          this.#full.notify();
          await this.#room.wait();
        }
        if (this.#ending !== null) return;
        this.#fold(entry);
      }
      if (isLast) this.#caughtUpAt = performance.now();
    }
  }

  #fold({ id, batch, rejected }: EventEntry): void {
    for (const problem of rejected) this.#anomaly('stream.badEntry', { entry: id, problem });
    if (batch) {
      // A clock that is ahead must not vouch for the future: Redis has stamped the entry too.
      const from = { source: batch.source, receivedAt: Math.min(batch.receivedAt, Number.parseInt(id, 10)) };
      for (const event of batch.events) {
        try {
          this.#folded.reduce(event, from);
        } catch (err) {
          // One event that the core cannot bear must not stop the site.
          this.#anomaly(`fold.failed:${event.type}`, { entry: id, err });
        }
      }
      this.#pending.events += batch.events.length;
      this.#pending.oldestReceivedAt = Math.min(this.#pending.oldestReceivedAt, batch.receivedAt);
      this.#newestReceivedAt = Math.max(this.#newestReceivedAt ?? 0, batch.receivedAt);
    }
    this.#pending.entries++;
    this.#cursor = id;
    this.#work.notify();
  }

  #anomaly(kind: string, detail: object): void {
    const { onAnomaly, log, site } = this.#options;
    this.#folded.countAnomaly(kind);
    onAnomaly(kind);
    const now = performance.now();
    // Every one is counted; the log gets a sample, since a broken source repeats itself by the thousand.
    if (now - (this.#loggedAt.get(kind) ?? Number.NEGATIVE_INFINITY) < LOG_SAME_EVERY_MS) return;
    this.#loggedAt.set(kind, now);
    log.error({ site, ...detail }, kind);
  }

  /** The first change after a pause goes at once; what follows within a tick goes together. */
  async #commitLoop(): Promise<void> {
    while (this.#ending === null) {
      await this.#work.wait(Math.min(this.#idleMs(), this.#views.heldForMs(performance.now())));
      const dueMs = this.#lastCommitAt + this.#options.tickMs - performance.now();
      if (dueMs > 0 && this.#ending === null) await this.#full.wait(dueMs);
      if (this.#ending !== null) break;
      const flushing = this.#flushing;
      this.#flushing = [];
      await this.#commit(flushing.length > 0);
      for (const resolve of flushing) resolve();
    }
    if (this.#ending === 'stopped') await this.#commit(true);
  }

  /** Time alone changes things too: a threshold that passes, after-call work that is over. */
  #idleMs(): number {
    const dueAt = this.#folded.nextDueAt();
    return dueAt === null ? IDLE_MS : Math.min(IDLE_MS, Math.max(1, dueAt - this.#options.now()));
  }

  async #commit(isFlush = false): Promise<void> {
    const { onCommit, onCommitted, now, log, site } = this.#options;
    let commit: Commit | null;
    try {
      commit = this.#build(isFlush);
    } catch (err) {
      log.error({ err, site }, 'site.projectionFailed');
      this.#end('failed');
      return;
    }
    if (commit === null) return;
    const { events, entries, oldestReceivedAt } = this.#pending;
    this.#pending = { events: 0, entries: 0, oldestReceivedAt: Number.POSITIVE_INFINITY };
    this.#room.notify();
    const { revs, holdsRows } = this.#views;
    const sentAt = performance.now();
    this.#lastCommitAt = sentAt;
    const answer = await this.#send(commit);
    if (answer === null) return;
    if (answer === 'fenced' || answer === 'gap') {
      log.warn({ site, epoch: this.#lease.epoch, answer }, 'site.lost');
      this.#end('lost');
      return;
    }
    this.#committedCursor = commit.cursor;
    this.#holdsRows = holdsRows;
    onCommitted(commit.cursor, revs);
    const lagMs = entries === 0 || oldestReceivedAt === Number.POSITIVE_INFINITY ? null : now() - oldestReceivedAt;
    onCommit({ events, entries, ms: performance.now() - sentAt, bytes: sizeOf(commit), lagMs });
  }

  /** Null when neither events nor time have changed anything. */
  #build(isFlush: boolean): Commit | null {
    this.#advance();
    const changes = this.#folded.drain();
    const channels = this.#channelWrites(changes, isFlush);
    const isSame =
      changes.put.length + changes.del.length + channels.length === 0 && this.#cursor === this.#committedCursor;
    if (isSame) return null;
    const from = this.#sequence++;
    return {
      owner: this.#lease.owner,
      from,
      to: this.#sequence,
      cursor: this.#cursor,
      at: this.#folded.clockAt,
      trimTo: this.#trimTo(),
      put: changes.put,
      del: changes.del,
      channels,
      facts: this.#options.keepsFacts ? changes.facts : [],
    };
  }

  #advance(): void {
    // A read that has not come back for long says nothing about what waits in the stream.
    const isCaughtUp = performance.now() - this.#caughtUpAt < 2 * READ_BLOCK_MS;
    const wallNow = isCaughtUp ? this.#options.now() : this.#newestReceivedAt;
    if (wallNow === null) return;
    try {
      this.#folded.advance(wallNow);
    } catch (err) {
      this.#anomaly('fold.failed:advance', { err });
    }
  }

  #channelWrites({ rows }: FoldChanges, isFlush: boolean): ChannelWrite[] {
    const at = this.#folded.clockAt;
    if (!this.#isTakenOver) {
      this.#isTakenOver = true;
      return this.#views.takeOver(this.#folded.allRows(), at);
    }
    return this.#views.update(rows, at, performance.now(), () => this.#folded.allRows(), isFlush);
  }

  /** Counted back from the cursor: what is not folded yet is never trimmed, whatever any clock says. */
  #trimTo(): string | null {
    const cursorMs = Number.parseInt(this.#cursor, 10);
    if (cursorMs - this.#lastTrimMs < TRIM_EVERY_MS) return null;
    this.#lastTrimMs = cursorMs;
    return `${Math.max(0, cursorMs - this.#options.keepEventsMs)}-0`;
  }

  /** Null when there is no more point in an answer. */
  async #send(commit: Commit): Promise<CommitAnswer | null> {
    const { command, site, log } = this.#options;
    for (let attempt = 0; !this.#isPointless; attempt++) {
      try {
        return await commitSite(command, site, commit);
      } catch (err) {
        if (this.#isPointless) return null;
        if (attempt === 0) log.error({ err, site }, 'site.commitFailed');
        await delay(retryMs(attempt));
      }
    }
    return null;
  }

  /** Fenced anyway, or the connection is closed for good. */
  get #isPointless(): boolean {
    return this.#ending === 'lost' || this.#options.command.status === 'end';
  }

  async #keepLease(): Promise<void> {
    const { command, site, leaseTtlMs, log } = this.#options;
    const { siteLease } = siteKeys(site);
    if (!(await isLeaseLost(command, siteLease, this.#lease, leaseTtlMs, this.#over.signal))) return;
    log.warn({ site, epoch: this.#lease.epoch, answer: 'lease' }, 'site.lost');
    this.#end('lost');
  }
}

function sizeOf({ put, channels }: Commit): number {
  let size = 0;
  for (const [field, json] of put) size += field.length + json.length;
  for (const channel of channels) {
    size += channel.frame.length;
    for (const [field, json] of channel.put) size += field.length + json.length;
  }
  return size;
}

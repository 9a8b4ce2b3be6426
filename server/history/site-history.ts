/**
 * The history of one site: from its facts stream in Redis into PostgreSQL. Any number of processes may run it; one at a time
 * writes, whoever holds the site's advisory lock. See docs/spec/history.md.
 *
 *   waiting for PostgreSQL --session--> standing by --lock--> writing --session lost, cursor moved--> waiting
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import { isAway } from '../db/failure.ts';
import type { Session } from '../db/sql.ts';
import type { Logger } from '../log.ts';
import { dropRedis, type Redis } from '../redis/client.ts';
import { claimDatabase } from '../redis/database-lease.ts';
import {
  countFactsUpTo,
  type FactEntry,
  factsRange,
  hasFactEntry,
  nextFactId,
  readFacts,
  trimFacts,
} from '../redis/facts.ts';
import { compareEntryIds, STREAM_START } from '../redis/stream.ts';
import { CursorMoved, readCursor, type Written, writeEntries } from './writer.ts';

export interface SiteHistoryOptions {
  readonly site: string;
  readonly database: Database;
  /** Commands; shared by the sites. */
  readonly redis: Redis;
  /** Blocking reads; this site's own, and closed by `stop`. */
  readonly reader: Redis;
  readonly keepsCallers: boolean;
  readonly now: () => number;
  readonly log: Logger;
  readonly onWritten: (written: Written) => void;
  readonly keepMs?: number;
  readonly gatherMs?: number;
}

export interface Backlog {
  /** Stream entries that are not in PostgreSQL. While it was never reached by this process: at most so many. */
  readonly entries: number;
  /** Age of the oldest of them; 0 without any. */
  readonly ageMs: number;
}

/** Entries stay readable behind the cursor, for a PostgreSQL that comes back as it was a while ago. */
const KEEP_MS = 15 * 60_000;
const TRIM_EVERY_MS = 1_000;
const READ_ENTRIES = 200;
const BATCH_FACTS = 500;
/** Less than what a connection to Redis bears without an answer. */
const BLOCK_MS = 5_000;
const STAND_BY_MS = 1_000;
const AFTER_FAILURE_MS = 1_000;
const FINISH_MS = 400;
/** Entries come with every tick of the site; history is in no hurry, and few large transactions cost less than many small. */
const GATHER_MS = 500;

export class SiteHistory {
  readonly #options: SiteHistoryOptions;
  readonly #stopping = new AbortController();
  #ended: Promise<void> | null = null;
  #cursor: string | null = null;
  #isWriting = false;
  #isForeign = false;
  #session: Session | null = null;
  /** Entries of the stream up to the cursor; null while unknown. */
  #behind: number | null = null;
  #trimmedAt = Number.NEGATIVE_INFINITY;

  constructor(options: SiteHistoryOptions) {
    this.#options = options;
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** Null where another process writes this site. Costs three small reads. */
  async backlog(): Promise<Backlog | null> {
    const { redis, site, database, now } = this.#options;
    if (!this.#isWriting && (database.isUp || this.#isForeign)) return null;
    const cursor = this.#cursor ?? STREAM_START;
    const [{ length }, nextId] = await Promise.all([factsRange(redis, site), nextFactId(redis, site, cursor)]);
    if (nextId === null) return { entries: 0, ageMs: 0 };
    return {
      entries: Math.max(1, length - (this.#behind ?? 0)),
      ageMs: Math.max(0, now() - Number.parseInt(nextId, 10)),
    };
  }

  /** The batch under way is finished or taken back; either way nothing is lost. Bounded, with a deaf PostgreSQL too. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    // Ends a read that waits for entries.
    dropRedis(this.#options.reader);
    const cut = setTimeout(() => void this.#session?.close(), FINISH_MS);
    await Promise.race([this.#ended, sleep(2 * FINISH_MS)]);
    clearTimeout(cut);
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    const { site, database, log } = this.#options;
    let isTold = false;
    while (!this.#isStopping) {
      await database.whenUp(this.#stopping.signal);
      if (this.#isStopping) return;
      try {
        this.#session = await database.openSession();
        await this.#standBy(this.#session);
        if (!this.#isStopping) await this.#write(this.#session);
        isTold = false;
      } catch (err) {
        // An outage is told by the database, once for everybody.
        if (!isAway(err) && !this.#isStopping) {
          if (!isTold && !(err instanceof CursorMoved)) log.error({ site, err }, 'history.failed');
          isTold = true;
          await this.#pause(AFTER_FAILURE_MS);
        }
      } finally {
        this.#isWriting = false;
        await this.#session?.close();
        this.#session = null;
      }
    }
  }

  async #standBy(session: Session): Promise<void> {
    const { site } = this.#options;
    // A connection whose other end vanished without a word must not hold the lock for hours.
    await session.query('SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3');
    while (!this.#isStopping) {
      const [row] = await session.query<{ held: boolean }>(
        "SELECT pg_try_advisory_lock(hashtextextended('floorcast.history.' || $1, 0)) AS held",
        [site],
      );
      if (row?.held && (await this.#isOurs())) return;
      await this.#pause(STAND_BY_MS);
    }
  }

  /** Another process of this Redis may have been pointed to another PostgreSQL. */
  async #isOurs(): Promise<boolean> {
    const { site, redis, database, log } = this.#options;
    const isOurs = await claimDatabase(redis, site, database.id);
    if (!isOurs && !this.#isForeign)
      log.error({ site, todo: 'set one DATABASE_URL for all processes' }, 'history.otherDatabase');
    this.#isForeign = !isOurs;
    return isOurs;
  }

  async #write(session: Session): Promise<void> {
    const { site, redis, reader, keepsCallers, log, onWritten, gatherMs = GATHER_MS } = this.#options;
    let stored = await readCursor(session, site);
    let from = await this.#startOf(stored);
    log.info({ site, cursor: from }, 'history.writing');
    while (!this.#isStopping) {
      if (!(await this.#isOurs())) return;
      const entries = await this.#read(from, reader);
      if (entries.length === 0) {
        if (await this.#isReplaced(from)) return;
        await session.query('SELECT 1');
      }
      for (const batch of batchesOf(entries)) {
        const written = await writeEntries(session, { site, keepsCallers }, stored, batch);
        from = (batch.at(-1) as FactEntry).id;
        stored = from;
        this.#cursor = from;
        if (this.#behind !== null) this.#behind += batch.length;
        onWritten(written);
        if (written.rejected.length > 0)
          log.warn({ site, facts: written.rejected.length, reason: written.rejected[0]?.reason }, 'history.rejected');
        if (this.#isStopping) return;
      }
      await this.#trim(redis, from);
      if (entries.length < READ_ENTRIES) await this.#pause(gatherMs);
    }
  }

  /**
   * Where to read on. Normally the entry at the cursor is still there. If not, Redis or PostgreSQL has come back from another
   * time: a stream that ends before the cursor is another one and is read from its start, one that goes on behind it may
   * have lost what lay between.
   */
  async #startOf(stored: string | null): Promise<string> {
    const { site, redis, log } = this.#options;
    const cursor = stored ?? STREAM_START;
    const range = await factsRange(redis, site);
    const isReplaced = range.lastId !== null && compareEntryIds(range.lastId, cursor) < 0;
    const start = isReplaced ? STREAM_START : cursor;
    if (isReplaced) log.warn({ site, cursor, newest: range.lastId }, 'history.streamReplaced');
    else if (stored !== null && range.firstId !== null && !(await hasFactEntry(redis, site, stored)))
      log.warn({ site, cursor, oldest: range.firstId }, 'history.mayMissFacts');
    this.#behind = await countFactsUpTo(redis, site, start);
    this.#cursor = start;
    this.#isWriting = true;
    return start;
  }

  async #read(cursor: string, reader: Redis): Promise<FactEntry[]> {
    try {
      return await readFacts(reader, this.#options.site, cursor, { count: READ_ENTRIES, blockMs: BLOCK_MS });
    } catch (error) {
      if (this.#isStopping) return [];
      throw error;
    }
  }

  /** Redis was emptied while we waited: what comes will have ids of its own. */
  async #isReplaced(cursor: string): Promise<boolean> {
    if (this.#isStopping) return false;
    const { lastId } = await factsRange(this.#options.redis, this.#options.site);
    return lastId !== null && compareEntryIds(lastId, cursor) < 0;
  }

  /** The entry at the cursor always stays: by it the next one knows that nothing is missing. */
  async #trim(redis: Redis, cursor: string): Promise<void> {
    const { site, now, keepMs = KEEP_MS } = this.#options;
    if (cursor === STREAM_START || performance.now() - this.#trimmedAt < TRIM_EVERY_MS) return;
    this.#trimmedAt = performance.now();
    const oldestKept = `${Math.max(0, now() - keepMs)}-0`;
    const trimmed = await trimFacts(redis, site, compareEntryIds(oldestKept, cursor) < 0 ? oldestKept : cursor);
    if (this.#behind !== null) this.#behind = Math.max(0, this.#behind - trimmed);
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}

function* batchesOf(entries: readonly FactEntry[]): Generator<FactEntry[]> {
  let batch: FactEntry[] = [];
  let facts = 0;
  for (const entry of entries) {
    batch.push(entry);
    facts += entry.facts.length;
    if (facts < BATCH_FACTS) continue;
    yield batch;
    batch = [];
    facts = 0;
  }
  if (batch.length > 0) yield batch;
}

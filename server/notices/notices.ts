/**
 * Notices of a site: kept in PostgreSQL, and in the memory of each process that serves them, so that a thousand walls which
 * ask at one moment are one statement, and so that they stand while PostgreSQL is away. Who changes one tells the news; who
 * missed the news finds it by looking. See docs/spec/notices.md.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CreateNotice, NOTICES_AT_ONCE, type Notice, type NoticesAnswer } from '../../shared/api-notices.ts';
import { covers, may, type Subject } from '../../shared/policy.ts';
import type { Database } from '../db/database.ts';
import { isAway } from '../db/failure.ts';
import type { Sql } from '../db/sql.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { dropRedis, type Redis, type RedisPurpose } from '../redis/client.ts';
import { hearNews, type News, newsCursor, tellNews } from '../redis/news.ts';
import { soon } from '../redis/soon.ts';
import { findNotice, insertNotice, listNotices, markTakenBack, type StoredNotice } from './store.ts';

interface Asker {
  readonly subject: Subject;
  readonly from: string;
}

interface NoticeAct {
  readonly asker: Asker;
  readonly act: 'notice.created' | 'notice.takenBack';
  readonly notice: StoredNotice;
}

export interface NoticesOptions {
  readonly database: Database;
  readonly redis: Redis;
  readonly connect: (purpose: RedisPurpose) => Promise<Redis>;
  readonly now: () => number;
  readonly log: Logger;
  /** In the transaction of the act. */
  readonly record: (act: NoticeAct, sql: Sql) => Promise<void>;
  /** How often to look for what was not told. */
  readonly lookEveryMs?: number;
}

const LOOK_EVERY_MS = 10_000;
const STOP_MS = 300;

export class Notices {
  readonly #options: NoticesOptions;
  readonly #held = new Map<string, readonly StoredNotice[]>();
  readonly #sites = new Set<string>();
  readonly #listeners = new Set<(site: string) => void>();
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #reader: Redis | null = null;

  private constructor(options: NoticesOptions) {
    this.#options = options;
  }

  static async start(options: NoticesOptions): Promise<Notices> {
    const notices = new Notices(options);
    const cursor = await newsCursor(options.redis);
    notices.#reader = await options.connect('reader');
    const hearing = hearNews(notices.#reader, cursor, {
      signal: notices.#stopping.signal,
      onNews: (news) => notices.#hear(news),
      onFailed: (err) => options.log.warn({ err }, 'notices.newsNotRead'),
    });
    notices.#running = Promise.all([hearing, notices.#keepLooking()]);
    return notices;
  }

  join(site: string): void {
    this.#sites.add(site);
  }

  leave(site: string): void {
    this.#sites.delete(site);
    this.#held.delete(site);
  }

  /** Other notices hold for the site than before. Returns how to stop. */
  onChange(listener: (site: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async list({ subject }: Asker, site: string): Promise<NoticesAnswer> {
    const held = this.#held.get(site) ?? (await this.#refresh(site).catch(unlessAway));
    if (!held) return { isKnown: false, notices: [] };
    const now = this.#options.now();
    const seen = held.filter((notice) => notice.endsAt > now && isSeen(subject, notice));
    return { isKnown: true, notices: seen.map((notice) => shownTo(subject, notice)) };
  }

  async create({ subject, from }: Asker, site: string, { minutes, ...asked }: CreateNotice): Promise<Notice> {
    const { database, now, record } = this.#options;
    const { kind, id, name } = subject;
    const at = now();
    const by = { kind, id, name };
    const notice: StoredNotice = { ...asked, site, by, at, endsAt: at + minutes * 60_000, isTakenBack: false };
    if (!isReached(subject, notice)) throw new AppError('access.tooMuch');
    const stored = await database.transaction(async (sql) => {
      const known = await findNotice(sql, notice.id);
      if (known) return requireSame(known, notice);
      if ((await listNotices(sql, site, at)).length >= NOTICES_AT_ONCE) throw new AppError('notice.tooMany');
      // Asked twice at one moment: the slower one finds it when it asks again.
      if (!(await insertNotice(sql, notice))) throw new AppError('notice.conflict');
      await record({ asker: { subject, from }, act: 'notice.created', notice }, sql);
      return notice;
    });
    await this.#tell(site);
    return shownTo(subject, stored);
  }

  async takeBack({ subject, from }: Asker, site: string, id: string): Promise<void> {
    const { database, now, record } = this.#options;
    await database.transaction(async (sql) => {
      const notice = await findNotice(sql, id);
      if (!notice || notice.site !== site || !isSeen(subject, notice)) throw new AppError('notice.unknown');
      if (!isReached(subject, notice)) throw new AppError('auth.forbidden');
      if (notice.isTakenBack || notice.endsAt <= now()) return;
      await markTakenBack(sql, id, now());
      await record({ asker: { subject, from }, act: 'notice.takenBack', notice }, sql);
    });
    await this.#tell(site);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#reader) dropRedis(this.#reader);
    await Promise.race([this.#running, sleep(STOP_MS, undefined, { ref: false })]);
  }

  /** It is done already: other processes that do not hear of it find it by looking. */
  async #tell(site: string): Promise<void> {
    try {
      await this.#refresh(site);
      await soon(this.#options.redis, (redis) => tellNews(redis, { kind: 'notice', id: site }));
    } catch (err) {
      this.#options.log.warn({ site, err }, 'notices.newsNotTold');
    }
    this.#call(site);
  }

  async #refresh(site: string): Promise<readonly StoredNotice[]> {
    const { database, now } = this.#options;
    const held = await listNotices(database, site, now());
    this.#held.set(site, held);
    return held;
  }

  #call(site: string): void {
    for (const listener of [...this.#listeners]) listener(site);
  }

  /** Refreshes, and calls only where that shows something else. */
  async #look(site: string): Promise<void> {
    const idsOf = (notices: readonly StoredNotice[] | undefined): string =>
      (notices ?? [])
        .filter(({ endsAt }) => endsAt > this.#options.now())
        .map(({ id }) => id)
        .join();
    const before = idsOf(this.#held.get(site));
    if (idsOf(await this.#refresh(site)) !== before) this.#call(site);
  }

  async #hear(news: readonly News[]): Promise<void> {
    const sites = new Set(news.filter(({ kind }) => kind === 'notice').map(({ id }) => id));
    for (const site of sites) if (this.#sites.has(site)) await this.#look(site);
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#stopping;
    const { database, log, lookEveryMs = LOOK_EVERY_MS } = this.#options;
    while (!signal.aborted) {
      await sleep(lookEveryMs, undefined, { signal }).catch(() => {});
      for (const site of this.#sites) {
        if (signal.aborted || !database.isUp) break;
        await this.#look(site).catch((err: unknown) => {
          if (!signal.aborted && !isAway(err)) log.error({ site, err }, 'notices.notLookedAt');
        });
      }
    }
  }
}

/** Whoever sees a part of whom it is for sees it. */
const isSeen = ({ scope }: Subject, { queues, teams }: StoredNotice): boolean =>
  meets(scope.queues, queues) && meets(scope.teams, teams);

const meets = (mine: readonly string[] | null, theirs: readonly string[] | null): boolean =>
  mine === null || theirs === null || theirs.some((name) => mine.includes(name));

/** Nobody speaks to more people than they are set over. */
const isReached = (subject: Subject, { site, queues, teams }: StoredNotice): boolean =>
  covers(subject, { rights: ['message.send'], scope: { sites: [site], queues, teams } });

/** Names of queues and teams that somebody may not see are not told. */
function shownTo(subject: Subject, notice: StoredNotice): Notice {
  const { id, site, text, level, by, at, endsAt } = notice;
  const { scope } = subject;
  const within = (mine: readonly string[] | null, theirs: readonly string[] | null) =>
    theirs === null ? null : theirs.filter((name) => mine === null || mine.includes(name));
  return {
    ...{ id, text, level, at, endsAt },
    queues: within(scope.queues, notice.queues),
    teams: within(scope.teams, notice.teams),
    by: may(subject, 'agents.view', { site }) ? by.name : null,
    canTakeBack: isReached(subject, notice),
  };
}

/** Asking twice is asking once, but only for the same and by the same. */
function requireSame(known: StoredNotice, asked: StoredNotice): StoredNotice {
  const told = ({ site, text, level, queues, teams, by }: StoredNotice): string =>
    JSON.stringify([site, text, level, queues, teams, by.kind, by.id]);
  if (told(known) !== told(asked)) throw new AppError('notice.conflict');
  return known;
}

function unlessAway(error: unknown): null {
  if (!isAway(error)) throw error;
  return null;
}

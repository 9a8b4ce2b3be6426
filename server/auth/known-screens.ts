/**
 * TVs as this process knows them. PostgreSQL has the truth; while it is away a copy in Redis serves, so that a TV or a server
 * that was switched off and on shows numbers all the same. What must hold: an answer lost on its way never locks a TV out,
 * so a newer token takes the place of the old one only when the TV has used it.
 */
import type { IncomingMessage } from 'node:http';
import type { Database } from '../db/database.ts';
import { isAway } from '../db/failure.ts';
import { AppError } from '../errors.ts';
import type { Redis } from '../redis/client.ts';
import { keepScreenRow, readScreenRow } from '../redis/screens.ts';
import { soon } from '../redis/soon.ts';
import { type ScreenToken, screenTokenIn } from './cookie.ts';
import { findScreen, type StoredScreen, storedScreenSchema, takeOffered } from './screens.ts';
import { hashOfSecret } from './tokens.ts';

/** Ends and changes are told at once, so this bounds only what was not told. */
const TRUST_MS = 10_000;
/** Requests that are under way with the token before. */
const OVERLAP_MS = 120_000;

interface Known {
  readonly screen: StoredScreen;
  readonly checkedAt: number;
}

export interface KnownScreensOptions {
  readonly redis: Redis;
  /** Null: there can be no TVs. */
  readonly database: Database | null;
  readonly now: () => number;
  readonly onEnded: (id: string) => void;
  /** Something else is wanted of it. */
  readonly onWish: (id: string) => void;
}

export class KnownScreens {
  readonly #options: KnownScreensOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: KnownScreensOptions) {
    this.#options = options;
  }

  /** Null: the request carries no token, or one that does not hold. Rejects when nobody can say. */
  async find(request: IncomingMessage): Promise<StoredScreen | null> {
    const token = screenTokenIn(request);
    const { database, now } = this.#options;
    if (token === null || database === null) return null;
    const hash = hashOfSecret(token.secret);
    const known = this.#known.get(token.id);
    if (known && now() - known.checkedAt < TRUST_MS && this.#fits(known.screen, hash) === 'now') return known.screen;
    try {
      return await this.#ask(database, token, hash);
    } catch (error) {
      if (!isAway(error)) throw error;
      const screen = known?.screen ?? (await this.#copyOf(token.id));
      return screen && this.#fits(screen, hash) ? screen : null;
    }
  }

  hear(id: string): void {
    this.#known.delete(id);
    this.#options.onEnded(id);
  }

  hearOfWish(id: string): void {
    const known = this.#known.get(id);
    // Asked for anew, but not forgotten: whoever looks must still find out when it ends.
    if (known) this.#known.set(id, { ...known, checkedAt: Number.NEGATIVE_INFINITY });
    this.#options.onWish(id);
  }

  /** Finds those that were revoked or changed without this process having heard of it. */
  async look(): Promise<void> {
    const { database, now } = this.#options;
    if (!database?.isUp) return;
    for (const [id, { screen: before }] of [...this.#known]) {
      const screen = await findScreen(database, id);
      if (!screen || seenBy(screen) !== seenBy(before)) this.hear(id);
      else if (screen.version !== before.version) this.hearOfWish(id);
      else this.#known.set(id, { screen, checkedAt: now() });
    }
  }

  async #ask(database: Database, { id }: ScreenToken, hash: string): Promise<StoredScreen | null> {
    const { now } = this.#options;
    let screen = await findScreen(database, id);
    if (screen && this.#fits(screen, hash) === 'next')
      screen = await takeOffered(database, screen, now(), now() + OVERLAP_MS);
    if (!screen) {
      if (this.#known.has(id)) this.hear(id);
      return null;
    }
    if (!this.#fits(screen, hash)) return null;
    await this.keep(screen);
    return screen;
  }

  /** What PostgreSQL says of it now. */
  async keep(screen: StoredScreen): Promise<void> {
    const { redis, now } = this.#options;
    this.#known.set(screen.id, { screen, checkedAt: now() });
    // Redis tells of its outages itself; the copy is for those of PostgreSQL.
    await soon(redis, (one) => keepScreenRow(one, screen.id, JSON.stringify(screen))).catch(unlessAway);
  }

  async #copyOf(id: string): Promise<StoredScreen | null> {
    const row = await soon(this.#options.redis, (one) => readScreenRow(one, id));
    return row ? storedScreenSchema.parse(JSON.parse(row)) : null;
  }

  #fits(screen: StoredScreen, hash: string): 'now' | 'next' | null {
    const { secretHash, nextHash, previousHash, previousUntil } = screen;
    if (hash === secretHash) return 'now';
    if (hash === nextHash) return 'next';
    return hash === previousHash && this.#options.now() < (previousUntil ?? 0) ? 'now' : null;
  }
}

/** What its sockets were let in for. */
const seenBy = ({ site, view }: StoredScreen): string => JSON.stringify([site, view]);

function unlessAway(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'redis.unreachable')) throw error;
}

/** API tokens as this process knows them. PostgreSQL has the truth; what was known last serves while it is away. */
import type { Database } from '../db/database.ts';
import { isAway } from '../db/failure.ts';
import type { Logger } from '../log.ts';
import { findHolding, hashOfSecret, markUsed, type StoredToken } from './tokens.ts';

/** A script may ask many times a second. What is revoked is told at once, so this bounds only what was not told. */
const TRUST_MS = 10_000;
const MARK_EVERY_MS = 60_000;

interface Known {
  readonly token: StoredToken;
  readonly checkedAt: number;
  readonly markedAt: number;
}

export interface KnownTokensOptions {
  /** Null: nobody can have a token. */
  readonly database: Database | null;
  readonly now: () => number;
  readonly log: Logger;
  readonly onEnded: (id: string) => void;
}

export class KnownTokens {
  readonly #options: KnownTokensOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: KnownTokensOptions) {
    this.#options = options;
  }

  /** Null: there is none, or it does not hold. Rejects when PostgreSQL is away and this process does not know it. */
  async find(secret: string): Promise<StoredToken | null> {
    const { database, now } = this.#options;
    if (database === null) return null;
    const hash = hashOfSecret(secret);
    const known = this.#known.get(hash);
    const holds = known && (known.token.expiresAt === null || known.token.expiresAt > now());
    if (holds && now() - known.checkedAt < TRUST_MS) return this.#used(hash, known);
    try {
      const token = await findHolding(database, hash, now());
      if (token) return this.#used(hash, { token, checkedAt: now(), markedAt: known?.markedAt ?? 0 });
      if (known) this.#drop(hash, known);
      return null;
    } catch (error) {
      if (holds && isAway(error)) return known.token;
      throw error;
    }
  }

  hearOfToken(id: string): void {
    for (const [hash, known] of [...this.#known]) if (known.token.id === id) this.#drop(hash, known);
  }

  /** What a maker may, a token of the maker's may no more than. */
  hearOfPerson(person: string): void {
    for (const [hash, known] of [...this.#known]) if (known.token.makerId === person) this.#drop(hash, known);
  }

  /** Finds those that expired, or that do not hold any more without this process having heard of it. */
  async look(): Promise<void> {
    const { database, now } = this.#options;
    for (const [hash, known] of [...this.#known]) {
      const isExpired = known.token.expiresAt !== null && known.token.expiresAt <= now();
      if (isExpired) this.#drop(hash, known);
      else if (database?.isUp && !(await findHolding(database, hash, now()))) this.#drop(hash, known);
    }
  }

  #drop(hash: string, { token }: Known): void {
    this.#known.delete(hash);
    this.#options.onEnded(token.id);
  }

  #used(hash: string, known: Known): StoredToken {
    const { database, now, log } = this.#options;
    const isDue = now() - known.markedAt >= MARK_EVERY_MS;
    this.#known.set(hash, isDue ? { ...known, markedAt: now() } : known);
    if (isDue && database) {
      markUsed(database, known.token.id, now()).catch((err: unknown) => {
        if (!isAway(err)) log.warn({ err }, 'token.useNotNoted');
      });
    }
    return known.token;
  }
}

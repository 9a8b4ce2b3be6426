/**
 * Sessions as this process knows them. Redis has the truth and is asked every time; what was known last serves while it is
 * away. Time ends sessions without a word, and a crash may come between a change of a person and that of the sessions: so
 * all that are known are looked at again and again, because sockets hang on them that ask only once.
 */
import { z } from 'zod';
import { RIGHTS_OF, ROLES, type Subject, scopeSchema } from '../../shared/policy.ts';
import type { Database } from '../db/database.ts';
import type { Redis } from '../redis/client.ts';
import {
  endSession,
  endSessionsOf,
  keepSession,
  livingSessions,
  readSession,
  rewriteSessionsOf,
  startSession,
} from '../redis/sessions.ts';
import { soon } from '../redis/soon.ts';
import { hashOfSession, newSessionId } from './cookie.ts';
import { type Account, findPeople } from './people.ts';

const IDLE_MS = 12 * 3_600_000;
export const ABSOLUTE_MS = 7 * 24 * 3_600_000;
const KEEP_EVERY_MS = 60_000;

const factsSchema = z.object({
  version: z.int(),
  login: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  scope: scopeSchema,
  /** Has a password here. */
  isLocal: z.boolean().default(true),
  hasTotp: z.boolean(),
  mustChangePassword: z.boolean(),
});
/** What a session says of its person, so that it serves without PostgreSQL. */
export type Facts = z.infer<typeof factsSchema>;

export interface Session {
  readonly hash: string;
  readonly person: string;
  readonly facts: Facts;
  readonly endsAt: number;
}

interface Known extends Session {
  keptAt: number;
}

const factsOf = (account: Account): string =>
  JSON.stringify({
    version: account.version,
    login: account.login,
    name: account.name,
    role: account.role,
    scope: account.scope,
    isLocal: account.passwordHash !== null,
    hasTotp: account.totpSecret !== null,
    mustChangePassword: account.mustChangePassword,
  } satisfies Facts);

/** Whoever has to change the password can do that and nothing else. */
export const subjectOf = ({ person, facts }: Session): Subject => ({
  kind: 'person',
  id: person,
  name: facts.name,
  rights: facts.mustChangePassword ? [] : RIGHTS_OF[facts.role],
  scope: facts.scope,
});

export interface KnownSessionsOptions {
  readonly redis: Redis;
  readonly now: () => number;
  readonly onEnded: (hash: string) => void;
  /** One was seen for the first time here. */
  readonly onNew: () => void;
}

export class KnownSessions {
  readonly #options: KnownSessionsOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: KnownSessionsOptions) {
    this.#options = options;
  }

  /** Null: there is none, or it has ended. Rejects when Redis is away and this process does not know it. */
  async find(id: string): Promise<Session | null> {
    const { redis, now } = this.#options;
    const hash = hashOfSession(id);
    const known = this.#known.get(hash);
    try {
      const stored = await soon(redis, (one) => readSession(one, hash));
      const facts = stored && factsSchema.safeParse(JSON.parse(stored.facts)).data;
      if (!stored || !facts || stored.endsAt <= now()) return null;
      const keptAt = known?.keptAt ?? 0;
      const session: Known = { hash, person: stored.person, facts, endsAt: stored.endsAt, keptAt };
      this.#known.set(hash, session);
      if (!known) this.#options.onNew();
      if (now() - keptAt >= KEEP_EVERY_MS) {
        session.keptAt = now();
        await soon(redis, (one) => keepSession(one, hash, IDLE_MS));
      }
      return session;
    } catch (error) {
      if (known && known.endsAt > now()) return known;
      throw error;
    }
  }

  /** Gives the id for the cookie. */
  async start(account: Account): Promise<string> {
    const { redis, now } = this.#options;
    const id = newSessionId();
    const session = { person: account.id, facts: factsOf(account), endsAt: now() + ABSOLUTE_MS };
    await soon(redis, (one) => startSession(one, hashOfSession(id), session, { now: now(), idleMs: IDLE_MS }));
    return id;
  }

  async end({ hash, person }: Session): Promise<void> {
    await soon(this.#options.redis, (redis) => endSession(redis, hash, person));
  }

  async endAllOf(person: string): Promise<void> {
    await soon(this.#options.redis, (redis) => endSessionsOf(redis, person));
  }

  /** What all sessions of a person say from now on. */
  async rewriteAllOf(account: Account): Promise<void> {
    await soon(this.#options.redis, (redis) => rewriteSessionsOf(redis, account.id, factsOf(account)));
  }

  hearOfSession(hash: string): void {
    this.#known.delete(hash);
    this.#options.onEnded(hash);
  }

  hearOfPerson(person: string): void {
    for (const session of [...this.#known.values()]) if (session.person === person) this.hearOfSession(session.hash);
  }

  /** Finds those that have ended or whose person has changed without this process having heard of it. */
  async look(database: Database | null): Promise<void> {
    const { redis, now } = this.#options;
    const seen = [...this.#known.values()];
    const living = await soon(redis, (one) =>
      livingSessions(
        one,
        seen.map(({ hash }) => hash),
      ),
    );
    for (const session of seen) {
      if (living.has(session.hash) && session.endsAt > now()) continue;
      if (living.has(session.hash)) await this.end(session);
      this.hearOfSession(session.hash);
    }
    if (!database?.isUp || seen.length === 0) return;
    const people = [...new Set(seen.map(({ person }) => person))];
    const accounts = new Map((await findPeople(database, people)).map((account) => [account.id, account]));
    for (const { person, facts } of seen) {
      const account = accounts.get(person);
      // Older than the session: a backup was restored, and nobody knows what the session was given for.
      if (!account?.isActive || account.version < facts.version) await this.endAllOf(person);
      else if (account.version > facts.version) await this.rewriteAllOf(account);
    }
  }
}

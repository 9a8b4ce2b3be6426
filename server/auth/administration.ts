/** What some do with others: people and tokens. Nobody gives, changes or sees what reaches further than they do. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type {
  changePersonBody,
  newPersonBody,
  newTokenBody,
  newTokenSchema,
  Person,
  Token,
} from '../../shared/api-access.ts';
import { covers, type Subject } from '../../shared/policy.ts';
import type { Database } from '../db/database.ts';
import { isBadData } from '../db/failure.ts';
import type { Sql } from '../db/sql.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Redis } from '../redis/client.ts';
import { tellNews } from '../redis/news.ts';
import { soon } from '../redis/soon.ts';
import { type AuditQuery, type AuditRecord, readAudit, recordAct } from './audit.ts';
import { ADMIN_TOKEN_ID } from './credentials.ts';
import type { KnownSessions } from './known-sessions.ts';
import { hashPassword, isWeak } from './password.ts';
import {
  type Account,
  findPerson,
  hasAdministrator,
  insertPerson,
  listPeople,
  lockPeople,
  personOf,
  powersOf,
  updatePerson,
} from './people.ts';
import {
  findToken,
  hashOfSecret,
  insertToken,
  listTokens,
  markRevoked,
  type StoredToken,
  TOKEN_PREFIX,
} from './tokens.ts';

/** Whoever does it, as the gateway let them in. */
export interface Asker {
  readonly subject: Subject;
  readonly from: string;
}

export interface AdministrationOptions {
  readonly database: Database | null;
  readonly redis: Redis;
  readonly sessions: KnownSessions;
  readonly now: () => number;
  readonly log: Logger;
  readonly hasSingleSignOn: boolean;
}

const DAY_MS = 24 * 3_600_000;
const SECRET_BYTES = 32;

export class Administration {
  readonly #options: AdministrationOptions;

  constructor(options: AdministrationOptions) {
    this.#options = options;
  }

  async people({ subject }: Asker): Promise<Person[]> {
    const accounts = await listPeople(this.#database);
    return accounts.filter((account) => covers(subject, powersOf(account))).map(personOf);
  }

  async createPerson(asker: Asker, body: z.output<typeof newPersonBody>): Promise<Person> {
    const { login, name, role, scope, password } = body;
    if (!covers(asker.subject, powersOf(body))) throw new AppError('access.tooMuch');
    if (password === null) this.#requireSingleSignOn();
    else if (isWeak(password, login)) throw new AppError('auth.passwordWeak');
    const passwordHash = password && (await hashPassword(password));
    return this.#act(async (sql) => {
      const fresh = { id: randomUUID(), login, name, role, scope, passwordHash, mustChangePassword: password !== null };
      const account = await insertPerson(sql, fresh);
      if (!account) throw new AppError('access.loginTaken');
      await recordAct(sql, { ...entryOf(asker, 'person.created', login), after: shownOf(account) });
      return personOf(account);
    });
  }

  async changePerson(asker: Asker, id: string, body: z.output<typeof changePersonBody>): Promise<Person> {
    const { name, role, scope, isActive, password, resetTotp = false } = body;
    if (password === null) this.#requireSingleSignOn();
    const passwordHash = password && (await hashPassword(password));
    const { before, after } = await this.#act(async (sql) => {
      await lockPeople(sql);
      const found = await this.#covered(sql, asker, id);
      if (found.version !== body.version) throw new AppError('access.conflict');
      if (!covers(asker.subject, powersOf(body))) throw new AppError('access.tooMuch');
      if (password && isWeak(password, found.login)) throw new AppError('auth.passwordWeak');
      const changed = await updatePerson(sql, {
        ...found,
        ...{ name, role, scope, isActive },
        ...(passwordHash !== undefined && {
          passwordHash,
          mustChangePassword: passwordHash !== null,
          // Whoever comes back to single sign-on is known anew by the login.
          signOnSubject: null,
        }),
        ...((resetTotp || passwordHash === null) && { totpSecret: null }),
      });
      if (!(await hasAdministrator(sql))) throw new AppError('access.lastAdministrator');
      const wasReset = {
        ...(passwordHash && { isPasswordNew: true }),
        ...(resetTotp && { isTotpReset: true }),
      };
      await recordAct(sql, {
        ...entryOf(asker, 'person.changed', found.login),
        before: shownOf(found),
        after: { ...shownOf(changed), ...wasReset },
      });
      return { before: found, after: changed };
    });
    const isOut = !isActive || passwordHash !== undefined || (resetTotp && before.totpSecret !== null);
    const { sessions } = this.#options;
    await this.#tell(() => (isOut ? sessions.endAllOf(id) : sessions.rewriteAllOf(after)));
    return personOf(after);
  }

  #requireSingleSignOn(): void {
    if (!this.#options.hasSingleSignOn) throw new AppError('signOn.off');
  }

  async signOutPerson(asker: Asker, id: string): Promise<void> {
    await this.#act(async (sql) => {
      const { login } = await this.#covered(sql, asker, id);
      await recordAct(sql, entryOf(asker, 'sessions.ended', login));
    });
    await this.#options.sessions.endAllOf(id);
  }

  async tokens({ subject }: Asker): Promise<Token[]> {
    const tokens = await listTokens(this.#database);
    return tokens.filter((token) => covers(subject, token)).map(tokenOf);
  }

  async createToken(asker: Asker, body: z.output<typeof newTokenBody>): Promise<z.input<typeof newTokenSchema>> {
    const { subject } = asker;
    const { name, rights, scope, expiresInDays } = body;
    // A token that made tokens would live on in them after it was revoked.
    if (subject.kind !== 'person' && subject.id !== ADMIN_TOKEN_ID) throw new AppError('auth.forbidden');
    if (!covers(subject, body)) throw new AppError('access.tooMuch');
    const secret = TOKEN_PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
    const token = await this.#act(async (sql) => {
      const made = await insertToken(sql, {
        ...{ id: randomUUID(), name, scope, rights: [...new Set(rights)], secretHash: hashOfSecret(secret) },
        makerId: subject.kind === 'person' ? subject.id : null,
        makerName: subject.name,
        expiresAt: expiresInDays === null ? null : this.#options.now() + expiresInDays * DAY_MS,
      });
      await recordAct(sql, { ...entryOf(asker, 'token.created', name), after: tokenOf(made) });
      return made;
    });
    return { ...tokenOf(token), secret };
  }

  async revokeToken(asker: Asker, id: string): Promise<void> {
    await this.#act(async (sql) => {
      const token = await findToken(sql, id);
      if (!token || !covers(asker.subject, token)) throw new AppError('access.unknown');
      await markRevoked(sql, id, this.#options.now());
      await recordAct(sql, { ...entryOf(asker, 'token.revoked', token.name), before: tokenOf(token) });
    });
    await this.#tell(() => soon(this.#options.redis, (redis) => tellNews(redis, { kind: 'token', id })));
  }

  audit({ subject }: Asker, query: AuditQuery): ReturnType<typeof readAudit> {
    return readAudit(this.#database, subject, query);
  }

  get #database(): Database {
    if (this.#options.database === null) throw new AppError('database.unreachable', 'People are kept in PostgreSQL.');
    return this.#options.database;
  }

  /** Somebody whom the asker may not manage is unknown to the asker. */
  async #covered(sql: Sql, { subject }: Asker, id: string): Promise<Account> {
    const account = await findPerson(sql, id);
    if (!account || !covers(subject, powersOf(account))) throw new AppError('access.unknown');
    return account;
  }

  async #act<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    try {
      return await this.#database.transaction(work);
    } catch (error) {
      // What a text of PostgreSQL cannot hold: NUL.
      if (isBadData(error)) throw new AppError('request.invalid', (error as Error).message, { cause: error });
      throw error;
    }
  }

  /** It is done already. Every gateway finds out by itself within half a minute; this only makes it at once. */
  async #tell(tell: () => Promise<void>): Promise<void> {
    try {
      await tell();
    } catch (err) {
      if (!(err instanceof AppError && err.code === 'redis.unreachable')) throw err;
      this.#options.log.warn({ reason: err.message }, 'access.notTold');
    }
  }
}

const entryOf = ({ subject: { kind, id, name }, from }: Asker, act: string, subject: string): AuditRecord => ({
  who: { kind, id, name },
  act,
  site: null,
  subject,
  reason: null,
  before: null,
  after: null,
  from,
});

const shownOf = ({ name, role, scope, isActive }: Account) => ({ name, role, scope, isActive });

const tokenOf = ({ id, name, rights, scope, createdAt, createdBy, expiresAt, usedAt }: StoredToken): Token => ({
  ...{ id, name, rights, scope, createdAt, createdBy, expiresAt, usedAt },
});

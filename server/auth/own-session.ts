/** What people do with their own sessions: set up, sign in and out, password, second step. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import {
  loginSchema,
  type passwordBody,
  type SessionAnswer,
  type setUpBody,
  type signInBody,
  type totpBody,
  type totpStartSchema,
} from '../../shared/api-access.ts';
import { EVERYWHERE, type Subject } from '../../shared/policy.ts';
import type { Database } from '../db/database.ts';
import { isAway } from '../db/failure.ts';
import type { Sql } from '../db/sql.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Redis } from '../redis/client.ts';
import { forgetSecret, keepSecret, readSecret } from '../redis/sessions.ts';
import { soon } from '../redis/soon.ts';
import { isLocal } from '../request.ts';
import { type AuditRecord, recordAct } from './audit.ts';
import { cookieFor } from './cookie.ts';
import type { Credentials } from './credentials.ts';
import { ABSOLUTE_MS, type Session, subjectOf } from './known-sessions.ts';
import { fitsPassword, hashPassword, isOutdated, isWeak, NOBODYS_PASSWORD } from './password.ts';
import {
  type Account,
  findByLogin,
  findPerson,
  hasAdministrator,
  insertPerson,
  lockPeople,
  noteSignIn,
  takeTotpStep,
  updatePerson,
} from './people.ts';
import { type Attempt, beginAttempt } from './throttle.ts';
import { keyUri, stepOfCode, toBase32 } from './totp.ts';

export interface Own {
  readonly request: IncomingMessage;
  /** Address of the asker. */
  readonly from: string;
}

export interface Signed {
  readonly answer: SessionAnswer;
  /** A Set-Cookie header. */
  readonly cookie: string;
}

export interface OwnSessionOptions {
  readonly credentials: Credentials;
  readonly database: Database | null;
  readonly redis: Redis;
  readonly now: () => number;
  readonly log: Logger;
  readonly hasSingleSignOn: boolean;
}

const SECRET_BYTES = 20;
/** What the set-up code is guessed at under; no login holds a space. */
const SET_UP = 'set up';

export class OwnSession {
  readonly #options: OwnSessionOptions;

  constructor(options: OwnSessionOptions) {
    this.#options = options;
  }

  async session({ request }: Pick<Own, 'request'>): Promise<SessionAnswer> {
    const { credentials } = this.#options;
    const identity = await credentials.identify(request);
    const session = identity?.subject.kind === 'person' ? await credentials.sessionOf(request) : null;
    return this.#answer(request, identity?.subject ?? null, session);
  }

  async setUp(own: Own, { login, name, password, code }: z.output<typeof setUpBody>): Promise<Signed> {
    const { credentials } = this.#options;
    const { setUp } = credentials;
    if (setUp.isDone) throw new AppError('setup.done');
    if (!isLocal(own.request)) {
      const attempt = await this.#attempt(SET_UP, own);
      if (!setUp.isCode(code ?? '')) throw new AppError('setup.codeWrong');
      await attempt.succeeded();
    }
    if (isWeak(password, login)) throw new AppError('auth.passwordWeak');
    const passwordHash = await hashPassword(password);
    const account = await this.#database.transaction(async (sql) => {
      await lockPeople(sql);
      if (await hasAdministrator(sql)) throw new AppError('setup.done');
      const fresh = { id: randomUUID(), login, name, passwordHash, mustChangePassword: false };
      const made = await insertPerson(sql, { ...fresh, role: 'administrator', scope: EVERYWHERE });
      if (!made) throw new AppError('access.loginTaken');
      await recordAct(sql, { ...actOf(made, own), act: 'installation.setUp', after: { login, name } });
      return made;
    });
    await setUp.finish();
    return this.signedAs(own, account);
  }

  async signIn(own: Own, body: z.output<typeof signInBody>): Promise<Signed> {
    const { now } = this.#options;
    const login = loginSchema.safeParse(body.login).data ?? null;
    const attempt = await this.#attempt(login ?? body.login, own);
    const account = await orUndecided(attempt, async () => {
      const found = login === null ? null : await findByLogin(this.#database, login);
      const fits = await fitsPassword(body.password, found?.passwordHash ?? NOBODYS_PASSWORD);
      return found && { ...found, fits };
    });
    if (!account) throw new AppError('auth.wrong');
    if (!account.fits || !account.isActive) this.#refuse(own, account, account.fits ? 'inactive' : 'password');
    let step = 0;
    if (account.totpSecret !== null) {
      if (body.code === undefined) {
        await attempt.undecided();
        throw new AppError('auth.codeNeeded');
      }
      const fitting = stepOfCode(account.totpSecret, body.code, now(), account.totpStep);
      if (fitting === null) this.#refuse(own, account, 'code');
      step = fitting;
    }
    const rehashed = isOutdated(account.passwordHash ?? '') ? await hashPassword(body.password) : null;
    await orUndecided(attempt, () =>
      this.#database.transaction(async (sql) => {
        // Somebody else may have changed the person, or used the code, since it was looked at.
        const isSame = (await findPerson(sql, account.id))?.version === account.version;
        if (!isSame || (step > 0 && !(await takeTotpStep(sql, account.id, step)))) throw new AppError('auth.wrong');
        await noteSignIn(sql, account.id, now(), rehashed);
        await recordAct(sql, { ...actOf(account, own), act: 'session.opened' });
      }),
    );
    await attempt.succeeded();
    return this.signedAs(own, account);
  }

  async signOut(own: Own): Promise<Signed> {
    const session = await this.#options.credentials.sessionOf(own.request);
    if (session) {
      await this.#options.credentials.sessions.end(session);
      await this.#noteEnd(session, own, 'session.closed');
    }
    return this.#gone(own);
  }

  async signOutEverywhere(own: Own): Promise<Signed> {
    const session = await this.#require(own);
    await this.#options.credentials.sessions.endAllOf(session.person);
    await this.#noteEnd(session, own, 'sessions.closed');
    return this.#gone(own);
  }

  async changePassword(own: Own, { current, next }: z.output<typeof passwordBody>): Promise<Signed> {
    const session = await this.#require(own);
    const account = await this.#confirm(own, session, current);
    if (isWeak(next, account.login) || next === current) throw new AppError('auth.passwordWeak');
    const passwordHash = await hashPassword(next);
    const changed = await this.#change(account, async (sql, fresh) => {
      await recordAct(sql, { ...actOf(account, own), act: 'person.passwordChanged' });
      return updatePerson(sql, { ...fresh, passwordHash, mustChangePassword: false });
    });
    // Whoever knew the old one is signed out.
    await this.#options.credentials.sessions.endAllOf(account.id);
    return this.signedAs(own, changed);
  }

  async startTotp(own: Own): Promise<z.input<typeof totpStartSchema>> {
    const { person, facts } = await this.#require(own);
    const secret = toBase32(randomBytes(SECRET_BYTES));
    await soon(this.#options.redis, (redis) => keepSecret(redis, person, secret));
    return { secret, uri: keyUri(secret, facts.login) };
  }

  async changeTotp(own: Own, { password, code }: z.output<typeof totpBody>): Promise<SessionAnswer> {
    const { credentials, redis, now } = this.#options;
    const session = await this.#require(own);
    const account = await this.#confirm(own, session, password);
    const totpSecret = code === null ? null : await soon(redis, (one) => readSecret(one, account.id));
    const step = code !== null && totpSecret !== null ? stepOfCode(totpSecret, code, now(), 0) : null;
    if (code !== null && step === null) throw new AppError('auth.wrong');
    const changed = await this.#change(account, async (sql, fresh) => {
      const act = code === null ? 'person.totpSwitchedOff' : 'person.totpSwitchedOn';
      await recordAct(sql, { ...actOf(account, own), act });
      if (step !== null) await takeTotpStep(sql, account.id, step);
      return updatePerson(sql, { ...fresh, totpSecret });
    });
    await soon(redis, (one) => forgetSecret(one, account.id));
    await credentials.sessions.rewriteAllOf(changed);
    return this.session(own);
  }

  get #database(): Database {
    if (this.#options.database === null) throw new AppError('database.unreachable', 'People are kept in PostgreSQL.');
    return this.#options.database;
  }

  #attempt(login: string, { from }: Own): Promise<Attempt> {
    return beginAttempt(this.#options.redis, this.#options.now(), login, from);
  }

  /** The endpoint asked for a person; the session may have ended since. */
  async #require({ request }: Own): Promise<Session> {
    const session = await this.#options.credentials.sessionOf(request);
    if (!session) throw new AppError('auth.needed');
    return session;
  }

  /** The account of the session, once its password was given. */
  async #confirm(own: Own, { person, facts }: Session, password: string): Promise<Account> {
    const attempt = await this.#attempt(facts.login, own);
    const account = await orUndecided(attempt, async () => {
      const found = await findPerson(this.#database, person);
      return found && (await fitsPassword(password, found.passwordHash ?? NOBODYS_PASSWORD)) ? found : null;
    });
    if (!account) throw new AppError('auth.wrong');
    await attempt.succeeded();
    return account;
  }

  #change(account: Account, work: (sql: Sql, fresh: Account) => Promise<Account>): Promise<Account> {
    return this.#database.transaction(async (sql) => {
      await lockPeople(sql);
      const fresh = await findPerson(sql, account.id);
      if (fresh?.version !== account.version) throw new AppError('access.conflict');
      return work(sql, fresh);
    });
  }

  /** Not waited for: how long the answer takes must not tell whether there is such a login. */
  #refuse(own: Own, account: Account, reason: string): never {
    const { database, log } = this.#options;
    const who = { kind: 'anybody', id: '', name: '' } as const;
    const entry = { ...actOf(account, own), who, act: 'session.refused', reason };
    if (database) recordAct(database, entry).catch((err: unknown) => log.warn({ err, act: entry.act }, 'audit.missed'));
    throw new AppError('auth.wrong');
  }

  /** A sign-out must work without PostgreSQL; then its entry is missing. */
  async #noteEnd({ person, facts }: Session, own: Own, act: string): Promise<void> {
    try {
      await recordAct(this.#database, { ...actOf({ id: person, ...facts }, own), act });
    } catch (err) {
      if (!isAway(err)) throw err;
      this.#options.log.warn({ act }, 'audit.missed');
    }
  }

  /** A session of its own, never one that the browser brought along. */
  async signedAs({ request }: Own, account: Account): Promise<Signed> {
    const { sessions } = this.#options.credentials;
    const old = await this.#options.credentials.sessionOf(request);
    const id = await sessions.start(account);
    if (old) await sessions.end(old);
    const session = await sessions.find(id);
    const answer = this.#answer(request, session && subjectOf(session), session);
    return { answer, cookie: cookieFor(request, id, ABSOLUTE_MS) };
  }

  #gone({ request }: Own): Signed {
    return { answer: this.#answer(request, null, null), cookie: cookieFor(request, null, 0) };
  }

  #answer(request: IncomingMessage, who: Subject | null, session: Session | null): SessionAnswer {
    const { setUp } = this.#options.credentials;
    return {
      isSetUp: setUp.isDone,
      canSetUp: !setUp.isDone && setUp.isPossible,
      needsSetUpCode: !isLocal(request),
      hasSingleSignOn: this.#options.hasSingleSignOn,
      who: who && { ...who, rights: [...who.rights] },
      person: session && {
        login: session.facts.login,
        role: session.facts.role,
        isLocal: session.facts.isLocal,
        hasTotp: session.facts.hasTotp,
        mustChangePassword: session.facts.mustChangePassword,
      },
    };
  }
}

/** An entry about a person by that person. */
const actOf = (
  { id, login, name }: Pick<Account, 'id' | 'login' | 'name'>,
  { from }: Own,
): Omit<AuditRecord, 'act'> => ({
  who: { kind: 'person', id, name },
  site: null,
  subject: login,
  reason: null,
  before: null,
  after: null,
  from,
});

/** Whoever was not answered has not guessed wrong. */
async function orUndecided<T>(attempt: Attempt, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'auth.wrong')) await attempt.undecided();
    throw error;
  }
}

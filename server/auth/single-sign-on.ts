/**
 * Signing in through the identity provider of the house. It says who somebody is; what they may is decided here, by an
 * administrator, beforehand: nobody gets in whom nobody let in.
 */

import type { z } from 'zod';
import { loginSchema, type signOnStartSchema } from '../../shared/api-access.ts';
import type { Database } from '../db/database.ts';
import { AppError } from '../errors.ts';
import type { Redis } from '../redis/client.ts';
import { keepSignOn, takeSignOn } from '../redis/sign-ons.ts';
import { soon } from '../redis/soon.ts';
import { recordAct } from './audit.ts';
import { cookieFor, hashOfSession, idIn, newSessionId } from './cookie.ts';
import { type IdentityProvider, pendingSchema, type Vouched } from './identity-provider.ts';
import type { Own, OwnSession, Signed } from './own-session.ts';
import { type Account, bindSubject, findByLogin, findBySubject, lockPeople, noteSignIn } from './people.ts';

export interface SingleSignOnOptions {
  /** Null: there is none. */
  readonly provider: IdentityProvider | null;
  readonly database: Database | null;
  readonly redis: Redis;
  readonly own: OwnSession;
  readonly now: () => number;
}

interface Started {
  readonly answer: z.input<typeof signOnStartSchema>;
  readonly cookie: string;
}

/** To type a password and a second step over there. */
const LIVES_MS = 10 * 60_000;

export class SingleSignOn {
  readonly #options: SingleSignOnOptions;

  constructor(options: SingleSignOnOptions) {
    this.#options = options;
  }

  async start({ request }: Own): Promise<Started> {
    const { url, pending } = await this.#provider.begin();
    const id = newSessionId();
    await soon(this.#options.redis, (redis) => keepSignOn(redis, hashOfSession(id), JSON.stringify(pending), LIVES_MS));
    return { answer: { url }, cookie: cookieFor(request, id, LIVES_MS, 'floorcast-sign-on') };
  }

  /** The browser that started it is back. Whatever comes of it, the same answer of the provider's is taken once. */
  async finish(own: Own, query: string): Promise<Signed> {
    const provider = this.#provider;
    const id = idIn(own.request, 'floorcast-sign-on');
    const pending = id && (await soon(this.#options.redis, (redis) => takeSignOn(redis, hashOfSession(id))));
    if (!pending) throw new AppError('signOn.refused', 'no sign-in of this browser is under way');
    const vouched = await provider.finish(pendingSchema.parse(JSON.parse(pending)), query);
    return this.#options.own.signedAs(own, await this.#admit(own, vouched));
  }

  get #provider(): IdentityProvider {
    const { provider } = this.#options;
    if (provider === null) throw new AppError('signOn.off');
    return provider;
  }

  async #admit(own: Own, vouched: Vouched): Promise<Account> {
    const { database, now } = this.#options;
    if (database === null) throw new AppError('database.unreachable', 'People are kept in PostgreSQL.');
    const account = await database.transaction(async (sql) => {
      await lockPeople(sql);
      const known = await findBySubject(sql, vouched.subject);
      if (known) return known;
      for (const name of vouched.logins) {
        const login = loginSchema.safeParse(name).data;
        const found = login === undefined ? null : await findByLogin(sql, login);
        // Whoever has a password here, or is somebody else over there, is not this one.
        if (!found || found.passwordHash !== null || found.signOnSubject !== null) continue;
        return bindSubject(sql, found.id, vouched.subject);
      }
      return null;
    });
    if (account === null || account.passwordHash !== null || !account.isActive) throw new AppError('signOn.unknown');
    await database.transaction(async (sql) => {
      await noteSignIn(sql, account.id, now(), null);
      await recordAct(sql, {
        who: { kind: 'person', id: account.id, name: account.name },
        act: 'session.opened',
        site: null,
        subject: account.login,
        reason: null,
        before: null,
        after: { through: 'singleSignOn' },
        from: own.from,
      });
    });
    return account;
  }
}

/**
 * Who a request speaks for: the admin token, an API token, a session, a TV, or anybody. Tells when one of them has ended or may
 * something else than before, wherever that was decided.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { EVERYWHERE, RIGHTS, type Right, type Subject } from '../../shared/policy.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log.ts';
import type { Redis } from '../redis/client.ts';
import type { News } from '../redis/news.ts';
import { isLocal } from '../request.ts';
import { sessionIdIn } from './cookie.ts';
import { KnownScreens } from './known-screens.ts';
import { KnownSessions, type Session, subjectOf } from './known-sessions.ts';
import { KnownTokens } from './known-tokens.ts';
import { subjectOfScreen } from './screens.ts';
import { SetUpState } from './set-up-state.ts';
import { TOKEN_PREFIX } from './tokens.ts';

export interface Identity {
  readonly subject: Subject;
  readonly credential: string;
}

export const ADMIN_TOKEN_ID = 'admin-token';

const ADMIN: Identity = {
  subject: { kind: 'token', id: ADMIN_TOKEN_ID, name: 'admin token', rights: RIGHTS, scope: EVERYWHERE },
  credential: ADMIN_TOKEN_ID,
};

const ANYBODY_MAY: readonly Right[] = [
  'numbers.view',
  'agents.view',
  'contacts.view',
  'integrity.view',
  'settings.view',
];
/** Whoever sits at this machine, until the installation is set up. */
const ANYBODY: Identity = {
  subject: { kind: 'anybody', id: '', name: '', rights: ANYBODY_MAY, scope: EVERYWHERE },
  credential: 'anybody',
};

export interface CredentialsOptions {
  readonly redis: Redis;
  readonly database: Database | null;
  readonly adminToken: string | null;
  readonly now: () => number;
  readonly log: Logger;
  /** A session was seen for the first time. */
  readonly onNew: () => void;
}

export class Credentials {
  readonly setUp: SetUpState;
  readonly sessions: KnownSessions;
  readonly screens: KnownScreens;
  readonly #tokens: KnownTokens;
  readonly #database: Database | null;
  readonly #isAdminToken: (text: string) => boolean;
  readonly #listeners = new Set<(credential: string) => void>();
  readonly #wishes = new Set<(credential: string) => void>();

  private constructor(options: CredentialsOptions, setUp: SetUpState) {
    const { redis, database, now, log, onNew } = options;
    const ended = (credential: string) => {
      for (const listener of this.#listeners) listener(credential);
    };
    this.#database = database;
    this.#isAdminToken = sameAs(options.adminToken);
    this.setUp = setUp;
    setUp.onDone(() => ended(ANYBODY.credential));
    this.sessions = new KnownSessions({ redis, now, onNew, onEnded: (hash) => ended(credentialOf('session', hash)) });
    this.#tokens = new KnownTokens({ database, now, log, onEnded: (id) => ended(credentialOf('token', id)) });
    this.screens = new KnownScreens({
      ...{ redis, database, now },
      onEnded: (id) => ended(credentialOf('screen', id)),
      onWish: (id) => {
        for (const listener of this.#wishes) listener(credentialOf('screen', id));
      },
    });
  }

  static async open(options: CredentialsOptions): Promise<Credentials> {
    return new Credentials(options, await SetUpState.read(options));
  }

  async identify(request: IncomingMessage): Promise<Identity | null> {
    const bearer = /^Bearer +(.*)$/i.exec(request.headers.authorization ?? '')?.[1]?.trim();
    if (bearer !== undefined) return this.#ofBearer(bearer);
    const session = await this.sessionOf(request);
    if (session) return { subject: subjectOf(session), credential: credentialOf('session', session.hash) };
    // Whoever signs in on a TV sees what is theirs until they sign out.
    const screen = await this.screens.find(request);
    if (screen) return { subject: subjectOfScreen(screen), credential: credentialOf('screen', screen.id) };
    return !this.setUp.isDone && isLocal(request) ? ANYBODY : null;
  }

  async sessionOf(request: IncomingMessage): Promise<Session | null> {
    const id = sessionIdIn(request);
    return id === null ? null : this.sessions.find(id);
  }

  onEnded(listener: (credential: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls back when something else is wanted of a TV. Returns how to stop. */
  onWish(listener: (credential: string) => void): () => void {
    this.#wishes.add(listener);
    return () => void this.#wishes.delete(listener);
  }

  hear({ kind, id }: News): void {
    if (kind === 'anybody') this.setUp.hear();
    if (kind === 'session') this.sessions.hearOfSession(id);
    if (kind === 'token') this.#tokens.hearOfToken(id);
    if (kind === 'screen') this.screens.hear(id);
    if (kind === 'wish') this.screens.hearOfWish(id);
    if (kind !== 'person') return;
    this.sessions.hearOfPerson(id);
    this.#tokens.hearOfPerson(id);
  }

  /** Finds out what nobody told. */
  async look(): Promise<void> {
    await this.setUp.look();
    await this.sessions.look(this.#database);
    await this.#tokens.look();
    await this.screens.look();
  }

  async #ofBearer(bearer: string): Promise<Identity | null> {
    if (this.#isAdminToken(bearer)) return ADMIN;
    const token = bearer.startsWith(TOKEN_PREFIX) ? await this.#tokens.find(bearer) : null;
    if (!token) return null;
    const { id, name, rights, scope } = token;
    return { subject: { kind: 'token', id, name, rights, scope }, credential: credentialOf('token', id) };
  }
}

const credentialOf = (kind: 'session' | 'token' | 'screen', id: string): string => `${kind}:${id}`;

function sameAs(adminToken: string | null): (text: string) => boolean {
  if (adminToken === null) return () => false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(adminToken);
  return (text) => timingSafeEqual(digest(text), expected);
}

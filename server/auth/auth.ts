/**
 * People and rights: who a request speaks for, and everything that people do to be somebody. PostgreSQL has people, tokens
 * and the audit log; Redis has the sessions, which therefore serve while PostgreSQL is away. See docs/spec/access.md.
 */
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import type { Sql } from '../db/sql.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { dropRedis, type Redis, type RedisPurpose } from '../redis/client.ts';
import { hearNews, newsCursor } from '../redis/news.ts';
import { Administration } from './administration.ts';
import { type AuditRecord, recordAct } from './audit.ts';
import { Credentials, type Identity } from './credentials.ts';
import { IdentityProvider, type IdentityProviderConfig } from './identity-provider.ts';
import { OwnSession } from './own-session.ts';
import { ScreenFleet } from './screen-fleet.ts';
import { ScreenPairing } from './screen-pairing.ts';
import { SingleSignOn } from './single-sign-on.ts';

export interface AuthOptions {
  /** Null: there can be no accounts, only the admin token. */
  readonly database: Database | null;
  readonly redis: Redis;
  readonly connect: (purpose: RedisPurpose) => Promise<Redis>;
  readonly adminToken: string | null;
  /** Null: people sign in with a password. */
  readonly identityProvider: IdentityProviderConfig | null;
  /** Server wall clock, epoch milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
  /** How often to look for what was not told: sessions that time has ended, changes whose telling was lost. */
  readonly lookEveryMs?: number;
}

export interface Auth {
  readonly identity: {
    identify(request: IncomingMessage): Promise<Identity | null>;
    onEnded(listener: (credential: string) => void): () => void;
  };
  readonly own: OwnSession;
  readonly singleSignOn: SingleSignOn;
  readonly administration: Administration;
  readonly pairing: ScreenPairing;
  readonly fleet: ScreenFleet;
  /** Calls back when something else is wanted of the TV with this credential. Returns how to stop. */
  onWish(listener: (credential: string) => void): () => void;
  /** For other features: `sql` is the transaction of the act, where it has one. */
  readonly audit: { record(entry: AuditRecord, sql?: Sql): Promise<void> };
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 30_000;
/** A crowd that signs in is looked at once. */
const LOOK_SOON_MS = 500;
const STOP_MS = 300;

export async function startAuth(options: AuthOptions): Promise<Auth> {
  const { database, redis, connect, log, lookEveryMs = LOOK_EVERY_MS } = options;
  const stopping = new AbortController();
  const bell = new Bell();
  const credentials = await Credentials.open({ ...options, onNew: () => bell.ring() });
  const cursor = await newsCursor(redis);
  const reader = await connect('reader');
  const hearing = hearNews(reader, cursor, {
    signal: stopping.signal,
    onNews: (news) => {
      for (const one of news) credentials.hear(one);
    },
    onFailed: (err) => log.warn({ err }, 'access.newsNotRead'),
  });
  const looking = keepLooking(credentials, bell, lookEveryMs, log, stopping.signal);
  void database?.whenUp(stopping.signal).then(() => bell.ring());
  const provider = options.identityProvider && new IdentityProvider(options.identityProvider, log);
  const hasSingleSignOn = provider !== null;
  const own = new OwnSession({ ...options, credentials, hasSingleSignOn });
  return {
    identity: credentials,
    own,
    singleSignOn: new SingleSignOn({ ...options, provider, own }),
    administration: new Administration({ ...options, sessions: credentials.sessions, hasSingleSignOn }),
    pairing: new ScreenPairing({ ...options, known: credentials.screens }),
    fleet: new ScreenFleet({ ...options, known: credentials.screens }),
    onWish: (listener) => credentials.onWish(listener),
    audit: {
      async record(entry, sql) {
        if (database === null) throw new AppError('database.unreachable', 'The audit log is kept in PostgreSQL.');
        await recordAct(sql ?? database, entry);
      },
    },
    async stop() {
      stopping.abort();
      bell.ring();
      dropRedis(reader);
      await Promise.race([Promise.all([hearing, looking]), sleep(STOP_MS, undefined, { ref: false })]);
    },
  };
}

async function keepLooking(
  credentials: Credentials,
  bell: Bell,
  everyMs: number,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  let failed = '';
  while (!signal.aborted) {
    try {
      await credentials.look();
      failed = '';
    } catch (err) {
      const reason = String(err);
      // Both stores tell of their outages themselves.
      const isOutage = err instanceof AppError && ['redis.unreachable', 'database.unreachable'].includes(err.code);
      if (!signal.aborted && !isOutage && reason !== failed) log.error({ err }, 'access.notLookedAt');
      failed = reason;
    }
    await bell.wait(everyMs);
    await sleep(Math.min(LOOK_SOON_MS, everyMs), undefined, { signal }).catch(() => {});
  }
}

/** Wakes one waiter, also one that comes a moment later. */
class Bell {
  #isRung = false;
  #wake = () => {};

  ring(): void {
    this.#isRung = true;
    this.#wake();
  }

  async wait(ms: number): Promise<void> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isRung = false;
    this.#wake = () => {};
  }
}

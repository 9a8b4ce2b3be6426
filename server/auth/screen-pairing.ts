/**
 * How a TV without a keyboard gets a token: it shows a code, somebody who may gives the code a place, and the TV fetches its
 * token with a secret that only it has. Who merely saw the code can neither pair the TV nor take the token.
 */
import { randomBytes, randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import {
  type claimedPairingSchema,
  type claimPairingBody,
  type Pairing,
  pairingSchema,
  type pairScreenBody,
  type StartedPairing,
  type startPairingBody,
} from '../../shared/api-screens.ts';
import { covers, may, SCREEN_RIGHTS } from '../../shared/policy.ts';
import { CODE_ALPHABET, CODE_LENGTH } from '../../shared/screen.ts';
import { AppError } from '../errors.ts';
import {
  closePairing,
  giveBackPairing,
  openPairing,
  PAIRING_LIVES_MS,
  pairingOfSecret,
  readPairing,
  takePairing,
} from '../redis/pairings.ts';
import { soon } from '../redis/soon.ts';
import type { Asker } from './administration.ts';
import { recordAct } from './audit.ts';
import { screenCookieFor } from './cookie.ts';
import { ADMIN_TOKEN_ID } from './credentials.ts';
import type { Own } from './own-session.ts';
import { entryOf, requireDatabase, type ScreensOptions, shownOf } from './screen-entry.ts';
import { giveFirstSecret, insertScreen, isScreenRevoked, type StoredScreen } from './screens.ts';
import { beginAttempt, slowDown } from './throttle.ts';
import { hashOfSecret } from './tokens.ts';

/** A house full of TVs may be switched on behind one address. */
const STARTS_BY_ADDRESS = { free: 100, maxWaitMs: 60_000, forgetAfterMs: 600_000 };
const LOOK_EVERY_MS = 1_000;
const MAX_TRIES = 5;

const factsSchema = pairingSchema;

export interface Claimed {
  readonly answer: z.infer<typeof claimedPairingSchema>;
  /** A Set-Cookie header. */
  readonly cookie: string | null;
}

export class ScreenPairing {
  readonly #options: ScreensOptions;

  constructor(options: ScreensOptions) {
    this.#options = options;
  }

  async start({ from }: Pick<Own, 'from'>, tv: z.output<typeof startPairingBody>): Promise<StartedPairing> {
    const { redis, database, now } = this.#options;
    requireDatabase(database);
    await slowDown(redis, now(), 'pairing', from, STARTS_BY_ADDRESS);
    const secret = randomBytes(32).toString('base64url');
    const expiresAt = now() + PAIRING_LIVES_MS;
    const facts = JSON.stringify({ ...tv, from, expiresAt } satisfies Pairing);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const code = newCode();
      const pairing = { code, secretHash: hashOfSecret(secret), facts, now: now() };
      const answer = await soon(redis, (one) => openPairing(one, pairing));
      if (answer === 'full') break;
      if (answer === 'open') return { code, secret, expiresAt };
    }
    throw new AppError('screen.tooMany');
  }

  async claim(own: Own, { secret, waitMs }: z.output<typeof claimPairingBody>): Promise<Claimed> {
    const { redis } = this.#options;
    const hash = hashOfSecret(secret);
    const until = performance.now() + waitMs;
    for (;;) {
      const pairing = await soon(redis, (one) => pairingOfSecret(one, hash));
      if (!pairing) return { answer: { state: 'gone' }, cookie: null };
      const given = pairing.screen && (await this.#give(own.request, pairing.code, pairing.screen, hash));
      if (given) return given;
      const leftMs = until - performance.now();
      if (leftMs <= 0 || own.request.socket.destroyed) return { answer: { state: 'waiting' }, cookie: null };
      await sleep(Math.min(LOOK_EVERY_MS, leftMs), undefined, { ref: false });
    }
  }

  /** Which TV shows the code, so that somebody who pairs it sees whether it is the one in front. */
  async find(asker: Asker, code: string): Promise<Pairing> {
    const { facts } = await this.#waiting(asker, code);
    return factsSchema.parse(JSON.parse(facts));
  }

  async pair(asker: Asker, body: z.output<typeof pairScreenBody>): Promise<StoredScreen> {
    const { redis, database } = this.#options;
    const { subject } = asker;
    const { code, name, site, queues, teams, board, options } = body;
    // A token that paired TVs would live on in them after it was revoked.
    if (subject.kind !== 'person' && subject.id !== ADMIN_TOKEN_ID) throw new AppError('auth.forbidden');
    const given = { rights: SCREEN_RIGHTS, scope: { sites: [site], queues, teams } };
    if (!may(subject, 'screen.manage', { site }) || !covers(subject, given)) throw new AppError('access.tooMuch');
    await this.#waiting(asker, code);
    const id = randomBytes(16).toString('base64url');
    if (!(await soon(redis, (one) => takePairing(one, code, id)))) throw new AppError('screen.codeWrong');
    try {
      return await requireDatabase(database).transaction(async (sql) => {
        const by = { id: subject.kind === 'person' ? subject.id : null, name: subject.name };
        const made = await insertScreen(sql, id, { name, site, view: { queues, teams }, board, options }, by);
        await recordAct(sql, { ...entryOf(asker, 'screen.paired', made), after: shownOf(made) });
        return made;
      });
    } catch (error) {
      await soon(redis, (one) => giveBackPairing(one, code));
      throw error;
    }
  }

  /** Codes are guessed at like passwords, and slowed down like them. */
  async #waiting({ subject, from }: Asker, code: string) {
    const { redis, now } = this.#options;
    const attempt = await beginAttempt(redis, now(), `pair a TV ${subject.kind} ${subject.id}`, from);
    const pairing = await soon(redis, (one) => readPairing(one, code));
    if (!pairing || pairing.screen !== null) throw new AppError('screen.codeWrong');
    // A right code does not wipe out wrong ones: whoever guesses may have a TV too.
    await attempt.undecided();
    return pairing;
  }

  /**
   * Asked for again by a TV that did not hear the answer, it is given a token again: the one before was never used. Null: the
   * code is taken, but whoever pairs it is not done, or died at it; then the code ends by itself.
   */
  async #give(request: IncomingMessage, code: string, id: string, secretHash: string): Promise<Claimed | null> {
    const { redis, now, known } = this.#options;
    const database = requireDatabase(this.#options.database);
    const secret = randomBytes(32).toString('base64url');
    const screen = await giveFirstSecret(database, id, hashOfSecret(secret), now());
    if (!screen) return (await isScreenRevoked(database, id)) ? { answer: { state: 'gone' }, cookie: null } : null;
    await known.keep(screen);
    await soon(redis, (one) => closePairing(one, code, secretHash));
    return { answer: { state: 'paired' }, cookie: screenCookieFor(request, { id, secret }) };
  }
}

const newCode = (): string =>
  Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join('');

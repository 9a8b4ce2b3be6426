/**
 * Who guesses is slowed down, by login and by address. It is the same for a login that nobody has, so that the delay does
 * not tell which exist.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import { forgetAttempts, giveAttemptBack, type Patience, takeAttempt } from '../redis/attempts.ts';
import type { Redis } from '../redis/client.ts';
import { soon } from '../redis/soon.ts';

const BY_LOGIN: Patience = { free: 5, maxWaitMs: 60_000, forgetAfterMs: 3_600_000 };
/** Many people may share an address. */
const BY_ADDRESS: Patience = { free: 30, maxWaitMs: 60_000, forgetAfterMs: 900_000 };

export interface Attempt {
  /** The secret was right. */
  succeeded(): Promise<void>;
  /** It failed for another reason than a wrong secret. */
  undecided(): Promise<void>;
}

/** Rejects with `auth.throttled`. From here on the attempt counts as failed, unless something else is said of it. */
export async function beginAttempt(redis: Redis, now: number, login: string, from: string): Promise<Attempt> {
  const atLogin = `login:${createHash('sha256').update(login.toLowerCase()).digest('base64url')}`;
  const atAddress = `address:${networkOf(from)}`;
  const take = (at: string, patience: Patience) => soon(redis, (one) => takeAttempt(one, at, now, patience));
  const giveBack = (at: string) => soon(redis, (one) => giveAttemptBack(one, at));
  const loginWaitMs = await take(atLogin, BY_LOGIN);
  if (loginWaitMs > 0) throw new AppError('auth.throttled', undefined, { retryAfterMs: loginWaitMs });
  const addressWaitMs = await take(atAddress, BY_ADDRESS);
  if (addressWaitMs > 0) {
    await giveBack(atLogin);
    throw new AppError('auth.throttled', undefined, { retryAfterMs: addressWaitMs });
  }
  return {
    async succeeded() {
      await soon(redis, (one) => forgetAttempts(one, atLogin));
      await giveBack(atAddress);
    },
    async undecided() {
      await giveBack(atLogin);
      await giveBack(atAddress);
    },
  };
}

/** Rejects with `auth.throttled` whoever does too much of what everybody may, by address. */
export async function slowDown(
  redis: Redis,
  now: number,
  what: string,
  from: string,
  patience: Patience,
): Promise<void> {
  const waitMs = await soon(redis, (one) => takeAttempt(one, `${what}:${networkOf(from)}`, now, patience));
  if (waitMs > 0) throw new AppError('auth.throttled', undefined, { retryAfterMs: waitMs });
}

/** Of IPv6 the first half: whoever has one address there has all of them. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array<string>(Math.max(0, zeros)).fill('0'), ...groups(tail)].slice(0, 4).join(':');
}

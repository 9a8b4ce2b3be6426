/**
 * Passwords: argon2id, with the parameters in the stored text, so that they can be raised later. Hashing takes tens of
 * milliseconds and 19 MB on purpose; only a few run at once, and a crowd is turned away rather than let everything stand.
 */
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '../errors.ts';
import { COMMON_PASSWORDS } from './common-passwords.ts';

interface Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

/** OWASP Password Storage Cheat Sheet: the least that it names for argon2id. */
const COST: Cost = { memoryKib: 19_456, passes: 2, lanes: 1 };
const SALT_BYTES = 16;
const TAG_BYTES = 32;

const MAX_AT_ONCE = 2;
const MAX_WAITING = 50;
const CROWD_WAIT_MS = 2_000;

const run = promisify(argon2);

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await derive(password, salt, cost);
  const { memoryKib, passes, lanes } = cost;
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** A text that is no hash of ours fits no password. */
export async function fitsPassword(password: string, stored: string): Promise<boolean> {
  const parsed = parse(stored);
  if (parsed === null) return false;
  return timingSafeEqual(await derive(password, parsed.salt, parsed.cost), parsed.tag);
}

/** It was made with other parameters than those of today. */
export function isOutdated(stored: string): boolean {
  const { memoryKib, passes, lanes } = parse(stored)?.cost ?? COST;
  return memoryKib !== COST.memoryKib || passes !== COST.passes || lanes !== COST.lanes;
}

/** What an unknown login is checked against: takes as long, fits nothing. */
export const NOBODYS_PASSWORD = `$argon2id$v=19$m=${COST.memoryKib},t=${COST.passes},p=${COST.lanes}$${unpadded(Buffer.alloc(SALT_BYTES))}$${unpadded(Buffer.alloc(TAG_BYTES))}`;

/** Length is asked for by the contract; here, what everybody tries first. */
export function isWeak(password: string, login: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase();
  return plain === login.toLowerCase() || new Set(plain).size < MIN_DIFFERENT || COMMON_PASSWORDS.has(plain);
}

const MIN_DIFFERENT = 4;

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})$/;

function parse(stored: string): { cost: Cost; salt: Buffer; tag: Buffer } | null {
  const [, m, t, p, salt = '', tag = ''] = PHC.exec(stored) ?? [];
  if (m === undefined) return null;
  const cost = { memoryKib: Number(m), passes: Number(t), lanes: Number(p) };
  return { cost, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') };
}

let running = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer, { memoryKib, passes, lanes }: Cost): Promise<Buffer> {
  const parameters: Argon2Parameters = {
    // The same characters, however a keyboard composes them (NIST SP 800-63B).
    message: password.normalize('NFKC'),
    nonce: salt,
    memory: memoryKib,
    passes,
    parallelism: lanes,
    tagLength: TAG_BYTES,
  };
  if (running >= MAX_AT_ONCE) {
    if (waiting.length >= MAX_WAITING) throw new AppError('auth.throttled', undefined, { retryAfterMs: CROWD_WAIT_MS });
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running++;
  try {
    return Buffer.from(await run('argon2id', parameters));
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

/** One-time codes of an authenticator app: RFC 6238 with SHA-1, six digits, thirty seconds, which is what all apps do. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const STEP_MS = 30_000;
/** Clocks of telephones go wrong, and people type slowly. */
const TOLERANCE_STEPS = 1;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The step that a code belongs to, near `now` and newer than `lastStep`, so that a code which was seen once is worth
 * nothing. Null: it does not fit.
 */
export function stepOfCode(secret: string, code: string, now: number, lastStep: number): number | null {
  const current = Math.floor(now / STEP_MS);
  let found: number | null = null;
  for (let step = current - TOLERANCE_STEPS; step <= current + TOLERANCE_STEPS; step++) {
    const isMatch = timingSafeEqual(Buffer.from(codeOfStep(secret, step)), Buffer.from(code));
    if (isMatch && step > lastStep) found = step;
  }
  return found;
}

/** What the app shows. */
export const codeAt = (secret: string, now: number): string => codeOfStep(secret, Math.floor(now / STEP_MS));

export function keyUri(secret: string, login: string): string {
  const query = new URLSearchParams({ secret, issuer: 'Floorcast' });
  return `otpauth://totp/Floorcast:${encodeURIComponent(login)}?${query}`;
}

function codeOfStep(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += BASE32[(value >> (bits - 5)) & 31];
  }
  return bits === 0 ? text : text + BASE32[(value << (5 - bits)) & 31];
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let value = 0;
  let bits = 0;
  for (const letter of text) {
    value = ((value << 5) | BASE32.indexOf(letter)) & 0xffff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 255);
  }
  return Buffer.from(bytes);
}

import { expect, test } from 'vitest';
import { codeAt, keyUri, stepOfCode, toBase32 } from './totp.ts';

/** RFC 6238, appendix B, SHA-1; the last six of its eight digits. */
const SECRET = toBase32(Buffer.from('12345678901234567890'));
const VECTORS = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const;

test.each(VECTORS)('[ACC9] the code at second %i is %s', (second, code) => {
  expect(codeAt(SECRET, second * 1_000)).toBe(code);
  expect(stepOfCode(SECRET, code, second * 1_000, 0)).toBe(Math.floor(second / 30));
});

test('[ACC9] the secret is written in base 32, as apps read it', () => {
  expect(SECRET).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  expect(toBase32(Buffer.from('f'))).toBe('MY');
  expect(toBase32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
});

test('[ACC9] a code fits one step early or late, not two', () => {
  const now = 1_795_380_000_000;
  const step = now / 30_000;
  const codeOf = (away: number) => codeAt(SECRET, now + away * 30_000);
  for (const away of [-1, 0, 1]) expect(stepOfCode(SECRET, codeOf(away), now, 0)).toBe(step + away);
  for (const away of [-2, 2]) expect(stepOfCode(SECRET, codeOf(away), now, 0)).toBeNull();
});

test('[ACC9] a code that was taken, and any before it, fits no more', () => {
  const now = 1_795_380_000_000;
  const step = now / 30_000;
  expect(stepOfCode(SECRET, codeAt(SECRET, now), now, step)).toBeNull();
  expect(stepOfCode(SECRET, codeAt(SECRET, now - 30_000), now, step)).toBeNull();
  expect(stepOfCode(SECRET, codeAt(SECRET, now + 30_000), now, step)).toBe(step + 1);
});

test('the address for an app names issuer and login', () => {
  expect(keyUri('ABC', '王芳@x')).toBe('otpauth://totp/Floorcast:%E7%8E%8B%E8%8A%B3%40x?secret=ABC&issuer=Floorcast');
});

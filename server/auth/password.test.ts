import { argon2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { fitsPassword, hashPassword, isOutdated, isWeak, NOBODYS_PASSWORD } from './password.ts';

test('[ACC5] a password fits its own hash and no other, and equal ones have different hashes', async () => {
  const [first, second] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(first).not.toBe(second);
  expect(await fitsPassword('correct horse', first)).toBe(true);
  expect(await fitsPassword('correct horsf', first)).toBe(false);
  expect(await fitsPassword('', first)).toBe(false);
});

test('[ACC5] a hash is one that other tools read: the parameters in it are those that made it', async () => {
  const stored = await hashPassword('correct horse');
  const [, , , , salt = '', tag = ''] = stored.split('$');
  const again = argon2Sync('argon2id', {
    message: 'correct horse',
    nonce: Buffer.from(salt, 'base64'),
    memory: 19_456,
    passes: 2,
    parallelism: 1,
    tagLength: 32,
  });
  expect(again.toString('base64').replace(/=+$/, '')).toBe(tag);
});

test('[ACC5] one made with other parameters still fits, and is told to be outdated', async () => {
  const old = await hashPassword('correct horse', { memoryKib: 1_024, passes: 1, lanes: 1 });
  expect(await fitsPassword('correct horse', old)).toBe(true);
  expect(isOutdated(old)).toBe(true);
  expect(isOutdated(await hashPassword('correct horse'))).toBe(false);
});

test('[ACC5] the same characters fit however they are composed', async () => {
  expect(
    await fitsPassword('Zo\u00eb and \u00c5ngstr\u00f6m', await hashPassword('Zoe\u0308 and A\u030angstro\u0308m')),
  ).toBe(true);
});

test('[ACC7] an unknown login is checked against something that costs as much and fits nothing', async () => {
  expect(isOutdated(NOBODYS_PASSWORD)).toBe(false);
  for (const password of ['', 'password', '\0'.repeat(32)])
    expect(await fitsPassword(password, NOBODYS_PASSWORD)).toBe(false);
});

test('a text that is no hash fits nothing', async () => {
  for (const stored of ['', 'correct horse', '$2b$10$abcdefghijklmnopqrstuu', '$argon2id$v=19$m=1,t=1,p=1$$'])
    expect(await fitsPassword('correct horse', stored)).toBe(false);
});

test('[ACC5] a crowd is turned away rather than let everything stand', async () => {
  const cheap = { memoryKib: 64, passes: 1, lanes: 1 };
  const results = await Promise.allSettled(Array.from({ length: 80 }, () => hashPassword('correct horse', cheap)));
  const refused = results.filter((one) => one.status === 'rejected');
  expect(refused).toHaveLength(28);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'auth.throttled', retryAfterMs: 2_000 });
  expect(await fitsPassword('x', await hashPassword('x', cheap))).toBe(true);
});

test.each([
  ['1234567890', 'anna'],
  ['Qwertyuiop', 'anna'],
  ['PASSWORD123', 'anna'],
  ['aaaaaaaaaaaa', 'anna'],
  ['1212121212', 'anna'],
  ['wang.fang@example', 'Wang.Fang@example'],
  ['floorcast123', 'anna'],
])('[ACC6] %s is too weak for %s', (password, login) => {
  expect(isWeak(password, login)).toBe(true);
});

test('[ACC6] a few words are strong enough, in any script', () => {
  for (const password of ['correct horse', '今天天气真好我们去散步', 'x7!kQp2#mz'])
    expect(isWeak(password, 'anna')).toBe(false);
});

import { expect, test } from 'vitest';
import { AmiUrlError, describeAmiUrl, parseAmiUrl } from './url.ts';

test('[AMI40] a plain address, with what is left out filled in', () => {
  expect(parseAmiUrl('ami://wall:s3cret@pbx.example')).toEqual({
    host: 'pbx.example',
    port: 5038,
    username: 'wall',
    secret: 's3cret',
    site: 'main',
    auth: 'auto',
    tls: null,
  });
});

test('[AMI41] every option, percent-encoding and IPv6', () => {
  const url = parseAmiUrl('amis://w%40ll:p%2F%23%3A%25@[::1]:5040?site=north-1&auth=md5&ca=/etc/pbx.pem&tls=verified');
  expect(url).toEqual({
    host: '::1',
    port: 5040,
    username: 'w@ll',
    secret: 'p/#:%',
    site: 'north-1',
    auth: 'md5',
    tls: { isVerified: true, caPath: '/etc/pbx.pem' },
  });
  expect(describeAmiUrl(url)).toBe('amis://w%40ll@[::1]:5040');
  expect(parseAmiUrl('amis://a:b@h?tls=unverified')).toMatchObject({
    port: 5039,
    tls: { isVerified: false, caPath: null },
  });
});

test.each([
  ['http://wall:hunter2@h', 'it must begin with ami:// or amis://'],
  ['ami://wall:hunter2@h:99999', 'it is no URL'],
  ['ami://wall@h', 'the secret is missing'],
  ['ami://:hunter2@h', 'the user is missing'],
  ['ami://wall:hunter2@h/queue', 'nothing may stand between'],
  ['ami://wall:hunter2@h?site=a%20b', 'site must be'],
  ['ami://wall:hunter2@h?auth=none', 'auth must be'],
  ['ami://wall:hunter2@h?ca=/x', 'ca and tls need amis://'],
  ['amis://wall:hunter2@h?tls=off', 'tls must be'],
  ['ami://wall:hunter2@h?sites=a', 'unknown option'],
  ['ami://wall:hunter2@h?site=a&site=b', 'site is given twice'],
  ['ami://wall:hunter2%0d%0aAction:%20Originate@h', 'the secret has a control character'],
  ['ami://wall:hunter2%zz@h', 'begins no escape'],
  ['ami://wall:hunter2@h:0', 'port 0'],
  ['ami://wall:hunter2@h#x', 'fragment'],
  ['hunter2', 'it is no URL'],
])('[AMI42] %s is refused with a reason and without the secret', (text, reason) => {
  let error: unknown;
  try {
    parseAmiUrl(text);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(AmiUrlError);
  const { message, issues, stack } = error as AmiUrlError;
  expect(message).toContain(reason);
  expect(JSON.stringify([message, issues, stack])).not.toContain('hunter2');
  expect((error as AmiUrlError).cause).toBeUndefined();
});

test('[AMI43] all problems are told together', () => {
  expect(() => parseAmiUrl('ami://h?site=%20&auth=x')).toThrow(
    /user is missing.*secret is missing.*site must be.*auth must be/,
  );
});

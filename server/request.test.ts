import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { addressOf, isLocal, isSameOrigin, isSecure } from './request.ts';

interface Told {
  readonly address?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly httpVersion?: string;
}

const received = ({ address = '127.0.0.1', headers = {}, httpVersion = '1.1' }: Told): IncomingMessage =>
  ({ headers: { host: 'localhost:3000', ...headers }, socket: { remoteAddress: address }, httpVersion }) as never;

test.each<Told>([
  {},
  { address: '::1', headers: { host: '[::1]:3000' } },
  { address: '::ffff:127.0.0.1' },
  { headers: { host: '127.0.0.1' } },
  { headers: { origin: 'http://localhost:5173' } },
])('[ACC2] %o is on this machine', (told) => {
  expect(isLocal(received(told))).toBe(true);
});

test.each<Told>([
  { address: '10.0.0.7' },
  { address: '::ffff:10.0.0.7' },
  { headers: { 'x-forwarded-for': '127.0.0.1' } },
  { headers: { forwarded: 'for=127.0.0.1' } },
  { headers: { 'x-real-ip': '10.0.0.7' } },
  { headers: { via: '1.1 proxy' } },
  { headers: { 'x-forwarded-proto': 'https' } },
  { httpVersion: '1.0' },
  // A name of somebody else's that was made to point here.
  { headers: { host: 'wall.example:3000' } },
  { headers: { host: '' } },
  { headers: { host: '127.0.0.1.example' } },
  { headers: { host: 'localhost.example' } },
  { headers: { origin: 'http://evil.example' } },
  { headers: { origin: 'null' } },
])('[ACC2] %o is not', (told) => {
  expect(isLocal(received(told))).toBe(false);
});

test('[ACC11] over TLS, also where a proxy ended it', () => {
  expect(isSecure(received({}))).toBe(false);
  expect(isSecure(received({ headers: { 'x-forwarded-proto': 'http' } }))).toBe(false);
  expect(isSecure(received({ headers: { 'x-forwarded-proto': 'https, http' } }))).toBe(true);
  expect(isSecure(received({ headers: { forwarded: 'for=1.2.3.4;proto=https' } }))).toBe(true);
  expect(isSecure({ ...received({}), socket: { encrypted: true } } as never)).toBe(true);
});

test.each([
  [{ 'sec-fetch-site': 'same-origin' }, true],
  [{ 'sec-fetch-site': 'same-origin', origin: 'https://proxied.example' }, true],
  [{ 'sec-fetch-site': 'same-site' }, false],
  [{ 'sec-fetch-site': 'cross-site', origin: 'http://localhost:3000' }, false],
  [{ origin: 'http://localhost:3000' }, true],
  [{ origin: 'http://localhost:3001' }, false],
  [{ origin: 'null' }, false],
  [{}, null],
] as const)('[ACC12] %o: from a page of ours: %s', (headers, isOurs) => {
  expect(isSameOrigin(received({ headers }))).toBe(isOurs);
});

test('[ACC8] the address is that of the last hop which no known proxy vouches against', () => {
  const isProxy = (address: string) => ['127.0.0.1', '10.0.0.1'].includes(address);
  const of = (address: string, hops?: string) =>
    addressOf(received({ address, headers: hops === undefined ? {} : { 'x-forwarded-for': hops } }), isProxy);
  expect(of('192.0.2.1')).toBe('192.0.2.1');
  // Nobody vouches for what a stranger says.
  expect(of('192.0.2.1', '198.51.100.1')).toBe('192.0.2.1');
  expect(of('127.0.0.1', '198.51.100.1')).toBe('198.51.100.1');
  expect(of('::ffff:10.0.0.1', '203.0.113.9, 198.51.100.1, 10.0.0.1')).toBe('198.51.100.1');
  expect(of('127.0.0.1', 'unknown')).toBe('127.0.0.1');
  expect(of('127.0.0.1')).toBe('127.0.0.1');
});

/** The cookies that carry a session, and a sign-in on its way through the identity provider. Scripts of a page cannot read it, pages elsewhere cannot make a browser send it. */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isSecure } from '../request.ts';

type Use = 'session' | 'signOn';

/** Over TLS the prefix keeps plain connections and neighbouring hosts from setting one of their own. */
const nameFor = (request: IncomingMessage, use: Use): string =>
  `${isSecure(request) ? '__Host-' : ''}floorcast${use === 'session' ? '' : '-sign-on'}`;

const ID = /^[A-Za-z0-9_-]{43}$/;

export const newSessionId = (): string => randomBytes(32).toString('base64url');

export const hashOfSession = (id: string): string => createHash('sha256').update(id).digest('base64url');

export const sessionIdIn = (request: IncomingMessage): string | null => idIn(request, 'session');

export function idIn(request: IncomingMessage, use: Use): string | null {
  const name = `${nameFor(request, use)}=`;
  const pair = (request.headers.cookie ?? '').split(/; */).find((one) => one.startsWith(name));
  const id = pair?.slice(name.length) ?? '';
  return ID.test(id) ? id : null;
}

/** A Set-Cookie header; without an id it takes the cookie away. */
export function cookieFor(request: IncomingMessage, id: string | null, maxAgeMs: number, use: Use = 'session'): string {
  const seconds = id === null ? 0 : Math.floor(maxAgeMs / 1_000);
  const secure = isSecure(request) ? '; Secure' : '';
  return `${nameFor(request, use)}=${id ?? ''}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}

/** Cookies that carry a session, the token of a TV, or a sign-in on its way through the identity provider. Scripts of a page cannot read them, pages elsewhere cannot make a browser send them. */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isSecure } from '../request.ts';

type Kind = 'floorcast' | 'floorcast-screen' | 'floorcast-sign-on';

/** Over TLS the prefix keeps plain connections and neighbouring hosts from setting one of their own. */
const nameFor = (request: IncomingMessage, kind: Kind): string => (isSecure(request) ? `__Host-${kind}` : kind);

const ID = /^[A-Za-z0-9_-]{43}$/;

export const newSessionId = (): string => randomBytes(32).toString('base64url');

export const hashOfSession = (id: string): string => createHash('sha256').update(id).digest('base64url');

const SCREEN = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

export interface ScreenToken {
  readonly id: string;
  readonly secret: string;
}

export const sessionIdIn = (request: IncomingMessage): string | null => idIn(request, 'floorcast');

export function idIn(request: IncomingMessage, kind: 'floorcast' | 'floorcast-sign-on'): string | null {
  const id = valueIn(request, kind);
  return ID.test(id) ? id : null;
}

export function screenTokenIn(request: IncomingMessage): ScreenToken | null {
  const [, id, secret] = SCREEN.exec(valueIn(request, 'floorcast-screen')) ?? [];
  return id && secret ? { id, secret } : null;
}

function valueIn(request: IncomingMessage, kind: Kind): string {
  const name = `${nameFor(request, kind)}=`;
  const pair = (request.headers.cookie ?? '').split(/; */).find((one) => one.startsWith(name));
  return pair?.slice(name.length) ?? '';
}

/** A Set-Cookie header; without an id it takes the cookie away. */
export const cookieFor = (
  request: IncomingMessage,
  id: string | null,
  maxAgeMs: number,
  kind: 'floorcast' | 'floorcast-sign-on' = 'floorcast',
): string => setCookie(request, kind, id ?? '', id === null ? 0 : maxAgeMs);

/** Browsers keep none for longer; every new token starts it anew. */
const SCREEN_KEPT_MS = 400 * 86_400_000;

export const screenCookieFor = (request: IncomingMessage, { id, secret }: ScreenToken): string =>
  setCookie(request, 'floorcast-screen', `${id}.${secret}`, SCREEN_KEPT_MS);

function setCookie(request: IncomingMessage, kind: Kind, value: string, maxAgeMs: number): string {
  const secure = isSecure(request) ? '; Secure' : '';
  const age = Math.floor(maxAgeMs / 1_000);
  return `${nameFor(request, kind)}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`;
}

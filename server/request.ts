/** What can be known of where a request comes from. Headers are the sender's word; each function says whose word it takes. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';

type Received = Pick<IncomingMessage, 'headers' | 'socket' | 'httpVersion'>;

const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1)$/;
const LOOPBACK_NAME = /^(localhost|([\w-]+\.)+localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;
/** Any of them tells that somebody else asks through whoever sent this. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

/**
 * True for a program or browser on this machine. A proxy on this machine that hides whom it serves must not pass for one:
 * by default nginx sends no word of it, but speaks HTTP/1.0. And a page elsewhere whose name was made to point here is
 * told by the name.
 */
export function isLocal({ headers, socket, httpVersion }: Received): boolean {
  return (
    LOOPBACK_ADDRESS.test(bare(socket.remoteAddress)) &&
    FORWARDED.every((name) => headers[name] === undefined) &&
    httpVersion !== '1.0' &&
    LOOPBACK_NAME.test(hostName(headers.host ?? '')) &&
    (headers.origin === undefined || LOOPBACK_NAME.test(hostOf(headers.origin)))
  );
}

/** True over TLS, also where a proxy ended it. Whoever lies about it harms nobody else. */
export function isSecure({ headers, socket }: Received): boolean {
  const told = [headers['x-forwarded-proto']].flat()[0]?.split(',')[0]?.trim();
  return (
    (socket as Partial<TLSSocket>).encrypted === true ||
    told === 'https' ||
    /proto="?https/i.test(headers.forwarded ?? '')
  );
}

/**
 * Whether the page that sent this is one of ours, on the word of the browser, which no page can change. Null: nothing is
 * said, as scripts and old browsers do.
 */
export function isSameOrigin({ headers }: Received): boolean | null {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (headers.origin === undefined) return null;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
}

/** Address of whoever asks. Only proxies that `isProxy` knows are believed about whom they serve. */
export function addressOf({ headers, socket }: Received, isProxy: (address: string) => boolean): string {
  let address = bare(socket.remoteAddress);
  const hops = [headers['x-forwarded-for']].flat().join(',').split(',');
  for (let hop = hops.pop(); hop !== undefined && isProxy(address); hop = hops.pop()) {
    const before = bare(hop.trim());
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/** An IPv4 address that came in over IPv6 is still that address. */
const bare = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');

const hostName = (host: string): string => host.replace(/:\d+$/, '');

const hostOf = (origin: string): string => (URL.canParse(origin) ? new URL(origin).hostname : '');

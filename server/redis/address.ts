/**
 * Where Redis is, as `REDIS_URL` says it. A cluster has a scheme of its own, because its client is another one and its
 * nodes are several: `redis+cluster://h1:7000,h2:7000,h3:7000`. Any reachable node is enough; it names the others.
 */
import type { RedisOptions } from 'ioredis';

type Login = Pick<RedisOptions, 'username' | 'password' | 'tls'>;

export type RedisAddress =
  | { readonly kind: 'one'; readonly options: Login & Pick<RedisOptions, 'path' | 'host' | 'port' | 'db'> }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly { readonly host: string; readonly port: number }[];
      readonly options: Login;
    };

export const REDIS_URL_FORMS =
  'redis://host:6379, rediss://user:password@host:6380, unix:///path/to/socket or redis+cluster://host1:6379,host2:6379';

const CLUSTER = /^(rediss?)\+cluster:\/\/(?:([^@/]*)@)?([^@/]+)\/?$/i;

/** Null for what is none of REDIS_URL_FORMS. */
export function parseRedisUrl(url: string): RedisAddress | null {
  const cluster = CLUSTER.exec(url);
  if (cluster) return clusterAddress(cluster[1] ?? '', cluster[2] ?? '', (cluster[3] ?? '').split(','));
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol === 'unix:') return { kind: 'one', options: { path: decodeURIComponent(parsed.pathname) } };
  if (parsed?.protocol !== 'redis:' && parsed?.protocol !== 'rediss:') return null;
  const options = { ...placeOf(parsed), db: Number(parsed.pathname.slice(1) || 0), ...loginOf(parsed) };
  return { kind: 'one', options };
}

function clusterAddress(scheme: string, login: string, hosts: readonly string[]): RedisAddress | null {
  const urls = hosts.map((host) => `${scheme}://${login === '' ? '' : `${login}@`}${host}`);
  if (hosts.includes('') || !urls.every((url) => URL.canParse(url))) return null;
  const [first, ...rest] = urls.map((url) => new URL(url));
  if (first === undefined) return null;
  return { kind: 'cluster', nodes: [first, ...rest].map(placeOf), options: loginOf(first) };
}

const placeOf = ({ hostname, port }: URL) => ({
  host: hostname.replace(/^\[|\]$/g, '') || 'localhost',
  port: Number(port || 6379),
});

const loginOf = ({ protocol, username, password }: URL): Login => ({
  ...(username !== '' && { username: decodeURIComponent(username) }),
  ...(password !== '' && { password: decodeURIComponent(password) }),
  ...(protocol.startsWith('rediss') && { tls: {} }),
});

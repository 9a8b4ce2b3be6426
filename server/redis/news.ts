/**
 * What of people has ended or changed, for every process that serves them. A stream, so that a process which was cut off
 * hears of it when it is back; what it has missed for good it finds out by asking.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from './client.ts';
import { ACCESS_KEYS } from './keys.ts';

/** `anybody`: the installation was set up. `screen`: a TV has ended or sees something else; `wish`: it is to ask what is wanted. `notice`: of a site. */
const NEWS_KINDS = ['session', 'person', 'token', 'screen', 'wish', 'notice', 'anybody'] as const;
export interface News {
  readonly kind: (typeof NEWS_KINDS)[number];
  readonly id: string;
}

const KEEP = 1_000;
const BLOCK_MS = 5_000;
const RETRY_MS = 1_000;

/** For scripts that change something and tell it in one step; KEYS has the stream at the given place. */
export const tellIn = (key: string, kind: News['kind'], id: string): string =>
  `redis.call('XADD', ${key}, 'MAXLEN', '~', ${KEEP}, '*', 'kind', '${kind}', 'id', ${id})`;

export async function tellNews(redis: Redis, { kind, id }: News): Promise<void> {
  await redis.xadd(ACCESS_KEYS.news, 'MAXLEN', '~', KEEP, '*', 'kind', kind, 'id', id);
}

/** Where to read on from, to hear what is told from now on. */
export async function newsCursor(redis: Redis): Promise<string> {
  const [newest] = await redis.xrevrange(ACCESS_KEYS.news, '+', '-', 'COUNT', 1);
  return newest?.[0] ?? '0-0';
}

/** Hears what is told after `start` until the signal, with a reader of its own. What goes wrong is told; it goes on after a moment. */
export async function hearNews(
  reader: Redis,
  start: string,
  {
    signal,
    onNews,
    onFailed,
  }: {
    readonly signal: AbortSignal;
    readonly onNews: (news: readonly News[]) => void | Promise<void>;
    readonly onFailed: (err: unknown) => void;
  },
): Promise<void> {
  let cursor = start;
  while (!signal.aborted) {
    try {
      const heard = await readNews(reader, cursor, BLOCK_MS);
      cursor = heard.cursor;
      await onNews(heard.news);
    } catch (err) {
      if (signal.aborted) return;
      onFailed(err);
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}

/** Waits for news for up to `blockMs`. */
async function readNews(
  reader: Redis,
  cursor: string,
  blockMs: number,
): Promise<{ readonly cursor: string; readonly news: readonly News[] }> {
  const answer = await reader.xread('COUNT', 100, 'BLOCK', blockMs, 'STREAMS', ACCESS_KEYS.news, cursor);
  const entries = answer?.[0]?.[1] ?? [];
  const news = entries.flatMap(([, fields]): News[] => {
    const [, told, , id = ''] = fields ?? [];
    const kind = NEWS_KINDS.find((one) => one === told);
    return kind ? [{ kind, id }] : [];
  });
  return { cursor: entries.at(-1)?.[0] ?? cursor, news };
}

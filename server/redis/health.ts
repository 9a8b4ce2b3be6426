/** What an orchestrator and a monitor ask of Redis about a site. Answers may never come while Redis is away. */
import type { Redis } from './client.ts';
import { siteKeys } from './keys.ts';
import { lastEventId } from './stream.ts';

export interface RedisHealth {
  /** Rejects when Redis does not answer. */
  ping(): Promise<unknown>;
  /** Null when it takes a write of the site, else the first word of its refusal, such as `OOM` or `MISCONF`. */
  refusalOf(site: string): Promise<string | null>;
  hasOwner(site: string): Promise<boolean>;
  /** How far the committed cursor is behind the newest event of the stream, in the time of entry ids. */
  streamLagMs(site: string): Promise<number>;
}

const PROBE_LIVES_MS = 10_000;

export function redisHealth(redis: Redis): RedisHealth {
  return {
    // A refusal is an answer: a full disk makes Redis refuse even this.
    ping: () => redis.ping().catch(refusalWord),
    async refusalOf(site) {
      try {
        await redis.set(siteKeys(site).probe, '1', 'PX', PROBE_LIVES_MS);
        return null;
      } catch (error) {
        return refusalWord(error);
      }
    },
    hasOwner: async (site) => (await redis.exists(siteKeys(site).lease)) === 1,
    async streamLagMs(site) {
      // The cursor first: it can only move on in between, which makes the lag look larger, never negative.
      const cursor = await redis.hget(siteKeys(site).meta, 'cursor');
      const newest = await lastEventId(redis, site);
      return Math.max(0, msOf(newest) - msOf(cursor ?? newest));
    },
  };
}

function refusalWord(error: unknown): string {
  const word = /^[A-Z]+(?= )/.exec(error instanceof Error ? error.message : '')?.[0];
  if (word === undefined) throw error;
  return word;
}

/** Entry ids are `<ms>-<n>`. */
const msOf = (id: string): number => Number.parseInt(id, 10);

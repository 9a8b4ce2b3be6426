/** Where a log source goes on: behind what the site's stream holds, folded or not. */
import { setTimeout as wait } from 'node:timers/promises';
import { resumeIn, sourceField } from '../core/persist.ts';
import type { Redis } from '../redis/client.ts';
import { siteKeys } from '../redis/keys.ts';
import { compareEntryIds, lastEventId, readBatches, STREAM_START } from '../redis/stream.ts';

const AT_ONCE = 256;
const LOOK_EVERY_MS = 50;

/**
 * Site time, once everything that is in the stream now has been committed; null while nothing ever was. Waits for that until
 * the signal aborts.
 */
export async function siteTimeCommitted(redis: Redis, site: string, signal: AbortSignal): Promise<number | null> {
  const newest = await lastEventId(redis, site);
  for (;;) {
    const [cursor = null, at = null] = await redis.hmget(siteKeys(site).meta, 'cursor', 'at');
    const isCommitted = compareEntryIds(cursor ?? STREAM_START, newest) >= 0;
    if (isCommitted || signal.aborted) return at === null ? null : Number(at);
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

/** What the newest `log.read` of a source carries; null when it never told anything. */
export async function readResume(redis: Redis, site: string, source: string): Promise<string | null> {
  const keys = siteKeys(site);
  const answers = await redis.multi().hget(keys.meta, 'cursor').hget(keys.state, sourceField(source)).exec();
  if (answers === null) throw new Error('the transaction was refused');
  for (const [error] of answers) if (error) throw error;
  const [[, cursor], [, stored]] = answers as [[null, string | null], [null, string | null]];
  let resume = stored === null ? null : resumeIn(stored);
  // The owner before us, or this one, may have appended more than is committed.
  for (let from = cursor ?? STREAM_START; ; ) {
    const entries = await readBatches(redis, site, from, { count: AT_ONCE, blockMs: 0 });
    for (const { id, batch } of entries) {
      from = id;
      if (batch?.source !== source) continue;
      for (const event of batch.events) if (event.type === 'log.read') resume = event.resume;
    }
    if (entries.length < AT_ONCE) return resume;
  }
}

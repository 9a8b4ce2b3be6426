/**
 * Changes of settings on their way into a site's stream. How far they are told stands beside the stream and moves with it
 * in one step, so a Redis that loses one loses both, and is told again.
 */
import type { EventBatch } from '../../shared/event.ts';
import type { Redis } from './client.ts';
import { siteKeys } from './keys.ts';

// KEYS events, cursor; ARGV cursor as it was read, new cursor, batches. Sent again, or sent by two, it counts once.
const APPEND = `
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 0 end
for i = 3, #ARGV do redis.call('XADD', KEYS[1], '*', 'b', ARGV[i]) end
redis.call('SET', KEYS[2], ARGV[2])
return 1`;

/** Id of the newest change that the stream was told; null for a site that was told none. */
export async function readSettingsCursor(redis: Redis, site: string): Promise<number | null> {
  const cursor = await redis.get(siteKeys(site).settings);
  return cursor === null ? null : Number(cursor);
}

/** Appends if the cursor is still `from`, and moves it to `to`. False: somebody else was faster, or it was us already. */
export async function appendSettings(
  redis: Redis,
  site: string,
  from: number | null,
  to: number,
  batches: readonly EventBatch[],
): Promise<boolean> {
  const { events, settings } = siteKeys(site);
  const bodies = batches.map((batch) => JSON.stringify(batch));
  return (await redis.eval(APPEND, 2, events, settings, from ?? '', to, ...bodies)) === 1;
}

/** Is Redis there, and does it take what we write? */
import type { Redis } from './client.ts';
import { siteKeys } from './keys.ts';

const PROBE_TTL_MS = 10_000;

/** Rejects when Redis does not answer. A refusal is an answer: a full disk makes it refuse even this. */
export async function pingRedis(redis: Redis): Promise<void> {
  await redis.ping().catch((error: unknown) => void wordOf(error));
}

/** Why a write for the site is refused, in the word of Redis (`OOM`, `READONLY`, `MISCONF`); null when it is not. */
export async function writeRefusal(redis: Redis, site: string): Promise<string | null> {
  try {
    await redis.set(siteKeys(site).probe, '1', 'PX', PROBE_TTL_MS);
    return null;
  } catch (error) {
    return wordOf(error);
  }
}

function wordOf(error: unknown): string {
  if (!(error instanceof Error) || error.name !== 'ReplyError') throw error;
  return error.message.split(' ', 1)[0] ?? '';
}

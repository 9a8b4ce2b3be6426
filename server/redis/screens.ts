/** What is known of a TV beside its row in PostgreSQL: a copy of that row, the newest report, and orders on their way. */
import type { Redis } from './client.ts';
import { ACCESS_KEYS } from './keys.ts';
import { defineScript } from './script.ts';

const PARTS = ['report', 'identify', 'reload'] as const;
type Part = (typeof PARTS)[number];
/** JSON, as it was given; null: there is none. */
export type ScreenParts = Readonly<Record<Part, string | null>>;

export const readScreenRow = (redis: Redis, id: string): Promise<string | null> =>
  redis.hget(ACCESS_KEYS.screen(id), 'row');

// KEYS screen; ARGV row. Whoever read it before the TV was revoked must not bring it back.
const keepRow = defineScript(`
if redis.call('HGET', KEYS[1], 'row') == '' then return 0 end
return redis.call('HSET', KEYS[1], 'row', ARGV[1])`);

export async function keepScreenRow(redis: Redis, id: string, row: string): Promise<void> {
  await keepRow(redis, [ACCESS_KEYS.screen(id)], [row]);
}

export async function readScreenParts(redis: Redis, ids: readonly string[]): Promise<readonly ScreenParts[]> {
  const all = await Promise.all(ids.map((id) => redis.hmget(ACCESS_KEYS.screen(id), ...PARTS)));
  return all.map(([report = null, identify = null, reload = null]) => ({ report, identify, reload }));
}

export async function keepScreenParts(redis: Redis, id: string, parts: Partial<Record<Part, string>>): Promise<void> {
  await redis.hset(ACCESS_KEYS.screen(id), parts);
}

const REVOKED_LIVES_MS = 86_400_000;

/** It was revoked. */
export async function forgetScreen(redis: Redis, id: string): Promise<void> {
  const key = ACCESS_KEYS.screen(id);
  await redis.multi().del(key).hset(key, 'row', '').pexpire(key, REVOKED_LIVES_MS).exec();
}

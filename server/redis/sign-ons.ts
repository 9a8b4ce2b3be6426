/** A sign-in that went to the identity provider and has not come back, by the hash of the id that its browser keeps. */
import type { Redis } from './client.ts';
import { ACCESS_KEYS } from './keys.ts';

export async function keepSignOn(redis: Redis, hash: string, pending: string, livesMs: number): Promise<void> {
  await redis.set(ACCESS_KEYS.signOn(hash), pending, 'PX', livesMs);
}

/** Once; null when it was taken, or too long ago. */
export const takeSignOn = (redis: Redis, hash: string): Promise<string | null> =>
  redis.getdel(ACCESS_KEYS.signOn(hash));

/** Whether the installation has an administrator, as PostgreSQL last said it; and the code that opens the set-up. */
import type { Redis } from './client.ts';
import { ACCESS_KEYS } from './keys.ts';

export const isSetUpIn = async (redis: Redis): Promise<boolean> => (await redis.get(ACCESS_KEYS.setUp)) !== null;

export async function rememberSetUp(redis: Redis): Promise<void> {
  await redis.multi().set(ACCESS_KEYS.setUp, '1').del(ACCESS_KEYS.setUpCode).exec();
}

export async function forgetSetUp(redis: Redis): Promise<void> {
  await redis.del(ACCESS_KEYS.setUp);
}

/** The code that holds for every process; `fresh` becomes it where there is none. */
export async function setUpCodeIn(redis: Redis, fresh: string): Promise<string> {
  await redis.setnx(ACCESS_KEYS.setUpCode, fresh);
  return (await redis.get(ACCESS_KEYS.setUpCode)) ?? fresh;
}

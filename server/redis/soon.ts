/** For questions that somebody waits for. A command that Redis does not answer would wait in line as long as it is away. */
import { AppError } from '../errors.ts';
import type { Redis } from './client.ts';

const ANSWER_WITHIN_MS = 1_000;

/**
 * Rejects with `redis.unreachable` when Redis is known to be away, or does not answer in time. What was asked may then
 * have been done all the same, or be done later.
 */
export async function soon<T>(redis: Redis, ask: (redis: Redis) => Promise<T>): Promise<T> {
  if (redis.status !== 'ready') throw new AppError('redis.unreachable');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('redis.unreachable')), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([ask(redis), late]);
  } finally {
    clearTimeout(timer);
  }
}

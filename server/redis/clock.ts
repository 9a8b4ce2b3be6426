/**
 * The wall clock that all processes of an installation go by: that of Redis, carried on between two looks by the machine's
 * monotonic clock. A process whose own clock is wrong, or is set while it runs, is then as right as the others, and ages of
 * proofs that one process wrote down and another judges mean something.
 */
import type { Redis } from './client.ts';

export interface StoreClock {
  /** Epoch milliseconds, whole. Never waits; while Redis is away it goes on. */
  readonly now: () => number;
  stop(): void;
}

const LOOK_EVERY_MS = 2_000;
/** The answer was on its way for so long that it no longer says what time it is. */
const MAX_WAY_MS = 250;
/** Below that it is the way of the answer, not the clock: times must not jump by it. */
const NOISE_MS = 5;

/** Rejects when Redis does not tell the time now. */
export async function startStoreClock(redis: Pick<Redis, 'time'>): Promise<StoreClock> {
  let aheadMs: number | null = null;
  const look = async (): Promise<void> => {
    const askedAt = performance.now();
    const [s, us] = (await redis.time()).map(Number) as [number, number];
    const heardAt = performance.now();
    if (aheadMs !== null && heardAt - askedAt > MAX_WAY_MS) return;
    const readMs = s * 1_000 + us / 1_000 - (askedAt + heardAt) / 2;
    if (aheadMs === null || Math.abs(readMs - aheadMs) > NOISE_MS) aheadMs = readMs;
  };
  await look();
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    // Its connection tells of the outage itself.
    void look()
      .catch(() => {})
      .finally(() => {
        isLooking = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    now: () => Math.round(performance.now() + (aheadMs ?? 0)),
    stop: () => clearInterval(timer),
  };
}

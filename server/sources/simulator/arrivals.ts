// When calls come: a Poisson stream per queue whose rate follows the day, its noise, and now and then a surge.
import { createMinuteNoise, profileFactor } from './day-profile.ts';
import type { QueueState } from './model.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;
const DAY_LN_SD = 0.02;
const FIRST_SURGE_MINUTES = [12, 22] as const;
const SURGE_EVERY_MINUTES = [30, 40] as const;
const SURGE_MINUTES = [6, 8] as const;
const SURGE_FACTOR = 3;

interface Surge {
  queue: QueueState;
  fromMs: number;
  toMs: number;
}

export function startArrivals(world: World, arrive: (queue: QueueState) => void): void {
  const { prng, nowMs: openedAtMs } = world;
  const noise = createMinuteNoise(prng.fork('noise'), Math.exp(DAY_LN_SD * prng.normal()));
  const surges = prng.fork('surges');
  let surge = drawSurge(openedAtMs + surges.between(...FIRST_SURGE_MINUTES) * MINUTE_MS);

  function drawSurge(fromMs: number): Surge {
    const toMs = fromMs + surges.between(...SURGE_MINUTES) * MINUTE_MS;
    return { queue: surges.pick(world.queues), fromMs, toMs };
  }

  function ratePerMs(queue: QueueState): number {
    const elapsedMs = world.nowMs - openedAtMs;
    if (world.nowMs >= surge.toMs) surge = drawSurge(surge.fromMs + surges.between(...SURGE_EVERY_MINUTES) * MINUTE_MS);
    const surging = surge.queue === queue && world.nowMs >= surge.fromMs ? SURGE_FACTOR : 1;
    return (queue.plan.callsPerS / 1000) * profileFactor(elapsedMs) * noise(elapsedMs) * surging;
  }

  /** The rate is constant within a minute; a gap that would cross into the next one is drawn anew there. */
  function next(queue: QueueState): void {
    const minuteLeft = MINUTE_MS - ((world.nowMs - openedAtMs) % MINUTE_MS);
    const gap = prng.exponential(1 / ratePerMs(queue));
    if (gap >= minuteLeft) return void world.in(minuteLeft, () => next(queue));
    world.in(gap, () => {
      arrive(queue);
      next(queue);
    });
  }

  for (const queue of world.queues) next(queue);
}

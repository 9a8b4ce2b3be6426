/** A service level over the last half hour, by the variant that its queue or the site has chosen. Pure. */
import { addCounters, type Counters, SERVICE_LEVELS, type ServiceLevel, zeroCounters } from '../../../shared/metric.ts';
import { INTERVAL_MS } from '../../../shared/time.ts';
import type { Counts } from '../live/counts.ts';

/** The window of every headline. */
export const HEADLINE_WINDOW = 'last30';

export interface RollingLevel {
  readonly ratio: number | null;
  readonly offered: number;
  /** Change against the same window a quarter hour ago, in points of ratio; null when either cannot be computed. */
  readonly change: number | null;
}

/** Without counts nothing is known, which is not the same as nothing offered: no ratio, no judgement. */
export const rollingLevel = (counts: Counts | null, queue: string, variant: ServiceLevel, at: number): RollingLevel =>
  levelOf(counts && ((time) => counts.window(queue, time, HEADLINE_WINDOW)), variant, at);

/** Of several queues together. */
export const rollingLevelOfAll = (
  counts: Counts | null,
  queues: readonly string[],
  variant: ServiceLevel,
  at: number,
): RollingLevel =>
  levelOf(
    counts &&
      ((time) =>
        queues.reduce((sum, queue) => addCounters(sum, counts.window(queue, time, HEADLINE_WINDOW)), zeroCounters())),
    variant,
    at,
  );

function levelOf(
  windowAt: ((at: number) => Readonly<Counters>) | null,
  variant: ServiceLevel,
  at: number,
): RollingLevel {
  if (!windowAt) return { ratio: null, offered: 0, change: null };
  const now = windowAt(at);
  const ratio = SERVICE_LEVELS[variant](now);
  const before = SERVICE_LEVELS[variant](windowAt(at - INTERVAL_MS));
  return { ratio, offered: now.offered, change: ratio === null || before === null ? null : ratio - before };
}

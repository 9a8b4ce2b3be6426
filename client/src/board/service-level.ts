/** A service level over the last half hour, by the variant that its queue or the site has chosen. Pure. */
import { SERVICE_LEVELS, type ServiceLevel } from '../../../shared/metric.ts';
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
export function rollingLevel(counts: Counts | null, queue: string, variant: ServiceLevel, at: number): RollingLevel {
  if (!counts) return { ratio: null, offered: 0, change: null };
  const now = counts.window(queue, at, HEADLINE_WINDOW);
  const ratio = SERVICE_LEVELS[variant](now);
  const before = SERVICE_LEVELS[variant](counts.window(queue, at - INTERVAL_MS, HEADLINE_WINDOW));
  return { ratio, offered: now.offered, change: ratio === null || before === null ? null : ratio - before };
}

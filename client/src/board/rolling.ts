/** Figures over the previous and the current quarter hour, from the trend table. Pure. */
import { addCounters, type Counters, SERVICE_LEVELS, type ServiceLevel, zeroCounters } from '../../../shared/metric.ts';
import { INTERVAL_MS, intervalStart } from '../../../shared/time.ts';
import type { TrendCounters, TrendView } from '../live/rows.ts';

/** The customers' 20 秒接通率: answered in threshold over everything offered. */
const SHOWN_SERVICE_LEVEL: ServiceLevel = 'slAnsweredOfOffered';

export const serviceLevelOf = (counters: Readonly<Counters>): number | null =>
  SERVICE_LEVELS[SHOWN_SERVICE_LEVEL](counters);

export const EVERY_QUEUE = '*';

/** Trend rows by queue and interval. */
export class TrendIndex {
  readonly #byQueue = new Map<string, Map<number, TrendCounters>>();

  constructor(rows: Iterable<TrendView>) {
    for (const { queue, startAt, counters } of rows) {
      let intervals = this.#byQueue.get(queue);
      if (!intervals) {
        intervals = new Map();
        this.#byQueue.set(queue, intervals);
      }
      intervals.set(startAt, counters);
    }
  }

  at(queue: string, startAt: number): TrendCounters | undefined {
    return this.#byQueue.get(queue)?.get(startAt);
  }

  /** Interval starts that a queue has, oldest first. */
  starts(queue: string): readonly number[] {
    return [...(this.#byQueue.get(queue)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** One interval; zeros when nothing happened in it. What the trend does not carry is zero. */
  interval(queue: string, startAt: number): Counters {
    return { ...zeroCounters(), ...this.at(queue, startAt) };
  }

  /** Sum of two intervals: the one that holds `at` and the one before. */
  halfHour(queue: string, at: number): Counters {
    const current = intervalStart(at);
    return addCounters(this.interval(queue, current - INTERVAL_MS), this.interval(queue, current));
  }
}

export interface RollingLevel {
  readonly ratio: number | null;
  readonly offered: number;
  /** Change against the same window one interval ago, in points of ratio; null when either cannot be computed. */
  readonly change: number | null;
}

export function rollingLevel(trend: TrendIndex, queue: string, at: number): RollingLevel {
  const now = trend.halfHour(queue, at);
  const ratio = serviceLevelOf(now);
  const before = serviceLevelOf(trend.halfHour(queue, at - INTERVAL_MS));
  return { ratio, offered: now.offered, change: ratio === null || before === null ? null : ratio - before };
}

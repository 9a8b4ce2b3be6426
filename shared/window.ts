/**
 * Windows of time as sums of bucket rows (D7): rolling ones of minutes, intervals of quarter hours. The business day has
 * a table of its own, `today`. Pure; screens and API ask here, so that they cannot disagree.
 */
import { addCounters, type Counters, zeroCounters } from './metric.ts';
import { INTERVAL_MS, intervalStart, MINUTE_MS } from './time.ts';
import { bucketOfRow, type Cell } from './view.ts';

export const ROLLING_MINUTES = { last5: 5, last15: 15, last30: 30, last60: 60 } as const;
export type RollingWindow = keyof typeof ROLLING_MINUTES;
export type TimeWindow = RollingWindow | 'interval' | 'previousInterval';
export const WINDOWS = [
  ...(Object.keys(ROLLING_MINUTES) as RollingWindow[]),
  'interval',
  'previousInterval',
] as const satisfies readonly TimeWindow[];

/** Rows by their id, `${queue}|${startAt}`: a table of the wire, or a Map. */
export interface BucketRows {
  get(id: string): readonly Cell[] | undefined;
}

/** A table that is not there yet holds nothing. */
export interface BucketTables {
  readonly minutes?: BucketRows | undefined;
  readonly trend?: BucketRows | undefined;
}

/**
 * What a queue (or SITE_ROW) counted in the window that ends at `now`, site time. A rolling window of n minutes is the
 * minute that holds `now`, incomplete as it is, and the n - 1 before it. Counters that buckets do not carry are zero.
 */
export function windowOf(tables: BucketTables, queue: string, now: number, window: TimeWindow): Counters {
  if (window === 'interval') return bucketAt(tables.trend, queue, intervalStart(now));
  if (window === 'previousInterval') return bucketAt(tables.trend, queue, intervalStart(now) - INTERVAL_MS);
  const sum = zeroCounters();
  const newest = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  for (let back = 0; back < ROLLING_MINUTES[window]; back++) {
    const row = tables.minutes?.get(`${queue}|${newest - back * MINUTE_MS}`);
    if (row) addCounters(sum, bucketOfRow(row));
  }
  return sum;
}

function bucketAt(rows: BucketRows | undefined, queue: string, startAt: number): Counters {
  const row = rows?.get(`${queue}|${startAt}`);
  return row ? bucketOfRow(row) : zeroCounters();
}

/** Counters of the business day and of windows of time, added up over queues, with what follows from them. */
import { type GroupAnswer, type QueueAnswer, WINDOW_RATIOS, type WindowAnswer } from '../../shared/api-numbers.ts';
import {
  type AgentTime,
  addCounters,
  type Counters,
  MIN_SAMPLE,
  type Ratios,
  ratiosOf,
  type ServiceLevel,
  zeroCounters,
} from '../../shared/metric.ts';
import { INTERVAL_MS, intervalStart, MINUTE_MS } from '../../shared/time.ts';
import { BUCKET_COUNTERS, countersOfRow, SITE_ROW } from '../../shared/view.ts';
import { ROLLING_MINUTES, type TimeWindow, WINDOWS, windowOf } from '../../shared/window.ts';
import { cell, listIn, maybeNumberIn, numberIn, textIn } from './cells.ts';
import type { SiteRows } from './site-rows.ts';

/** Adds up the rows of these queues, or of SITE_ROW alone. */
export function sumsOfDay(
  rows: SiteRows,
  ids: readonly string[],
  time: AgentTime,
  shown: ServiceLevel,
): GroupAnswer['today'] {
  const counters = zeroCounters();
  for (const id of ids) addCounters(counters, countersOfRow(rows.table('today').get(id) ?? []));
  const ratios = ratiosOf(counters, time);
  return { ...counters, ratios, ...shownOf(counters, ratios, shown) };
}

/** The day of one row, with its percentiles and the agents' time that it carries. */
export function dayOf(rows: SiteRows, id: string, shown: ServiceLevel): QueueAnswer['today'] {
  const row = rows.table('today').get(id) ?? [];
  const time = { onContactMs: numberIn('today', row, 'onContactMs'), idleMs: numberIn('today', row, 'idleMs') };
  return {
    ...sumsOfDay(rows, [id], time, shown),
    percentiles: {
      waitP50Ms: maybeNumberIn('today', row, 'waitP50Ms'),
      waitP80Ms: maybeNumberIn('today', row, 'waitP80Ms'),
      waitP95Ms: maybeNumberIn('today', row, 'waitP95Ms'),
    },
  };
}

/** Every window that ends at `asOf`, and the interval before. One before the business day is null. */
export function windowsOf(rows: SiteRows, ids: readonly string[], shown: ServiceLevel): QueueAnswer['windows'] {
  const { asOf } = rows.envelope;
  const tables = { minutes: rows.table('minutes'), trend: rows.table('trend') };
  const gaps = gapsOf(rows, ids);
  const answerOf = (window: TimeWindow): WindowAnswer => {
    const counters = zeroCounters();
    for (const id of ids) addCounters(counters, windowOf(tables, id, asOf, window));
    const { startAt, endAt } = boundsOf(window, asOf);
    const ratios = ratiosOf(counters, NO_TIME);
    return {
      startAt,
      endAt,
      ...pick(counters, BUCKET_COUNTERS),
      ratios: pick(ratios, WINDOW_RATIOS),
      ...shownOf(counters, ratios, shown),
      hasGap: gaps.some((gap) => gap.startAt < endAt && gap.endAt > startAt),
    };
  };
  const [site] = rows.table('site').values();
  const dayStartAt = site ? numberIn('site', site, 'dayStartAt') : Number.POSITIVE_INFINITY;
  const answers = Object.fromEntries(WINDOWS.map((window) => [window, answerOf(window)])) as Record<
    TimeWindow,
    WindowAnswer
  >;
  const isOfToday = answers.previousInterval.startAt >= dayStartAt;
  return { ...answers, previousInterval: isOfToday ? answers.previousInterval : null };
}

const NO_TIME: AgentTime = { onContactMs: 0, idleMs: 0 };

const shownOf = (counters: Counters, ratios: Ratios, shown: ServiceLevel) => ({
  serviceLevelRatio: ratios[shown],
  isSampleEnough: counters.offered >= MIN_SAMPLE,
});

function boundsOf(window: TimeWindow, asOf: number): { startAt: number; endAt: number } {
  if (window === 'interval') return { startAt: intervalStart(asOf), endAt: asOf };
  if (window === 'previousInterval') {
    const endAt = intervalStart(asOf);
    return { startAt: endAt - INTERVAL_MS, endAt };
  }
  const minute = Math.floor(asOf / MINUTE_MS) * MINUTE_MS;
  return { startAt: minute - (ROLLING_MINUTES[window] - 1) * MINUTE_MS, endAt: asOf };
}

/** Unfilled gaps of the sources that feed these queues; of any source where nobody said which. */
function gapsOf(rows: SiteRows, ids: readonly string[]): { startAt: number; endAt: number }[] {
  const feeders = new Set<string>();
  let isAny = ids.includes(SITE_ROW);
  for (const id of ids) {
    const sources = listIn('queues', rows.table('queues').get(id) ?? [], 'sources');
    if (sources.length === 0) isAny = true;
    for (const source of sources) feeders.add(source);
  }
  return [...rows.table('gaps').values()]
    .filter((row) => cell('gaps', row, 'isFilled') !== true)
    .filter((row) => isAny || feeders.has(textIn('gaps', row, 'source') ?? ''))
    .map((row) => ({
      startAt: numberIn('gaps', row, 'startAt'),
      endAt: maybeNumberIn('gaps', row, 'endAt') ?? Number.POSITIVE_INFINITY,
    }));
}

const pick = <T, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> =>
  Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;

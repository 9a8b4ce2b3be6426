/** What the board says, made of rows and the site's time. Pure. */
import type { ChannelTables } from '../../../shared/delta.ts';
import { INTERVAL_MS, intervalStart } from '../../../shared/time.ts';
import { compareNamed } from '../i18n/order.ts';
import { elapsedMs } from '../live/clock.ts';
import { type QueueView, queueView, type SiteView, siteOf, trendView } from '../live/rows.ts';
import { EVERY_QUEUE, type RollingLevel, rollingLevel, TrendIndex } from './rolling.ts';
import {
  answerRateSeverity,
  breakSeverity,
  compareSeverity,
  DEFAULT_LIMITS,
  freeSeverity,
  internalSeverity,
  isBreach,
  type Limits,
  type Severity,
  serviceLevelSeverity,
  waitSeverity,
  worst,
} from './severity.ts';

export interface BoardTables {
  readonly site: SiteView | null;
  /** By name, wherever queues are shown: the server's order changes when it restarts. */
  readonly queues: readonly QueueView[];
  readonly trend: TrendIndex;
}

/** Stable selector for `useTables`. */
export function boardTables(tables: ChannelTables): BoardTables {
  return {
    site: siteOf(tables),
    queues: [...(tables.queues?.entries() ?? [])].map(([id, row]) => queueView(id, row)).sort(compareNamed),
    trend: new TrendIndex([...(tables.trend?.entries() ?? [])].map(([id, row]) => trendView(id, row))),
  };
}

export interface QueueState {
  readonly queue: QueueView;
  readonly level: RollingLevel;
  readonly thresholdMs: number;
  readonly waitMs: number | null;
  readonly wait: Severity;
  readonly service: Severity;
  readonly severity: Severity;
}

export function queueState(
  queue: QueueView,
  trend: TrendIndex,
  now: number,
  limits: Limits = DEFAULT_LIMITS,
): QueueState {
  const level = rollingLevel(trend, queue.id, now);
  const thresholdMs = queue.thresholdMs > 0 ? queue.thresholdMs : limits.defaultThresholdMs;
  const isWaiting = queue.waiting > 0 && queue.oldestWaitingSince !== null;
  const waitMs = isWaiting ? elapsedMs(queue.oldestWaitingSince ?? now, now) : null;
  const wait = waitSeverity(waitMs, thresholdMs, limits);
  const service = serviceLevelSeverity(level.ratio, level.offered, limits);
  return { queue, level, thresholdMs, waitMs, wait, service, severity: worst(wait, service) };
}

export const SITE_FIGURES = ['wait', 'serviceLevel', 'answerRate', 'free', 'onBreak', 'internalCalls'] as const;
export type SiteJudgement = Readonly<Record<(typeof SITE_FIGURES)[number], Severity>>;

/** The figures of the whole site, judged in one place: what names a breach must agree with what shows it. */
export function siteJudgement({ site, trend }: BoardTables, states: readonly QueueState[], now: number): SiteJudgement {
  const wait = worst(...states.map((state) => state.wait));
  const level = rollingLevel(trend, EVERY_QUEUE, now);
  const { offered = 0, answered = 0 } = site?.today ?? {};
  return {
    wait,
    serviceLevel: serviceLevelSeverity(level.ratio, level.offered),
    answerRate: answerRateSeverity(offered > 0 ? answered / offered : null, offered),
    free: site ? freeSeverity(site.free, site.waiting, wait) : 'unjudged',
    onBreak: site ? breakSeverity(site.onBreak, site.signedIn) : 'unjudged',
    internalCalls: site ? internalSeverity(site.internalCalls, site.signedIn) : 'unjudged',
  };
}

export interface Breach {
  readonly queue: QueueView;
  /** The worse of its two figures; the wait when both are equally bad, because a person waits. */
  readonly kind: 'wait' | 'serviceLevel';
  readonly severity: Severity;
  readonly waitMs: number | null;
  readonly thresholdMs: number;
  readonly ratio: number | null;
}

/** One per queue, worst first; equals in the order of the queues. */
export function breachesOf(states: readonly QueueState[]): Breach[] {
  return states
    .filter(({ severity }) => isBreach(severity))
    .map(({ queue, level, thresholdMs, waitMs, wait, severity }): Breach => {
      return {
        queue,
        kind: wait === severity ? 'wait' : 'serviceLevel',
        severity,
        waitMs,
        thresholdMs,
        ratio: level.ratio,
      };
    })
    .sort((a, b) => compareSeverity(a.severity, b.severity));
}

/** Nobody there and nothing happening: a calm page instead of zeros. */
export function isClosed({ site, trend }: BoardTables, now: number): boolean {
  if (!site) return false;
  return site.signedIn === 0 && site.waiting === 0 && trend.halfHour(EVERY_QUEUE, now).offered === 0;
}

/** The thresholds of all queues in seconds, `20` or `15–30`; null without queues. */
export function thresholdSeconds(states: readonly QueueState[]): string | null {
  if (states.length === 0) return null;
  const seconds = states.map(({ thresholdMs }) => Math.round(thresholdMs / 1000));
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  return least === most ? String(least) : `${least}–${most}`;
}

/** Quarter hours of the business day up to now, at most a day's worth. */
export function dayIntervals(site: SiteView, trend: TrendIndex, now: number): readonly number[] {
  const known = trend.starts(EVERY_QUEUE);
  const current = intervalStart(now);
  const dayStart = site.dayStartAt === null ? (known[0] ?? current) : intervalStart(site.dayStartAt);
  // An empty night before the first call tells nothing and would squeeze the day.
  const first = Math.max(dayStart, known.find((at) => at >= dayStart) ?? current, current - 95 * INTERVAL_MS);
  const starts: number[] = [];
  for (let at = first; at <= current; at += INTERVAL_MS) starts.push(at);
  return starts;
}

/** What the board says, made of rows and the site's time. Pure. */
import type { ChannelTables } from '../../../shared/delta.ts';
import {
  DEFAULT_SERVICE_LEVEL,
  DEFAULT_TARGET_RATIO,
  SERVICE_LEVELS,
  type ServiceLevel,
} from '../../../shared/metric.ts';
import { INTERVAL_MS, intervalStart } from '../../../shared/time.ts';
import { SITE_ROW } from '../../../shared/view.ts';
import { compareNamed } from '../i18n/order.ts';
import { elapsedMs } from '../live/clock.ts';
import type { Counts } from '../live/counts.ts';
import { type DayView, type QueueView, queueView, type SiteView, siteOf } from '../live/rows.ts';
import { HEADLINE_WINDOW, type RollingLevel, rollingLevel } from './service-level.ts';
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

export interface LiveTables {
  readonly site: SiteView | null;
  /** In the order people gave them, then by name, wherever queues are shown: the server's order changes at its restart. */
  readonly queues: readonly QueueView[];
}

export interface BoardTables extends LiveTables {
  /** Null until the first copy is here. */
  readonly counts: Counts | null;
}

/** Stable selector for `useTables`. */
export function liveTables(tables: ChannelTables): LiveTables {
  return {
    site: siteOf(tables),
    queues: [...(tables.queues?.entries() ?? [])].map(([id, row]) => queueView(id, row)).sort(compareQueues),
  };
}

const LAST = Number.MAX_SAFE_INTEGER;
const compareQueues = (a: QueueView, b: QueueView): number =>
  (a.order ?? LAST) - (b.order ?? LAST) || compareNamed(a, b);

export interface QueueState {
  readonly queue: QueueView;
  readonly level: RollingLevel;
  /** Null until counts are here. */
  readonly day: DayView | null;
  /** The day's service level, by the queue's variant. */
  readonly dayRatio: number | null;
  readonly thresholdMs: number;
  readonly waitMs: number | null;
  readonly wait: Severity;
  readonly service: Severity;
  readonly severity: Severity;
}

export function queueState(
  queue: QueueView,
  counts: Counts | null,
  now: number,
  limits: Limits = DEFAULT_LIMITS,
): QueueState {
  const level = rollingLevel(counts, queue.id, queue.serviceLevel, now);
  const day = counts?.today(queue.id) ?? null;
  const thresholdMs = queue.thresholdMs > 0 ? queue.thresholdMs : limits.defaultThresholdMs;
  const isWaiting = queue.waiting > 0 && queue.oldestWaitingSince !== null;
  const waitMs = isWaiting ? elapsedMs(queue.oldestWaitingSince ?? now, now) : null;
  const wait = waitSeverity(waitMs, thresholdMs, limits);
  const service = serviceLevelSeverity(level.ratio, level.offered, queue.targetRatio, limits);
  const dayRatio = day && SERVICE_LEVELS[queue.serviceLevel](day.counters);
  return { queue, level, day, dayRatio, thresholdMs, waitMs, wait, service, severity: worst(wait, service) };
}

/** The site's own level is by the variant and target for which nobody chose otherwise. */
export const siteLevel = (counts: Counts | null, now: number): RollingLevel =>
  rollingLevel(counts, SITE_ROW, DEFAULT_SERVICE_LEVEL, now);

export const siteDay = (counts: Counts | null): DayView | null => counts?.today(SITE_ROW) ?? null;

export const answerRateOf = (day: DayView | null): number | null =>
  day && day.counters.offered > 0 ? day.counters.answered / day.counters.offered : null;

/** What most queues are judged by, which a heading can say once; the site's default without queues. */
export function commonVariant(states: readonly QueueState[]): ServiceLevel {
  const uses = new Map<ServiceLevel, number>();
  for (const { queue } of states) uses.set(queue.serviceLevel, (uses.get(queue.serviceLevel) ?? 0) + 1);
  let common: ServiceLevel = DEFAULT_SERVICE_LEVEL;
  for (const [variant, count] of uses) if (count > (uses.get(common) ?? 0)) common = variant;
  return common;
}

export const SITE_FIGURES = ['wait', 'serviceLevel', 'answerRate', 'free', 'onBreak', 'internalCalls'] as const;
export type SiteJudgement = Readonly<Record<(typeof SITE_FIGURES)[number], Severity>>;

/** The figures of the whole site, judged in one place: what names a breach must agree with what shows it. */
export function siteJudgement(
  { site, counts }: BoardTables,
  states: readonly QueueState[],
  now: number,
): SiteJudgement {
  const wait = worst(...states.map((state) => state.wait));
  const level = siteLevel(counts, now);
  const day = siteDay(counts);
  return {
    wait,
    serviceLevel: serviceLevelSeverity(level.ratio, level.offered, DEFAULT_TARGET_RATIO),
    answerRate: answerRateSeverity(answerRateOf(day), day?.counters.offered ?? 0),
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

/** Nobody there and nothing happening: a calm page instead of zeros. While counts are on their way, calm as well. */
export function isClosed({ site, counts }: BoardTables, now: number): boolean {
  if (!site) return false;
  const offered = counts?.window(SITE_ROW, now, HEADLINE_WINDOW).offered ?? 0;
  return site.signedIn === 0 && site.waiting === 0 && offered === 0;
}

/** The thresholds of all queues in seconds, `20` or `15–30`; null without queues. */
export function thresholdSeconds(states: readonly QueueState[]): string | null {
  if (states.length === 0) return null;
  const seconds = states.map(({ thresholdMs }) => Math.round(thresholdMs / 1000));
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  return least === most ? String(least) : `${least}–${most}`;
}

/** Quarter hours of the business day up to now, at most a day's worth. */
export function dayIntervals(site: SiteView, counts: Counts, now: number): readonly number[] {
  const known = counts.starts(SITE_ROW);
  const current = intervalStart(now);
  const dayStart = site.dayStartAt === null ? (known[0] ?? current) : intervalStart(site.dayStartAt);
  // An empty night before the first call tells nothing and would squeeze the day.
  const first = Math.max(dayStart, known.find((at) => at >= dayStart) ?? current, current - 95 * INTERVAL_MS);
  const starts: number[] = [];
  for (let at = first; at <= current; at += INTERVAL_MS) starts.push(at);
  return starts;
}

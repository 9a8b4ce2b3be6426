/**
 * When is a number a matter of concern? Every threshold of the screens stands here until rules come from the server.
 * A ratio is judged only on a minimum sample, and never green: what is in order is simply neutral.
 */
import { MIN_SAMPLE } from '../../../shared/metric.ts';

export type Severity = 'unjudged' | 'normal' | 'watch' | 'warning' | 'critical';

export interface Limits {
  /** Offered contacts below which a ratio is shown without judgement. */
  readonly minimumSample: number;
  /** Service level below its target, which every queue has of its own, by more than this. */
  readonly serviceLevelWarningBelow: number;
  readonly serviceLevelCriticalBelow: number;
  readonly answerRateTarget: number;
  /** Shares of the agents signed in. */
  readonly breakShareTarget: number;
  readonly breakShareWarning: number;
  readonly internalShareTarget: number;
  /** Multiples of the queue's threshold that the longest wait may reach. */
  readonly waitWarningTimes: number;
  readonly waitCriticalTimes: number;
  readonly defaultThresholdMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  minimumSample: MIN_SAMPLE,
  serviceLevelWarningBelow: 0.1,
  serviceLevelCriticalBelow: 0.25,
  answerRateTarget: 0.9,
  breakShareTarget: 0.2,
  breakShareWarning: 0.3,
  internalShareTarget: 0.1,
  waitWarningTimes: 2,
  waitCriticalTimes: 4,
  defaultThresholdMs: 20_000,
};

const RANK: Record<Severity, number> = { unjudged: 0, normal: 1, watch: 2, warning: 3, critical: 4 };

export const isWorse = (a: Severity, b: Severity): boolean => RANK[a] > RANK[b];
export const worst = (...severities: readonly Severity[]): Severity =>
  severities.reduce<Severity>((w, s) => (isWorse(s, w) ? s : w), 'unjudged');
/** A breach is what belongs into the critical strip. */
export const isBreach = (severity: Severity): boolean => RANK[severity] >= RANK.warning;
export const compareSeverity = (a: Severity, b: Severity): number => RANK[b] - RANK[a];

/** `waitMs` is null when nobody waits. */
export function waitSeverity(waitMs: number | null, thresholdMs: number, limits: Limits = DEFAULT_LIMITS): Severity {
  if (waitMs === null) return 'normal';
  const threshold = thresholdMs > 0 ? thresholdMs : limits.defaultThresholdMs;
  if (waitMs > threshold * limits.waitCriticalTimes) return 'critical';
  if (waitMs > threshold * limits.waitWarningTimes) return 'warning';
  return waitMs > threshold ? 'watch' : 'normal';
}

/** `ratio` over `sample` offered contacts; null when it has no denominator. */
export function serviceLevelSeverity(
  ratio: number | null,
  sample: number,
  targetRatio: number,
  limits: Limits = DEFAULT_LIMITS,
): Severity {
  if (ratio === null || sample < limits.minimumSample) return 'unjudged';
  const below = asShown(targetRatio - asShown(ratio));
  if (below > limits.serviceLevelCriticalBelow) return 'critical';
  if (below > limits.serviceLevelWarningBelow) return 'warning';
  return below > 0 ? 'watch' : 'normal';
}

/** Today's figure: a whole day cannot be mended now, so it is worth a look at most, never an alarm. */
export function answerRateSeverity(ratio: number | null, sample: number, limits: Limits = DEFAULT_LIMITS): Severity {
  if (ratio === null || sample < limits.minimumSample) return 'unjudged';
  return Math.round(ratio * 1000) / 1000 < limits.answerRateTarget ? 'watch' : 'normal';
}

/** Judged as it is shown, in whole percent: a board must never say 80 % and below 80 % at once. */
const asShown = (ratio: number): number => Math.round(ratio * 100) / 100;

export function freeSeverity(free: number, waiting: number, wait: Severity): Severity {
  if (free > 0 || waiting === 0) return 'normal';
  return isBreach(wait) ? 'warning' : 'watch';
}

export function breakSeverity(onBreak: number, signedIn: number, limits: Limits = DEFAULT_LIMITS): Severity {
  if (signedIn === 0) return 'unjudged';
  const share = asShown(onBreak / signedIn);
  if (share > limits.breakShareWarning) return 'warning';
  return share > limits.breakShareTarget ? 'watch' : 'normal';
}

export function internalSeverity(internalCalls: number, signedIn: number, limits: Limits = DEFAULT_LIMITS): Severity {
  if (signedIn === 0) return 'unjudged';
  return asShown(internalCalls / signedIn) > limits.internalShareTarget ? 'watch' : 'normal';
}

/**
 * Raw counters of a queue and the ratios derived from them (D7): only counters are stored and added up; a ratio is
 * computed where it is read, and is null when its denominator is zero.
 */

/** Order is part of the wire and of stored state: append only. */
export const COUNTERS = [
  'offered',
  'answered',
  'abandoned',
  'shortAbandoned',
  'timedOut',
  'exitedByKey',
  'leftOther',
  'unknown',
  'answeredInThreshold',
  'abandonedInThreshold',
  'ringNoAnswer',
  'transferredOut',
  'waitMsSum',
  'waitMsMax',
  'talkMsSum',
  'holdMsSum',
  'acwMsSum',
  'handled',
] as const;

export type Counter = (typeof COUNTERS)[number];
export type Counters = Record<Counter, number>;

export const zeroCounters = (): Counters =>
  ({
    offered: 0,
    answered: 0,
    abandoned: 0,
    shortAbandoned: 0,
    timedOut: 0,
    exitedByKey: 0,
    leftOther: 0,
    unknown: 0,
    answeredInThreshold: 0,
    abandonedInThreshold: 0,
    ringNoAnswer: 0,
    transferredOut: 0,
    waitMsSum: 0,
    waitMsMax: 0,
    talkMsSum: 0,
    holdMsSum: 0,
    acwMsSum: 0,
    handled: 0,
  }) satisfies Counters;

/** Adds `more` into `into`. `waitMsMax` is a maximum, every other counter a sum. */
export function addCounters(into: Counters, more: Readonly<Counters>): Counters {
  for (const name of COUNTERS) {
    into[name] = name === 'waitMsMax' ? Math.max(into[name], more[name]) : into[name] + more[name];
  }
  return into;
}

/** Service-level variants in use; names say what is over what. See docs/metrics.md for who uses which. */
export const SERVICE_LEVELS = {
  /** SL-A: answered in threshold / answered. */
  slOfAnswered: (c: Readonly<Counters>) => ratio(c.answeredInThreshold, c.answered),
  /** SL-B: answered in threshold / offered; every abandon counts against. */
  slAnsweredOfOffered: (c: Readonly<Counters>) => ratio(c.answeredInThreshold, c.offered),
  /** SL-C: answered in threshold / (offered - abandoned in threshold). */
  slExclAbandonsInThreshold: (c: Readonly<Counters>) =>
    ratio(c.answeredInThreshold, c.offered - c.abandonedInThreshold),
  /** SL-D: (answered + abandoned, both in threshold) / offered. */
  slAnyOutcome: (c: Readonly<Counters>) => ratio(c.answeredInThreshold + c.abandonedInThreshold, c.offered),
  /** SL-E: answered in threshold / (offered - short abandons). */
  slExclShortAbandons: (c: Readonly<Counters>) => ratio(c.answeredInThreshold, c.offered - c.shortAbandoned),
  /** SL-F: answered in threshold / (answered + abandoned). */
  slOfAnsweredAndAbandoned: (c: Readonly<Counters>) => ratio(c.answeredInThreshold, c.answered + c.abandoned),
} as const;

export type ServiceLevel = keyof typeof SERVICE_LEVELS;

/** `onContactMs` and `idleMs` are wall-clock sums of the agents concerned. */
export interface AgentTime {
  readonly onContactMs: number;
  readonly idleMs: number;
}

export type Ratios = Record<ServiceLevel | 'answerRate' | 'abandonRate' | 'occupancy', number | null> & {
  asaMs: number | null;
  ahtMs: number | null;
};

/**
 * Every ratio of a queue. `ahtMs` is (talk + after-call work) / handled: talk is the connected time as the PBX logs it
 * and already contains hold, so hold is not added twice.
 */
export function ratiosOf(c: Readonly<Counters>, time: AgentTime): Ratios {
  return {
    slOfAnswered: SERVICE_LEVELS.slOfAnswered(c),
    slAnsweredOfOffered: SERVICE_LEVELS.slAnsweredOfOffered(c),
    slExclAbandonsInThreshold: SERVICE_LEVELS.slExclAbandonsInThreshold(c),
    slAnyOutcome: SERVICE_LEVELS.slAnyOutcome(c),
    slExclShortAbandons: SERVICE_LEVELS.slExclShortAbandons(c),
    slOfAnsweredAndAbandoned: SERVICE_LEVELS.slOfAnsweredAndAbandoned(c),
    answerRate: ratio(c.answered, c.offered),
    abandonRate: ratio(c.abandoned, c.offered),
    occupancy: ratio(time.onContactMs, time.onContactMs + time.idleMs),
    asaMs: ratio(c.waitMsSum, c.answered),
    ahtMs: ratio(c.talkMsSum + c.acwMsSum, c.handled),
  };
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}

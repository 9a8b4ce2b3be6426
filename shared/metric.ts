/**
 * Raw counters of a queue and the ratios derived from them (D7): only counters are stored and added up; a ratio is
 * computed where it is read, and is null when its denominator is zero.
 */

import { ACTIVITIES, type Activity, PRESENCES, type Presence } from './presence.ts';

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
  // Offered contacts that say nothing of the threshold: waiting within it, closed as unknown, answered unseen.
  'undecided',
  // Answered contacts whose wait nobody saw.
  'waitUnseen',
  'abandonWaitMsSum',
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
    undecided: 0,
    waitUnseen: 0,
    abandonWaitMsSum: 0,
  }) satisfies Counters;

/** Adds `more` into `into`. `waitMsMax` is a maximum, every other counter a sum. */
export function addCounters(into: Counters, more: Readonly<Counters>): Counters {
  for (const name of COUNTERS) {
    into[name] = name === 'waitMsMax' ? Math.max(into[name], more[name]) : into[name] + more[name];
  }
  return into;
}

/**
 * Service-level variants in use; names say what is over what. See docs/metrics.md for who uses which.
 *
 * A contact counts at the first of: answered, abandoned, threshold passed while it still waits (Cisco's way), so one that
 * waits too long is a miss now and not when it ends. What nobody can know (`undecided`, `waitUnseen`) counts nowhere.
 */
export const SERVICE_LEVELS = {
  /** SL-A: answered in threshold / answered. */
  slOfAnswered: (c: Readonly<Counters>) => ratio(c.answeredInThreshold, c.answered - c.waitUnseen),
  /** SL-B: answered in threshold / offered; every abandon counts against. */
  slAnsweredOfOffered: (c: Readonly<Counters>) => ratio(c.answeredInThreshold, c.offered - c.undecided),
  /** SL-C: answered in threshold / (offered - abandoned in threshold). */
  slExclAbandonsInThreshold: (c: Readonly<Counters>) =>
    ratio(c.answeredInThreshold, c.offered - c.undecided - c.abandonedInThreshold),
  /** SL-D: (answered + abandoned, both in threshold) / offered. */
  slAnyOutcome: (c: Readonly<Counters>) =>
    ratio(c.answeredInThreshold + c.abandonedInThreshold, c.offered - c.undecided),
  /** SL-E: answered in threshold / (offered - short abandons). */
  slExclShortAbandons: (c: Readonly<Counters>) =>
    ratio(c.answeredInThreshold, c.offered - c.undecided - c.shortAbandoned),
  /** SL-F: answered in threshold / (answered + abandoned). */
  slOfAnsweredAndAbandoned: (c: Readonly<Counters>) =>
    ratio(c.answeredInThreshold, c.answered - c.waitUnseen + c.abandoned),
} as const;

export type ServiceLevel = keyof typeof SERVICE_LEVELS;

/** Shown where nobody chose: the customers' 20 秒接通率, answered in threshold over everything offered. */
export const DEFAULT_SERVICE_LEVEL: ServiceLevel = 'slAnsweredOfOffered';
export const DEFAULT_TARGET_RATIO = 0.8;

/** Fewer offered contacts than this say too little for a colour or an alert. */
export const MIN_SAMPLE = 10;

/** `onContactMs` and `idleMs` are wall-clock sums of the agents concerned. */
export interface AgentTime {
  readonly onContactMs: number;
  readonly idleMs: number;
}

export type Ratios = Record<ServiceLevel | 'answerRate' | 'abandonRate' | 'occupancy', number | null> & {
  asaMs: number | null;
  ahtMs: number | null;
  abandonWaitMs: number | null;
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
    asaMs: ratio(c.waitMsSum, c.answered - c.waitUnseen),
    ahtMs: ratio(c.talkMsSum + c.acwMsSum, c.handled),
    abandonWaitMs: ratio(c.abandonWaitMsSum, c.abandoned),
  };
}

/** An agent's business day: wall-clock sums of the two axes in the order of PRESENCES and ACTIVITIES, and what was handled. */
export interface AgentDay {
  readonly presenceMs: readonly number[];
  readonly activityMs: readonly number[];
  /** Idle while available. */
  readonly availableIdleMs: number;
  readonly handled: number;
  readonly talkMsSum: number;
  readonly acwMsSum: number;
}

export type AgentRatios = Record<
  'occupancy' | 'utilisationOfSignedIn' | 'awayRate' | 'restRate' | 'handledPerHour' | 'ahtMs',
  number | null
>;

const indexesOf = <T>(all: readonly T[], some: readonly T[]): number[] => some.map((one) => all.indexOf(one));
const ON_CONTACT = indexesOf<Activity>(ACTIVITIES, ['talking', 'holding', 'afterCallWork']);
const SIGNED_IN = indexesOf(
  PRESENCES,
  PRESENCES.filter((presence) => presence !== 'signedOut'),
);
/** Away with leave: not held against calls per hour. */
const APPROVED = indexesOf<Presence>(PRESENCES, ['meal', 'training', 'meeting']);
const AVAILABLE = indexesOf<Presence>(PRESENCES, ['available']);
const ON_BREAK = indexesOf<Presence>(PRESENCES, ['onBreak']);
const HOUR_MS = 3_600_000;

function sumOf(sums: readonly number[], indexes: readonly number[]): number {
  let sum = 0;
  for (const i of indexes) sum += sums[i] ?? 0;
  return sum;
}

/** Talking, holding and after-call work, of sums in the order of ACTIVITIES. */
export const onContactMsOf = (activityMs: readonly number[]): number => sumOf(activityMs, ON_CONTACT);

export const signedInMsOf = ({ presenceMs }: Pick<AgentDay, 'presenceMs'>): number => sumOf(presenceMs, SIGNED_IN);

/**
 * - `occupancy` 占用率: on contact / (on contact + idle while available).
 * - `utilisationOfSignedIn` 工时利用率: on contact / signed in.
 * - `awayRate` 示忙率: signed in but not available / signed in. `restRate` 小休率: on break / signed in.
 * - `handledPerHour` CPH: handled / hours signed in less meals, training and meetings.
 */
export function agentRatiosOf(day: AgentDay): AgentRatios {
  const onContactMs = onContactMsOf(day.activityMs);
  const signedInMs = signedInMsOf(day);
  return {
    occupancy: ratio(onContactMs, onContactMs + day.availableIdleMs),
    utilisationOfSignedIn: ratio(onContactMs, signedInMs),
    awayRate: ratio(signedInMs - sumOf(day.presenceMs, AVAILABLE), signedInMs),
    restRate: ratio(sumOf(day.presenceMs, ON_BREAK), signedInMs),
    handledPerHour: ratio(day.handled * HOUR_MS, signedInMs - sumOf(day.presenceMs, APPROVED)),
    ahtMs: ratio(day.talkMsSum + day.acwMsSum, day.handled),
  };
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}

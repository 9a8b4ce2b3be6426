/**
 * What a contact adds to the counters, and the buckets (day, quarter hour, minute) that hold the sums. Counters are kept by
 * index, in the order of COUNTERS: a change is a difference of two short arrays, and costs no names.
 */
import { COUNTERS, type Counter, type Counters } from '../../shared/metric.ts';
import { addToSketch, mergeSketch, type Sketch, type SketchPairs } from '../../shared/sketch.ts';

/** One number per counter, in the order of COUNTERS. */
export type Tally = readonly number[];

export interface Bucket {
  readonly counts: number[];
  /** Waits of answered contacts. */
  readonly waits: Sketch;
  readonly talks: Sketch;
  /** Longest wait among contacts that are forgotten: no correction can lower it any more. */
  settledWaitMsMax: number;
}

const SIZE = COUNTERS.length;
const INDEX = Object.fromEntries(COUNTERS.map((name, i) => [name, i])) as Record<Counter, number>;
export const at = INDEX;

export const emptyTally = (): number[] => new Array<number>(SIZE).fill(0);
export const emptyBucket = (): Bucket => ({
  counts: emptyTally(),
  waits: new Map(),
  talks: new Map(),
  settledWaitMsMax: 0,
});

export function countersOf(tally: Tally): Counters {
  const counters = {} as Counters;
  for (const [i, name] of COUNTERS.entries()) counters[name] = tally[i] ?? 0;
  return counters;
}

const waitOf = (tally: Tally): number | null =>
  (tally[at.answered] ?? 0) - (tally[at.waitUnseen] ?? 0) === 1 ? (tally[at.waitMsSum] ?? 0) : null;
const talkOf = (tally: Tally): number | null => (tally[at.handled] === 1 ? (tally[at.talkMsSum] ?? 0) : null);

/**
 * Takes one contact's old tally out of its buckets and puts its new one in; null stands for nothing. True if a bucket may
 * have lost its longest wait: a maximum cannot be taken back, only found anew.
 */
export function replaceTally(buckets: readonly Bucket[], before: Tally | null, after: Tally | null): boolean {
  for (let i = 0; i < SIZE; i++) {
    const change = (after ? (after[i] as number) : 0) - (before ? (before[i] as number) : 0);
    if (change === 0 || i === at.waitMsMax) continue;
    for (const { counts } of buckets) counts[i] = (counts[i] as number) + change;
  }
  const talkBefore = before && talkOf(before);
  const talkAfter = after && talkOf(after);
  const waitBefore = before && waitOf(before);
  const waitAfter = after && waitOf(after);
  if (talkBefore === talkAfter && waitBefore === waitAfter) return false;
  let isMaxLost = false;
  for (const bucket of buckets) {
    replaceValue(bucket.talks, talkBefore, talkAfter);
    if (waitBefore === waitAfter) continue;
    replaceValue(bucket.waits, waitBefore, waitAfter);
    const max = bucket.counts[at.waitMsMax] as number;
    bucket.counts[at.waitMsMax] = Math.max(max, waitAfter ?? 0);
    isMaxLost ||= waitBefore === max && waitBefore > (waitAfter ?? 0);
  }
  return isMaxLost;
}

function replaceValue(sketch: Sketch, before: number | null, after: number | null): void {
  if (before === after) return;
  if (before !== null) addToSketch(sketch, before, -1);
  if (after !== null) addToSketch(sketch, after, 1);
}

/** The wait that a tally would make the longest; zero where nobody was answered. */
export const longestWaitOf = (tally: Tally): number => tally[at.waitMsMax] ?? 0;

export function addBucket(into: Bucket, more: Bucket): Bucket {
  for (let i = 0; i < SIZE; i++) {
    const [a, b] = [into.counts[i] ?? 0, more.counts[i] ?? 0];
    into.counts[i] = i === at.waitMsMax ? Math.max(a, b) : a + b;
  }
  into.settledWaitMsMax = Math.max(into.settledWaitMsMax, more.settledWaitMsMax);
  mergeSketch(into.waits, more.waits);
  mergeSketch(into.talks, more.talks);
  return into;
}

export interface StoredBucket {
  readonly c: Tally;
  readonly w?: SketchPairs;
  readonly t?: SketchPairs;
  readonly m?: number;
}

export const storedBucket = ({ counts, waits, talks, settledWaitMsMax }: Bucket): StoredBucket => ({
  c: counts,
  ...(waits.size > 0 && { w: [...waits] }),
  ...(talks.size > 0 && { t: [...talks] }),
  ...(settledWaitMsMax > 0 && { m: settledWaitMsMax }),
});

/** Counters that are newer than what was stored begin at zero. */
export function restoredBucket({ c, w, t, m = 0 }: StoredBucket): Bucket {
  return { counts: emptyTally().map((_, i) => c[i] ?? 0), waits: new Map(w), talks: new Map(t), settledWaitMsMax: m };
}

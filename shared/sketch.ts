/**
 * Quantiles of durations by a DDSketch (Masson, Rim, Lee: "DDSketch", VLDB 2019): bins whose bounds grow by a constant
 * factor, so that every quantile is within 1 % of a true value of that rank. Adding up two sketches is adding their
 * bins, so sketches of intervals make the sketch of a day, and those of queues that of a group. A value can be taken
 * out again, because a correction must move it exactly.
 */

const ACCURACY = 0.01;
const GROWTH = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GROWTH = Math.log(GROWTH);
/** Below a millisecond nothing is told apart. */
const ZERO_BIN = -1;

/** Count by bin; never zero, never negative. */
export type Sketch = Map<number, number>;
/** As stored and sent: [bin, count] pairs, in no order. */
export type SketchPairs = readonly (readonly [bin: number, count: number])[];

const binOf = (valueMs: number): number => (valueMs < 1 ? ZERO_BIN : Math.ceil(Math.log(valueMs) / LOG_GROWTH - 1e-9));

const middleOf = (bin: number): number => (bin === ZERO_BIN ? 0 : (2 * GROWTH ** bin) / (GROWTH + 1));

/** Adds (or, with -1, takes out) one value. */
export function addToSketch(sketch: Sketch, valueMs: number, count: 1 | -1 = 1): void {
  const bin = binOf(valueMs);
  const next = (sketch.get(bin) ?? 0) + count;
  if (next > 0) sketch.set(bin, next);
  else sketch.delete(bin);
}

export function mergeSketch(into: Sketch, more: Iterable<readonly [number, number]>): Sketch {
  for (const [bin, count] of more) into.set(bin, (into.get(bin) ?? 0) + count);
  return into;
}

/** Value of rank `q` (0..1) to 1 %, in whole milliseconds; null when the sketch is empty. */
export function quantileOf(sketch: ReadonlyMap<number, number>, q: number): number | null {
  let total = 0;
  for (const count of sketch.values()) total += count;
  if (total === 0) return null;
  const rank = q * (total - 1);
  let seen = 0;
  for (const bin of [...sketch.keys()].sort((a, b) => a - b)) {
    seen += sketch.get(bin) ?? 0;
    if (seen > rank) return Math.round(middleOf(bin));
  }
  return null;
}

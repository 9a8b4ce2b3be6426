// Seeded randomness. The simulator never uses Math.random: a run must be repeatable from its seed alone.

export interface Prng {
  /** Uniform in [0, 1). */
  next(): number;
  between(low: number, high: number): number;
  /** Whole number in [low, high], both ends included. */
  int(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  exponential(mean: number): number;
  /** Lognormal by its mean and the standard deviation of its logarithm. */
  lognormal(mean: number, lnSd: number): number;
  normal(): number;
  /** An independent stream, so that a draw in one part of a model never shifts the draws of another. */
  fork(label: string): Prng;
}

export function createPrng(seed: number | string): Prng {
  let state = hash(String(seed));

  // mulberry32: small, fast, and long enough a period for a day of calls.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

  return {
    next,
    normal,
    between: (low, high) => low + (high - low) * next(),
    int: (low, high) => low + Math.floor((high - low + 1) * next()),
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error('pick() from an empty list');
      return item;
    },
    exponential: (mean) => -mean * Math.log(1 - next()),
    lognormal: (mean, lnSd) => Math.exp(Math.log(mean) - (lnSd * lnSd) / 2 + lnSd * normal()),
    fork: (label) => createPrng(`${seed}/${label}`),
  };
}

/** FNV-1a: turns a seed of any kind into 32 well-mixed bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

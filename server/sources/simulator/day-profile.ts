// How busy the demo centre is, by time of day, noise and incident. Always inside busy hours, whenever it was opened.
import type { Prng } from './prng.ts';

/**
 * Mean weekday volume per quarter-hour, 07:00-21:00, largest = 1. Counts of a large North American bank's centre,
 * 164 weekdays of 2003 (J. Weinberg; Weinberg, Brown & Stroud 2007, JASA 102(480) 1185-1198; data set bank_calls
 * of R. Hyndman's fpp3package), averaged and normalised here.
 */
const QUARTER_HOUR_PROFILE: readonly number[] = [
  0.297, 0.263, 0.289, 0.338, 0.451, 0.519, 0.602, 0.681, 0.855, 0.941, 0.985, 0.99, 0.991, 1.0, 0.996, 0.989, 0.974,
  0.975, 0.95, 0.945, 0.919, 0.918, 0.908, 0.898, 0.884, 0.872, 0.872, 0.867, 0.848, 0.855, 0.852, 0.846, 0.825, 0.823,
  0.81, 0.801, 0.764, 0.749, 0.694, 0.665, 0.59, 0.562, 0.519, 0.489, 0.448, 0.436, 0.405, 0.385, 0.355, 0.34, 0.326,
  0.309, 0.292, 0.276, 0.27, 0.251,
];

const QUARTER_MS = 15 * 60_000;
const MINUTE_MS = 60_000;
/** 09:15 and 16:30 as places in the profile: the centre opens mid-morning and never leaves the span between. */
const OPENING_QUARTER = 9;
const BUSY_FROM = 9;
const BUSY_TO = 38;
const BUSY_MEAN = mean(QUARTER_HOUR_PROFILE.slice(BUSY_FROM, BUSY_TO));
/** Staff of the demo doesn't follow the load as a real roster does, so only this part of the profile's swing is used. */
const SWING = 0.3;

/** Load relative to the busy hours' mean, `elapsedMs` after the opening: to the end of the busy hours and back again. */
export function profileFactor(elapsedMs: number): number {
  const span = BUSY_TO - BUSY_FROM;
  const walked = (elapsedMs / QUARTER_MS + OPENING_QUARTER - BUSY_FROM) % (2 * span);
  const place = BUSY_FROM + (walked <= span ? walked : 2 * span - walked);
  const low = Math.floor(place);
  const a = QUARTER_HOUR_PROFILE[low] ?? 1;
  const b = QUARTER_HOUR_PROFILE[low + 1] ?? a;
  return 1 + SWING * ((a + (b - a) * (place - low)) / BUSY_MEAN - 1);
}

/** A factor per minute that wanders: neighbouring minutes resemble each other, so counts are over-dispersed. */
export function createMinuteNoise(prng: Prng, dayFactor: number): (elapsedMs: number) => number {
  const KEEP = 0.9;
  const SD = 0.13;
  const logs: number[] = [SD * prng.normal()];
  return (elapsedMs) => {
    const minute = Math.max(0, Math.floor(elapsedMs / MINUTE_MS));
    while (logs.length <= minute) {
      logs.push(KEEP * (logs.at(-1) ?? 0) + SD * Math.sqrt(1 - KEEP * KEEP) * prng.normal());
    }
    return dayFactor * Math.exp((logs[minute] ?? 0) - (SD * SD) / 2);
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

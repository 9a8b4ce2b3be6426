import { expect, test } from 'vitest';
import type { FreshnessLevel } from '../client/src/live/freshness.ts';
import { judge, type Look } from './staleness.ts';

/** A look every half second; the truth stops at `cutMs` and is whole again at `healMs`. */
function looks(cutMs: number, healMs: number, says: (atMs: number) => FreshnessLevel): Look[] {
  return Array.from({ length: 80 }, (_, n) => {
    const atMs = n * 500;
    return { atMs, ageMs: atMs > cutMs && atMs < healMs ? atMs - cutMs : 100, level: says(atMs) };
  });
}

test('[CHAOS4] stale from the limit to the end of the outage is right', () => {
  const verdict = judge(looks(5_000, 25_000, (at) => (at > 14_500 && at < 26_000 ? 'stale' : 'fresh')));
  expect(verdict).toEqual({ wasStale: true, fault: null });
});

test('[CHAOS4] an outage that no screen told, told too late or too early, or told on after its end, is a fault', () => {
  const said = (says: (at: number) => FreshnessLevel) => judge(looks(5_000, 25_000, says)).fault;
  expect(said(() => 'fresh')).toMatch(/^said fresh at 1[78]/);
  expect(said(() => 'ageing')).toMatch(/^said ageing/);
  expect(said((at) => (at > 19_000 ? 'stale' : 'fresh'))).toMatch(/^said fresh/);
  expect(said((at) => (at > 7_000 ? 'stale' : 'fresh'))).toMatch(/^said stale at [78]/);
  expect(said((at) => (at > 15_000 ? 'stale' : 'fresh'))).toMatch(/^said stale at (29|30)/);
});

test('[CHAOS4] a short outage is passed over in silence, and stale said meanwhile is a fault', () => {
  expect(judge(looks(5_000, 9_000, () => 'fresh'))).toEqual({ wasStale: false, fault: null });
  expect(judge(looks(5_000, 9_000, () => 'ageing'))).toEqual({ wasStale: false, fault: null });
  expect(judge(looks(5_000, 9_000, (at) => (at === 8_000 ? 'stale' : 'fresh'))).fault).toMatch(/^said stale at 8/);
});

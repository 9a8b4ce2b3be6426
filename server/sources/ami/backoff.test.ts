import { expect, test } from 'vitest';
import { createBackoff } from './backoff.ts';
import type { SessionEnd } from './session-options.ts';
import { AMI_TIMINGS } from './timings.ts';

const end = (change: Partial<SessionEnd> = {}): SessionEnd => ({
  cause: 'closed',
  detail: '',
  liveForMs: 0,
  isShutdown: false,
  ...change,
});

const almostOne = (): number => 0.999;

test('[AMI90] waits grow from a quarter second to two seconds, and start over after half a minute of health', () => {
  const next = createBackoff(AMI_TIMINGS, almostOne);
  const waits = Array.from({ length: 8 }, () => Math.round(next(end(), 0)));
  expect(waits).toEqual([250, 500, 1000, 1999, 1999, 1999, 1999, 1999]);
  expect(next(end({ liveForMs: 29_999 }), 0)).toBeGreaterThan(1_900);
  expect(next(end({ liveForMs: 30_000 }), 0)).toBeLessThan(300);
});

test('[AMI91] jitter spreads the waits and never goes below the least', () => {
  const lowest = createBackoff(AMI_TIMINGS, () => 0);
  const waits = Array.from({ length: 8 }, () => lowest(end(), 0));
  expect(waits).toEqual([250, 250, 500, 1000, 1000, 1000, 1000, 1000]);
});

test('[AMI92] after an announced shutdown the attempts stay close for half a minute', () => {
  const next = createBackoff(AMI_TIMINGS, almostOne);
  for (let failure = 0; failure < 6; failure += 1) next(end(), 0);
  for (const now of [0, 10_000, 29_999]) {
    const wait = next(end(now === 0 ? { isShutdown: true } : { cause: 'refused' }), now);
    expect(wait).toBeGreaterThanOrEqual(250);
    expect(wait).toBeLessThanOrEqual(1_000);
  }
  const later = Array.from({ length: 7 }, () => next(end({ cause: 'refused' }), 30_000));
  expect(Math.max(...later)).toBeGreaterThan(1_900);
});

test('[AMI93] a refused login waits long', () => {
  expect(createBackoff(AMI_TIMINGS, () => 0.5)(end({ cause: 'loginRefused' }), 0)).toBe(60_000);
});

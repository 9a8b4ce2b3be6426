import { expect, test } from 'vitest';
import { addCounters, COUNTERS, ratiosOf, SERVICE_LEVELS, zeroCounters } from './metric.ts';

const NO_TIME = { onContactMs: 0, idleMs: 0 };

test('[MET1] service level by every variant, on the published example: 70 answered and 10 abandoned in time, 20 too late', () => {
  const counters = {
    ...zeroCounters(),
    offered: 100,
    answered: 90,
    abandoned: 10,
    answeredInThreshold: 70,
    abandonedInThreshold: 10,
  };
  const ratios = ratiosOf({ ...counters, shortAbandoned: 4 }, NO_TIME);
  expect(ratios.slAnsweredOfOffered).toBe(0.7);
  expect(ratios.slExclAbandonsInThreshold).toBeCloseTo(0.7778, 4);
  expect(ratios.slAnyOutcome).toBe(0.8);
  expect(ratios.slOfAnswered).toBeCloseTo(0.7778, 4);
  expect(ratios.slExclShortAbandons).toBeCloseTo(70 / 96, 12);
  expect(ratios.slOfAnsweredAndAbandoned).toBe(0.7);
});

test('[MET2] without a denominator every ratio is null; one missed call is 0, not null', () => {
  const empty = ratiosOf(zeroCounters(), NO_TIME);
  expect(new Set(Object.values(empty))).toEqual(new Set([null]));
  const missed = ratiosOf({ ...zeroCounters(), offered: 1, abandoned: 1 }, NO_TIME);
  expect(missed).toMatchObject({
    answerRate: 0,
    abandonRate: 1,
    slAnsweredOfOffered: 0,
    slOfAnswered: null,
    asaMs: null,
  });
  // All abandoned within the threshold: nothing was left to be answered in time.
  expect(
    SERVICE_LEVELS.slExclAbandonsInThreshold({ ...zeroCounters(), offered: 1, abandonedInThreshold: 1 }),
  ).toBeNull();
});

test('[MET3] averages: wait over answered, handle time over handled with hold counted once, occupancy over time available', () => {
  const counters = {
    ...zeroCounters(),
    offered: 4,
    answered: 4,
    handled: 3,
    waitMsSum: 8_000,
    talkMsSum: 300_000,
    holdMsSum: 60_000,
    acwMsSum: 30_000,
  };
  const ratios = ratiosOf(counters, { onContactMs: 45_000, idleMs: 15_000 });
  expect(ratios).toMatchObject({ asaMs: 2_000, ahtMs: 110_000, occupancy: 0.75 });
});

test('[MET4] counters add up, the longest wait is a maximum', () => {
  const one = Object.fromEntries(COUNTERS.map((name) => [name, 2])) as ReturnType<typeof zeroCounters>;
  const sum = addCounters(addCounters(zeroCounters(), one), { ...one, waitMsMax: 7 });
  for (const name of COUNTERS) expect(sum[name]).toBe(name === 'waitMsMax' ? 7 : 4);
});

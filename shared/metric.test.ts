import { expect, test } from 'vitest';
import { addCounters, agentRatiosOf, COUNTERS, ratiosOf, SERVICE_LEVELS, zeroCounters } from './metric.ts';
import { ACTIVITIES, PRESENCES } from './presence.ts';

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

test('[MET9] what nobody can know is in no service level and in no mean wait', () => {
  // Of 20 offered: 8 answered in time, 2 too late, 3 answered unseen, 2 unknown, 4 still within the threshold, 1 abandoned.
  const counters = {
    ...zeroCounters(),
    offered: 20,
    answered: 13,
    answeredInThreshold: 8,
    abandoned: 1,
    unknown: 2,
    undecided: 9,
    waitUnseen: 3,
    waitMsSum: 100_000,
  };
  const ratios = ratiosOf(counters, NO_TIME);
  expect(ratios).toMatchObject({
    slOfAnswered: 8 / 10,
    slAnsweredOfOffered: 8 / 11,
    slOfAnsweredAndAbandoned: 8 / 11,
    asaMs: 10_000,
    answerRate: 13 / 20,
  });
});

test("[MET10] an agent's ratios: time on contact, away and at rest over time signed in, and contacts per hour at work", () => {
  const HOUR = 3_600_000;
  const day = {
    presenceMs: PRESENCES.map((name) => ({ signedOut: 9, available: 5, onBreak: 1, meal: 2 })[name as string] ?? 0),
    activityMs: ACTIVITIES.map((name) => ({ idle: 12, talking: 2, holding: 1, afterCallWork: 1 })[name as string] ?? 0),
    availableIdleMs: 2,
    handled: 12,
    talkMsSum: 30,
    acwMsSum: 6,
  };
  const inHours = (times: readonly number[]) => times.map((hours) => hours * HOUR);
  const ratios = agentRatiosOf({
    ...day,
    presenceMs: inHours(day.presenceMs),
    activityMs: inHours(day.activityMs),
    availableIdleMs: day.availableIdleMs * HOUR,
  });
  expect(ratios).toEqual({
    occupancy: 4 / 6,
    utilisationOfSignedIn: 4 / 8,
    awayRate: 3 / 8,
    restRate: 1 / 8,
    handledPerHour: 2,
    ahtMs: 3,
  });
});

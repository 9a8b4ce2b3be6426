import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  answerRateSeverity,
  breakSeverity,
  compareSeverity,
  DEFAULT_LIMITS,
  freeSeverity,
  internalSeverity,
  isBreach,
  isWorse,
  serviceLevelSeverity,
  waitSeverity,
  worst,
} from './severity.ts';

test.each([
  [null, 'normal'],
  [0, 'normal'],
  [20_000, 'normal'],
  [20_001, 'watch'],
  [40_000, 'watch'],
  [40_001, 'warning'],
  [80_000, 'warning'],
  [80_001, 'critical'],
])('a wait of %s ms against 20 s is %s', (waitMs, severity) => {
  expect(waitSeverity(waitMs, 20_000)).toBe(severity);
});

test('a queue without threshold is judged by the default one', () => {
  expect(waitSeverity(20_001, 0)).toBe('watch');
});

test.each([
  [null, 100, 'unjudged'],
  [0, 9, 'unjudged'],
  [0, 10, 'critical'],
  [1, 10, 'normal'],
  [0.8, 50, 'normal'],
  [0.796, 50, 'normal'],
  [0.794, 50, 'watch'],
  [0.7, 50, 'watch'],
  [0.69, 50, 'warning'],
  [0.55, 50, 'warning'],
  [0.54, 50, 'critical'],
])('a service level of %s over %i is %s', (ratio, sample, severity) => {
  expect(serviceLevelSeverity(ratio, sample, 0.8)).toBe(severity);
});

test('a queue is judged by its own target', () => {
  expect(serviceLevelSeverity(0.85, 50, 0.8)).toBe('normal');
  expect(serviceLevelSeverity(0.85, 50, 0.95)).toBe('watch');
  expect(serviceLevelSeverity(0.55, 50, 0.5)).toBe('normal');
});

test("today's answer rate is worth a look, never an alarm", () => {
  expect(answerRateSeverity(0.1, 1_000)).toBe('watch');
  expect(answerRateSeverity(0.9, 1_000)).toBe('normal');
  expect(answerRateSeverity(0.1, 3)).toBe('unjudged');
  expect(answerRateSeverity(null, 0)).toBe('unjudged');
});

test('nobody free matters only while somebody waits', () => {
  expect(freeSeverity(0, 0, 'normal')).toBe('normal');
  expect(freeSeverity(0, 1, 'normal')).toBe('watch');
  expect(freeSeverity(0, 5, 'critical')).toBe('warning');
  expect(freeSeverity(1, 5, 'critical')).toBe('normal');
});

test('breaks and internal calls are judged as shares of the signed in, as rounded on screen', () => {
  expect(breakSeverity(0, 0)).toBe('unjudged');
  expect(breakSeverity(12, 59)).toBe('normal');
  expect(breakSeverity(13, 59)).toBe('watch');
  expect(breakSeverity(20, 59)).toBe('warning');
  expect(internalSeverity(0, 0)).toBe('unjudged');
  expect(internalSeverity(6, 60)).toBe('normal');
  expect(internalSeverity(8, 60)).toBe('watch');
});

test('severities compare, and a breach is a warning or worse', () => {
  expect(worst('normal', 'critical', 'watch')).toBe('critical');
  expect(worst()).toBe('unjudged');
  expect(isWorse('warning', 'watch')).toBe(true);
  expect((['watch', 'warning', 'critical', 'normal'] as const).filter(isBreach)).toEqual(['warning', 'critical']);
  expect([...(['normal', 'critical', 'watch'] as const)].sort(compareSeverity)).toEqual([
    'critical',
    'watch',
    'normal',
  ]);
});

test('law: longer waits and lower levels are never better', () => {
  fc.assert(
    fc.property(fc.nat(200_000), fc.nat(200_000), (a, b) => {
      expect(isWorse(waitSeverity(a, 20_000), waitSeverity(a + b, 20_000))).toBe(false);
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const sample = DEFAULT_LIMITS.minimumSample;
      expect(isWorse(serviceLevelSeverity(high, sample, 0.8), serviceLevelSeverity(low, sample, 0.8))).toBe(false);
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { zeroCounters } from './metric.ts';
import { INTERVAL_MS, MINUTE_MS } from './time.ts';
import { BUCKET_COUNTERS, type Cell, SITE_ROW } from './view.ts';
import { WINDOWS, windowOf } from './window.ts';

/** A quarter hour's start. */
const T0 = 1_700_000_100_000;
const row = (queue: string, startAt: number, offered: number): [string, readonly Cell[]] => [
  `${queue}|${startAt}`,
  [queue, startAt, ...BUCKET_COUNTERS.map((name) => (name === 'offered' ? offered : 0))],
];
const minutesOf = (count: number, queue = '600') =>
  new Map(Array.from({ length: count }, (_, back) => row(queue, T0 - back * MINUTE_MS, 1)));

test('[MET40] a rolling window is the running minute and as many before it as make it whole', () => {
  const minutes = minutesOf(90);
  const offered = (now: number) =>
    (['last5', 'last15', 'last30', 'last60'] as const).map(
      (window) => windowOf({ minutes }, '600', now, window).offered,
    );
  expect(T0 % INTERVAL_MS).toBe(0);
  expect(offered(T0)).toEqual([5, 15, 30, 60]);
  expect(offered(T0 + MINUTE_MS - 1)).toEqual([5, 15, 30, 60]);
  // A new minute has begun, and nothing has been counted in it yet.
  expect(offered(T0 + MINUTE_MS)).toEqual([4, 14, 29, 59]);
  expect(offered(T0 - 1)).toEqual([5, 15, 30, 60]);
});

test('[MET41] the running interval and the one before come from the quarter hours', () => {
  const trend = new Map([row('600', T0 - INTERVAL_MS, 7), row('600', T0, 3)]);
  const both = (now: number) =>
    (['interval', 'previousInterval'] as const).map((window) => windowOf({ trend }, '600', now, window).offered);
  expect(both(T0)).toEqual([3, 7]);
  expect(both(T0 + INTERVAL_MS - 1)).toEqual([3, 7]);
  expect(both(T0 + INTERVAL_MS)).toEqual([0, 3]);
});

test('[MET42] what is not there is zero, and a queue sees its own rows only', () => {
  const tables = { minutes: minutesOf(5), trend: minutesOf(5) };
  for (const window of WINDOWS) {
    expect(windowOf(tables, SITE_ROW, T0, window)).toEqual(zeroCounters());
    expect(windowOf({}, '600', T0, window)).toEqual(zeroCounters());
  }
});

test('[MET43] law: a rolling window is the sum over its minutes, in whatever order they are kept', () => {
  const offers = fc.array(fc.nat(50), { minLength: 70, maxLength: 70 });
  fc.assert(
    fc.property(offers, fc.nat(MINUTE_MS - 1), (counts, into) => {
      const rows = counts.map((offered, back) => row('q|1', T0 - back * MINUTE_MS, offered));
      const minutes = new Map(rows.reverse());
      const sum = (count: number) => counts.slice(0, count).reduce((a, b) => a + b, 0);
      expect(windowOf({ minutes }, 'q|1', T0 + into, 'last5').offered).toBe(sum(5));
      expect(windowOf({ minutes }, 'q|1', T0 + into, 'last60').offered).toBe(sum(60));
    }),
  );
});

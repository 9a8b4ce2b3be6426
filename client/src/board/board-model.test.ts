import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyTables, updateTable } from '../../../shared/delta.ts';
import { INTERVAL_MS, MINUTE_MS } from '../../../shared/time.ts';
import { SITE_ROW } from '../../../shared/view.ts';
import { Counts } from '../live/counts.ts';
import { queueView, siteView } from '../live/rows.ts';
import { rowOf } from '../testing/fake-server.ts';
import {
  breachesOf,
  commonVariant,
  dayIntervals,
  isClosed,
  liveTables,
  queueState,
  siteLevel,
  thresholdSeconds,
} from './board-model.ts';
import { PastValues } from './past-values.ts';
import { fontSizeFor, sizingFromQuery, wallSizing } from './sizing.ts';
import { chooseQueues, pagesOf } from './wall-pages.ts';

const T0 = 1_763_780_400_000 - (1_763_780_400_000 % INTERVAL_MS);
type Bucket = readonly [
  table: 'minutes' | 'trend' | 'today',
  queue: string,
  startAt: number,
  offered: number,
  inThreshold: number,
  more?: Record<string, number>,
];
const countsOf = (...buckets: readonly Bucket[]): Counts => {
  const tables = emptyTables('counts');
  for (const [table, queue, startAt, offered, answeredInThreshold, more] of buckets) {
    const cells = { offered, answered: offered, answeredInThreshold, ...more };
    const id = table === 'today' ? queue : `${queue}|${startAt}`;
    const row = table === 'today' ? rowOf(table, cells) : rowOf(table, { queue, startAt, ...cells });
    const into = tables[table];
    if (into) updateTable(into, [[id, row]]);
  }
  return new Counts(tables);
};
const NO_COUNTS = countsOf();
const queue = (id: string, cells: Parameters<typeof rowOf<'queues'>>[1] = {}) =>
  queueView(id, rowOf('queues', { name: `Queue ${id}`, thresholdMs: 20_000, waiting: 0, ...cells }));

test('[MET48] the headline is the last thirty minutes, its direction the same window a quarter hour ago', () => {
  const counts = countsOf(
    ['minutes', SITE_ROW, T0 - 40 * MINUTE_MS, 100, 100],
    ['minutes', SITE_ROW, T0 - 20 * MINUTE_MS, 30, 15],
    ['minutes', SITE_ROW, T0, 10, 5],
  );
  const level = siteLevel(counts, T0 + 30_000);
  expect(level).toMatchObject({ ratio: 0.5, offered: 40 });
  expect(level.change).toBeCloseTo(0.5 - 115 / 130);
});

test('no calls: no ratio, no change; no counts: neither a ratio nor a judgement nor a day', () => {
  const nothing = { ratio: null, offered: 0, change: null };
  expect(siteLevel(NO_COUNTS, T0)).toEqual(nothing);
  expect(siteLevel(null, T0)).toEqual(nothing);
  expect(queueState(queue('a'), null, T0)).toMatchObject({ day: null, dayRatio: null, service: 'unjudged' });
});

test('a queue is as bad as the worse of its wait and its service level', () => {
  const counts = countsOf(['minutes', 'a', T0, 20, 12]);
  const waiting = { waiting: 2, oldestWaitingSince: T0 - 90_000 };
  const state = queueState(queue('a', waiting), counts, T0);
  expect(state).toMatchObject({ waitMs: 90_000, wait: 'critical', service: 'warning', severity: 'critical' });
  expect(breachesOf([state])).toMatchObject([{ kind: 'wait', severity: 'critical', ratio: 0.6 }]);
});

test('[MET49] a queue is shown and judged by its own variant against its own target', () => {
  const cells = { abandoned: 5, answered: 15, abandonedInThreshold: 5 };
  const counts = countsOf(['minutes', 'a', T0, 20, 15, cells], ['today', 'a', 0, 20, 15, cells]);
  const by = (serviceLevel: string, targetRatio: number) =>
    queueState(queue('a', { serviceLevel, targetRatio }), counts, T0);
  expect(by('slAnsweredOfOffered', 0.8)).toMatchObject({ dayRatio: 0.75, service: 'watch' });
  expect(by('slAnsweredOfOffered', 0.7)).toMatchObject({ service: 'normal' });
  expect(by('slExclAbandonsInThreshold', 0.95)).toMatchObject({ dayRatio: 1, service: 'normal' });
  expect(by('nonsense', 0)).toMatchObject({ dayRatio: 0.75, service: 'watch' });
  const states = [by('slOfAnswered', 0.8), by('slOfAnswered', 0.8), by('slAnyOutcome', 0.8)];
  expect([commonVariant(states), commonVariant([])]).toEqual(['slOfAnswered', 'slAnsweredOfOffered']);
});

test('[MET50] under ten offered in the window there is a value and no judgement', () => {
  const levelOf = (offered: number) => queueState(queue('a'), countsOf(['minutes', 'a', T0, offered, 0]), T0);
  expect(levelOf(9)).toMatchObject({ level: { ratio: 0 }, service: 'unjudged' });
  expect(levelOf(10)).toMatchObject({ level: { ratio: 0 }, service: 'critical' });
});

test('an instant ahead of the clock is a wait of nothing, and nobody waiting is no wait', () => {
  const counts = NO_COUNTS;
  expect(queueState(queue('a', { waiting: 1, oldestWaitingSince: T0 + 5_000 }), counts, T0).waitMs).toBe(0);
  expect(queueState(queue('a', { waiting: 0, oldestWaitingSince: T0 - 99_000 }), counts, T0).wait).toBe('normal');
});

test('law: queues stand as people ordered them, then by name, numbers in it as numbers, equals by id', () => {
  const names: Readonly<Record<string, string>> = { a: '队列 10', b: '队列 2', d: '队列 2', c: '队列 2', e: 'Sales' };
  const orders: Readonly<Record<string, number>> = { z: 2, y: 10 };
  const rows = Object.entries({ ...names, z: '最后', y: 'A' }).map(
    ([id, name]) => [id, rowOf('queues', { name, order: orders[id] ?? null })] as const,
  );
  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
      const tables = emptyTables('board');
      if (tables.queues) updateTable(tables.queues, shuffled);
      expect(liveTables(tables).queues.map(({ id }) => id)).toEqual(['z', 'y', 'b', 'c', 'd', 'a', 'e']);
    }),
  );
});

test('breaches come worst first, one per queue', () => {
  const counts = countsOf(['minutes', 'b', T0, 20, 13]);
  const states = [
    queueState(queue('a'), counts, T0),
    queueState(queue('b'), counts, T0),
    queueState(queue('c', { waiting: 1, oldestWaitingSince: T0 - 100_000 }), counts, T0),
  ];
  expect(breachesOf(states).map(({ queue: { id }, kind }) => [id, kind])).toEqual([
    ['c', 'wait'],
    ['b', 'serviceLevel'],
  ]);
});

test('closed: nobody there, nothing waiting, nothing offered lately', () => {
  const site = (cells: Parameters<typeof rowOf<'site'>>[1]) => siteView('main', rowOf('site', cells));
  const calm = { queues: [], counts: NO_COUNTS };
  const busy = { queues: [], counts: countsOf(['minutes', SITE_ROW, T0, 1, 1]) };
  expect(isClosed({ ...calm, site: site({ signedIn: 0, waiting: 0 }) }, T0)).toBe(true);
  expect(isClosed({ ...calm, site: site({ signedIn: 1, waiting: 0 }) }, T0)).toBe(false);
  expect(isClosed({ ...calm, site: site({ signedIn: 0, waiting: 1 }) }, T0)).toBe(false);
  expect(isClosed({ ...busy, site: site({ signedIn: 0, waiting: 0 }) }, T0)).toBe(false);
  expect(isClosed({ ...calm, site: null }, T0)).toBe(false);
  // Counts on their way: a calm page meanwhile, not zeros.
  expect(isClosed({ queues: [], counts: null, site: site({ signedIn: 0, waiting: 0 }) }, T0)).toBe(true);
});

test('the day starts with its first calls and ends with the running quarter', () => {
  const site = siteView('main', rowOf('site', { dayStartAt: T0 - 20 * INTERVAL_MS }));
  const counts = countsOf(['trend', SITE_ROW, T0 - 3 * INTERVAL_MS, 1, 1]);
  expect(dayIntervals(site, counts, T0 + 5_000)).toEqual([3, 2, 1, 0].map((back) => T0 - back * INTERVAL_MS));
});

test('the thresholds of the queues are named, as a range when they differ', () => {
  const counts = NO_COUNTS;
  const state = (thresholdMs: number) => queueState(queue('a', { thresholdMs }), counts, T0);
  expect(thresholdSeconds([state(20_000), state(20_000)])).toBe('20');
  expect(thresholdSeconds([state(20_000), state(15_000)])).toBe('15–20');
  expect(thresholdSeconds([])).toBeNull();
});

test('cells that are missing or of the wrong kind become neutral values', () => {
  const broken = queueView('a', [null, 'x' as never, 7, Number.NaN]);
  expect(broken).toMatchObject({ name: 'a', thresholdMs: 0, waitingPeaks: [], waiting: 0, oldestWaitingSince: null });
  expect(queueState(broken, NO_COUNTS, T0).severity).toBe('normal');
});

test('few queues stand on evenly filled pages in their usual order', () => {
  const states = Array.from({ length: 7 }, (_, i) => queueState(queue(`q${i}`), NO_COUNTS, T0));
  const pages = pagesOf(states, chooseQueues(states, 6), 6);
  expect(pages.map((page) => page.map(({ queue: { id } }) => id))).toEqual([
    ['q0', 'q1', 'q2', 'q3'],
    ['q4', 'q5', 'q6'],
  ]);
});

test('of very many the busiest are shown, and one in breach always', () => {
  const counts = countsOf(
    ...Array.from({ length: 100 }, (_, i): Bucket => ['today', `q${i}`, 0, i === 3 ? 0 : 100 - i, 0]),
  );
  const states = Array.from({ length: 100 }, (_, i) =>
    queueState(queue(`q${i}`, i === 80 ? { waiting: 1, oldestWaitingSince: T0 } : {}), counts, T0 + 100_000),
  );
  const pages = pagesOf(states, chooseQueues(states, 6), 6);
  expect(pages).toHaveLength(5);
  expect(
    pages
      .slice(0, 4)
      .flat()
      .some(({ queue: { id } }) => id === 'q3'),
  ).toBe(false);
  expect(pages.at(-1)?.map(({ queue: { id } }) => id)).toEqual(['q80']);
});

test.each([
  [55, 6, 5.7, 7.1],
  [55, 8, 7.6, 9.4],
  [65, 6, 4.8, 6.0],
  [75, 10, 6.9, 8.7],
  [86, 12, 7.2, 9.1],
])('%i inches at %i m: %f vh at least, %f vh good', (inches, metres, least, good) => {
  expect(fontSizeFor(16, inches, metres)).toBeCloseTo(least, 1);
  expect(fontSizeFor(20, inches, metres)).toBeCloseTo(good, 1);
});

test('the address sets the sizes, nonsense does not', () => {
  expect(sizingFromQuery(new URLSearchParams('inches=55&metres=8'))).toEqual(wallSizing(55, 8));
  expect(sizingFromQuery(new URLSearchParams('inches=abc&metres=-3'))).toEqual(wallSizing(65, 6));
  expect(wallSizing(65, 6).rowsPerPage).toBeGreaterThanOrEqual(6);
  expect(wallSizing(20, 40).rowsPerPage).toBe(3);
});

test('a direction needs five minutes of memory and looks back fifteen', () => {
  const past = new PastValues<'waiting'>();
  for (let minute = 0; minute <= 30; minute++) {
    past.record(minute * 60_000, { waiting: minute });
    past.record(minute * 60_000 + 30_000, { waiting: 999 });
    if (minute < 5) expect(past.change('waiting', minute * 60_000, minute)).toBeNull();
  }
  expect(past.change('waiting', 30 * 60_000, 30)).toBe(15);
});

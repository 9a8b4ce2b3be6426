import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GapView } from '../live/rows.ts';
import { gapBands, NO_BANDS } from './gaps.ts';

const gap = (startAt: number, endAt: number | null, over: Partial<GapView> = {}): GapView => ({
  source: 'ami',
  startAt,
  endAt,
  isFilled: false,
  ...over,
});
const span = { startAt: 100, endAt: 200, now: 180 };

test('a gap is a band where it touches the chart; one that lasts reaches to now', () => {
  expect(gapBands([gap(50, 125)], [], span)).toMatchObject([{ startAt: 100, endAt: 125, from: 0, to: 0.25 }]);
  expect(gapBands([gap(150, null)], [], span)).toMatchObject([{ from: 0.5, to: 0.8 }]);
  expect(gapBands([gap(150, 500)], [], span)).toMatchObject([{ from: 0.5, to: 1 }]);
  expect(gapBands([gap(10, 90), gap(200, 300), gap(190, null)], [], span)).toBe(NO_BANDS);
});

test("a queue shows the gaps of its own sources; without sources, everybody's", () => {
  const gaps = [gap(110, 120, { source: 'east' }), gap(130, 140, { source: 'west' })];
  expect(gapBands(gaps, ['west'], span).map(({ startAt }) => startAt)).toEqual([130]);
  expect(gapBands(gaps, [], span)).toHaveLength(2);
});

test('gaps of one kind that meet are one band, filled ones stay apart', () => {
  const gaps = [gap(150, 160), gap(110, 130), gap(120, 140, { source: 'b' }), gap(135, 155, { isFilled: true })];
  expect(gapBands(gaps, [], span).map(({ startAt, endAt, isFilled }) => [startAt, endAt, isFilled])).toEqual([
    [110, 140, false],
    [135, 155, true],
    [150, 160, false],
  ]);
});

test('law: bands cover exactly the instants that some gap of their kind covers', () => {
  const anyGap = fc.record({ startAt: fc.nat(300), lengthMs: fc.option(fc.nat(80)), isFilled: fc.boolean() });
  fc.assert(
    fc.property(fc.array(anyGap, { maxLength: 8 }), (list) => {
      const gaps = list.map(({ startAt, lengthMs, isFilled }) =>
        gap(startAt, lengthMs === null ? null : startAt + lengthMs, { isFilled }),
      );
      const bands = gapBands(gaps, [], span);
      for (let at = span.startAt; at < span.endAt; at++) {
        for (const isFilled of [false, true]) {
          const isIn = (one: { startAt: number; endAt: number | null; isFilled: boolean }) =>
            one.isFilled === isFilled && one.startAt <= at && at < (one.endAt ?? span.now);
          expect(bands.filter(isIn).length).toBe(gaps.some(isIn) ? 1 : 0);
        }
      }
    }),
  );
});

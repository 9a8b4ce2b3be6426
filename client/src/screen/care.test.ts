import { expect, test } from 'vitest';
import { chime, isCalm, isReloadDue, judgePaint, NO_CHIME, type PageState } from './care.ts';

const HOUR_MS = 3_600_000;
const PAINT = { now: 100_000, paintedAt: 99_000, checkedAt: 95_000, isVisible: true };
const WALL = { board: 'standard', freshness: 'fresh', critical: [], pageAgeMs: 10_000 } as const;
const PAGE: PageState = { upMs: HOUR_MS, build: 'a', newestBuild: 'a', spread: 0.5, wall: WALL };

test('[TV21] a TV that has drawn nothing for 30 s is stuck', () => {
  expect(judgePaint(PAINT)).toBe('painted');
  expect(judgePaint({ ...PAINT, paintedAt: 70_000 })).toBe('painted');
  expect(judgePaint({ ...PAINT, paintedAt: 69_999 })).toBe('stuck');
});

test('[TV21] a hidden page, and one that has just woken up, is not called stuck', () => {
  expect(judgePaint({ ...PAINT, paintedAt: 0, isVisible: false })).toBe('unknown');
  expect(judgePaint({ ...PAINT, paintedAt: 0, checkedAt: 84_000 })).toBe('unknown');
});

test.each([
  ['nobody reads a number off it', null, true],
  ['nothing is critical in the middle of a page', WALL, true],
  ['a queue is critical', { ...WALL, critical: ['600'] }, false],
  ['the page has just turned', { ...WALL, pageAgeMs: 2_999 }, false],
  ['the page is about to turn', { ...WALL, pageAgeMs: 22_001 }, false],
])('[TV22] calm when %s: %s', (_, wall, isSo) => {
  expect(isCalm(wall)).toBe(isSo);
});

test('[TV22] a newer build of the screens is loaded at a calm moment, and not by a page that has just come', () => {
  expect(isReloadDue(PAGE)).toBe(false);
  expect(isReloadDue({ ...PAGE, newestBuild: 'b' })).toBe(true);
  expect(isReloadDue({ ...PAGE, newestBuild: 'b', wall: { ...WALL, critical: ['600'] } })).toBe(false);
  expect(isReloadDue({ ...PAGE, newestBuild: 'b', upMs: 299_999 })).toBe(false);
  // Nothing is known of a build: before the first answer, and of a server that has none.
  expect(isReloadDue({ ...PAGE, build: null })).toBe(false);
  expect(isReloadDue({ ...PAGE, newestBuild: null })).toBe(false);
});

test('[TV23] a page that no business day has loaded anew is, after 26 hours, each TV at its own time', () => {
  expect(isReloadDue({ ...PAGE, upMs: 26.5 * HOUR_MS - 1 })).toBe(false);
  expect(isReloadDue({ ...PAGE, upMs: 26.5 * HOUR_MS })).toBe(true);
  expect(isReloadDue({ ...PAGE, upMs: 26.5 * HOUR_MS, spread: 0.6 })).toBe(false);
});

test('[TV24] a chime tells of a queue that turns critical, and not of what was so when the page came', () => {
  const now = 1_000_000;
  const first = chime(NO_CHIME, { ...WALL, critical: ['600'] }, now);
  expect(first.isDue).toBe(false);
  expect(chime(first.state, { ...WALL, critical: ['600'] }, now + 1_000).isDue).toBe(false);
  const second = chime(first.state, { ...WALL, critical: ['600', '601'] }, now + 2_000);
  expect(second.isDue).toBe(true);
  // Several within half a minute are one.
  const third = chime(second.state, { ...WALL, critical: ['600', '601', '602'] }, now + 10_000);
  expect(third.isDue).toBe(false);
  const over = chime(third.state, WALL, now + 20_000);
  expect(chime(over.state, { ...WALL, critical: ['601'] }, now + 40_000).isDue).toBe(true);
});

test('[TV24] lost data neither begins nor ends a breach', () => {
  const known = chime(NO_CHIME, { ...WALL, critical: ['600'] }, 0).state;
  const lost = chime(known, { critical: [], freshness: 'stale' }, 1_000);
  expect(lost).toEqual({ state: known, isDue: false });
  expect(chime(lost.state, { ...WALL, critical: ['600'] }, 100_000).isDue).toBe(false);
});

import { expect, test } from 'vitest';
import { livesOf } from './heap.ts';

const life = (loadedAt: number, hours: number, megabytesAt: (hours: number) => number) =>
  Array.from({ length: hours * 4 + 1 }, (_, n) => ({
    loadedAt,
    atHours: loadedAt + n / 4,
    megabytes: megabytesAt(n / 4),
  }));

test('[TV26] a heap that grows by a fiftieth an hour is found in twelve hours, one that only warms up is not', () => {
  expect(livesOf(life(0, 12, (at) => 10 + at / 5))).toMatchObject([{ isFlat: false }]);
  expect(livesOf(life(0, 12, (at) => (at < 0.25 ? 5 : 10)))).toMatchObject([
    { firstHour: 10, lastHour: 10, isFlat: true },
  ]);
});

test('[TV26] a page that was loaded anew is judged by itself, and not at all when it was short', () => {
  const lives = livesOf([...life(0, 3, (at) => 10 + at), ...life(3, 1, () => 6)]);
  expect(lives).toMatchObject([
    { hours: 3, isFlat: false },
    { hours: 1, firstHour: null, lastHour: null, isFlat: true },
  ]);
});

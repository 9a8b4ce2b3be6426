import { expect, test } from 'vitest';
import { isFlat, livesOf } from './heap.ts';

const life = (loadedAt: number, hours: number, megabytesAt: (hours: number) => number) =>
  Array.from({ length: hours * 4 + 1 }, (_, n) => ({
    loadedAt,
    atHours: loadedAt + n / 4,
    megabytes: megabytesAt(n / 4),
  }));

const judge = (lives: ReturnType<typeof livesOf>, newPage: number | null = null) =>
  lives.map((one) => isFlat(one, newPage));

test('[TV26] a heap that grows by a fiftieth an hour is found in twelve hours, one that only warms up is not', () => {
  expect(judge(livesOf(life(0, 12, (at) => 10 + at / 5)))).toEqual([false]);
  expect(judge(livesOf(life(0, 12, (at) => (at < 0.25 ? 5 : 10))))).toEqual([true]);
});

test('[TV26] what a new page needs as well is no growth', () => {
  const lives = livesOf(life(0, 12, (at) => 10 + at / 5));
  expect([judge(lives, 12), judge(lives, 10.5)]).toEqual([[true], [false]]);
});

test('[TV26] a page that was loaded anew is judged by itself, and not at all when it was short', () => {
  const lives = livesOf([...life(0, 3, (at) => 10 + at), ...life(3, 1, () => 6)]);
  expect(lives).toMatchObject([{ hours: 3 }, { hours: 1, firstHour: null, lastHour: null }]);
  expect(judge(lives)).toEqual([false, true]);
});

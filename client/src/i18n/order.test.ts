import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareText, rankTexts } from './order.ts';

const NONE = new Map<string, number>();
const name = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.constantFrom('坐席 2', '坐席 10', 'Agent 2', 'agent 2', 'Ágent 10', ''),
);

test('[FLO60] texts are ordered by their ranks as by themselves, equal ones included', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 2, maxLength: 20 }), (texts) => {
      const ranks = rankTexts(NONE, texts);
      for (const a of texts) {
        for (const b of texts)
          expect(Math.sign((ranks.get(a) ?? Number.NaN) - (ranks.get(b) ?? Number.NaN))).toBe(
            Math.sign(compareText(a, b)),
          );
      }
    }),
  );
});

test('[FLO60] ranks stay the same until a text comes that they do not know', () => {
  const ranks = rankTexts(NONE, ['b', 'a']);
  expect(rankTexts(ranks, ['a'])).toBe(ranks);
  expect([...rankTexts(ranks, ['b', 'c'])]).toEqual([
    ['b', 0],
    ['c', 1],
  ]);
});

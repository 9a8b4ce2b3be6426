import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PAGE_MS, type Rotation, rotate, startRotation } from './rotation.ts';

const none = { pages: 3, breaches: [] };

test('every page in turn', () => {
  let state = startRotation(0);
  const pages: number[] = [];
  for (let now = 0; now <= 4 * PAGE_MS; now += 1_000) {
    const next = rotate(state, { ...none, now });
    if (next.page !== state.page) pages.push(next.page);
    state = next;
  }
  expect(pages).toEqual([1, 2, 0, 1]);
});

test('a breach is jumped to at once, held, and left for where it was', () => {
  let state: Rotation = { ...startRotation(0), page: 2 };
  const breaches = [{ queue: 'a', page: 0 }];
  state = rotate(state, { now: 5_000, pages: 3, breaches });
  expect(state.page).toBe(0);
  state = rotate(state, { now: 5_000 + 3 * PAGE_MS, pages: 3, breaches });
  expect(state.page).toBe(0);
  state = rotate(state, { ...none, now: 100_000 });
  expect(state).toMatchObject({ page: 2, resumeAt: null, since: 100_000 });
});

test('with several breaches only their pages take turns; a second one is jumped to as well', () => {
  const first = { queue: 'a', page: 0 };
  const second = { queue: 'b', page: 2 };
  let state = rotate(startRotation(0), { now: 0, pages: 4, breaches: [first] });
  state = rotate(state, { now: 1_000, pages: 4, breaches: [first, second] });
  expect(state.page).toBe(2);
  state = rotate(state, { now: 1_000 + PAGE_MS, pages: 4, breaches: [first, second] });
  expect(state.page).toBe(0);
  state = rotate(state, { now: 1_000 + 2 * PAGE_MS, pages: 4, breaches: [first, second] });
  expect(state.page).toBe(2);
});

test('law: the page exists, whatever happens to pages and breaches', () => {
  const step = fc.record({
    ms: fc.nat(40_000),
    pages: fc.integer({ min: 1, max: 5 }),
    breached: fc.uniqueArray(fc.nat(4), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let state = startRotation(0);
      let now = 0;
      for (const { ms, pages, breached } of steps) {
        now += ms;
        const breaches = breached.filter((page) => page < pages).map((page) => ({ queue: `q${page}`, page }));
        state = rotate(state, { now, pages, breaches });
        expect(state.page).toBeLessThan(pages);
        expect(state.page).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

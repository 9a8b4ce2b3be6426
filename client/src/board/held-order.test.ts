import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Breach } from './board-model.ts';
import { holdBreaches, NO_BREACHES, shownBreaches } from './held-breaches.ts';
import { HOLD_MS, holdOrder, NO_ORDER } from './held-order.ts';

test('the first order counts at once, the next one after the hold', () => {
  const first = holdOrder(NO_ORDER, ['a', 'b'], 0, false);
  expect(first.ids).toEqual(['a', 'b']);
  expect(holdOrder(first, ['b', 'a'], HOLD_MS - 1, false).ids).toEqual(['a', 'b']);
  expect(holdOrder(first, ['b', 'a'], HOLD_MS, false).ids).toEqual(['b', 'a']);
});

test('a pointer holds the order for as long as it stays', () => {
  const first = holdOrder(NO_ORDER, ['a', 'b'], 0, false);
  expect(holdOrder(first, ['b', 'a'], 60_000, true)).toBe(first);
});

test('held rows may leave, new ones come last', () => {
  const first = holdOrder(NO_ORDER, ['a', 'b', 'c'], 0, false);
  expect(holdOrder(first, ['new', 'c', 'a'], 1_000, true).ids).toEqual(['a', 'c', 'new']);
});

test('law: the shown ids are always exactly the wanted ones', () => {
  const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));
  fc.assert(
    fc.property(fc.array(fc.tuple(ids, fc.nat(8_000), fc.boolean()), { maxLength: 20 }), (steps) => {
      let order = NO_ORDER;
      let now = 0;
      for (const [wanted, ms, isHeld] of steps) {
        now += ms;
        order = holdOrder(order, wanted, now, isHeld);
        expect([...order.ids].sort()).toEqual([...wanted].sort());
      }
    }),
  );
});

const breach = (id: string, severity: Breach['severity'] = 'critical') =>
  ({ queue: { id, name: id }, kind: 'wait', severity, waitMs: 1, thresholdMs: 1, ratio: null }) as unknown as Breach;
const shown = (held: typeof NO_BREACHES) =>
  shownBreaches(held).map(({ breach: { queue }, isEased }) => `${queue.id}${isEased ? ' eased' : ''}`);

test('an ended breach stays as eased for a moment, then goes', () => {
  let held = holdBreaches(NO_BREACHES, [breach('a'), breach('b')], 0);
  held = holdBreaches(held, [breach('b')], 1_000);
  expect(shown(held)).toEqual(['a eased', 'b']);
  held = holdBreaches(held, [breach('b')], 1_000 + HOLD_MS);
  expect(shown(held)).toEqual(['b']);
});

test('of a queue whose data is lost no breach ends or begins; others go on', () => {
  const lost = new Set(['a', 'c']);
  let held = holdBreaches(NO_BREACHES, [breach('a'), breach('b')], 0);
  held = holdBreaches(held, [breach('c')], HOLD_MS, lost);
  expect(shown(held)).toEqual(['a']);
  held = holdBreaches(held, [breach('b'), breach('c')], 10 * HOLD_MS, lost);
  expect(shown(held)).toEqual(['a', 'b']);
  held = holdBreaches(held, [breach('b')], 10 * HOLD_MS + 1, new Set());
  expect(shown(held)).toEqual(['a eased', 'b']);
});

test('a new worse breach does not push the others about within the hold', () => {
  let held = holdBreaches(NO_BREACHES, [breach('a', 'warning')], 0);
  held = holdBreaches(held, [breach('b'), breach('a', 'warning')], 2_000);
  expect(shown(held)).toEqual(['a', 'b']);
  held = holdBreaches(held, [breach('b'), breach('a', 'warning')], HOLD_MS);
  expect(shown(held)).toEqual(['b', 'a']);
});

import { expect, test } from 'vitest';
import { appended, type ContactPage, type ListedContact, queryOf, refreshed, withCallBack } from './contact-pages.ts';
import { ALL_CONTACTS } from './floor-address.ts';

const row = (offeredAt: number, id = `c${offeredAt}`, change: Partial<ListedContact> = {}): ListedContact => ({
  id,
  queue: 'q',
  agent: null,
  offeredAt,
  answeredAt: null,
  endedAt: offeredAt + 1,
  outcome: 'abandoned',
  waitMs: 1,
  talkMs: null,
  holdMs: 0,
  acwMs: 0,
  isTransferred: false,
  isEndInferred: false,
  caller: '138******01',
  cameBackAt: null,
  callBack: { version: 0, state: 'open', claimant: null, claimedAt: null, attempts: 0, result: null, steps: [] },
  ...change,
});
const page = (contacts: ListedContact[], next: string | null): ContactPage => ({
  businessDay: '2026-11-21',
  contacts,
  next,
});
const at = (rows: readonly ListedContact[]) => rows.map(({ offeredAt }) => offeredAt);

test('[FLO40] a page goes behind what is there, each contact once', () => {
  const list = appended({ rows: [row(9), row(8)], next: 'x' }, page([row(8), row(7)], 'y'));
  expect([at(list.rows), list.next]).toEqual([[9, 8, 7], 'y']);
});

test('[FLO41] read again: newer ones on top, changed ones in place, what lies behind stays with its cursor', () => {
  const before = { rows: [row(9), row(8), row(7), row(6)], next: 'behind 6' };
  const changed = row(8, 'c8', { outcome: 'timedOut' });
  const list = refreshed(before, page([row(10), row(9), changed], 'behind 8'));
  expect([at(list.rows), list.next]).toEqual([[10, 9, 8, 7, 6], 'behind 6']);
  expect(list.rows[1]).toBe(before.rows[0]);
  expect(list.rows[2]).toBe(changed);
});

test('[FLO41] what is no longer found is gone; a list that fits one page is that page', () => {
  const before = { rows: [row(9), row(8), row(7)], next: 'x' };
  expect(at(refreshed(before, page([row(9), row(7)], 'y')).rows)).toEqual([9, 7]);
  expect(refreshed(before, page([row(9)], null))).toMatchObject({ rows: [{ offeredAt: 9 }], next: null });
  expect(refreshed(before, page([], null)).rows).toEqual([]);
  const same = { rows: [row(5, 'b'), row(5, 'a')], next: 'x' };
  expect(refreshed(same, page([row(5, 'b')], 'y')).rows.map(({ id }) => id)).toEqual(['b', 'a']);
});

test('[FLO42] a step changes its row alone', () => {
  const list = { rows: [row(9), row(8)], next: null };
  const callBack = { ...(row(8).callBack as NonNullable<ListedContact['callBack']>), version: 1 };
  const next = withCallBack(list, 'c8', callBack);
  expect(next.rows[0]).toBe(list.rows[0]);
  expect(next.rows[1]?.callBack).toBe(callBack);
});

test('[FLO43] a filter as the server is asked by it', () => {
  expect(Object.values(queryOf(ALL_CONTACTS)).filter((value) => value !== undefined)).toEqual([]);
  expect(queryOf({ ...ALL_CONTACTS, outcomes: ['abandoned'], minWaitS: 20, callBack: ['open'] })).toMatchObject({
    outcome: ['abandoned'],
    minWaitMs: 20_000,
    callBack: ['open'],
  });
});

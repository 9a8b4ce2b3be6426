import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { CALL_BACK_STATES } from '../../../shared/call-back.ts';
import { DAY_COLUMNS } from './agent-day-columns.tsx';
import { AGENT_STATES } from './agent-state.ts';
import { OUTCOME_NAMES } from './contact-words.ts';
import {
  type AgentFilter,
  ALL_CONTACTS,
  BY_NAME,
  type FloorAddress,
  filterFrom,
  filterText,
  GROUPINGS,
  NO_FILTER,
  readAddress,
  writeAddress,
} from './floor-address.ts';
import { readViews, storeViews, viewsWith } from './saved-views.ts';

beforeEach(() => localStorage.clear());

const text = fc.string({ unit: 'grapheme' });
const name = fc.string({ unit: 'grapheme', minLength: 1 });
const someOf = <T>(all: readonly T[]) => fc.subarray([...all]);
const filter: fc.Arbitrary<AgentFilter> = fc.record({
  text,
  state: fc.constantFrom(null, ...AGENT_STATES),
  grouping: fc.constantFrom(...GROUPINGS),
  sort: fc.record({ id: fc.constantFrom('name', 'since', 'day-aht'), desc: fc.boolean() }),
  columns: fc.option(someOf(DAY_COLUMNS)),
});
const date = fc.constantFrom(null, '2026-11-21');
const address: fc.Arbitrary<FloorAddress> = fc.record({
  filter,
  queue: fc.option(name),
  drawer: fc.oneof(
    fc.constant(null),
    fc.record({ kind: fc.constant('agent' as const), agent: name, date }),
    fc.record({
      kind: fc.constant('contacts' as const),
      filter: fc.record({
        date,
        queue: fc.option(name),
        agent: fc.option(name),
        outcomes: someOf(OUTCOME_NAMES),
        minWaitS: fc.integer({ min: 0, max: 99_999 }),
        callBack: someOf(CALL_BACK_STATES),
      }),
    }),
  ),
});

test('[FLO10] what an address says is what was shown, and it leaves the rest of it alone', () => {
  fc.assert(
    fc.property(address, (shown) => {
      const search = writeAddress('?site=main&lang=en&q=before&agent=before&wait=7', shown);
      expect(readAddress(search)).toEqual(shown);
      const query = new URLSearchParams(search);
      expect([query.get('site'), query.get('lang')]).toEqual(['main', 'en']);
    }),
  );
});

test('[FLO10] a plain floor has a plain address', () => {
  const plain = { filter: NO_FILTER, queue: null, drawer: null };
  expect(writeAddress('', plain)).toBe('');
  expect(writeAddress('?site=main', plain)).toBe('?site=main');
  expect(readAddress('')).toEqual(plain);
});

test.each([
  '?state=flying&group=x&sort=%3Cb%3E&cols=&queue=',
  '?drawer=agent&agent=',
  '?drawer=nothing&agent=8001',
  '?sort=--&q=',
])('[FLO11] nonsense in %s is as if it were not there', (search) => {
  expect(readAddress(search)).toEqual({ filter: NO_FILTER, queue: null, drawer: null });
});

test('[FLO11] of a list of contacts what fits stays', () => {
  const search = '?drawer=contacts&outcome=abandoned.lost&wait=-5&callback=open.shut&date=yesterday';
  const drawer = { kind: 'contacts', filter: { ...ALL_CONTACTS, outcomes: ['abandoned'], callBack: ['open'] } };
  expect(readAddress(search).drawer).toEqual(drawer);
});

test('[FLO12] views are kept by site and name, whatever they hold', () => {
  fc.assert(
    fc.property(name, filter, (title, kept) => {
      localStorage.clear();
      storeViews('main', [{ name: title, filter: kept }]);
      expect(readViews('main')).toEqual([{ name: title, filter: kept }]);
      expect(readViews('west')).toEqual([]);
      expect(filterFrom(filterText(kept))).toEqual(kept);
    }),
  );
});

test('[FLO12] one name, one view; the newest of thirty-one stay', () => {
  const free = { name: 'a', filter: { ...NO_FILTER, state: 'free' as const } };
  expect(viewsWith([{ name: 'a', filter: NO_FILTER }], free)).toEqual([free]);
  const many = Array.from({ length: 30 }, (_, i) => ({ name: `view ${i}`, filter: NO_FILTER }));
  expect(viewsWith(many, free).map((view) => view.name)).toEqual([...many.slice(1).map((view) => view.name), 'a']);
});

test.each(['no JSON', 'null', '[]', '{"version":2,"views":[{"name":"a","filter":""}]}', '{"version":1,"views":7}'])(
  '[FLO13] %s in the store is no view, and costs none that comes after it',
  (stored) => {
    localStorage.setItem('floorcast.views.main', stored);
    expect(readViews('main')).toEqual([]);
    storeViews('main', [{ name: 'a', filter: NO_FILTER }]);
    expect(readViews('main')).toHaveLength(1);
  },
);

test('[FLO13] of a stored list what fits stays', () => {
  const views = [{ name: 'a', filter: 'sort=-since' }, { name: 7, filter: '' }, null, { name: 'b' }];
  localStorage.setItem('floorcast.views.main', JSON.stringify({ version: 1, views }));
  expect(readViews('main')).toEqual([{ name: 'a', filter: { ...NO_FILTER, sort: { id: 'since', desc: true } } }]);
  expect(BY_NAME).toEqual({ id: 'name', desc: false });
});

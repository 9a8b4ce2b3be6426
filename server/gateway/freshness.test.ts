import { expect, test } from 'vitest';
import type { Row } from '../../shared/delta.ts';
import { STALE_AFTER_MS } from '../../shared/protocol.ts';
import { freshnessOf, siteClock } from './freshness.ts';
import type { SiteView } from './mirror.ts';
import { rowOf } from './testing-feed.ts';

const NOW = 1_000_000;
const board = (...sources: { state: string; age: number | null }[]): SiteView => ({
  rev: 1,
  at: 500_000,
  committedAt: NOW - 300,
  row: () => undefined,
  rows: () =>
    sources.map(
      ({ state, age }, i) => [`s${i}`, rowOf('sources', { state, aliveAt: age === null ? null : NOW - age })] as const,
    ),
});

test.each([
  [[], 'connecting', null],
  [[{ state: 'connecting', age: null }], 'connecting', null],
  [[{ state: 'live', age: 0 }], 'live', 0],
  [[{ state: 'live', age: STALE_AFTER_MS }], 'live', STALE_AFTER_MS],
  [[{ state: 'live', age: STALE_AFTER_MS + 1 }], 'stale', STALE_AFTER_MS + 1],
  [[{ state: 'live', age: -50 }], 'live', 0],
  [[{ state: 'lost', age: 90_000 }], 'lost', 90_000],
  [
    [
      { state: 'live', age: 10 },
      { state: 'lost', age: 90_000 },
    ],
    'lost',
    90_000,
  ],
  [
    [
      { state: 'live', age: 10 },
      { state: 'connecting', age: null },
    ],
    'connecting',
    null,
  ],
  [
    [
      { state: 'live', age: 11_000 },
      { state: 'live', age: 10 },
    ],
    'stale',
    11_000,
  ],
])('[FR1][FR2] sources %o are %s', (sources, state, ageMs) => {
  expect(freshnessOf(board(...sources), NOW)).toMatchObject({ state, ageMs });
});

test('[FR2] a lost log beside a living connection leaves the site live; alone it takes it down', () => {
  const log = ['queue-log:/q', rowOf('sources', { state: 'lost', aliveAt: NOW - 90_000 })] as [string, Row];
  const ami = ['ami:pbx:5038', rowOf('sources', { state: 'live', aliveAt: NOW })] as [string, Row];
  expect(freshnessOf({ ...board(), rows: () => [ami, log] }, NOW)).toMatchObject({ state: 'live', ageMs: 0 });
  expect(freshnessOf({ ...board(), rows: () => [log] }, NOW)).toMatchObject({ state: 'lost', ageMs: 90_000 });
});

test('[FR2] a proof of life far in the future comes from a wrong clock: it proves nothing', () => {
  const ami = (aliveAt: number) => ['ami', rowOf('sources', { state: 'live', aliveAt })] as [string, Row];
  const stateAt = (aliveAt: number) => freshnessOf({ ...board(), rows: () => [ami(aliveAt)] }, NOW).state;
  expect([NOW + STALE_AFTER_MS, NOW + STALE_AFTER_MS + 1].map(stateAt)).toEqual(['live', 'stale']);
});

test('[FR3] the site clock goes on while live and stands at the newest commit otherwise', () => {
  const view = board();
  expect(siteClock(view, { state: 'live' }, NOW)).toBe(500_300);
  expect(siteClock(view, { state: 'stale' }, NOW)).toBe(500_000);
  expect(siteClock({ ...view, committedAt: null }, { state: 'live' }, NOW)).toBe(500_000);
  expect(siteClock({ ...view, at: null }, { state: 'connecting' }, NOW)).toBe(NOW);
});

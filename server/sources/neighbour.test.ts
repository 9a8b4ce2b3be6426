/** Rules: docs/spec/core.md, two sources. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DomainEvent } from '../../shared/event.ts';
import { SITE_ROW } from '../../shared/view.ts';
import { reduce } from '../core/reduce.ts';
import { dayArbitrary } from '../core/testing-scripts.ts';
import { dayOf, testSite } from '../testing/site.ts';
import { createNeighbour } from './neighbour.ts';

/** Two PBXs tell the same script with the same call ids; the clock of the second is off. */
function foldBoth(day: readonly DomainEvent[], skewMs: number) {
  const site = testSite();
  const [one, two] = [createNeighbour('pbx1'), createNeighbour('pbx2')];
  for (const event of day) {
    const source = (neighbour: typeof one, id: string, offMs: number) => {
      const told = neighbour([{ ...event, at: event.at + offMs } as DomainEvent], event.at);
      for (const moved of told) reduce(site, moved, { source: id, receivedAt: event.at });
    };
    source(one, 'pbx1', 0);
    source(two, 'pbx2', skewMs);
  }
  return site;
}

const isOfCalls = ({ type }: DomainEvent) => type.startsWith('contact.') && type !== 'contact.finished';

test('[TWO1] calls of two PBXs with equal ids are different calls', () => {
  fc.assert(
    fc.property(dayArbitrary, (day) => {
      const calls = day.filter(isOfCalls);
      const alone = testSite();
      for (const event of calls) reduce(alone, event, { source: 's', receivedAt: event.at });
      const both = foldBoth(calls, 0);
      for (const queue of [...alone.queues.keys(), SITE_ROW]) {
        expect(dayOf(both, queue).offered).toBe(2 * dayOf(alone, queue).offered);
        expect(dayOf(both, queue).answered).toBe(2 * dayOf(alone, queue).answered);
      }
    }),
    { numRuns: 100 },
  );
});

test('[TWO1] start and end of an offer name the same call of the same PBX', () => {
  const ids = { at: 1_000_000, offer: 'leg', call: 'c', queue: 'q', agent: 'a' };
  const offer: DomainEvent[] = [
    { type: 'offer.started', ...ids },
    { type: 'offer.ended', ...ids, outcome: 'noAnswer' },
    { type: 'offer.ended', ...ids, call: null, outcome: 'noAnswer' },
  ];
  const told = createNeighbour('pbx2')(offer, ids.at);
  expect(told.map((event) => 'call' in event && event.call)).toEqual(['pbx2/c', 'pbx2/c', null]);
});

test('[TWO2] a clock that is 90 s ahead or behind changes no counter', () => {
  fc.assert(
    fc.property(dayArbitrary, fc.constantFrom(-90_000, 90_000), (day, skewMs) => {
      const calls = day.filter(isOfCalls);
      const [right, wrong] = [foldBoth(calls, 0), foldBoth(calls, skewMs)];
      for (const queue of right.queues.keys()) expect(dayOf(wrong, queue)).toEqual(dayOf(right, queue));
    }),
    { numRuns: 100 },
  );
});

test('[TWO3] a delay is no wrong clock: the correction holds still, and so do durations', () => {
  const neighbour = createNeighbour('pbx2');
  const alive = (at: number): DomainEvent => ({ type: 'source.alive', at });
  const atOf = (at: number, receivedAt: number) => neighbour([alive(at)], receivedAt)[0]?.at;
  expect(atOf(1_090_000, 1_000_000)).toBe(1_000_000);
  expect(atOf(1_091_000, 1_003_000)).toBe(1_001_000);
  expect(atOf(1_092_000, 1_002_010)).toBe(1_002_000);
});

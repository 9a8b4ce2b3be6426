/** Laws of the fold, for every possible day and every fault that a source is known to have. Rules: docs/spec/core.md. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyDelta, type ChannelTables, emptyTables, type TablesDelta, updateTable } from '../../shared/delta.ts';
import type { DomainEvent } from '../../shared/event.ts';
import { ratiosOf } from '../../shared/metric.ts';
import { intervalStart } from '../../shared/time.ts';
import { ACTIVITIES, CHANNELS, PRESENCES, type Table } from '../../shared/view.ts';
import { TEST_SETTINGS, testSite } from '../testing/site.ts';
import { advance } from './advance.ts';
import { entitiesOf, restoreSite } from './persist.ts';
import { allRowsOf, rowsOf } from './project.ts';
import { reduce } from './reduce.ts';
import { drainTouched, type Site } from './site.ts';
import { dayArbitrary, dropped, faultsArbitrary, reordered, START_AT, withDuplicates } from './testing-scripts.ts';

const ORIGIN = { source: 'test', receivedAt: START_AT };

const fold = (events: Iterable<DomainEvent>, site: Site = testSite()): Site => {
  for (const event of events) reduce(site, event, { ...ORIGIN, receivedAt: event.at });
  return site;
};

const stored = (site: Site): Record<string, unknown> => {
  const all = {
    contacts: new Set(site.contacts.keys()),
    offers: new Set(site.offers.keys()),
    agents: new Set(site.agents.keys()),
    queues: new Set(site.queues.keys()),
    sources: new Set(site.sources.keys()),
    intervals: new Set(site.intervals.keys()),
    isSite: true,
  };
  return Object.fromEntries(entitiesOf(site, all).put.map(([field, json]) => [field, JSON.parse(json)]));
};

const counters = (site: Site) => Object.fromEntries([...site.queues].map(([id, queue]) => [id, queue.today]));

const faultyDay = fc.tuple(dayArbitrary, faultsArbitrary).map(([day, { duplicates, delays, keeps }]) => {
  return dropped(reordered(withDuplicates(day, duplicates), delays), keeps);
});

describe('laws of the fold', () => {
  test('[CORE1] offered = answered + left by every way + unknown + waiting, per queue and interval', () => {
    fc.assert(
      fc.property(faultyDay, (events) => {
        const site = fold(events);
        for (const queue of site.queues.values()) {
          const { today: c } = queue;
          const left = c.abandoned + c.timedOut + c.exitedByKey + c.leftOther;
          expect(c.offered).toBe(c.answered + left + c.unknown + queue.waiting.size);
        }
        for (const [key, c] of site.intervals) {
          const waiting = [...site.contacts.values()].filter(
            ({ state, queue, offeredAt }) => state === 'waiting' && `${queue}|${intervalStart(offeredAt)}` === key,
          ).length;
          const left = c.abandoned + c.timedOut + c.exitedByKey + c.leftOther;
          expect(c.offered).toBe(c.answered + left + c.unknown + waiting);
          expect(c.answeredInThreshold).toBeLessThanOrEqual(c.answered);
          expect(c.shortAbandoned).toBeLessThanOrEqual(c.abandoned);
          for (const value of Object.values(c)) expect(value).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('[CORE2] an agent has one presence and one activity, and both add up to the clock', () => {
    fc.assert(
      fc.property(faultyDay, (events) => {
        const site = testSite();
        const startedAt = new Map<string, number>();
        for (const event of events) {
          fold([event], site);
          for (const agent of site.agents.values()) {
            if (!startedAt.has(agent.id)) startedAt.set(agent.id, event.at);
          }
        }
        const sum = (parts: Readonly<Record<string, number>>) => Object.values(parts).reduce((a, b) => a + b, 0);
        for (const agent of site.agents.values()) {
          expect(PRESENCES).toContain(agent.presence);
          expect(ACTIVITIES).toContain(agent.activity);
          const lengthMs = agent.countedFrom - (startedAt.get(agent.id) ?? 0);
          expect(sum(agent.presenceMs)).toBe(lengthMs);
          expect(sum(agent.activityMs)).toBe(lengthMs);
          expect(agent.presenceSince).toBeLessThanOrEqual(site.clockAt);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('[CORE3] duplicates, delivered at once or later, change no counter', () => {
    fc.assert(
      fc.property(dayArbitrary, faultsArbitrary, (day, { duplicates }) => {
        // Hold follows the device's rows, and the echo of one within ECHO_MS cannot be told from news: left out here.
        const withoutHold = (events: DomainEvent[]) =>
          Object.fromEntries(Object.entries(counters(fold(events))).map(([id, c]) => [id, { ...c, holdMsSum: 0 }]));
        expect(withoutHold(withDuplicates(day, duplicates))).toEqual(withoutHold(day));
      }),
      { numRuns: 300 },
    );
  });

  test('[CORE4] state stored and restored at any point folds on to the same state', () => {
    fc.assert(
      fc.property(faultyDay, fc.nat(), (events, n) => {
        const cut = events.length === 0 ? 0 : n % events.length;
        const first = fold(events.slice(0, cut));
        const fields = Object.entries(stored(first)).map(([field, value]) => [field, JSON.stringify(value)] as const);
        const resumed = fold(events.slice(cut), restoreSite('main', TEST_SETTINGS, fields));
        expect(stored(resumed)).toEqual(stored(fold(events)));
        expect(allRowsOf(resumed).queues?.toSorted()).toEqual(allRowsOf(fold(events)).queues?.toSorted());
      }),
      { numRuns: 150 },
    );
  });

  test('[CORE5] storing only what was touched stores the whole state', () => {
    fc.assert(
      fc.property(faultyDay, fc.array(fc.nat({ max: 20 }), { minLength: 1 }), (events, steps) => {
        const site = testSite();
        const fields = new Map<string, unknown>();
        for (const [i, event] of events.entries()) {
          fold([event], site);
          if ((steps[i % steps.length] ?? 0) > 5) continue;
          const { put, del } = entitiesOf(site, drainTouched(site));
          for (const [field, json] of put) fields.set(field, JSON.parse(json));
          for (const field of del) fields.delete(field);
        }
        const { put, del } = entitiesOf(site, drainTouched(site));
        for (const [field, json] of put) fields.set(field, JSON.parse(json));
        for (const field of del) fields.delete(field);
        expect(Object.fromEntries(fields)).toEqual(stored(site));
      }),
      { numRuns: 150 },
    );
  });

  test('[CORE6] deltas applied in order equal the snapshot', () => {
    fc.assert(
      fc.property(faultyDay, fc.array(fc.nat({ max: 20 }), { minLength: 1 }), (events, steps) => {
        const site = testSite();
        const owner: ChannelTables = { ...emptyTables('board'), ...emptyTables('agents') };
        const screen: ChannelTables = { ...emptyTables('board'), ...emptyTables('agents') };
        const tick = () => {
          const rows = rowsOf(site, drainTouched(site));
          const delta: { [T in Table]?: NonNullable<TablesDelta[T]> } = {};
          for (const table of [...CHANNELS.board, ...CHANNELS.agents]) {
            const change = owner[table] && rows[table] && updateTable(owner[table], rows[table]);
            if (change) delta[table] = change;
          }
          applyDelta(screen, JSON.parse(JSON.stringify(delta)) as TablesDelta);
        };
        for (const [i, event] of events.entries()) {
          fold([event], site);
          if ((steps[i % steps.length] ?? 0) <= 5) tick();
        }
        tick();
        for (const table of [...CHANNELS.board, ...CHANNELS.agents]) {
          expect([...(screen[table]?.entries() ?? [])]).toEqual([...(owner[table]?.entries() ?? [])]);
        }
        const wanted = allRowsOf(site);
        expect(Object.fromEntries(screen.agents?.entries() ?? [])).toEqual(Object.fromEntries(wanted.agents ?? []));
      }),
      { numRuns: 150 },
    );
  });

  test('[CORE7] time alone changes no counter before the day ends, and a new day starts at zero', () => {
    fc.assert(
      fc.property(dayArbitrary, fc.integer({ min: 1, max: 20 * 3_600_000 }), (events, laterMs) => {
        const site = fold(events);
        const before = counters(site);
        if (site.day === null) return;
        const end = site.day.endAt;
        advance(site, Math.min(site.clockAt + laterMs, end - 1));
        expect(counters(site)).toEqual(before);
        advance(site, end);
        for (const queue of site.queues.values()) expect(queue.today.offered).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test('[CORE8] every ratio of an empty queue is null, never zero', () => {
    const site = fold([
      { type: 'contact.offered', at: START_AT, call: 'c', queue: 'q', caller: { number: null, name: null } },
    ]);
    const today = site.queues.get('q')?.today;
    expect(today && ratiosOf(today, { onContactMs: 0, idleMs: 0 })).toMatchObject({
      slOfAnswered: null,
      slAnsweredOfOffered: 0,
      asaMs: null,
      ahtMs: null,
      occupancy: null,
    });
  });
});

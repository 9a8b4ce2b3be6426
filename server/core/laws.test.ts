/** Laws of the fold, for every possible day and every fault that a source is known to have. Rules: docs/spec/core.md. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TableDelta, updateTable } from '../../shared/delta.ts';
import type { DomainEvent } from '../../shared/event.ts';
import { applyFrame, emptyCopy, encodeDelta } from '../../shared/frame.ts';
import { ratiosOf } from '../../shared/metric.ts';
import { ACTIVITIES, PRESENCES } from '../../shared/presence.ts';
import { intervalStart } from '../../shared/time.ts';
import { CHANNELS, channelNames, SITE_ROW, type Table } from '../../shared/view.ts';
import { dayOf, TEST_SETTINGS, testSite } from '../testing/site.ts';
import { advance } from './advance.ts';
import { entitiesOf, restoreSite } from './persist.ts';
import { allRowsOf, rowsOf } from './project.ts';
import { reduce } from './reduce.ts';
import { drainTouched, everythingOf, type Site } from './site.ts';
import { addBucket, type Bucket, countersOf, emptyBucket, storedBucket } from './tally.ts';
import { dayArbitrary, dropped, faultsArbitrary, reordered, START_AT, withDuplicates } from './testing-scripts.ts';

const ORIGIN = { source: 'test', receivedAt: START_AT };

const fold = (events: Iterable<DomainEvent>, site: Site = testSite()): Site => {
  for (const event of events) reduce(site, event, { ...ORIGIN, receivedAt: event.at });
  return site;
};

const stored = (site: Site): Record<string, unknown> =>
  Object.fromEntries(entitiesOf(site, everythingOf(site)).put.map(([field, json]) => [field, JSON.parse(json)]));

const counters = (site: Site) =>
  Object.fromEntries([...site.queues.keys(), SITE_ROW].map((id) => [id, dayOf(site, id)]));

/** A call waits when none of its visits was answered and its newest one waits. */
const waitingCalls = (site: Site): number =>
  [...site.calls.values()].filter((ids) => {
    const visits = ids.map((id) => site.contacts.get(id));
    const isAnswered = visits.some((visit) => visit?.state === 'talking' || visit?.state === 'finished');
    return !isAnswered && visits.at(-1)?.state === 'waiting';
  }).length;

const sorted = (bucket: Bucket) => {
  const { c, w = [], t = [] } = storedBucket(bucket);
  return { c, w: w.toSorted((a, b) => a[0] - b[0]), t: t.toSorted((a, b) => a[0] - b[0]) };
};

const byId = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

const faultyDay = fc.tuple(dayArbitrary, faultsArbitrary).map(([day, { duplicates, delays, keeps }]) => {
  return dropped(reordered(withDuplicates(day, duplicates), delays), keeps);
});

function hasOneRowEach(day: readonly DomainEvent[]): boolean {
  const rows = day.flatMap((event) => (event.type.startsWith('membership.') && 'agent' in event ? [event.agent] : []));
  return new Set(rows).size === rows.length;
}

describe('laws of the fold', () => {
  test('[CORE1] offered = answered + left by every way + unknown + waiting, per queue, interval and site', () => {
    fc.assert(
      fc.property(faultyDay, (events) => {
        const site = fold(events);
        const expectParts = (c: ReturnType<typeof dayOf>, waiting: number) => {
          const left = c.abandoned + c.timedOut + c.exitedByKey + c.leftOther;
          expect(c.offered).toBe(c.answered + left + c.unknown + waiting);
          expect(c.answeredInThreshold).toBeLessThanOrEqual(c.answered - c.waitUnseen);
          expect(c.shortAbandoned).toBeLessThanOrEqual(c.abandoned);
          expect(c.undecided).toBeLessThanOrEqual(c.unknown + c.waitUnseen + waiting);
          for (const value of Object.values(c)) expect(value).toBeGreaterThanOrEqual(0);
        };
        for (const queue of site.queues.values()) expectParts(dayOf(site, queue.id), queue.waiting.size);
        expectParts(dayOf(site, SITE_ROW), waitingCalls(site));
        for (const [key, bucket] of site.intervals) {
          if (key.startsWith(`${SITE_ROW}|`)) continue;
          const waiting = [...site.contacts.values()].filter(
            ({ state, queue, offeredAt }) => state === 'waiting' && `${queue}|${intervalStart(offeredAt)}` === key,
          ).length;
          expectParts(countersOf(bucket.counts), waiting);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('[CORE9] a day is the sum of its intervals, and an interval of its minutes, percentiles included', () => {
    fc.assert(
      fc.property(faultyDay, (events) => {
        const site = fold(events);
        if (site.day === null) return;
        const { startAt, endAt } = site.day;
        const days = new Map<string, Bucket>();
        const minutes = new Map<string, Bucket>();
        const add = (into: Map<string, Bucket>, key: string, bucket: Bucket) =>
          into.set(key, addBucket(into.get(key) ?? emptyBucket(), bucket));
        const place = (key: string) => ({
          queue: key.slice(0, key.lastIndexOf('|')),
          at: Number(key.split('|').at(-1)),
        });
        for (const [key, bucket] of site.intervals) {
          const { queue, at } = place(key);
          if (at >= startAt && at < endAt) add(days, queue, bucket);
        }
        for (const [key, bucket] of site.minutes) {
          const { queue, at } = place(key);
          add(minutes, `${queue}|${intervalStart(at)}`, bucket);
        }
        // The script lasts less than the minutes that are kept, so none is missing.
        for (const [queue, bucket] of site.days)
          expect(sorted(days.get(queue) ?? emptyBucket())).toEqual(sorted(bucket));
        for (const [key, bucket] of site.intervals)
          expect(sorted(minutes.get(key) ?? emptyBucket())).toEqual(sorted(bucket));
      }),
      { numRuns: 200 },
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
        const sum = (parts: readonly number[]) => parts.reduce((a, b) => a + b, 0);
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
        // Hold and after-call work follow rows of agents, and the echo of one that was replaced cannot always be told from news.
        const blind = hasOneRowEach(day) ? {} : { holdMsSum: 0, acwMsSum: 0 };
        const counted = (events: DomainEvent[]) =>
          Object.fromEntries(Object.entries(counters(fold(events))).map(([id, c]) => [id, { ...c, ...blind }]));
        expect(counted(withDuplicates(day, duplicates))).toEqual(counted(day));
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
        for (const [table, rows] of Object.entries(allRowsOf(fold(events)))) {
          expect(allRowsOf(resumed)[table as Table]?.toSorted(byId)).toEqual(rows.toSorted(byId));
        }
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
        const channels = channelNames.map((name) => ({ owner: emptyCopy(name), screen: emptyCopy(name) }));
        const tick = () => {
          const rows = rowsOf(site, drainTouched(site));
          for (const { owner, screen } of channels) {
            const delta: { [T in Table]?: TableDelta } = {};
            for (const name of CHANNELS[owner.channel] as readonly Table[]) {
              const change = owner.tables[name] && rows[name] && updateTable(owner.tables[name], rows[name]);
              if (change) delta[name] = change;
            }
            applyFrame(screen, encodeDelta(owner, owner.rev + 1, site.clockAt, delta));
            owner.rev++;
            owner.at = site.clockAt;
          }
        };
        for (const [i, event] of events.entries()) {
          fold([event], site);
          if ((steps[i % steps.length] ?? 0) <= 5) tick();
        }
        tick();
        const wanted = allRowsOf(site);
        for (const { owner, screen } of channels) {
          for (const name of CHANNELS[owner.channel] as readonly Table[]) {
            expect(screen.tables[name]?.indexed()).toEqual(owner.tables[name]?.indexed());
          }
        }
        const agents = channels.find(({ screen }) => screen.tables.agents)?.screen.tables.agents;
        expect(Object.fromEntries(agents?.entries() ?? [])).toEqual(Object.fromEntries(wanted.agents ?? []));
      }),
      { numRuns: 150 },
    );
  });

  test('[CORE7] time alone makes nothing but a miss of who waits too long, and a new day starts at zero', () => {
    fc.assert(
      fc.property(dayArbitrary, fc.integer({ min: 1, max: 20 * 3_600_000 }), (events, laterMs) => {
        const site = fold(events);
        if (site.day === null) return;
        const decided = () =>
          Object.values(counters(site)).map((c) => ({ ...c, undecided: 0, acwMsSum: 0, unknown: 0 }));
        const undecided = () => Object.values(counters(site)).map((c) => c.undecided);
        const before = decided();
        const undecidedBefore = undecided();
        const end = site.day.endAt;
        advance(site, Math.min(site.clockAt + laterMs, end - 1));
        expect(decided()).toEqual(before);
        for (const [i, count] of undecided().entries()) {
          // Suspects come later than any threshold, and are undecided again.
          if (![...site.contacts.values()].some((contact) => contact.suspectSince !== null))
            expect(count).toBeLessThanOrEqual(undecidedBefore[i] ?? 0);
        }
        advance(site, end);
        for (const queue of site.queues.values()) expect(dayOf(site, queue.id).offered).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test('[CORE8] every ratio of an empty queue is null, never zero', () => {
    const site = fold([
      { type: 'contact.offered', at: START_AT, call: 'c', queue: 'q', caller: { number: null, name: null } },
    ]);
    expect(ratiosOf(dayOf(site, 'q'), { onContactMs: 0, idleMs: 0 })).toMatchObject({
      slOfAnswered: null,
      slAnsweredOfOffered: null,
      asaMs: null,
      ahtMs: null,
      occupancy: null,
    });
  });
});

/**
 * The twelve cases that every wallboard should be tested with (docs/metrics.md), at the level where each belongs: the
 * fold, and the API on top of it. What of them is about alerts comes with alerts.
 */
import { expect, test } from 'vitest';
import type { QueueAnswer } from '../../shared/api-numbers.ts';
import type { DomainEvent } from '../../shared/event.ts';
import { STALE_AFTER_MS } from '../../shared/protocol.ts';
import { NO_QUEUE_SETTINGS } from '../../shared/setting.ts';
import { INTERVAL_MS } from '../../shared/time.ts';
import { SITE_ROW } from '../../shared/view.ts';
import { advance } from '../core/advance.ts';
import { factsOf } from '../core/facts.ts';
import { entitiesOf, restoreSite } from '../core/persist.ts';
import { allRowsOf } from '../core/project.ts';
import { reduce } from '../core/reduce.ts';
import { drainTouched, type Site } from '../core/site.ts';
import { countersOf } from '../core/tally.ts';
import { groupsAnswer, queuesAnswer, sitesAnswer } from '../gateway/answers.ts';
import { integrityAnswer } from '../gateway/integrity-answer.ts';
import { agentsAnswer } from '../gateway/people-answers.ts';
import { answered, finished, left, lost, member, offered, picture, t } from './events.ts';
import { dayOf, siteAfter, TEST_SETTINGS, testSite } from './site.ts';
import { viewsOf } from './views.ts';

/** The API's answers at an instant; source, site and server have one clock unless the test says otherwise. */
const at = (site: Site, now: number) => {
  const views = viewsOf(site, Math.min(now, site.clockAt));
  const { queues } = queuesAnswer(views, 'main', now);
  const [total] = sitesAnswer(views, now).sites;
  if (!total) throw new Error('no site');
  return { total, queues, queue: (id: string) => queues.find((one) => one.id === id) as QueueAnswer };
};

test('[CASE1] a call that waits 25 s against 20 s is a miss now, and when it abandons at 40 s it is counted once, as too late', () => {
  const site = siteAfter(picture(0), offered(0));
  advance(site, t(20));
  expect(at(site, t(20)).queue('q')).toMatchObject({ live: { overdue: 0 }, today: { serviceLevelRatio: null } });
  advance(site, t(25));
  const { live, today } = at(site, t(25)).queue('q');
  expect([live.waiting, live.overdue, live.longestWaitMs]).toEqual([1, 1, 25_000]);
  expect(today.ratios).toMatchObject({ slAnsweredOfOffered: 0, slAnyOutcome: 0, slOfAnswered: null });
  reduce(site, left(40), { source: 's', receivedAt: t(40) });
  for (const id of ['q', SITE_ROW])
    expect(dayOf(site, id)).toMatchObject({ offered: 1, abandoned: 1, abandonedInThreshold: 0, undecided: 0 });
  expect(at(site, t(40)).queue('q').today.ratios).toMatchObject({ slAnsweredOfOffered: 0, slAnyOutcome: 0 });
});

test('[CASE2] exactly at the threshold or at the short-abandon limit is within it, to the millisecond', () => {
  const one = (...events: DomainEvent[]) => dayOf(siteAfter(...events), 'q');
  expect(one(offered(0), answered(20)).answeredInThreshold).toBe(1);
  expect(one(offered(0), answered(20.001)).answeredInThreshold).toBe(0);
  expect(one(offered(0), left(20)).abandonedInThreshold).toBe(1);
  expect(one(offered(0), left(20.001)).abandonedInThreshold).toBe(0);
  expect(one(offered(0), left(5)).shortAbandoned).toBe(1);
  expect(one(offered(0), left(5.001)).shortAbandoned).toBe(0);
});

test('[CASE3] a call that goes from queue to queue is offered in both, abandoned in the second only, and one call in the total', () => {
  const overflow = siteAfter(
    offered(0, 'c', 'a'),
    left(15, 'c', 'a', 'timedOut'),
    offered(15, 'c', 'b'),
    left(30, 'c', 'b'),
  );
  const { queue, total } = at(overflow, t(30));
  expect(queue('a').today).toMatchObject({ offered: 1, abandoned: 0, timedOut: 1 });
  expect(queue('b').today).toMatchObject({ offered: 1, abandoned: 1 });
  expect(total.today).toMatchObject({ offered: 1, abandoned: 1, timedOut: 0 });

  const transfer = siteAfter(
    offered(0, 'c', 'a'),
    answered(5, 'c', 'a'),
    finished(30, 'c', 'a'),
    offered(30, 'c', 'b'),
    left(45, 'c', 'b'),
  );
  const after = at(transfer, t(45));
  expect(after.queue('a').today).toMatchObject({ offered: 1, answered: 1, abandoned: 0 });
  expect(after.queue('b').today).toMatchObject({ offered: 1, abandoned: 1 });
  expect(after.total.today).toMatchObject({ offered: 1, answered: 1, abandoned: 0 });
});

test('[CASE4] an agent in three queues is in three rows and one person in every total', () => {
  const settings = (queue: string): DomainEvent => ({
    type: 'queue.configured',
    at: t(0),
    queue,
    version: 1,
    settings: { ...NO_QUEUE_SETTINGS, group: 'all' },
  });
  const queues = ['a', 'b', 'c'];
  const site = siteAfter(picture(0), ...queues.map((queue) => member(0, { queue })), ...queues.map(settings));
  const { queue, total } = at(site, t(10));
  for (const id of queues) expect(queue(id).live).toMatchObject({ signedIn: 1, free: 1 });
  expect(total.live).toMatchObject({ signedIn: 1, free: 1, longestFreeMs: 10_000 });
  const [group] = groupsAnswer(viewsOf(site, t(0)), 'main', t(10)).groups;
  expect(group).toMatchObject({ queues, live: { signedIn: 1, free: 1, longestFreeMs: 10_000 } });
});

test('[CASE5] a break asked for during a call: on contact now, on break from the hang-up on, and never both', () => {
  const site = siteAfter(picture(0), member(0), offered(1), answered(5));
  const states = (s: number) => {
    const { live } = at(site, t(s)).total;
    return [live.talking, live.onBreak, live.free, live.signedIn];
  };
  reduce(site, member(10, { device: 'busy', paused: true, pauseReason: '小休' }), { source: 's', receivedAt: t(10) });
  expect(states(10)).toEqual([1, 0, 0, 1]);
  reduce(site, finished(30), { source: 's', receivedAt: t(30) });
  reduce(site, member(30, { paused: true, pauseReason: '小休' }), { source: 's', receivedAt: t(30) });
  expect(states(30)).toEqual([0, 1, 0, 1]);
  const [agent] = agentsAnswer(viewsOf(site, t(30)), 'main', t(40)).agents;
  expect(agent).toMatchObject({ presence: 'onBreak', presenceReason: '小休', activity: 'idle', canTakeCall: false });
  expect(agent?.today.signedInMs).toBe(40_000);
});

test('[CASE6] events that come twice, out of order, or from a clock 90 s ahead give the same counters', () => {
  const day = [
    picture(0),
    member(1),
    offered(2, 'c1'),
    offered(3, 'c2'),
    answered(8, 'c1'),
    left(9, 'c2'),
    finished(40, 'c1'),
    offered(41, 'c3'),
  ];
  const counters = (site: Site) => [dayOf(site, 'q'), dayOf(site, SITE_ROW)];
  const expected = counters(siteAfter(...day));
  expect(expected[0]).toMatchObject({ offered: 3, answered: 1, abandoned: 1 });
  expect(counters(siteAfter(...day.flatMap((event) => [event, event])))).toEqual(expected);
  const swapped = [0, 1, 3, 2, 5, 4, 7, 6].map((i) => day[i] as DomainEvent);
  expect(counters(siteAfter(...swapped))).toEqual(expected);

  const ahead = testSite();
  for (const event of day) reduce(ahead, { ...event, at: event.at + 90_000 }, { source: 's', receivedAt: event.at });
  expect(counters(ahead)).toEqual(expected);
  // Nor does its clock make anybody wait longer, and it is told.
  const views = viewsOf(ahead, t(41));
  expect(queuesAnswer(views, 'main', t(50)).queues[0]?.live.longestWaitMs).toBe(9_000);
  expect(integrityAnswer(views, 'main', t(50)).sources).toMatchObject([{ clockOffsetMs: 90_000 }]);
});

test('[CASE7] a source silent for 60 s with calls in queue is stale: nothing is shown as current, no clock runs on (alarms: with alerts)', () => {
  const site = siteAfter(picture(0), offered(10));
  const fresh = at(site, t(10) + STALE_AFTER_MS);
  expect([fresh.total.freshness.state, fresh.queue('q').live.longestWaitMs]).toEqual(['live', STALE_AFTER_MS]);
  const silent = at(site, t(70));
  expect(silent.total.freshness).toMatchObject({ state: 'stale', ageMs: 60_000 });
  expect(silent.total.asOf).toBe(t(10));
  // The last value stands, for the time it held, so that a screen can say "last 1 at 10:00:10".
  expect(silent.queue('q').live).toMatchObject({ waiting: 1, longestWaitMs: 0 });
  expect(integrityAnswer(viewsOf(site, t(10)), 'main', t(70))).toMatchObject({
    isExact: false,
    reasons: [{ code: 'source.stale', count: 1 }],
  });
});

test("[CASE8] a PBX restart leaves today's counters, rebuilds who is there, and closes what ended meanwhile as unknown, out of service level", () => {
  const site = siteAfter(
    picture(0),
    member(1),
    offered(2, 'done'),
    answered(6, 'done'),
    finished(30, 'done'),
    offered(31, 'dies'),
    lost(35),
  );
  const before = at(site, t(35)).queue('q').today;
  const waiting = [{ call: 'new', queue: 'q', offeredAt: t(70), caller: { number: null, name: null } }];
  reduce(site, picture(75, { bootedAt: t(60), waiting }), { source: 's', receivedAt: t(75) });
  const { today, live } = at(site, t(75)).queue('q');
  expect(today).toMatchObject({ offered: before.offered + 1, answered: before.answered, abandoned: 0, unknown: 1 });
  expect(today.serviceLevelRatio).toBe(1);
  expect(live).toMatchObject({ waiting: 1, longestWaitMs: 5_000, signedIn: 0 });
  expect(integrityAnswer(viewsOf(site, t(75)), 'main', t(75))).toMatchObject({
    isExact: false,
    reasons: [
      { code: 'gap.unfilled', count: 1 },
      { code: 'contacts.unknown', count: 1 },
    ],
    gaps: [{ endAt: t(75), durationMs: 44_000, isFilled: false }],
  });
});

test('[CASE9] the business day turns with a call in progress and an agent on a night shift: the call stays in its day, the time splits', () => {
  /** 05:58 in Shanghai; the day begins at 06:00. */
  const early = -4 * 3_600 - 120;
  const line = -4 * 3_600;
  const site = siteAfter(picture(early), member(early), offered(early, 'c'), answered(early + 60, 'c'));
  expect(dayOf(site, 'q')).toMatchObject({ offered: 1, answered: 1 });
  advance(site, t(line + 60));
  reduce(site, finished(line + 300, 'c'), { source: 's', receivedAt: t(line + 300) });
  const { today } = at(site, t(line + 300)).total;
  expect(today).toMatchObject({ offered: 0, answered: 0, handled: 0, talkMsSum: 0 });
  const yesterday = site.intervals.get(`q|${t(line) - INTERVAL_MS}`);
  expect(yesterday && countersOf(yesterday.counts)).toMatchObject({
    offered: 1,
    answered: 1,
    handled: 1,
    talkMsSum: 360_000,
  });

  const [agent] = agentsAnswer(viewsOf(site, t(line + 300)), 'main', t(line + 308)).agents;
  expect(agent?.today).toMatchObject({ signedInMs: 308_000, answered: 0, handled: 0 });
  expect(agent?.today.activityMs).toMatchObject({ talking: 300_000, idle: 8_000 });
  const segments = factsOf(site, drainTouched(site)).filter(({ type }) => type === 'segment');
  expect(segments).toMatchObject([
    { startAt: t(early), endAt: t(early + 60), activity: 'idle' },
    { startAt: t(early + 60), endAt: t(line), activity: 'talking' },
    { startAt: t(line), endAt: t(line + 300), activity: 'talking' },
  ]);
});

test('[CASE10] without calls every ratio is null; one missed call is 0 % and too few for a colour (alarms: with alerts)', () => {
  const empty = at(siteAfter(picture(0)), t(5)).queue('q');
  expect(new Set(Object.values(empty.today.ratios))).toEqual(new Set([null]));
  expect(new Set(Object.values(empty.windows.last30.ratios))).toEqual(new Set([null]));
  expect([empty.today.isSampleEnough, empty.today.percentiles.waitP80Ms]).toEqual([false, null]);
  const missed = at(siteAfter(picture(0), offered(1), left(40)), t(41)).queue('q');
  for (const sums of [missed.today, missed.windows.last5, missed.windows.interval]) {
    expect(sums).toMatchObject({ serviceLevelRatio: 0, isSampleEnough: false });
    expect(sums.ratios).toMatchObject({ answerRate: 0, abandonRate: 1, slOfAnswered: null, asaMs: null });
  }
});

test('[CASE11] a value that swings around its level for an hour: the gate of colour opens once and does not swing with it (alarms: with alerts)', () => {
  const site = siteAfter(picture(0));
  const shown: { ratio: number | null; small: boolean; large: boolean }[] = [];
  for (let minute = 0; minute < 60; minute++) {
    const [start, call] = [minute * 60 + 1, `c${minute}`];
    const waitS = minute % 2 === 0 ? 5 : 40;
    for (const event of [offered(start, call), answered(start + waitS, call), finished(start + 50, call)])
      reduce(site, event, { source: 's', receivedAt: event.at });
    const { last5, last15 } = at(site, t(start + 50)).queue('q').windows;
    shown.push({ ratio: last5.serviceLevelRatio, small: last5.isSampleEnough, large: last15.isSampleEnough });
  }
  const swings = shown.slice(5).map(({ ratio }) => ratio);
  expect(new Set(swings)).toEqual(new Set([0.4, 0.6]));
  expect(shown.some(({ small }) => small)).toBe(false);
  expect(shown.map(({ large }) => large)).toEqual(shown.map((_, minute) => minute >= 9));
});

test('[CASE12] a store that was restarted: what it kept and the journal behind it give the numbers as before', () => {
  const day = [
    picture(0),
    member(1),
    ...Array.from({ length: 30 }, (_, i) => [
      offered(i * 20 + 2, `c${i}`),
      i % 3 === 0 ? left(i * 20 + 9, `c${i}`) : answered(i * 20 + 7, `c${i}`),
      ...(i % 3 === 1 ? [finished(i * 20 + 19, `c${i}`)] : []),
    ]).flat(),
  ];
  const fold = (site: Site, events: readonly DomainEvent[]) => {
    for (const event of JSON.parse(JSON.stringify(events)) as DomainEvent[])
      reduce(site, event, { source: 's', receivedAt: event.at });
    return site;
  };
  const rows = (site: Site) => sortedRows(allRowsOf(site));
  const expected = rows(fold(testSite(), day));
  for (const cut of [0, 1, 17, 40, day.length]) {
    const stored = new Map<string, string>();
    const first = testSite();
    for (const event of day.slice(0, cut)) {
      fold(first, [event]);
      for (const [field, json] of entitiesOf(first, drainTouched(first)).put) stored.set(field, json);
    }
    expect(rows(fold(restoreSite('main', TEST_SETTINGS, stored), day.slice(cut)))).toEqual(expected);
  }
});

function sortedRows(rows: ReturnType<typeof allRowsOf>): unknown {
  return Object.fromEntries(
    Object.entries(rows).map(([table, list]) => [table, list.toSorted(([a], [b]) => (a < b ? -1 : 1))]),
  );
}

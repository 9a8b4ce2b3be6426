/** After-call work, settings in force, gaps, ghosts and who may say what. Rules: docs/spec/core.md. */
import { describe, expect, test } from 'vitest';
import type { DomainEvent, EventOf } from '../../shared/event.ts';
import { ACTIVITIES } from '../../shared/presence.ts';
import { NO_QUEUE_SETTINGS } from '../../shared/setting.ts';
import { SITE_ROW } from '../../shared/view.ts';
import { dayOf, siteAfter, testSite } from '../testing/site.ts';
import { advance, nextDueAt } from './advance.ts';
import { factsOf } from './facts.ts';
import { rowsOf } from './project.ts';
import { reduce } from './reduce.ts';
import { drainTouched, type Site } from './site.ts';

/** 2026-11-21 10:00 in Shanghai. */
const AT = Date.UTC(2026, 10, 21, 2);
const HOUR_MS = 3_600_000;
const caller = { number: '13800138000', name: null };
const t = (s: number) => AT + s * 1_000;

const configured = (version: number, settings: Partial<typeof NO_QUEUE_SETTINGS>, s = 0): DomainEvent => ({
  type: 'queue.configured',
  at: t(s),
  queue: 'q',
  version,
  settings: { ...NO_QUEUE_SETTINGS, ...settings },
});
const member = (s: number, more: Partial<EventOf<'membership.changed'>> = {}): DomainEvent => ({
  type: 'membership.changed',
  at: t(s),
  agent: 'A1',
  queue: 'q',
  name: 'Ann',
  device: 'idle',
  paused: false,
  pauseReason: '',
  penalty: 0,
  ...more,
});
const offered = (s: number, call = 'c'): DomainEvent => ({
  type: 'contact.offered',
  at: t(s),
  call,
  queue: 'q',
  caller,
});
const answered = (s: number, call = 'c'): DomainEvent => ({
  type: 'contact.answered',
  at: t(s),
  call,
  queue: 'q',
  agent: 'A1',
  reportedWaitMs: null,
});
const finished = (s: number, talkS: number, call = 'c'): DomainEvent => ({
  type: 'contact.finished',
  at: t(s),
  call,
  queue: 'q',
  agent: 'A1',
  endedBy: 'caller',
  reportedTalkMs: talkS * 1_000,
});
const picture = (s: number, more: Partial<EventOf<'source.synced'>> = {}): DomainEvent => ({
  type: 'source.synced',
  at: t(s),
  reason: 'check',
  bootedAt: null,
  queues: [{ queue: 'q', name: 'Q', thresholdMs: null }],
  memberships: [],
  waiting: [],
  talking: [],
  ...more,
});

const activityOf = (site: Site) => site.agents.get('A1')?.activity;
const CALL = [offered(1), answered(5), finished(35, 30)];

describe('after-call work', () => {
  test('[ACW1] begins with the end of the talk and lasts the wrap-up time of the queue', () => {
    const site = siteAfter(member(0), configured(1, { wrapUpMs: 20_000 }), ...CALL);
    expect([activityOf(site), nextDueAt(site)]).toEqual(['afterCallWork', t(55)]);
    advance(site, t(54.999));
    expect(activityOf(site)).toBe('afterCallWork');
    advance(site, t(60));
    expect(activityOf(site)).toBe('idle');
    expect(site.agents.get('A1')?.activitySince).toBe(t(55));
    expect(dayOf(site, 'q')).toMatchObject({ acwMsSum: 20_000, talkMsSum: 30_000 });
    expect(dayOf(site, SITE_ROW).acwMsSum).toBe(20_000);
    expect(site.agents.get('A1')).toMatchObject({ acwMsSum: 20_000, handled: 1 });
  });

  test('[ACW2] ends with the next ring or talk, and counts to there', () => {
    const ring: DomainEvent = { type: 'offer.started', at: t(42), offer: 'o', call: 'd', queue: 'q', agent: 'A1' };
    const site = siteAfter(member(0), configured(1, { wrapUpMs: 20_000 }), ...CALL, ring);
    expect(activityOf(site)).toBe('ringing');
    expect(dayOf(site, 'q').acwMsSum).toBe(7_000);
    advance(site, t(100));
    expect(dayOf(site, 'q').acwMsSum).toBe(7_000);
  });

  test("[ACW3] the source's own wrap-up time serves where nobody set one, and zero switches it off", () => {
    const own = siteAfter(member(0, { wrapUpMs: 10_000 }), ...CALL);
    expect(nextDueAt(own)).toBe(t(45));
    const off = siteAfter(member(0, { wrapUpMs: 10_000 }), configured(1, { wrapUpMs: 0 }), ...CALL);
    expect(activityOf(off)).toBe('idle');
  });
});

describe('settings', () => {
  test('[FORCE1] hold for what is offered after them; an older version changes nothing', () => {
    const site = siteAfter(
      offered(0, 'early'),
      configured(2, { thresholdMs: 5_000, shortAbandonMs: 1_000 }, 1),
      configured(1, { thresholdMs: 60_000 }, 2),
      offered(3, 'late'),
    );
    const { thresholdMs: before } = site.contacts.get('early|q|1') ?? {};
    const { thresholdMs: after, shortAbandonMs } = site.contacts.get('late|q|1') ?? {};
    expect([before, after, shortAbandonMs]).toEqual([20_000, 5_000, 1_000]);
  });

  test('[FORCE2] are no sign of life and do not move the clock of the site', () => {
    const site = siteAfter(offered(0));
    reduce(site, configured(1, {}, 900), { source: 'settings', receivedAt: t(900) });
    expect([site.clockAt, site.clockOffsetMs, [...site.sources.keys()]]).toEqual([t(0), 0, ['s']]);
  });

  test('[FORCE3] the band in force names the service level and its target', () => {
    const bands = [
      { from: '08:00', serviceLevel: 'slOfAnswered', targetRatio: 0.9 },
      { from: '10:01', serviceLevel: 'slAnyOutcome', targetRatio: 0.7 },
    ] as const;
    const site = siteAfter(member(0), configured(1, { bands: [...bands] }));
    const shown = () => rowsOf(site, drainTouched(site)).queues?.[0]?.[1]?.slice(6, 8);
    expect(shown()).toEqual(['slOfAnswered', 0.9]);
    advance(site, t(60));
    expect(shown()).toEqual(['slAnyOutcome', 0.7]);
    advance(site, AT + 21 * HOUR_MS);
    expect(shown()).toEqual(['slAnyOutcome', 0.7]);
  });
});

describe('gaps', () => {
  const lost = (s: number): DomainEvent => ({ type: 'source.lost', at: t(s), cause: 'closed' });
  const gaps = (site: Site) => [...site.gaps.values()].map(({ startAt, endAt, cause }) => [startAt, endAt, cause]);

  test('[GAP1] run from the last sign of life to the next picture', () => {
    const site = siteAfter(picture(0, { reason: 'connect' }), offered(5), lost(7));
    expect(gaps(site)).toEqual([[t(5), null, 'closed']]);
    for (const event of [lost(8), picture(20, { reason: 'connect' })])
      reduce(site, event, { source: 's', receivedAt: event.at });
    expect(gaps(site)).toEqual([[t(5), t(20), 'closed']]);
  });

  test('[GAP2] nobody could tell of: who listened was killed', () => {
    const site = siteAfter(picture(0, { reason: 'connect' }), offered(5), picture(30, { reason: 'connect' }));
    expect(gaps(site)).toEqual([[t(5), t(30), 'unheard']]);
  });
});

describe('ghosts', () => {
  test('[GHOST1] a wait beyond belief is suspected and out of the ratios; the next picture proves or clears it', () => {
    const site = siteAfter(picture(0, { reason: 'connect' }), offered(1));
    advance(site, t(606));
    expect(site.contacts.get('c|q|1')?.suspectSince).toBe(t(606));
    expect(dayOf(site, 'q')).toMatchObject({ offered: 1, undecided: 1 });
    const waiting = [{ call: 'c', queue: 'q', offeredAt: t(1), caller }];
    reduce(site, picture(607, { waiting }), { source: 's', receivedAt: t(607) });
    expect(dayOf(site, 'q')).toMatchObject({ offered: 1, undecided: 0 });
    advance(site, t(607 + 606));
    expect(site.contacts.get('c|q|1')?.suspectSince).not.toBeNull();
    reduce(site, picture(1_300), { source: 's', receivedAt: t(1_300) });
    expect(dayOf(site, 'q')).toMatchObject({ offered: 1, unknown: 1, undecided: 1 });
    expect([...site.corrections.values()].map(({ kind }) => kind)).toEqual([
      'suspect.waiting',
      'suspect.proven',
      'suspect.waiting',
      'sync.waitingEnded',
    ]);
  });

  test('[GHOST2] a talk that the source cannot show is closed when it has been suspect as long again', () => {
    const site = siteAfter(member(0), offered(1), answered(5));
    advance(site, t(3_700));
    expect(site.agents.get('A1')?.suspectSince).not.toBeNull();
    advance(site, t(7_400));
    expect(site.contacts.get('c|q|1')?.state ?? 'forgotten').not.toBe('talking');
    expect(activityOf(site)).toBe('idle');
    expect(site.agents.get('A1')?.activityMs[ACTIVITIES.indexOf('talking')]).toBe(0);
    expect(dayOf(site, 'q')).toMatchObject({ answered: 1, handled: 0, talkMsSum: 0 });
  });
});

test('[REC7] a picture speaks only for what its own source has told', () => {
  const site = testSite();
  const from = (source: string, ...events: DomainEvent[]) => {
    for (const event of events) reduce(site, event, { source, receivedAt: event.at });
  };
  from('one', offered(0, 'c1'), member(0, { agent: 'A1' }));
  from('two', offered(0, 'c2'), member(0, { agent: 'A2' }), picture(5));
  expect(site.contacts.get('c1|q|1')?.state).toBe('waiting');
  expect(site.contacts.get('c2|q|1')?.outcome).toBe('unknown');
  expect([site.agents.get('A1')?.memberships.size, site.agents.get('A2')?.memberships.size]).toEqual([1, 0]);
});

test('[FACT1] ended contacts, segments, gaps and corrections leave once; intervals when the minute is over', () => {
  const site = siteAfter(member(0));
  factsOf(site, drainTouched(site));
  for (const event of CALL) reduce(site, event, { source: 's', receivedAt: event.at });
  const facts = factsOf(site, drainTouched(site));
  expect(facts.filter(({ type }) => type === 'contact')).toMatchObject([
    { id: `c|q|1|${t(1)}`, outcome: 'answered', agent: 'A1', waitMs: 4_000, talkMs: 30_000, endedAt: t(35) },
  ]);
  expect(facts.filter(({ type }) => type === 'segment')).toMatchObject([
    { agent: 'A1', startAt: t(0), endAt: t(5), presence: 'available', activity: 'idle' },
    { agent: 'A1', startAt: t(5), endAt: t(35), presence: 'available', activity: 'talking' },
  ]);
  expect(factsOf(site, drainTouched(site))).toEqual([]);
  advance(site, t(60));
  const intervals = factsOf(site, drainTouched(site)).filter(({ type }) => type === 'interval');
  expect(intervals.map((fact) => fact.type === 'interval' && [fact.queue, fact.counters.offered])).toEqual([
    ['q', 1],
    [null, 1],
  ]);
});

test('[FACT2] a contact that ends and is forgotten within one commit, as in a backlog, is told all the same', () => {
  const site = siteAfter(member(0));
  for (const event of CALL) reduce(site, event, { source: 's', receivedAt: event.at });
  advance(site, t(600));
  expect(site.contacts.size).toBe(0);
  const contacts = () => factsOf(site, drainTouched(site)).filter(({ type }) => type === 'contact');
  expect(contacts()).toMatchObject([{ id: `c|q|1|${t(1)}`, outcome: 'answered', talkMs: 30_000 }]);
  expect(contacts()).toEqual([]);
});

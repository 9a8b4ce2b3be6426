import { expect, test } from 'vitest';
import type { DomainEvent, EventOf } from '../../shared/event.ts';
import { dayOf, siteAfter } from '../testing/site.ts';
import { reduce } from './reduce.ts';
import type { Site } from './site.ts';

const AT = Date.UTC(2026, 10, 21, 2);
const caller = { number: null, name: null };

const offered = (call: string, ms = 0): DomainEvent => ({
  type: 'contact.offered',
  at: AT + ms,
  call,
  queue: 'q',
  caller,
});
const answered = (call: string, ms: number): DomainEvent => ({
  type: 'contact.answered',
  at: AT + ms,
  call,
  queue: 'q',
  agent: 'a',
  reportedWaitMs: null,
});
const row = {
  agent: 'a',
  queue: 'q',
  name: 'Ann',
  device: 'idle',
  paused: false,
  pauseReason: '',
  penalty: 0,
} as const;
const synced = (ms: number, picture: Partial<EventOf<'source.synced'>> = {}): DomainEvent => ({
  type: 'source.synced',
  at: AT + ms,
  reason: 'connect',
  bootedAt: null,
  queues: [{ queue: 'q', name: 'q', thresholdMs: 15_000 }],
  memberships: [row],
  waiting: [],
  talking: [],
  ...picture,
});
const today = (site: Site) => dayOf(site, 'q');

test('[REC1] a caller who is gone from the picture is unknown, one who talks in it is answered', () => {
  const site = siteAfter(
    offered('gone'),
    offered('talks', 1),
    synced(9_000, { talking: [{ call: 'talks', queue: 'q', agent: 'a' }] }),
  );
  expect(today(site)).toMatchObject({ offered: 2, unknown: 1, answered: 1, waitMsSum: 0, answeredInThreshold: 0 });
  expect(site.agents.get('a')?.activity).toBe('talking');
});

test('[REC2] a talk that is gone from the picture is over; the real end, if it still comes, gives its length', () => {
  const end: DomainEvent = {
    type: 'contact.finished',
    at: AT + 9_010,
    call: 'c',
    queue: 'q',
    agent: 'a',
    endedBy: 'agent',
    reportedTalkMs: 8_000,
  };
  const site = siteAfter(offered('c'), answered('c', 1_000), synced(9_000));
  expect(today(site)).toMatchObject({ answered: 1, handled: 0, talkMsSum: 0 });
  expect(site.agents.get('a')?.talks).toEqual([]);
  reduce(site, end, { source: 's', receivedAt: end.at });
  expect(today(site)).toMatchObject({ answered: 1, handled: 1, talkMsSum: 8_010 });
});

test('[REC3] a caller nobody saw arrive waits since the picture says; a late join changes the start, not the count', () => {
  const waiting = [{ call: 'new', queue: 'q', offeredAt: AT + 2_000, caller }];
  const site = siteAfter(synced(9_000, { waiting }), offered('new', 2_400));
  expect(today(site)?.offered).toBe(1);
  expect([...site.contacts.values()][0]?.offeredAt).toBe(AT + 2_400);
});

test('[REC4] an old picture does not bring back a caller who has left', () => {
  const left: DomainEvent = {
    type: 'contact.left',
    at: AT + 3_000,
    call: 'c',
    queue: 'q',
    outcome: 'abandoned',
    isInferred: false,
  };
  const stale = synced(9_000, { reason: 'check', waiting: [{ call: 'c', queue: 'q', offeredAt: AT, caller }] });
  const site = siteAfter(offered('c'), left, stale);
  expect(today(site)).toMatchObject({ offered: 1, abandoned: 1 });
  expect(site.queues.get('q')?.waiting.size).toBe(0);
});

test('[REC5] memberships become those of the picture, and a check counts what it healed', () => {
  const other = { ...row, agent: 'b', name: 'Bo' };
  const site = siteAfter(
    synced(0, { memberships: [row, other] }),
    synced(60_000, { reason: 'check', memberships: [{ ...row, paused: true }] }),
  );
  expect(site.agents.get('a')?.presence).toBe('onBreak');
  expect(site.agents.get('b')?.presence).toBe('signedOut');
  expect(site.anomalies.get('sync.membershipHealed')?.total).toBe(1);
  expect(site.anomalies.get('sync.membershipEnded')?.total).toBe(1);
});

test('[REC6] a restart ends what was open and takes nothing from today', () => {
  const site = siteAfter(
    synced(0, { bootedAt: AT - 3_600_000 }),
    offered('waits', 1_000),
    offered('talks', 1_000),
    answered('talks', 2_000),
    { type: 'source.lost', at: AT + 5_000, cause: 'closed' },
    synced(11_000, { bootedAt: AT + 10_500, talking: null }),
  );
  expect(today(site)).toMatchObject({ offered: 2, answered: 1, unknown: 1 });
  expect([...site.contacts.values()].map(({ state }) => state).toSorted()).toEqual(['finished', 'left']);
});

test('[REC6] without sight of channels and without a restart, a talk stays open until its end is reported', () => {
  const boot = { bootedAt: AT - 3_600_000 };
  const site = siteAfter(
    synced(0, boot),
    offered('c', 1_000),
    answered('c', 2_000),
    synced(9_000, { ...boot, talking: null }),
  );
  expect([...site.contacts.values()][0]?.state).toBe('talking');
});

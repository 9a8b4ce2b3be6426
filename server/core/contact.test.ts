import { expect, test } from 'vitest';
import type { DomainEvent } from '../../shared/event.ts';
import { dayOf, siteAfter } from '../testing/site.ts';
import { CONTACT_TABLE } from './contact.ts';
import type { Site } from './site.ts';
import { countersOf } from './tally.ts';

const AT = Date.UTC(2026, 10, 21, 2);
const caller = { number: '13800138000', name: null };

const offered = (ms = 0, queue = 'q'): DomainEvent => ({
  type: 'contact.offered',
  at: AT + ms,
  call: 'c',
  queue,
  caller,
});
const answered = (ms: number, queue = 'q'): DomainEvent => ({
  type: 'contact.answered',
  at: AT + ms,
  call: 'c',
  queue,
  agent: 'a',
  reportedWaitMs: null,
});
const left = (ms: number, outcome: 'abandoned' | 'exitedByKey' | 'unknown', isInferred = false): DomainEvent => ({
  type: 'contact.left',
  at: AT + ms,
  call: 'c',
  queue: 'q',
  outcome,
  isInferred,
});
const finished = (ms: number, talkMs: number | null, endedBy: 'caller' | 'transfer' = 'caller'): DomainEvent => ({
  type: 'contact.finished',
  at: AT + ms,
  call: 'c',
  queue: 'q',
  agent: 'a',
  endedBy,
  reportedTalkMs: talkMs,
});
const today = (site: Site, queue = 'q') => dayOf(site, queue);

test('[CON1] every state decides every event', () => {
  for (const row of Object.values(CONTACT_TABLE)) expect(Object.keys(row)).toHaveLength(4);
});

test('[CON2] the end of an earlier visit does not end the one that waits now', () => {
  const site = siteAfter(
    offered(),
    answered(1_000),
    finished(5_000, 4_000, 'transfer'),
    offered(6_000),
    left(5_500, 'unknown', true),
  );
  expect(today(site)).toMatchObject({ offered: 2, answered: 1, unknown: 0 });
  expect(site.queues.get('q')?.waiting.size).toBe(1);
});

test('[CON2] a second report of a talk that ended before the caller came back ends nothing', () => {
  const end = finished(5_000, 4_000, 'transfer');
  const site = siteAfter(offered(), answered(1_000), offered(4_998), end, end);
  expect(today(site)).toMatchObject({ offered: 2, answered: 1, transferredOut: 1 });
  expect(site.queues.get('q')?.waiting.size).toBe(1);
});

test.each([
  ['exitedByKey', answered(1_100), { answered: 1, exitedByKey: 0 }],
  ['unknown', left(900, 'abandoned'), { abandoned: 1, unknown: 0 }],
  ['unknown', finished(9_000, 8_000), { answered: 1, unknown: 0, handled: 1, talkMsSum: 8_000 }],
] as const)('[CON3] an inferred %s gives way to proof', (outcome, proof, expected) => {
  expect(today(siteAfter(offered(), left(1_000, outcome, true), proof))).toMatchObject({ offered: 1, ...expected });
});

test('[CON3] a proved end is not undone', () => {
  const site = siteAfter(offered(), left(1_000, 'abandoned'), answered(1_100));
  expect(today(site)).toMatchObject({ abandoned: 1, answered: 0 });
  expect(site.anomalies.get('contact.answered while left')?.total).toBe(1);
});

test.each([
  [20_000, 1],
  [20_001, 0],
])('[CON4] answered after %i ms: in threshold %i', (waitMs, inThreshold) => {
  expect(today(siteAfter(offered(), answered(waitMs)))?.answeredInThreshold).toBe(inThreshold);
});

test.each([
  [5_000, 1, 1],
  [5_001, 0, 1],
  [20_000, 0, 1],
  [20_001, 0, 0],
])('[CON4] abandoned after %i ms: short %i, in threshold %i', (waitMs, short, inThreshold) => {
  const counters = today(siteAfter(offered(), left(waitMs, 'abandoned')));
  expect(counters).toMatchObject({ shortAbandoned: short, abandonedInThreshold: inThreshold });
});

test('[CON6] a contact offered before the line and answered after it belongs to the day of its offer', () => {
  const line = Date.UTC(2026, 10, 21, 22) - AT;
  const site = siteAfter(offered(line - 5_000), answered(line + 1_000), offered(line + 2_000, 'other'));
  expect(site.day?.date).toBe('2026-11-22');
  expect(today(site)).toMatchObject({ offered: 0, answered: 0 });
  expect(today(site, 'other')?.offered).toBe(1);
  const yesterday = [...site.intervals].find(([key]) => key.startsWith('q|'))?.[1];
  expect(yesterday && countersOf(yesterday.counts)).toMatchObject({ offered: 1, answered: 1 });
});

test('[CON7] a call that is offered again in the millisecond in which its talk ended is a new visit', () => {
  const site = siteAfter(offered(), answered(1_000), finished(5_000, 4_000, 'transfer'), offered(5_000));
  expect(today(site)).toMatchObject({ offered: 2, answered: 1, transferredOut: 1 });
});

test('[CON5] an answer whose offer was never seen counts with the wait that the source reports', () => {
  const seen = { ...answered(9_000), reportedWaitMs: 7_000 } as DomainEvent;
  expect(today(siteAfter(seen))).toMatchObject({ offered: 1, answered: 1, waitMsSum: 7_000 });
});

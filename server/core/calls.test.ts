/** A call in several queues counts once for the site. Rules: docs/spec/core.md. */
import { expect, test } from 'vitest';
import type { DomainEvent } from '../../shared/event.ts';
import { ratiosOf } from '../../shared/metric.ts';
import { SITE_ROW } from '../../shared/view.ts';
import { dayOf, siteAfter } from '../testing/site.ts';
import { advance } from './advance.ts';

/** 2026-11-21 10:00 in Shanghai. */
const AT = Date.UTC(2026, 10, 21, 2);
const caller = { number: null, name: null };
const offered = (s: number, queue: string, call = 'c'): DomainEvent => ({
  type: 'contact.offered',
  at: AT + s * 1_000,
  call,
  queue,
  caller,
});
const answered = (s: number, queue: string): DomainEvent => ({
  type: 'contact.answered',
  at: AT + s * 1_000,
  call: 'c',
  queue,
  agent: 'A1',
  reportedWaitMs: null,
});
const left = (s: number, queue: string, outcome: 'abandoned' | 'timedOut' = 'abandoned'): DomainEvent => ({
  type: 'contact.left',
  at: AT + s * 1_000,
  call: 'c',
  queue,
  outcome,
  isInferred: false,
});
const finished = (s: number, queue: string, talkS: number): DomainEvent => ({
  type: 'contact.finished',
  at: AT + s * 1_000,
  call: 'c',
  queue,
  agent: 'A1',
  endedBy: 'transfer',
  reportedTalkMs: talkS * 1_000,
});

test('[CALL1] answered in one queue, transferred, abandoned in the next: each queue sees its visit, the site one answered call', () => {
  const site = siteAfter(offered(0, 'a'), answered(4, 'a'), finished(34, 'a', 30), offered(34, 'b'), left(44, 'b'));
  expect(dayOf(site, 'a')).toMatchObject({ offered: 1, answered: 1, transferredOut: 1 });
  expect(dayOf(site, 'b')).toMatchObject({ offered: 1, abandoned: 1 });
  expect(dayOf(site, SITE_ROW)).toMatchObject({
    offered: 1,
    answered: 1,
    abandoned: 0,
    waitMsSum: 4_000,
    talkMsSum: 30_000,
    handled: 1,
    transferredOut: 1,
  });
});

test('[CALL2] a call that overflows has waited since its first offer', () => {
  const site = siteAfter(offered(0, 'a'), left(15, 'a', 'timedOut'), offered(15, 'b'), answered(25, 'b'));
  expect(dayOf(site, 'b')).toMatchObject({ waitMsSum: 10_000, answeredInThreshold: 1 });
  expect(dayOf(site, SITE_ROW)).toMatchObject({
    offered: 1,
    answered: 1,
    timedOut: 0,
    waitMsSum: 25_000,
    answeredInThreshold: 0,
  });
});

test('[CALL3] a call whose visits all ended unanswered fared as its last one', () => {
  const site = siteAfter(offered(0, 'a'), left(15, 'a', 'timedOut'), offered(15, 'b'), left(30, 'b'));
  expect(dayOf(site, SITE_ROW)).toMatchObject({ offered: 1, timedOut: 0, abandoned: 1, abandonWaitMsSum: 30_000 });
});

test('[MET8] a waiting contact is a miss from the moment it passes its threshold, and counted once when it ends', () => {
  const site = siteAfter(offered(0, 'a'), offered(1, 'a', 'other'));
  const level = () => ratiosOf(dayOf(site, 'a'), { onContactMs: 0, idleMs: 0 }).slAnsweredOfOffered;
  advance(site, AT + 20_000);
  expect([dayOf(site, 'a').undecided, level()]).toEqual([2, null]);
  advance(site, AT + 20_001);
  expect([dayOf(site, 'a').undecided, level()]).toEqual([1, 0]);
  advance(site, AT + 25_000);
  expect(dayOf(site, 'a')).toMatchObject({ offered: 2, undecided: 0 });
});

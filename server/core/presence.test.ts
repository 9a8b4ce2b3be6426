import { expect, test } from 'vitest';
import type { DomainEvent } from '../../shared/event.ts';
import { column } from '../../shared/view.ts';
import { siteAfter } from '../testing/site.ts';
import { allRowsOf } from './project.ts';
import { reduce } from './reduce.ts';
import type { Site } from './site.ts';

const AT = Date.UTC(2026, 10, 21, 2);

type Row = Extract<DomainEvent, { type: 'membership.changed' }>;
const row = (ms: number, change: Partial<Row> = {}): DomainEvent => ({
  type: 'membership.changed',
  at: AT + ms,
  agent: 'a',
  queue: 'q',
  name: '王小明',
  device: 'idle',
  paused: false,
  pauseReason: '',
  penalty: 0,
  ...change,
});
const offered: DomainEvent = {
  type: 'contact.offered',
  at: AT + 1_000,
  call: 'c',
  queue: 'q',
  caller: { number: null, name: null },
};
const answered: DomainEvent = {
  type: 'contact.answered',
  at: AT + 2_000,
  call: 'c',
  queue: 'q',
  agent: 'a',
  reportedWaitMs: null,
};
const finished: DomainEvent = {
  type: 'contact.finished',
  at: AT + 9_000,
  call: 'c',
  queue: 'q',
  agent: 'a',
  endedBy: 'agent',
  reportedTalkMs: 7_000,
};

const agent = (site: Site) => site.agents.get('a');
const head = (site: Site, name: 'onBreak' | 'free' | 'internalCalls' | 'talking') =>
  allRowsOf(site).site?.[0]?.[1]?.[column('site', name)];

test('[AGT1] paused while talking: away and talking, on break only after the hang-up', () => {
  const talking = siteAfter(
    row(0),
    offered,
    answered,
    row(3_000, { device: 'busy', paused: true, pauseReason: '小休' }),
  );
  expect(agent(talking)).toMatchObject({ presence: 'onBreak', presenceReason: '小休', activity: 'talking' });
  expect([head(talking, 'onBreak'), head(talking, 'talking')]).toEqual([0, 1]);
  reduce(talking, finished, { source: 's', receivedAt: finished.at });
  expect([head(talking, 'onBreak'), head(talking, 'talking')]).toEqual([1, 0]);
});

test.each([
  ['午餐', 'meal'],
  ['Lunch', 'meal'],
  ['培训', 'training'],
  ['晨会', 'meeting'],
  ['机动班', 'float'],
  ['小休', 'onBreak'],
  ['', 'onBreak'],
])('[AGT2] paused everywhere for "%s" is %s', (pauseReason, presence) => {
  expect(agent(siteAfter(row(0, { paused: true, pauseReason })))).toMatchObject({
    presence,
    presenceReason: pauseReason,
  });
});

test('[AGT2] paused in one of two queues stays available', () => {
  const site = siteAfter(row(0, { paused: true }), row(1, { queue: 'other' }));
  expect(agent(site)?.presence).toBe('available');
  const cells = allRowsOf(site).agents?.[0]?.[1];
  expect(cells?.[column('agents', 'pausedIn')]).toEqual(['q']);
});

test('[AGT3] a busy phone is an internal call, but not while it is still busy from a contact', () => {
  expect(agent(siteAfter(row(0, { device: 'busy' })))?.activity).toBe('internalCall');
  const after = siteAfter(row(0), offered, answered, row(2_016, { device: 'busy' }), finished);
  expect(agent(after)?.activity).toBe('idle');
  reduce(after, row(9_010), { source: 's', receivedAt: AT });
  reduce(after, row(20_000, { device: 'busy' }), { source: 's', receivedAt: AT });
  expect(agent(after)?.activity).toBe('internalCall');
});

test.each([
  ['idle', false, 1],
  ['unknown', false, 1],
  ['busy', false, 0],
  ['unavailable', false, 0],
  ['idle', true, 0],
] as const)('[AGT4] phone %s, paused %s: %i can take a call now', (device, paused, free) => {
  expect(head(siteAfter(row(0, { device, paused })), 'free')).toBe(free);
});

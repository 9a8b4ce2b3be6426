/**
 * What a returning reader meets after a kill: a picture of now, then events that are older than it, because nobody had
 * heard them. What was concluded from the picture must give way to them, in everything that it had touched.
 */
import { expect, test } from 'vitest';
import type { DomainEvent, SourceSynced } from '../../shared/event.ts';
import { reduce } from '../core/reduce.ts';
import { createSite, type Site } from '../core/site.ts';
import { createFramer } from '../sources/ami/framing.ts';
import { createTranslator } from '../sources/ami/translate.ts';
import { dayOf, TEST_SETTINGS } from './site.ts';

const T = Date.UTC(2026, 10, 21, 4);
const CALL = { call: 'c1', queue: 'sales' } as const;
const AGENT = 'Local/1001@agents';

const offered: DomainEvent = { type: 'contact.offered', at: T, ...CALL, caller: { number: null, name: null } };
const answered: DomainEvent = { type: 'contact.answered', at: T + 4_000, ...CALL, agent: AGENT, reportedWaitMs: 4_000 };
const finished: DomainEvent = {
  type: 'contact.finished',
  at: T + 34_000,
  ...CALL,
  agent: AGENT,
  endedBy: 'agent',
  reportedTalkMs: 30_000,
};
const member = (at: number, device: 'idle' | 'busy' | 'holding'): DomainEvent => ({
  type: 'membership.changed',
  at,
  agent: AGENT,
  queue: 'sales',
  name: 'Ann',
  device,
  paused: false,
  pauseReason: '',
  penalty: 0,
});
const picture = (at: number, talking: NonNullable<SourceSynced['talking']> = []): DomainEvent => ({
  type: 'source.synced',
  at,
  reason: 'connect',
  bootedAt: T - 3_600_000,
  queues: [{ queue: 'sales', name: 'sales', thresholdMs: 20_000 }],
  memberships: [
    { agent: AGENT, queue: 'sales', name: 'Ann', device: 'busy', paused: false, pauseReason: '', penalty: 0 },
  ],
  waiting: [],
  talking,
});

function told(...events: DomainEvent[]): Site {
  return toldFrom('06:00', ...events);
}

function toldFrom(businessDayStart: string, ...events: DomainEvent[]): Site {
  const site = createSite('main', { ...TEST_SETTINGS, businessDayStart });
  for (const event of events) reduce(site, event, { source: 'ami', receivedAt: event.at });
  return site;
}

const countersOf = (site: Site) => dayOf(site, 'sales');
const agentOf = (site: Site) => {
  const { answered: count, talkMsSum } = site.agents.get(AGENT) ?? {};
  return { answered: count, talkMsSum };
};

test('[KILL2] an exit by key that nobody heard replaces the unknown end that the picture told', () => {
  const left: DomainEvent = { type: 'contact.left', at: T + 9_000, ...CALL, outcome: 'exitedByKey', isInferred: true };
  const site = told(picture(T - 1), offered, picture(T + 5_000), offered, left);
  expect(countersOf(site)).toEqual(countersOf(told(picture(T - 1), offered, left)));
  expect(countersOf(site)).toMatchObject({ exitedByKey: 1, unknown: 0 });
});

test('[KILL3] an agent gets the talk whose end nobody heard', () => {
  const site = told(picture(T - 1), offered, answered, picture(T + 20_000), answered, finished);
  expect(countersOf(site)?.talkMsSum).toBe(30_000);
  expect(agentOf(site)).toEqual({ answered: 1, talkMsSum: 30_000 });
});

test('[KILL4] an agent gets the call that the picture showed without its agent', () => {
  const nobody = [{ ...CALL, agent: null }];
  const site = told(picture(T - 1), offered, picture(T + 1_000, nobody), offered, answered, finished);
  expect(agentOf(site)).toEqual({ answered: 1, talkMsSum: 30_000 });
});

test('[KILL5] a hold that was running when the talk ended unheard is counted to its end', () => {
  const holding = member(T + 14_000, 'holding');
  const calm = told(picture(T - 1), offered, answered, holding, finished);
  expect(countersOf(calm)?.holdMsSum).toBe(20_000);
  const rough = told(picture(T - 1), offered, answered, holding, picture(T + 10_000), answered, holding, finished);
  expect(countersOf(rough)).toEqual(countersOf(calm));
});

test('[KILL6] an end that names no call ends the talk that the picture had ended', () => {
  const nameless: DomainEvent = { ...finished, call: null };
  const site = told(picture(T - 1), offered, answered, picture(T + 20_000), nameless);
  expect(countersOf(site)).toMatchObject({ handled: 1, talkMsSum: 30_000 });
});

test('[KILL7] a bare leave is an exit by key also where the wait began before the translator', () => {
  const translator = createTranslator();
  const events: DomainEvent[] = [];
  const framer = createFramer({ wanted: translator.wantedEvents });
  const feed = (name: string, atS: number, fields: readonly string[]): void => {
    const lines = [`Event: ${name}`, `Timestamp: ${atS}.000000`, ...fields];
    framer.push(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), (message) => {
      events.push(...translator.event(message, atS * 1_000));
    });
  };
  framer.push(Buffer.from('Asterisk Call Manager/12.0.0\r\n'), () => {});
  feed('QueueCallerLeave', T / 1_000, ['Queue: sales', 'Uniqueid: c1']);
  feed('QueueMemberStatus', T / 1_000 + 1, ['Queue: sales', `Interface: ${AGENT}`, 'Status: 1', 'Paused: 0']);
  expect(events).toContainEqual({
    type: 'contact.left',
    at: T,
    ...CALL,
    outcome: 'exitedByKey',
    isInferred: true,
  });
});

/** The caller's channel is gone and the PBX says no more: where the talk ended is known, how is not. */
const goneAt = (ms: number): DomainEvent => ({ ...finished, at: T + ms, endedBy: 'unknown', reportedTalkMs: null });

test('[KILL8] a correction of yesterday leaves no agent with less than nothing today', () => {
  // The business day begins at T + 60 s, between the conclusion and its proof.
  const news = member(T + 61_000, 'idle');
  const site = toldFrom('12:01', picture(T - 1), offered, answered, goneAt(34_500), news, finished);
  expect(agentOf(site)).toEqual({ answered: 0, talkMsSum: 0 });
});

test('[KILL9] a hold that runs when the caller is gone is counted to that instant, proof or not', () => {
  const holding = member(T + 14_000, 'holding');
  const site = told(picture(T - 1), offered, answered, holding, goneAt(34_000));
  expect(countersOf(site)).toMatchObject({ talkMsSum: 30_000, holdMsSum: 20_000 });
});

/** Domain events for tests, in seconds after ten o'clock of a Saturday in Shanghai. */
import type { DomainEvent, EventOf, LeaveOutcome } from '../../shared/event.ts';

/** 2026-11-21 10:00 in Shanghai: the start of an interval. */
const START_AT = Date.UTC(2026, 10, 21, 2);
export const t = (s: number): number => START_AT + Math.round(s * 1_000);

const caller = { number: '13800138000', name: null };

export const offered = (s: number, call = 'c', queue = 'q'): DomainEvent => ({
  type: 'contact.offered',
  at: t(s),
  call,
  queue,
  caller,
});

export const answered = (s: number, call = 'c', queue = 'q', agent = 'A1'): DomainEvent => ({
  type: 'contact.answered',
  at: t(s),
  call,
  queue,
  agent,
  reportedWaitMs: null,
});

export const left = (s: number, call = 'c', queue = 'q', outcome: LeaveOutcome = 'abandoned'): DomainEvent => ({
  type: 'contact.left',
  at: t(s),
  call,
  queue,
  outcome,
  isInferred: false,
});

export const finished = (
  s: number,
  call = 'c',
  queue = 'q',
  agent = 'A1',
  endedBy = 'caller' as const,
): DomainEvent => ({
  type: 'contact.finished',
  at: t(s),
  call,
  queue,
  agent,
  endedBy,
  reportedTalkMs: null,
});

export const member = (s: number, more: Partial<EventOf<'membership.changed'>> = {}): DomainEvent => ({
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

export const picture = (s: number, more: Partial<EventOf<'source.synced'>> = {}): DomainEvent => ({
  type: 'source.synced',
  at: t(s),
  reason: 'connect',
  bootedAt: null,
  queues: [{ queue: 'q', name: 'Q', thresholdMs: null }],
  memberships: [],
  waiting: [],
  talking: [],
  ...more,
});

export const lost = (s: number): DomainEvent => ({ type: 'source.lost', at: t(s), cause: 'closed' });

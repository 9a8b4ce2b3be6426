/** Random but possible days for property tests: a list of domain events in order, and the faults that sources have. */
import fc from 'fast-check';
import type { DomainEvent } from '../../shared/event.ts';
import { NO_QUEUE_SETTINGS } from '../../shared/setting.ts';

/** 2026-11-21 10:00 in Shanghai. */
export const START_AT = Date.UTC(2026, 10, 21, 2);
const QUEUES = ['sales', 'support', 'vip'];
const AGENTS = ['A1', 'A2', 'A3', 'A4'];

const visitArbitrary = fc.record({
  call: fc.integer({ min: 1, max: 40 }).map((n) => `call-${n}`),
  queue: fc.constantFrom(...QUEUES),
  agent: fc.constantFrom(...AGENTS),
  startMs: fc.integer({ min: 0, max: 20 * 60_000 }),
  waitMs: fc.integer({ min: 0, max: 90_000 }),
  talkMs: fc.integer({ min: 0, max: 90_000 }),
  end: fc.constantFrom(
    'answered',
    'abandoned',
    'exitedByKey',
    'timedOut',
    'leftOther',
    'waits',
    'talks',
  ) as fc.Arbitrary<'answered' | 'abandoned' | 'exitedByKey' | 'timedOut' | 'leftOther' | 'waits' | 'talks'>,
  isTransferred: fc.boolean(),
  ringsFirst: fc.option(fc.constantFrom(...AGENTS)),
});

const rowArbitrary = fc.record({
  agent: fc.constantFrom(...AGENTS),
  queue: fc.constantFrom(...QUEUES),
  startMs: fc.integer({ min: 0, max: 20 * 60_000 }),
  device: fc.constantFrom('idle', 'busy', 'ringing', 'holding', 'unavailable', 'unknown') as fc.Arbitrary<
    'idle' | 'busy' | 'ringing' | 'holding' | 'unavailable' | 'unknown'
  >,
  paused: fc.boolean(),
  pauseReason: fc.constantFrom('', '小休', '午餐', 'training'),
  isRemoval: fc.boolean(),
});

/** A day of visits and agent changes, in time order. A call visits at most one queue at a time. */
export const dayArbitrary: fc.Arbitrary<DomainEvent[]> = fc
  .tuple(fc.array(visitArbitrary, { maxLength: 30 }), fc.array(rowArbitrary, { maxLength: 40 }))
  .map(([visits, rows]) => {
    // After-call work in one queue, so that every law holds with it and without it.
    const settings = { ...NO_QUEUE_SETTINGS, wrapUpMs: 15_000 };
    const events: DomainEvent[] = [{ type: 'queue.configured', at: START_AT, queue: 'support', version: 1, settings }];
    const freeAt = new Map<string, number>();
    for (const visit of visits.toSorted((a, b) => a.startMs - b.startMs)) {
      const at = START_AT + Math.max(visit.startMs, freeAt.get(visit.call) ?? 0);
      const leftAt = at + visit.waitMs;
      const endAt = leftAt + visit.talkMs;
      freeAt.set(visit.call, endAt - START_AT + 2);
      const { call, queue, agent } = visit;
      events.push({ type: 'contact.offered', at, call, queue, caller: { number: '13800138000', name: null } });
      if (visit.ringsFirst !== null) {
        const offer = `${call}@${at}`;
        events.push({ type: 'offer.started', at, offer, call, queue, agent: visit.ringsFirst });
        events.push({
          type: 'offer.ended',
          at: leftAt,
          offer,
          call,
          queue,
          agent: visit.ringsFirst,
          outcome: 'noAnswer',
        });
      }
      if (visit.end === 'answered' || visit.end === 'talks') {
        events.push({ type: 'contact.answered', at: leftAt, call, queue, agent, reportedWaitMs: visit.waitMs });
      } else if (visit.end !== 'waits') {
        events.push({ type: 'contact.left', at: leftAt, call, queue, outcome: visit.end, isInferred: false });
      } else freeAt.set(call, Number.MAX_SAFE_INTEGER / 2);
      if (visit.end === 'answered') {
        const endedBy = visit.isTransferred ? 'transfer' : 'caller';
        events.push({ type: 'contact.finished', at: endAt, call, queue, agent, endedBy, reportedTalkMs: visit.talkMs });
      } else if (visit.end === 'talks') freeAt.set(call, Number.MAX_SAFE_INTEGER / 2);
    }
    for (const { startMs, isRemoval, agent, queue, ...row } of rows) {
      const at = START_AT + startMs;
      if (isRemoval) events.push({ type: 'membership.ended', at, agent, queue });
      else events.push({ type: 'membership.changed', at, agent, queue, name: agent, penalty: 0, ...row });
    }
    return events.filter((event) => event.at < START_AT + 86_400_000).sort((a, b) => a.at - b.at);
  });

/**
 * Delivers some events twice, the second time up to a few places later, but within a minute of site time: the fold remembers
 * what has ended for two.
 */
export const withDuplicates = (events: DomainEvent[], delays: readonly number[]): DomainEvent[] => {
  const order = events.flatMap((event, i) => {
    const delay = delays[i % Math.max(1, delays.length)] ?? 0;
    if (delay === 0) return [{ event, place: i }];
    const isSoon = (events[Math.min(i + delay, events.length - 1)]?.at ?? 0) - event.at <= 60_000;
    return [
      { event, place: i },
      { event, place: i + (isSoon ? delay : 0) + 0.5 },
    ];
  });
  return order.sort((a, b) => a.place - b.place).map(({ event }) => event);
};

/** Moves events a few places later than they were. */
export const reordered = (events: DomainEvent[], delays: readonly number[]): DomainEvent[] =>
  events
    .map((event, i) => ({ event, place: i + (delays[i % Math.max(1, delays.length)] ?? 0) }))
    .sort((a, b) => a.place - b.place)
    .map(({ event }) => event);

export const dropped = (events: DomainEvent[], keeps: readonly boolean[]): DomainEvent[] =>
  events.filter((_, i) => keeps[i % Math.max(1, keeps.length)] ?? true);

/** Faults as lists that are laid over the events again and again. */
export const faultsArbitrary = fc.record({
  duplicates: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 7 }),
  delays: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 7 }),
  keeps: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
});

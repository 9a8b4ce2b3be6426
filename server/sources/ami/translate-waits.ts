/**
 * Calls that wait in queues, and what is concluded when the source falls silent about one: a Leave that nothing explains,
 * a hang-up that no queue event followed. A judgement waits until it is due and is dropped when proof comes first.
 */
import type { DomainEvent } from '../../../shared/event.ts';

/** AgentConnect followed its Leave within 17 ms in the worst of 973 cases. */
const BARE_LEAVE_MS = 250;
/** AgentComplete came up to 1.5 s after the hang-up that ended the talk. */
const LOST_END_MS = 3_000;

interface Pending {
  readonly dueAt: number;
  readonly event: DomainEvent;
}

const visitKey = (call: string, queue: string): string => `${call}|${queue}`;

export class Waits {
  readonly #queuesByCall = new Map<string, Set<string>>();
  /** Visits whose Leave is still to come although its reason is known. */
  readonly #explained = new Set<string>();
  /** Each map has one delay, so its oldest entry is due first. */
  readonly #bareLeaves = new Map<string, Pending>();
  readonly #lostEnds = new Map<string, Pending>();

  enter(call: string, queue: string): void {
    // Notes of the visit before say nothing about this one.
    this.#explained.delete(visitKey(call, queue));
    const queues = this.#queuesByCall.get(call);
    if (queues) queues.add(queue);
    else this.#queuesByCall.set(call, new Set([queue]));
  }

  /** The call is no longer in the queue and why is not known yet. */
  leaveUnexplained(call: string, queue: string, at: number): void {
    const key = visitKey(call, queue);
    if (this.#explained.delete(key)) return;
    // Also where the wait began before anybody listened: the core knows the visit from elsewhere or ignores this.
    this.#leave(call, queue);
    const event = { type: 'contact.left', at, call, queue, outcome: 'exitedByKey', isInferred: true } as const;
    this.#bareLeaves.delete(key);
    this.#bareLeaves.set(key, { dueAt: at + BARE_LEAVE_MS, event });
  }

  /** Why the call left is known; with `isLeaveDue`, its Leave is still to come. */
  explain(call: string, queue: string, isLeaveDue: boolean): void {
    this.#leave(call, queue);
    this.#bareLeaves.delete(visitKey(call, queue));
    if (isLeaveDue) this.#explained.add(visitKey(call, queue));
  }

  /** The caller is gone: a queue that does not say so soon never will. */
  callerGone(call: string, at: number): void {
    for (const queue of this.#queuesByCall.get(call) ?? []) {
      const event = { type: 'contact.left', at, call, queue, outcome: 'unknown', isInferred: true } as const;
      this.#lostEnds.delete(visitKey(call, queue));
      this.#lostEnds.set(visitKey(call, queue), { dueAt: at + LOST_END_MS, event });
    }
    this.#queuesByCall.delete(call);
  }

  talkerGone(call: string, queue: string, agent: string, at: number): void {
    const event = {
      type: 'contact.finished',
      at,
      call,
      queue,
      agent,
      endedBy: 'unknown',
      reportedTalkMs: null,
    } as const;
    this.#lostEnds.delete(call);
    this.#lostEnds.set(call, { dueAt: at + LOST_END_MS, event });
  }

  talkEnded(call: string): void {
    this.#lostEnds.delete(call);
  }

  /** A Leave that still waits for its explanation when the same call comes back is explained by nothing else. */
  comesBack(call: string, queue: string, at: number): DomainEvent[] {
    const pending = this.#bareLeaves.get(visitKey(call, queue));
    if (!pending || pending.event.at >= at) return [];
    this.#bareLeaves.delete(visitKey(call, queue));
    return [pending.event];
  }

  /** Judgements that are due, oldest first. */
  due(at: number): DomainEvent[] {
    const events: DomainEvent[] = [];
    for (const judgements of [this.#bareLeaves, this.#lostEnds]) {
      for (const [key, pending] of judgements) {
        if (pending.dueAt > at) break;
        judgements.delete(key);
        events.push(pending.event);
      }
    }
    return events;
  }

  /** Proof was cut off: nothing may be concluded from silence any more. */
  dropJudgements(): void {
    this.#bareLeaves.clear();
    this.#lostEnds.clear();
  }

  clear(): void {
    this.dropJudgements();
    this.#explained.clear();
    this.#queuesByCall.clear();
  }

  #leave(call: string, queue: string): void {
    const queues = this.#queuesByCall.get(call);
    if (queues?.delete(queue) && queues.size === 0) this.#queuesByCall.delete(call);
  }
}

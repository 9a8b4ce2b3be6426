/**
 * Lines of queue_log in, domain events out: Asterisk's words end here. Pure. A visit is told once, when it is over; until then it
 * is open here and nowhere else, so a reader that starts anew reads again from `needsFrom`, in silence up to where it was.
 *
 * A line without its beginning (the log was rotated away) still tells the whole visit: each end states how long it took.
 */
import type { DomainEvent, EventOf } from '../../../shared/event.ts';
import type { LogLine } from './line.ts';

interface OpenVisit {
  readonly queue: string;
  readonly offeredAt: number;
  readonly nth: number;
  readonly callerNumber: string | null;
  /** Null while waiting. */
  readonly agentName: string | null;
  readonly waitMs: number | null;
}

type Outcome = EventOf<'contact.recorded'>['outcome'];
type EndedBy = EventOf<'contact.recorded'>['endedBy'];

/** How a wait ends without an answer, and the column of its seconds. */
const LEAVES: ReadonlyMap<string, readonly [outcome: Outcome, waitColumn: number]> = new Map([
  ['ABANDON', ['abandoned', 2]],
  ['EXITWITHTIMEOUT', ['timedOut', 2]],
  ['EXITEMPTY', ['leftOther', 2]],
  ['WITHDRAW', ['leftOther', 2]],
  ['SYSCOMPAT', ['leftOther', -1]],
  ['EXITWITHKEY', ['exitedByKey', 3]],
] as const);

/** How a talk ends; wait and talk stand before the place in the queue, from the left or at the very end. */
const ENDS: ReadonlyMap<string, readonly [endedBy: EndedBy, waitColumn: number]> = new Map([
  ['COMPLETEAGENT', ['agent', 0]],
  ['COMPLETECALLER', ['caller', 0]],
  ['TRANSFER', ['transfer', -3]],
  ['BLINDTRANSFER', ['transfer', -3]],
  ['ATTENDEDTRANSFER', ['transfer', -3]],
] as const);

/** No call lasts longer: its end is missing in the log. */
const MAX_OPEN_MS = 24 * 60 * 60_000;

export class LogTranslator {
  /** By call, in order of arrival; a call waits in one queue at most, but may wait while an earlier talk of it goes on. */
  readonly #open = new Map<string, OpenVisit[]>();
  /** Arrivals, and no-answers, within the newest second. */
  readonly #nth = new Map<string, number>();
  #second = 0;

  line(line: LogLine): DomainEvent[] {
    if (line.at !== this.#second) this.#nth.clear();
    this.#second = line.at;
    const events = this.#closeOverdue(line.at);
    const leave = LEAVES.get(line.event);
    const end = ENDS.get(line.event);
    if (leave) events.push(this.#left(line, leave[0], secondsAt(line, leave[1])));
    else if (end) events.push(this.#finished(line, end[0], end[1]));
    else if (line.event === 'ENTERQUEUE') events.push(...this.#arrived(line));
    else if (line.event === 'CONNECT') this.#answered(line);
    else if (line.event === 'RINGNOANSWER') events.push(this.#unanswered(line));
    else if (line.event === 'QUEUESTART') events.push(...this.#restarted(line.at));
    return events;
  }

  /** Lines before this instant are not needed to understand those to come. A second is read whole, for the sake of `nth`. */
  needsFrom(at: number): number {
    let from = at;
    for (const visits of this.#open.values()) for (const { offeredAt } of visits) from = Math.min(from, offeredAt);
    return from;
  }

  #arrived({ at, call, queue, data }: LogLine): DomainEvent[] {
    // Still waiting by what was read: its end is missing.
    const lost = this.#take(call, (visit) => visit.agentName === null);
    const nth = this.#count(call);
    const callerNumber = data[1] || null;
    this.#put(call, { queue, offeredAt: at, nth, callerNumber, agentName: null, waitMs: null });
    return lost ? [cutOff(call, lost, at)] : [];
  }

  #answered(line: LogLine): void {
    const { call, queue, agent: agentName } = line;
    const waitMs = secondsAt(line, 0);
    const visit = this.#take(call, (open) => open.queue === queue && open.agentName === null);
    this.#put(call, { ...(visit ?? begunBefore(line, waitMs)), agentName, waitMs });
  }

  #left(line: LogLine, outcome: Outcome, statedMs: number | null): DomainEvent {
    const { at, call, queue } = line;
    const found = this.#take(call, (open) => open.queue === queue && open.agentName === null);
    const visit = found ?? begunBefore(line, statedMs);
    const waitMs = statedMs ?? Math.max(0, at - visit.offeredAt);
    return { ...recordOf(call, visit, at), outcome, waitMs, endedBy: 'unknown' };
  }

  #finished(line: LogLine, endedBy: EndedBy, column: number): DomainEvent {
    const { at, call, queue, agent } = line;
    const waitMs = secondsAt(line, column);
    const talkMs = secondsAt(line, column + 1);
    const visit =
      this.#take(call, (open) => open.queue === queue && open.agentName === agent) ??
      this.#take(call, (open) => open.queue === queue) ??
      begunBefore(line, (waitMs ?? 0) + (talkMs ?? 0));
    return {
      ...recordOf(call, visit, at),
      outcome: 'answered',
      agentName: agent,
      waitMs: visit.waitMs ?? waitMs,
      talkMs,
      endedBy,
    };
  }

  #unanswered(line: LogLine): DomainEvent {
    const { at, call, queue, agent: agentName } = line;
    const nth = this.#count(`${call}|${queue}|${agentName}|no answer`);
    return { type: 'offer.recorded', at, call, queue, agentName, ringMs: Number(line.data[0]), nth };
  }

  /** Who waited when Asterisk went down is gone, and who talked talks no more; nobody knows since when. */
  #restarted(at: number): DomainEvent[] {
    const events: DomainEvent[] = [];
    for (const [call, visits] of this.#open) for (const visit of visits) events.push(cutOff(call, visit, at));
    this.#open.clear();
    return events;
  }

  #closeOverdue(at: number): DomainEvent[] {
    const events: DomainEvent[] = [];
    for (const [call, visits] of this.#open) {
      const overdue = visits.filter(({ offeredAt }) => offeredAt < at - MAX_OPEN_MS);
      // Calls are in order of arrival: the first that is in time ends the search.
      if (overdue.length === 0) break;
      for (const visit of overdue) {
        events.push(cutOff(call, visit, at));
        this.#take(call, (open) => open === visit);
      }
    }
    return events;
  }

  #count(key: string): number {
    const nth = this.#nth.get(key) ?? 0;
    this.#nth.set(key, nth + 1);
    return nth;
  }

  #put(call: string, visit: OpenVisit): void {
    this.#open.set(call, [...(this.#open.get(call) ?? []), visit]);
  }

  #take(call: string, isIt: (visit: OpenVisit) => boolean): OpenVisit | undefined {
    const visits = this.#open.get(call) ?? [];
    const found = visits.find(isIt);
    if (!found) return undefined;
    if (visits.length === 1) this.#open.delete(call);
    else
      this.#open.set(
        call,
        visits.filter((visit) => visit !== found),
      );
    return found;
  }
}

/** A column's whole seconds in milliseconds; a negative one counts from the end. */
function secondsAt({ data }: LogLine, column: number): number | null {
  const value = data.at(column) ?? '';
  return /^\d{1,8}$/.test(value) ? Number(value) * 1_000 : null;
}

const begunBefore = ({ at, queue }: LogLine, lengthMs: number | null): OpenVisit => ({
  queue,
  offeredAt: Math.max(0, at - (lengthMs ?? 0)),
  nth: 0,
  callerNumber: null,
  agentName: null,
  waitMs: null,
});

function recordOf(call: string, visit: OpenVisit, at: number) {
  const { queue, offeredAt, nth, callerNumber } = visit;
  const record = { type: 'contact.recorded', at, call, queue, offeredAt, nth, callerNumber } as const;
  return { ...record, agentName: null, talkMs: null };
}

function cutOff(call: string, visit: OpenVisit, at: number): DomainEvent {
  const { agentName, waitMs } = visit;
  const outcome = agentName === null ? 'unknown' : 'answered';
  return { ...recordOf(call, visit, at), outcome, agentName, waitMs, endedBy: 'unknown' };
}

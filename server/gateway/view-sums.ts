/**
 * What a site says of itself in a view: the live totals of the queues and agents that the view shows. A group of queues
 * is such a view too. Kept row by row, so that a commit costs what it touches.
 *
 * Law: the sums of a view that shows everything are what the site's own row says.
 */
import { agentDayAt } from '../../shared/agent-day.ts';
import type { Row } from '../../shared/delta.ts';
import { type AgentTime, onContactMsOf } from '../../shared/metric.ts';
import type { LIVE } from '../../shared/view.ts';
import { bookedDayOf, freeSinceOf, isSuspect, openStateOf } from './agent-row.ts';
import { maybeNumberIn, numberIn } from './cells.ts';
import { countHead, noHeads } from './heads.ts';
import type { Sight } from './sight.ts';

export type LiveSums = Record<Exclude<(typeof LIVE)[number], 'oldestWaitingSince' | 'freeSince'>, number> &
  Record<'oldestWaitingSince' | 'freeSince', number | null>;

export class ViewSums {
  readonly #sight: Sight;
  readonly #queues = new Map<string, Row>();
  readonly #agents = new Map<string, Row>();
  #heads = noHeads();
  /** Agents that are shown and suspect. */
  #suspects = 0;
  /** How often the queues that are shown count an agent as suspect, shown or not. */
  #countedSuspects = 0;
  /** Undefined: to be looked up. */
  #freeSince: number | null | undefined = null;

  constructor(sight: Sight) {
    this.#sight = sight;
  }

  clear(): void {
    this.#queues.clear();
    this.#agents.clear();
    this.#heads = noHeads();
    this.#suspects = 0;
    this.#countedSuspects = 0;
    this.#freeSince = null;
  }

  /** A queue's full row; undefined: it is gone. */
  setQueue(id: string, row: Row | undefined): void {
    if (row && this.#sight.hasQueue(id)) this.#queues.set(id, row);
    else this.#queues.delete(id);
  }

  /** An agent's full row, shown or not; undefined: it is gone. */
  setAgent(id: string, row: Row | undefined): void {
    const before = this.#agents.get(id);
    if (before) this.#count(before, -1);
    if (row === undefined || !this.#sight.isServedBy(row)) {
      this.#agents.delete(id);
      return;
    }
    this.#agents.set(id, row);
    this.#count(row, 1);
  }

  live(): LiveSums {
    let [waiting, overdue, suspects] = [0, 0, 0];
    let oldestWaitingSince: number | null = null;
    for (const row of this.#queues.values()) {
      waiting += numberIn('queues', row, 'waiting');
      overdue += numberIn('queues', row, 'overdue');
      suspects += numberIn('queues', row, 'suspects');
      oldestWaitingSince = earlier(oldestWaitingSince, maybeNumberIn('queues', row, 'oldestWaitingSince'));
    }
    // A queue counts its suspect agents too; each is one here, however many of the queues it serves.
    suspects = Math.max(0, suspects - this.#countedSuspects) + this.#suspects;
    if (this.#freeSince === undefined) this.#freeSince = this.#earliestFree();
    return { waiting, oldestWaitingSince, overdue, suspects, freeSince: this.#freeSince, ...this.#heads };
  }

  /** Wall-clock time at `at` of everyone who serves the queues, of whatever team: they did the work that is counted there. */
  timeAt(at: number): AgentTime {
    const time = { onContactMs: 0, idleMs: 0 };
    for (const row of this.#agents.values()) {
      const day = agentDayAt(bookedDayOf(row), openStateOf(row), at);
      time.onContactMs += onContactMsOf(day.activityMs);
      time.idleMs += day.availableIdleMs;
    }
    return time;
  }

  #count(agent: Row, by: 1 | -1): void {
    if (isSuspect(agent)) this.#countedSuspects += by * this.#sight.queuesOf(agent);
    if (!this.#sight.hasAgent(agent)) return;
    if (isSuspect(agent)) this.#suspects += by;
    const isFree = this.#sight.isFree(agent);
    countHead(this.#heads, { ...openStateOf(agent), isFree }, by);
    if (!isFree || this.#freeSince === undefined) return;
    const since = freeSinceOf(agent);
    if (by === 1) this.#freeSince = earlier(this.#freeSince, since);
    else if (since === this.#freeSince) this.#freeSince = undefined;
  }

  #earliestFree(): number | null {
    let earliest: number | null = null;
    for (const agent of this.#agents.values())
      if (this.#sight.hasAgent(agent) && this.#sight.isFree(agent)) earliest = earlier(earliest, freeSinceOf(agent));
    return earliest;
  }
}

const earlier = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

/**
 * For tests: what a view shows of a site, said once more without the product's short cuts. Rows as named cells, so that a
 * difference reads like one.
 */
import type { Row } from '../../shared/delta.ts';
import type { View } from '../../shared/policy.ts';
import { ACTIVITIES } from '../../shared/presence.ts';
import { BUCKET_COUNTERS, type Cell, CHANNELS, type Channel, TABLES, type Table } from '../../shared/view.ts';

type Cells = Record<string, Cell>;
type Rows = (table: Table) => ReadonlyMap<string, Row>;
export type Shown = Record<string, Record<string, Cells>>;

export const named = (table: Table, row: Row): Cells =>
  Object.fromEntries(TABLES[table].map((name, c) => [name, row[c] ?? null]));

/** Every table of the channel. `at`: site clock of the newest commit of the counters. */
export function shownOf(rows: Rows, view: View, channel: Channel, at: number): Shown {
  const shown: Shown = {};
  for (const table of CHANNELS[channel] as readonly Table[]) {
    const full = Object.fromEntries(Array.from(rows(table), ([id, row]) => [id, named(table, row)]));
    shown[table] = new Of(rows, view, at).table(table, full);
  }
  return shown;
}

class Of {
  readonly #view: View;
  readonly #queues: (readonly [string, Cells])[];
  readonly #agents: Cells[];
  readonly #at: number;

  constructor(rows: Rows, view: View, at: number) {
    this.#view = view;
    this.#queues = Array.from(rows('queues'), ([id, row]) => [id, named('queues', row)]);
    this.#agents = Array.from(rows('agents').values(), (row) => named('agents', row));
    this.#at = at;
  }

  table(table: Table, full: Record<string, Cells>): Record<string, Cells> {
    const some = (has: (id: string, cells: Cells) => boolean) =>
      Object.fromEntries(Object.entries(full).filter(([id, cells]) => has(id, cells)));
    switch (table) {
      case 'site':
        return Object.fromEntries(Object.entries(full).map(([id, cells]) => [id, { ...cells, ...this.#live() }]));
      case 'queues':
        return some((id) => this.#hasQueue(id));
      case 'agents':
        return Object.fromEntries(
          Object.entries(some((_id, cells) => this.#hasAgent(cells))).map(([id, cells]) => [id, this.#agent(cells)]),
        );
      case 'today':
        return this.#view.queues === null ? full : this.#days(full);
      case 'trend':
      case 'minutes':
        return this.#view.queues === null ? full : this.#buckets(some((_id, { queue }) => this.#hasQueue(queue)));
      default:
        return full;
    }
  }

  #hasQueue(id: Cell | undefined): boolean {
    return this.#view.queues === null || (typeof id === 'string' && this.#view.queues.includes(id));
  }

  #serves = ({ queues }: Cells): boolean =>
    this.#view.queues === null || (queues as string[]).some((queue) => this.#hasQueue(queue));

  #hasAgent = (agent: Cells): boolean =>
    (this.#view.teams === null || this.#view.teams.some((team) => team === agent.team)) && this.#serves(agent);

  #agent(agent: Cells): Cells {
    if (this.#view.queues === null) return agent;
    const isMine = this.#hasQueue(agent.contactQueue);
    return {
      ...agent,
      queues: (agent.queues as string[]).filter((queue) => this.#hasQueue(queue)),
      pausedIn: (agent.pausedIn as string[]).filter((queue) => this.#hasQueue(queue)),
      contactQueue: isMine ? (agent.contactQueue ?? null) : null,
      caller: isMine ? (agent.caller ?? null) : null,
    };
  }

  #isFree = ({ canTakeCall, queues, pausedIn }: Cells): boolean =>
    canTakeCall === true &&
    (this.#view.queues === null ||
      (queues as string[]).some((queue) => this.#hasQueue(queue) && !(pausedIn as string[]).includes(queue)));

  #live(): Cells {
    const queues = this.#queues.filter(([id]) => this.#hasQueue(id)).map(([, cells]) => cells);
    const agents = this.#agents.filter(this.#hasAgent);
    const suspects = agents.filter(({ isSuspect }) => isSuspect === true);
    const inQueues = this.#agents
      .filter(({ isSuspect }) => isSuspect === true)
      .flatMap((agent) => (agent.queues as string[]).filter((queue) => this.#hasQueue(queue)));
    const free = agents.filter(this.#isFree);
    const at = (...activities: Cell[]) => agents.filter(({ activity }) => activities.includes(activity ?? null));
    const isAway = ({ presence }: Cells) => presence !== 'signedOut' && presence !== 'available';
    return {
      waiting: sum(queues, 'waiting'),
      oldestWaitingSince: earliest(queues.map(({ oldestWaitingSince }) => oldestWaitingSince)),
      overdue: sum(queues, 'overdue'),
      suspects: Math.max(0, sum(queues, 'suspects') - inQueues.length) + suspects.length,
      freeSince: earliest(
        free.map(({ activitySince, presenceSince }) => Math.max(Number(activitySince), Number(presenceSince))),
      ),
      signedIn: agents.filter(({ presence }) => presence !== 'signedOut').length,
      free: free.length,
      ringing: at('ringing').length,
      talking: at('talking').length,
      holding: at('holding').length,
      afterCallWork: at('afterCallWork').length,
      internalCalls: at('internalCall').length,
      onBreak: at('idle', 'outbound').filter(isAway).length,
    };
  }

  #days(full: Record<string, Cells>): Record<string, Cells> {
    const mine = Object.fromEntries(Object.entries(full).filter(([id]) => this.#hasQueue(id)));
    if (full[''] === undefined) return mine;
    const total: Cells = {};
    for (const name of TABLES.today) total[name] = sum(Object.values(mine), name);
    total.waitMsMax = Math.max(0, ...Object.values(mine).map(({ waitMsMax }) => Number(waitMsMax)));
    for (const name of ['waitP50Ms', 'waitP80Ms', 'waitP95Ms']) total[name] = null;
    const workers = this.#agents.filter(this.#serves);
    const openMs = ({ countedTo }: Cells) => (countedTo === null ? 0 : Math.max(0, this.#at - Number(countedTo)));
    const contact = ['talking', 'holding', 'afterCallWork'] as const;
    let [onContactMs, idleMs] = [0, 0];
    for (const agent of workers) {
      for (const name of contact) onContactMs += (agent.activityMs as number[])[ACTIVITIES.indexOf(name)] ?? 0;
      if (contact.some((name) => name === agent.activity) && agent.isSuspect !== true) onContactMs += openMs(agent);
      idleMs += Number(agent.availableIdleMs);
      if (agent.presence === 'available' && agent.activity === 'idle') idleMs += openMs(agent);
    }
    total.onContactMs = Math.round(onContactMs / 10_000) * 10_000;
    total.idleMs = Math.round(idleMs / 10_000) * 10_000;
    return { ...mine, '': total };
  }

  #buckets(mine: Record<string, Cells>): Record<string, Cells> {
    const all = { ...mine };
    for (const startAt of new Set(Object.values(mine).map((cells) => cells.startAt ?? null))) {
      const there = Object.values(mine).filter((cells) => cells.startAt === startAt);
      const sums = Object.fromEntries(BUCKET_COUNTERS.map((name) => [name, sum(there, name)]));
      all[`|${startAt}`] = { queue: '', startAt, ...sums };
    }
    return all;
  }
}

const sum = (rows: readonly Cells[], name: string): number => rows.reduce((n, row) => n + Number(row[name] ?? 0), 0);

function earliest(instants: readonly (Cell | undefined)[]): number | null {
  const known = instants.filter((at) => typeof at === 'number');
  return known.length === 0 ? null : Math.min(...known);
}

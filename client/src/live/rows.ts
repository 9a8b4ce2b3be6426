/**
 * Rows of cells as objects with names. A row array is replaced when it changes, so its object is cached by identity and
 * an unchanged row gives the same object: components compare by reference. Odd cells become neutral values, never errors.
 */
import type { ChannelTables, Row } from '../../../shared/delta.ts';
import type { Counters } from '../../../shared/metric.ts';
import {
  ACTIVITIES,
  type Activity,
  type Cell,
  type Column,
  column,
  countersOfRow,
  PRESENCES,
  type Presence,
  type Table,
  TREND_COUNTERS,
} from '../../../shared/view.ts';
import type { SourceProof } from './freshness.ts';

interface Headcount {
  readonly waiting: number;
  readonly oldestWaitingSince: number | null;
  readonly signedIn: number;
  readonly free: number;
  readonly ringing: number;
  readonly talking: number;
  readonly holding: number;
  readonly afterCallWork: number;
  readonly internalCalls: number;
  readonly onBreak: number;
  readonly onContactMs: number;
  readonly idleMs: number;
}

export interface SiteView extends Headcount {
  readonly id: string;
  readonly name: string;
  readonly businessDate: string;
  readonly dayStartAt: number | null;
  readonly dayEndAt: number | null;
  /** IANA name; empty when the server does not say. */
  readonly timeZone: string;
  /** Site clock minus server clock. */
  readonly clockOffsetMs: number;
  readonly today: Counters;
}

export interface QueueView extends Headcount {
  readonly id: string;
  readonly name: string;
  readonly thresholdMs: number;
  readonly waitingPeaks: readonly number[];
  readonly today: Counters;
}

export type TrendCounters = Readonly<Record<(typeof TREND_COUNTERS)[number], number>>;

export interface TrendView {
  readonly queue: string;
  readonly startAt: number;
  readonly counters: TrendCounters;
}

export interface AgentView {
  readonly id: string;
  readonly name: string;
  readonly presence: Presence;
  readonly presenceReason: string;
  readonly presenceSince: number | null;
  readonly activity: Activity;
  readonly activitySince: number | null;
  readonly canTakeCall: boolean;
  readonly queues: readonly string[];
  readonly pausedIn: readonly string[];
  readonly contactQueue: string | null;
  readonly caller: string | null;
  readonly answered: number;
  readonly talkMsSum: number;
  readonly ringNoAnswer: number;
}

const num = (cell: Cell | undefined): number => (typeof cell === 'number' && Number.isFinite(cell) ? cell : 0);
const instant = (cell: Cell | undefined): number | null =>
  typeof cell === 'number' && Number.isFinite(cell) ? cell : null;
const text = (cell: Cell | undefined): string =>
  typeof cell === 'string' ? cell : typeof cell === 'number' ? String(cell) : '';
const textOrNull = (cell: Cell | undefined): string | null => text(cell) || null;
const list = (cell: Cell | undefined): readonly (string | number)[] => (Array.isArray(cell) ? cell : []);
const oneOf = <T extends string>(known: readonly T[], cell: Cell | undefined, otherwise: T): T =>
  known.includes(cell as T) ? (cell as T) : otherwise;

/** Reads cells of a row by column name. */
const reader =
  <T extends Table>(table: T, row: Row) =>
  (name: Column<T>): Cell | undefined =>
    row[column(table, name)];

function cached<V>(read: (id: string, row: Row) => V): (id: string, row: Row) => V {
  const views = new WeakMap<Row, V>();
  return (id, row) => {
    let view = views.get(row);
    if (view === undefined) {
      view = read(id, row);
      views.set(row, view);
    }
    return view;
  };
}

function headcount(table: 'site' | 'queues', row: Row): Headcount {
  const cell = reader(table, row);
  return {
    waiting: num(cell('waiting')),
    oldestWaitingSince: instant(cell('oldestWaitingSince')),
    signedIn: num(cell('signedIn')),
    free: num(cell('free')),
    ringing: num(cell('ringing')),
    talking: num(cell('talking')),
    holding: num(cell('holding')),
    afterCallWork: num(cell('afterCallWork')),
    internalCalls: num(cell('internalCalls')),
    onBreak: num(cell('onBreak')),
    onContactMs: num(cell('onContactMs')),
    idleMs: num(cell('idleMs')),
  };
}

export const siteView = cached((id, row): SiteView => {
  const cell = reader('site', row);
  return {
    id,
    name: text(cell('name')) || id,
    businessDate: text(cell('businessDate')),
    dayStartAt: instant(cell('dayStartAt')),
    dayEndAt: instant(cell('dayEndAt')),
    timeZone: text(cell('timeZone')),
    clockOffsetMs: num(cell('clockOffsetMs')),
    ...headcount('site', row),
    today: countersOfRow('site', row),
  };
});

/** The one row of the table `site`; null before the board's first snapshot. */
export function siteOf(tables: ChannelTables | undefined): SiteView | null {
  const [entry] = tables?.site?.entries() ?? [];
  return entry ? siteView(...entry) : null;
}

export const queueView = cached((id, row): QueueView => {
  const cell = reader('queues', row);
  return {
    id,
    name: text(cell('name')) || id,
    thresholdMs: num(cell('thresholdMs')),
    waitingPeaks: list(cell('waitingPeaks')).map((value) => num(value)),
    ...headcount('queues', row),
    today: countersOfRow('queues', row),
  };
});

export const sourceProof = cached((id, row): SourceProof => {
  const cell = reader('sources', row);
  return {
    id,
    state: text(cell('state')),
    aliveAt: instant(cell('aliveAt')),
    lostAt: instant(cell('lostAt')),
    cause: textOrNull(cell('cause')),
  };
});

export const trendView = cached((_id, row): TrendView => {
  const cell = reader('trend', row);
  const counters = {} as Record<(typeof TREND_COUNTERS)[number], number>;
  for (const name of TREND_COUNTERS) counters[name] = num(cell(name));
  return { queue: text(cell('queue')), startAt: num(cell('startAt')), counters };
});

export const agentView = cached((id, row): AgentView => {
  const cell = reader('agents', row);
  return {
    id,
    name: text(cell('name')) || id,
    presence: oneOf(PRESENCES, cell('presence'), 'signedOut'),
    presenceReason: text(cell('presenceReason')),
    presenceSince: instant(cell('presenceSince')),
    activity: oneOf(ACTIVITIES, cell('activity'), 'idle'),
    activitySince: instant(cell('activitySince')),
    canTakeCall: cell('canTakeCall') === true,
    queues: list(cell('queues')).map((id) => String(id)),
    pausedIn: list(cell('pausedIn')).map((id) => String(id)),
    contactQueue: textOrNull(cell('contactQueue')),
    caller: textOrNull(cell('caller')),
    answered: num(cell('answered')),
    talkMsSum: num(cell('talkMsSum')),
    ringNoAnswer: num(cell('ringNoAnswer')),
  };
});

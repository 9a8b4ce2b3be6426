/**
 * Rows of cells as objects with names. A row array is replaced when it changes, so its object is cached by identity and
 * an unchanged row gives the same object: components compare by reference. Odd cells become neutral values, never errors.
 */
import type { ChannelTables, Row } from '../../../shared/delta.ts';
import {
  type AgentDay,
  type Counters,
  DEFAULT_SERVICE_LEVEL,
  DEFAULT_TARGET_RATIO,
  SERVICE_LEVELS,
  type ServiceLevel,
} from '../../../shared/metric.ts';
import { ACTIVITIES, type Activity, PRESENCES, type Presence } from '../../../shared/presence.ts';
import { type Cell, type Column, column, countersOfRow, HEADCOUNT, type Table } from '../../../shared/view.ts';
import type { SourceProof } from './freshness.ts';

/** What is so now, of a queue or of the whole site. */
interface LiveView extends Readonly<Record<(typeof HEADCOUNT)[number], number>> {
  readonly waiting: number;
  readonly oldestWaitingSince: number | null;
  /** Waiting beyond their threshold. */
  readonly overdue: number;
  readonly suspects: number;
  /** Since when the agent who has been free longest is free. */
  readonly freeSince: number | null;
}

export interface SiteView extends LiveView {
  readonly id: string;
  readonly name: string;
  readonly businessDate: string;
  readonly dayStartAt: number | null;
  readonly dayEndAt: number | null;
  /** IANA name; empty when the server does not say. */
  readonly timeZone: string;
  /** Site clock minus server clock. */
  readonly clockOffsetMs: number;
}

export interface QueueView extends LiveView {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  /** Place on the screens; queues without one follow by name. */
  readonly order: number | null;
  /** `#rrggbb`. */
  readonly colour: string | null;
  readonly thresholdMs: number;
  readonly serviceLevel: ServiceLevel;
  readonly targetRatio: number;
  /** Who feeds it. */
  readonly sources: readonly string[];
  readonly waitingPeaks: readonly number[];
}

/** The business day of a queue or of the site. */
export interface DayView {
  readonly counters: Counters;
  readonly onContactMs: number;
  readonly idleMs: number;
  readonly waitP50Ms: number | null;
  readonly waitP80Ms: number | null;
  readonly waitP95Ms: number | null;
}

/** A time without proof of life from a source. */
export interface GapView {
  readonly source: string;
  readonly startAt: number;
  /** Null while it lasts. */
  readonly endAt: number | null;
  /** The PBX's own log has told what happened. */
  readonly isFilled: boolean;
}

export interface AgentView {
  readonly id: string;
  readonly name: string;
  readonly team: string | null;
  readonly presence: Presence;
  readonly presenceReason: string;
  readonly presenceSince: number | null;
  readonly activity: Activity;
  readonly activitySince: number | null;
  readonly canTakeCall: boolean;
  readonly isSuspect: boolean;
  readonly queues: readonly string[];
  readonly pausedIn: readonly string[];
  readonly contactQueue: string | null;
  readonly caller: string | null;
  readonly answered: number;
  readonly ringNoAnswer: number;
  /** Up to `countedTo`; what came after it is the open state (see `agentDayAt`). */
  readonly day: AgentDay;
  readonly countedTo: number | null;
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

function liveView(table: 'site' | 'queues', row: Row): LiveView {
  const cell = reader(table, row);
  const heads = {} as Record<(typeof HEADCOUNT)[number], number>;
  for (const name of HEADCOUNT) heads[name] = num(cell(name));
  return {
    waiting: num(cell('waiting')),
    oldestWaitingSince: instant(cell('oldestWaitingSince')),
    overdue: num(cell('overdue')),
    suspects: num(cell('suspects')),
    freeSince: instant(cell('freeSince')),
    ...heads,
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
    ...liveView('site', row),
  };
});

/** The one row of the table `site`; null before the board's first snapshot. */
export function siteOf(tables: ChannelTables | undefined): SiteView | null {
  const [entry] = tables?.site?.entries() ?? [];
  return entry ? siteView(...entry) : null;
}

const VARIANTS = Object.keys(SERVICE_LEVELS) as ServiceLevel[];

export const queueView = cached((id, row): QueueView => {
  const cell = reader('queues', row);
  const colour = text(cell('colour'));
  return {
    id,
    name: text(cell('name')) || id,
    group: textOrNull(cell('group')),
    order: instant(cell('order')),
    colour: /^#[0-9a-f]{6}$/i.test(colour) ? colour : null,
    thresholdMs: num(cell('thresholdMs')),
    serviceLevel: oneOf(VARIANTS, cell('serviceLevel'), DEFAULT_SERVICE_LEVEL),
    targetRatio: num(cell('targetRatio')) || DEFAULT_TARGET_RATIO,
    sources: list(cell('sources')).map(String),
    waitingPeaks: list(cell('waitingPeaks')).map((value) => num(value)),
    ...liveView('queues', row),
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

export const dayView = cached((_id, row): DayView => {
  const cell = reader('today', row);
  return {
    counters: countersOfRow(row),
    onContactMs: num(cell('onContactMs')),
    idleMs: num(cell('idleMs')),
    waitP50Ms: instant(cell('waitP50Ms')),
    waitP80Ms: instant(cell('waitP80Ms')),
    waitP95Ms: instant(cell('waitP95Ms')),
  };
});

export const gapView = cached((_id, row): GapView => {
  const cell = reader('gaps', row);
  return {
    source: text(cell('source')),
    startAt: num(cell('startAt')),
    endAt: instant(cell('endAt')),
    isFilled: cell('isFilled') === true,
  };
});

export const agentView = cached((id, row): AgentView => {
  const cell = reader('agents', row);
  return {
    id,
    name: text(cell('name')) || id,
    team: textOrNull(cell('team')),
    presence: oneOf(PRESENCES, cell('presence'), 'signedOut'),
    presenceReason: text(cell('presenceReason')),
    presenceSince: instant(cell('presenceSince')),
    activity: oneOf(ACTIVITIES, cell('activity'), 'idle'),
    activitySince: instant(cell('activitySince')),
    canTakeCall: cell('canTakeCall') === true,
    isSuspect: cell('isSuspect') === true,
    queues: list(cell('queues')).map(String),
    pausedIn: list(cell('pausedIn')).map(String),
    contactQueue: textOrNull(cell('contactQueue')),
    caller: textOrNull(cell('caller')),
    answered: num(cell('answered')),
    ringNoAnswer: num(cell('ringNoAnswer')),
    day: {
      presenceMs: list(cell('presenceMs')).map((value) => num(value)),
      activityMs: list(cell('activityMs')).map((value) => num(value)),
      availableIdleMs: num(cell('availableIdleMs')),
      handled: num(cell('handled')),
      talkMsSum: num(cell('talkMsSum')),
      acwMsSum: num(cell('acwMsSum')),
    },
    countedTo: instant(cell('countedTo')),
  };
});

/**
 * What a channel shows, as tables of plain cells. Column order is the wire format: frames name columns by index, so
 * any change here bumps PROTOCOL_VERSION (a test pins it).
 */
import { COUNTERS, type Counter, type Counters } from './metric.ts';

export type Cell = string | number | boolean | null | readonly (number | string)[];

export const PRESENCES = ['signedOut', 'available', 'onBreak', 'meal', 'training', 'meeting', 'float'] as const;
export type Presence = (typeof PRESENCES)[number];

export const ACTIVITIES = [
  'idle',
  'ringing',
  'talking',
  'holding',
  'afterCallWork',
  'internalCall',
  'outbound',
] as const;
export type Activity = (typeof ACTIVITIES)[number];

/** How many agents are in which state; the same columns serve a queue and the whole site. */
export const HEADCOUNT = [
  'signedIn',
  'free',
  'ringing',
  'talking',
  'holding',
  'afterCallWork',
  'internalCalls',
  'onBreak',
] as const;
const LIVE = ['waiting', 'oldestWaitingSince', ...HEADCOUNT, 'onContactMs', 'idleMs'] as const;

/** Quarter-hour columns of the trend table: what a chart or a "last half hour" figure needs, no more. */
export const TREND_COUNTERS = [
  'offered',
  'answered',
  'abandoned',
  'shortAbandoned',
  'answeredInThreshold',
  'abandonedInThreshold',
  'waitMsSum',
] as const satisfies readonly Counter[];

/**
 * Tables by name. Rows are keyed by an id that is not a column.
 * - `site`: one row, id = site id. `clockOffsetMs`: site clock minus server clock, to a tenth of a second. `timeZone`: IANA name.
 * - `queues`: id = queue id. `waitingPeaks`: deepest queue in each of the last 60 closed minutes, oldest first.
 * - `sources`: `aliveAt`, `lostAt` are server wall-clock instants, not site time.
 * - `trend`: id = `${queue}|${intervalStart}`, queue `*` is the site.
 * - `agents`: `presenceSince`, `activitySince` are instants; `contactQueue` and `caller` (masked) of the open contact.
 */
export const TABLES = {
  site: ['name', 'businessDate', 'dayStartAt', 'dayEndAt', 'timeZone', 'clockOffsetMs', ...LIVE, ...COUNTERS],
  queues: ['name', 'thresholdMs', 'waitingPeaks', ...LIVE, ...COUNTERS],
  sources: ['state', 'aliveAt', 'syncedAt', 'lostAt', 'cause', 'anomalies'],
  trend: ['queue', 'startAt', ...TREND_COUNTERS],
  agents: [
    'name',
    'presence',
    'presenceReason',
    'presenceSince',
    'activity',
    'activitySince',
    'canTakeCall',
    'queues',
    'pausedIn',
    'contactQueue',
    'caller',
    'answered',
    'talkMsSum',
    'ringNoAnswer',
  ],
} as const;

export type Table = keyof typeof TABLES;
export type Column<T extends Table> = (typeof TABLES)[T][number];

/** Tables a channel carries. Channels are the permission unit (D6): who may join sees all of it. */
export const CHANNELS = {
  board: ['site', 'queues', 'sources', 'trend'],
  agents: ['agents'],
} as const satisfies Record<string, readonly Table[]>;

export type Channel = keyof typeof CHANNELS;
export const channelNames = Object.keys(CHANNELS) as Channel[];

const columnIndex = new Map<Table, Map<string, number>>(
  (Object.keys(TABLES) as Table[]).map((table) => [table, new Map(TABLES[table].map((name, index) => [name, index]))]),
);

/** Index of a column in its table's rows. */
export function column<T extends Table>(table: T, name: Column<T>): number {
  const index = columnIndex.get(table)?.get(name);
  if (index === undefined) throw new RangeError(`no column ${name} in ${table}`);
  return index;
}

/** Counters of a `queues` or `site` row as an object again. */
export function countersOfRow(table: 'queues' | 'site', row: readonly Cell[]): Counters {
  const start = column(table, 'offered');
  const counters = {} as Counters;
  for (const [offset, name] of COUNTERS.entries()) counters[name] = Number(row[start + offset] ?? 0);
  return counters;
}

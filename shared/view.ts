/**
 * What a channel shows, as tables of plain cells. Column order is the wire format: frames name columns by index, so
 * any change here bumps PROTOCOL_VERSION (a test pins it).
 */
import { COUNTERS, type Counter, type Counters, zeroCounters } from './metric.ts';

export type Cell = string | number | boolean | null | readonly (number | string)[];

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
/**
 * `freeSince`: since when the agent who has been free longest is free. `overdue`: waiting beyond their threshold.
 * `suspects`: waiting or talking beyond belief, until the source's
 * next picture shows whether they are real.
 */
export const LIVE = ['waiting', 'oldestWaitingSince', 'overdue', 'suspects', 'freeSince', ...HEADCOUNT] as const;

/** Counters of a quarter hour or a minute: what a chart, a rolling window and every service level need. */
export const BUCKET_COUNTERS = [
  'offered',
  'answered',
  'abandoned',
  'shortAbandoned',
  'answeredInThreshold',
  'abandonedInThreshold',
  'undecided',
  'waitUnseen',
  'waitMsSum',
  'handled',
  'talkMsSum',
  'acwMsSum',
] as const satisfies readonly Counter[];

/** Stands for the whole site where a queue id would be; no queue can have it. A call counts once there. */
export const SITE_ROW = '';

/**
 * Tables by name. Rows are keyed by an id that is not a column.
 * - `site`: one row, id = site id. `clockOffsetMs`: site clock minus server clock, to a tenth of a second. `timeZone`: IANA name.
 * - `queues`: id = queue id. `serviceLevel` and `targetRatio` are those of the band in force. `waitingPeaks`: deepest queue
 *   in each of the last 60 closed minutes, oldest first. `sources`: who feeds it.
 * - `sources`: `aliveAt`, `lostAt` are server wall-clock instants, not site time. `clockOffsetMs`: its clock minus the server's.
 * - `today`: id = queue id or SITE_ROW. Percentiles of the waits of answered contacts, to 1 %; null without any.
 * - `trend`: id = `${queue}|${intervalStart}`, quarter hours of the business day. `minutes`: the same for the last 60 minutes.
 * - `gaps`: id = `${source}|${startAt}`, site time; `endAt` null while it lasts; `isFilled` once the PBX's own log has closed it.
 * - `agents`: `presenceSince`, `activitySince` are instants; `contactQueue` and `caller` (masked) of the open contact.
 *   `presenceMs`, `activityMs` in the order of PRESENCES and ACTIVITIES, up to `countedTo`; what came after it is the open state.
 * - `anomalies`: id = kind. `corrections`: id = running number; the newest 200.
 */
export const TABLES = {
  site: ['name', 'businessDate', 'dayStartAt', 'dayEndAt', 'timeZone', 'clockOffsetMs', ...LIVE],
  queues: [
    'name',
    'group',
    'order',
    'colour',
    'thresholdMs',
    'shortAbandonMs',
    'serviceLevel',
    'targetRatio',
    'sources',
    'waitingPeaks',
    ...LIVE,
  ],
  sources: ['state', 'aliveAt', 'syncedAt', 'lostAt', 'cause', 'clockOffsetMs'],
  today: [...COUNTERS, 'onContactMs', 'idleMs', 'waitP50Ms', 'waitP80Ms', 'waitP95Ms'],
  trend: ['queue', 'startAt', ...BUCKET_COUNTERS],
  minutes: ['queue', 'startAt', ...BUCKET_COUNTERS],
  gaps: ['source', 'startAt', 'endAt', 'cause', 'isFilled'],
  agents: [
    'name',
    'team',
    'presence',
    'presenceReason',
    'presenceSince',
    'activity',
    'activitySince',
    'canTakeCall',
    'isSuspect',
    'queues',
    'pausedIn',
    'contactQueue',
    'caller',
    'answered',
    'handled',
    'talkMsSum',
    'holdMsSum',
    'acwMsSum',
    'ringNoAnswer',
    'presenceMs',
    'activityMs',
    'availableIdleMs',
    'countedTo',
  ],
  anomalies: ['today', 'total', 'newestAt'],
  corrections: ['at', 'kind', 'subject', 'before', 'after'],
} as const;

export type Table = keyof typeof TABLES;
export type Column<T extends Table> = (typeof TABLES)[T][number];

/**
 * Tables a channel carries. Channels are the permission unit (D6): who may join sees all of it. `board` is what moves with
 * every call, `counts` what adds up, so that each has a pace of its own.
 */
export const CHANNELS = {
  board: ['site', 'queues', 'sources'],
  counts: ['today', 'trend', 'minutes', 'gaps'],
  agents: ['agents'],
  integrity: ['anomalies', 'corrections'],
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

/** Counters of a `today` row as an object again. */
export function countersOfRow(row: readonly Cell[]): Counters {
  const start = column('today', 'offered');
  const counters = {} as Counters;
  for (const [offset, name] of COUNTERS.entries()) counters[name] = Number(row[start + offset] ?? 0);
  return counters;
}

/** Counters of a `trend` or `minutes` row; what those do not carry is zero. */
export function bucketOfRow(row: readonly Cell[]): Counters {
  const start = column('trend', 'offered');
  const counters = zeroCounters();
  for (const [offset, name] of BUCKET_COUNTERS.entries()) counters[name] = Number(row[start + offset] ?? 0);
  return counters;
}

/**
 * The only place that knows channels, tables and columns: what of a row must equal the oracle, what of two copies must be
 * the same, and where a screen shows the newest mark.
 */
import type { ChannelTables, Row } from '../shared/delta.ts';
import { COUNTERS } from '../shared/metric.ts';
import {
  type Cell,
  CHANNELS,
  type Channel,
  type Column,
  channelNames,
  column,
  HEADCOUNT,
  SITE_ROW,
  type Table,
} from '../shared/view.ts';
import { MARK_AGENT, MARK_QUEUE } from './pbx.ts';
import { TOLD_CLASSES, type Told } from './tally.ts';

/** Live rows of every table, by id. */
export type Rows = { readonly [T in Table]?: ReadonlyMap<string, Row> };

export const EVERY_CHANNEL: readonly Channel[] = channelNames;

/** Table whose rows by queue hold the counters of the day. */
const COUNTS_TABLE = 'today';

/** Columns that follow from the PBX's events alone, whoever hears them and when. */
const FROM_EVENTS = {
  queues: ['waiting', ...HEADCOUNT],
  today: COUNTERS,
  agents: [
    'name',
    'presence',
    'presenceReason',
    'activity',
    'canTakeCall',
    'queues',
    'pausedIn',
    'contactQueue',
    'answered',
    'handled',
    'talkMsSum',
    'ringNoAnswer',
  ],
} as const satisfies { readonly [T in Table]?: readonly Column<T>[] };

const DURATION = /Ms(Sum|Max)$/;
/** The PBX's log does not know holds. */
const ONLY_LIVE: ReadonlySet<string> = new Set(['holdMsSum']);

export function rowsOf(channel: Channel, tables: ChannelTables): Rows {
  const rows: { [T in Table]?: Map<string, Row> } = {};
  for (const table of CHANNELS[channel]) rows[table] = new Map(tables[table]?.entries() ?? []);
  return rows;
}

/** What the screen shows of the newest mark; null before the first. */
export function markOf(rows: Rows): string | null {
  const row = rows.agents?.get(MARK_AGENT);
  return row === undefined ? null : (row[column('agents', 'presenceReason')] as string);
}

export interface Difference {
  readonly table: string;
  readonly id: string;
  readonly column: string;
  readonly is: Cell | undefined;
  readonly wanted: Cell | undefined;
}

export const describe = ({ table, id, column: name, is, wanted }: Difference): string =>
  `${table} ${id} ${name}: ${JSON.stringify(is)}, wanted ${JSON.stringify(wanted)}`;

/** Of what the screens show from what follows from the events, to the millisecond. `isAllHeard`: no event was told in vain. */
export function fromOracle(shown: Rows, wanted: Rows, isAllHeard: boolean): Difference[] {
  const found: Difference[] = [];
  for (const table of Object.keys(FROM_EVENTS) as (keyof typeof FROM_EVENTS)[]) {
    const ids = new Set([...(wanted[table]?.keys() ?? []), ...(shown[table]?.keys() ?? [])]);
    for (const id of ids) {
      for (const name of FROM_EVENTS[table]) {
        if (!isAllHeard && ONLY_LIVE.has(name)) continue;
        const at = column(table, name as never);
        const is = shown[table]?.get(id)?.[at];
        const should = wanted[table]?.get(id)?.[at];
        if (!isSame(is, should)) found.push({ table, id, column: name, is, wanted: should });
      }
    }
  }
  return found;
}

/** Of the counters from the PBX's own account. */
export function fromTold(shown: Rows, told: Told): Difference[] {
  const found: Difference[] = [];
  for (const [queue, counts] of told) {
    for (const name of TOLD_CLASSES) {
      const is = shown[COUNTS_TABLE]?.get(queue)?.[column(COUNTS_TABLE, name as never)];
      if (is !== counts[name]) found.push({ table: COUNTS_TABLE, id: queue, column: name, is, wanted: counts[name] });
    }
  }
  return found;
}

/** Events that are missing and events that were counted too often, over all differences of counters. */
export function lostAndDouble(differences: readonly Difference[]): { lost: number; double: number } {
  let lost = 0;
  let double = 0;
  const seen = new Set<string>();
  for (const { table, id, column: name, is, wanted } of differences) {
    // The site counts what its queues count already.
    if (
      table !== COUNTS_TABLE ||
      id === SITE_ROW ||
      DURATION.test(name) ||
      !(COUNTERS as readonly string[]).includes(name)
    )
      continue;
    const key = `${id}|${name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const more = Number(is ?? 0) - Number(wanted ?? 0);
    if (more < 0) lost -= more;
    else double += more;
  }
  return { lost, double };
}

/** Every cell of two copies of a channel. */
export function betweenCopies(a: Rows, b: Rows): Difference[] {
  const found: Difference[] = [];
  for (const table of Object.keys({ ...a, ...b }) as Table[]) {
    const ids = new Set([...(a[table]?.keys() ?? []), ...(b[table]?.keys() ?? [])]);
    for (const id of ids) {
      const [one, other] = [a[table]?.get(id), b[table]?.get(id)];
      if (JSON.stringify(one) === JSON.stringify(other)) continue;
      found.push({ table, id, column: '*', is: JSON.stringify(one), wanted: JSON.stringify(other) });
    }
  }
  return found;
}

/** Counters of the day as the API gives them, from what a screen shows. */
export function fromApi(queues: readonly { id: string; today: object }[], shown: Rows): Difference[] {
  const found: Difference[] = [];
  for (const { id, today } of queues) {
    if (id === MARK_QUEUE) continue;
    for (const name of COUNTERS) {
      const is = (today as Record<string, Cell>)[name];
      const wanted = shown[COUNTS_TABLE]?.get(id)?.[column(COUNTS_TABLE, name as never)];
      if (is !== wanted) found.push({ table: 'api', id, column: name, is, wanted });
    }
  }
  return found;
}

/** Lists are sets here: who reconnects hears of an agent's queues in another order. */
function isSame(a: Cell | undefined, b: Cell | undefined): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && String([...a].sort()) === String([...b].sort()));
}

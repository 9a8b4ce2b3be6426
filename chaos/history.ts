/** What PostgreSQL must hold at rest: the day on the screens, and every contact as the oracle has ended it. */
import type { Sql } from '../server/db/sql.ts';
import type { FactOf } from '../shared/fact.ts';
import { COUNTERS } from '../shared/metric.ts';
import { type Cell, column, SITE_ROW } from '../shared/view.ts';
import { MARK_QUEUE } from './pbx.ts';
import type { Difference, Rows } from './tables.ts';

export type ContactFact = FactOf<'contact'>;

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const SUMS = COUNTERS.map((name) => `${name === 'waitMsMax' ? 'max' : 'sum'}(${snakeCase(name)})::bigint AS "${name}"`);
const INTERVALS = `SELECT coalesce(queue, '${SITE_ROW}') AS id, ${SUMS.join(', ')} FROM intervals GROUP BY queue`;

/** Columns of a contact that follow from what was told, whoever heard it first. */
const TOLD = [
  'call',
  'queue',
  'agent',
  'offeredAt',
  'answeredAt',
  'endedAt',
  'outcome',
  'waitMs',
  'talkMs',
  'holdMs',
  'acwMs',
  'isTransferred',
] as const satisfies readonly (keyof ContactFact)[];
const INSTANTS: ReadonlySet<string> = new Set(['offeredAt', 'answeredAt', 'endedAt']);
const CONTACTS = `SELECT id, ${TOLD.map((name) =>
  INSTANTS.has(name)
    ? `round(extract(epoch FROM ${snakeCase(name)}) * 1000)::bigint AS "${name}"`
    : `${snakeCase(name)} AS "${name}"`,
).join(', ')} FROM contacts`;
const REJECTED = 'SELECT reason, count(*) AS n FROM rejected_facts GROUP BY reason';

type Stored = { readonly id: string } & Readonly<Record<string, Cell>>;

/** Of history from the screens' counters of the day, which are all within it. */
export async function fromIntervals(sql: Sql, shown: Rows): Promise<Difference[]> {
  const stored = new Map((await sql.query<Stored>(INTERVALS)).map((row) => [row.id, row]));
  const found: Difference[] = [];
  for (const [id, row] of shown.today ?? []) {
    if (id === MARK_QUEUE) continue;
    for (const name of COUNTERS) {
      const is = stored.get(id)?.[name] ?? 0;
      const wanted = row[column('today', name)];
      if (is !== wanted) found.push({ table: 'intervals', id, column: name, is, wanted });
    }
  }
  return found;
}

/** Of the contacts in history from those that are over, both ways. */
export async function fromContacts(sql: Sql, over: ReadonlyMap<string, ContactFact>): Promise<Difference[]> {
  const stored = Map.groupBy(await sql.query<Stored>(CONTACTS), ({ id }) => visitOf(id));
  const told = Map.groupBy(over.values(), ({ id }) => visitOf(id));
  const found: Difference[] = [];
  for (const id of new Set([...told.keys(), ...stored.keys()])) {
    const [rows = [], facts = []] = [stored.get(id), told.get(id)];
    if (rows.length !== 1 || facts.length !== 1)
      found.push({ table: 'contacts', id, column: 'rows', is: rows.length, wanted: facts.length });
    for (const name of TOLD) {
      const [is, wanted] = [rows[0]?.[name], facts[0]?.[name]];
      if (is !== wanted) found.push({ table: 'contacts', id, column: name, is, wanted });
    }
  }
  return found;
}

/** When it was opened, the last part, is the log's second or the event's: whichever came first. */
const visitOf = (id: string): string => id.slice(0, id.lastIndexOf('|'));

/** What history could not take; nothing ever should be. */
export async function rejected(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ reason: string; n: number }>(REJECTED);
  return rows.map(({ reason, n }) => `history rejected ${n} facts: ${reason}`);
}

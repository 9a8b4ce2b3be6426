/**
 * Writes facts as rows: one statement per table and batch. A row is replaced only by a newer stream entry, so the same
 * entries may come again, from anywhere, in any order of batches.
 */
import type { Fact } from '../../shared/fact.ts';
import type { Sql } from '../db/sql.ts';
import { TABLES, type TableOf } from './tables.ts';

/** Stream entry that told the fact: its two halves, and which of its facts. */
export interface Told<F extends Fact = Fact> {
  readonly fact: F;
  readonly entryMs: number;
  readonly entrySeq: number;
  readonly position: number;
}

/** Rows that were written, which is fewer than facts where newer ones were there already. */
export async function upsertFacts(sql: Sql, site: string, told: readonly Told[]): Promise<number> {
  let rows = 0;
  for (const type of Object.keys(TABLES) as Fact['type'][]) {
    const ofType = told.filter(({ fact }) => fact.type === type);
    if (ofType.length > 0) rows += await upsertInto(sql, site, TABLES[type] as unknown as TableOf<Fact>, ofType);
  }
  return rows;
}

async function upsertInto(sql: Sql, site: string, table: TableOf<Fact>, told: readonly Told[]): Promise<number> {
  const newest = newestOf(table, told);
  const columns = table.columns.map((column) => newest.map(({ fact }) => column.of(fact)));
  const versions = [newest.map(({ entryMs }) => entryMs), newest.map(({ entrySeq }) => entrySeq)];
  const [answer] = await sql.query<{ rows: number }>(statementOf(table), [site, ...columns, ...versions]);
  return answer?.rows ?? 0;
}

/** One statement may touch a row once: of facts with one key the last one told counts. */
function newestOf(table: TableOf<Fact>, told: readonly Told[]): Told[] {
  const keys = table.columns.filter(({ name }) => table.key.includes(name));
  const newest = new Map<string, Told>();
  for (const one of told) newest.set(JSON.stringify(keys.map((column) => column.of(one.fact))), one);
  return [...newest.values()];
}

const statements = new Map<string, string>();

function statementOf(table: TableOf<Fact>): string {
  const known = statements.get(table.name);
  if (known !== undefined) return known;
  const names = [...table.columns.map(({ name }) => name), 'entry_ms', 'entry_seq'];
  const types = [...table.columns.map(({ type }) => type), 'bigint', 'bigint'];
  const arrays = types.map((type, i) => `$${i + 2}::${type === 'instant' ? 'bigint' : type}[]`);
  const values = names.map((name, i) =>
    types[i] === 'instant' ? `to_timestamp(u."${name}" / 1000.0)` : `u."${name}"`,
  );
  const quoted = names.map((name) => `"${name}"`);
  const changes = quoted
    .filter((_, i) => !table.key.includes(names[i] as string))
    .map((name) => `${name} = excluded.${name}`);
  const statement = `
    WITH written AS (
      INSERT INTO ${table.name} (site, ${quoted.join(', ')})
      SELECT $1, ${values.join(', ')} FROM unnest(${arrays.join(', ')}) AS u (${quoted.join(', ')})
      ON CONFLICT (site, ${table.key.map((name) => `"${name}"`).join(', ')}) DO UPDATE SET ${changes.join(', ')}
      WHERE (${table.name}.entry_ms, ${table.name}.entry_seq) < (excluded.entry_ms, excluded.entry_seq)
      RETURNING 1)
    SELECT count(*)::int AS rows FROM written`;
  statements.set(table.name, statement);
  return statement;
}

/**
 * Tables whose rows keep their index, and what changed in them between two revisions of a channel.
 *
 * A row keeps its index for as long as it lives; a deleted row leaves a hole that is never reused before the view is
 * rewritten, so an index always means one row. How a change travels is told in shared/frame.ts.
 */
import { type Cell, CHANNELS, type Channel, type Table } from './view.ts';

export type Row = readonly Cell[];

export interface TableDelta {
  readonly add: readonly (readonly [index: number, id: string, row: Row])[];
  readonly set: readonly (readonly [index: number, before: Row, after: Row])[];
  /** Indexes of rows that are gone. */
  readonly del: readonly number[];
}

export type TablesDelta = { readonly [T in Table]?: TableDelta };

/** One table with stable row indexes. */
export class IndexedTable {
  readonly ids: (string | null)[] = [];
  readonly rows: (Row | null)[] = [];
  readonly #indexById = new Map<string, number>();

  get(id: string): Row | undefined {
    const index = this.#indexById.get(id);
    return index === undefined ? undefined : (this.rows[index] ?? undefined);
  }

  /** Live rows in index order. */
  *entries(): Generator<[string, Row]> {
    for (const [index, id] of this.ids.entries()) {
      const row = this.rows[index];
      if (id !== null && row) yield [id, row];
    }
  }

  /** Live rows with their indexes, in index order. */
  indexed(): [index: number, id: string, row: Row][] {
    const rows: [number, string, Row][] = [];
    for (const [index, id] of this.ids.entries()) if (id !== null) rows.push([index, id, this.rows[index] ?? []]);
    return rows;
  }

  get size(): number {
    return this.#indexById.size;
  }

  /** Puts a row at a known index (loading a stored copy or applying a delta). */
  place(index: number, id: string, row: Row): void {
    while (this.ids.length < index) {
      this.ids.push(null);
      this.rows.push(null);
    }
    this.ids[index] = id;
    this.rows[index] = row;
    this.#indexById.set(id, index);
  }

  remove(index: number): void {
    const id = this.ids[index];
    if (id === null || id === undefined) return;
    this.#indexById.delete(id);
    this.ids[index] = null;
    this.rows[index] = null;
  }

  indexOf(id: string): number | undefined {
    return this.#indexById.get(id);
  }
}

export type ChannelTables = { [T in Table]?: IndexedTable };

export function emptyTables(channel: Channel): ChannelTables {
  const tables: ChannelTables = {};
  for (const name of CHANNELS[channel]) tables[name] = new IndexedTable();
  return tables;
}

/**
 * Brings `table` to the wanted rows and returns what changed. `undefined` as a row deletes it. Each id may be
 * named once. Only the ids named are looked at, so cost follows what was touched.
 */
export function updateTable(
  table: IndexedTable,
  wanted: Iterable<readonly [string, Row | undefined]>,
): TableDelta | undefined {
  const add: [number, string, Row][] = [];
  const set: [number, Row, Row][] = [];
  const del: number[] = [];
  for (const [id, row] of wanted) {
    const index = table.indexOf(id);
    if (row === undefined) {
      if (index === undefined) continue;
      table.remove(index);
      del.push(index);
    } else if (index === undefined) {
      const next = table.ids.length;
      table.place(next, id, row);
      add.push([next, id, row]);
    } else {
      const before = table.rows[index] ?? [];
      if (isSameRow(before, row)) continue;
      table.rows[index] = row;
      set.push([index, before, row]);
    }
  }
  return add.length + set.length + del.length === 0 ? undefined : { add, set, del };
}

function isSameRow(before: Row, after: Row): boolean {
  for (let c = 0; c < after.length; c++) if (!isSameCell(before[c], after[c] as Cell)) return false;
  return true;
}

export function isSameCell(a: Cell | undefined, b: Cell): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((value, i) => value === b[i]);
}

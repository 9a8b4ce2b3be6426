/**
 * Index-row deltas between two revisions of a channel, and the table copy that both ends keep.
 *
 * Law: applying every delta from revision a to b on a copy at a gives the copy at b. A row keeps its index for as long
 * as it lives; a deleted row leaves a hole that is never reused before the next snapshot, so an index always means one row.
 */
import { type Cell, CHANNELS, type Channel, TABLES, type Table } from './view.ts';

export type Row = readonly Cell[];

export interface TableDelta {
  /** New rows: [index, id, ...cells]. */
  readonly add?: readonly (readonly [number, string, ...Cell[]])[];
  /** Changed cells: [index, column, value, column, value, ...]. */
  readonly set?: readonly (readonly Cell[])[];
  /** Indexes of rows that are gone. */
  readonly del?: readonly number[];
}

export type TablesDelta = { readonly [T in Table]?: TableDelta };

export interface ChannelDelta {
  readonly from: number;
  readonly to: number;
  /** Site clock of the commit; screens tick against it. */
  readonly at: number;
  readonly tables: TablesDelta;
}

/** Columnar: `ids[i]` is null for a hole; `columns[c][i]` is the cell of row i. */
export interface TableSnapshot {
  readonly ids: readonly (string | null)[];
  readonly columns: readonly (readonly Cell[])[];
}

export interface ChannelSnapshot {
  readonly rev: number;
  readonly at: number;
  readonly tables: { readonly [T in Table]?: TableSnapshot };
}

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

  apply(delta: TableDelta): void {
    for (const index of delta.del ?? []) this.remove(index);
    for (const [index, id, ...row] of delta.add ?? []) this.place(index, id, row);
    for (const change of delta.set ?? []) {
      const index = change[0] as number;
      const row = [...(this.rows[index] ?? [])];
      for (let i = 1; i < change.length; i += 2) row[change[i] as number] = change[i + 1] as Cell;
      this.rows[index] = row;
    }
  }

  toSnapshot(table: Table): TableSnapshot {
    return {
      ids: [...this.ids],
      columns: TABLES[table].map((_, c) => this.rows.map((row) => row?.[c] ?? null)),
    };
  }

  static fromSnapshot(snapshot: TableSnapshot): IndexedTable {
    const table = new IndexedTable();
    for (const [index, id] of snapshot.ids.entries()) {
      if (id !== null)
        table.place(
          index,
          id,
          snapshot.columns.map((cells) => cells[index] ?? null),
        );
      else {
        table.ids[index] = null;
        table.rows[index] = null;
      }
    }
    return table;
  }
}

export type ChannelTables = { [T in Table]?: IndexedTable };

export function emptyTables(channel: Channel): ChannelTables {
  const tables: ChannelTables = {};
  for (const name of CHANNELS[channel]) tables[name] = new IndexedTable();
  return tables;
}

export function applyDelta(tables: ChannelTables, delta: TablesDelta): void {
  for (const name of Object.keys(delta) as Table[]) {
    const change = delta[name];
    if (change) tables[name]?.apply(change);
  }
}

/**
 * Brings `table` to the wanted rows and returns what changed. `undefined` as a row deletes it. Each id may be
 * named once. Only the ids named are looked at, so cost follows what was touched.
 */
export function updateTable(
  table: IndexedTable,
  wanted: Iterable<readonly [string, Row | undefined]>,
): TableDelta | undefined {
  const add: [number, string, ...Cell[]][] = [];
  const set: Cell[][] = [];
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
      add.push([next, id, ...row]);
    } else {
      const change = changedCells(index, table.rows[index] ?? [], row);
      if (change === undefined) continue;
      table.rows[index] = row;
      set.push(change);
    }
  }
  if (add.length + set.length + del.length === 0) return undefined;
  return {
    ...(add.length > 0 && { add }),
    ...(set.length > 0 && { set }),
    ...(del.length > 0 && { del }),
  };
}

function changedCells(index: number, before: Row, after: Row): Cell[] | undefined {
  let change: Cell[] | undefined;
  for (let c = 0; c < after.length; c++) {
    const cell = after[c] as Cell;
    if (isSameCell(before[c], cell)) continue;
    change ??= [index];
    change.push(c, cell);
  }
  return change;
}

function isSameCell(a: Cell | undefined, b: Cell): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((value, i) => value === b[i]);
}

/** The server's side of channels for tests: keeps tables, makes deltas and snapshots as the real one does. */
import {
  type ChannelDelta,
  type ChannelSnapshot,
  type ChannelTables,
  emptyTables,
  type Row,
  type TableDelta,
  type TableSnapshot,
  updateTable,
} from '../../../shared/delta.ts';
import { COUNTERS } from '../../../shared/metric.ts';
import { type Cell, CHANNELS, type Channel, type Column, HEADCOUNT, TABLES, type Table } from '../../../shared/view.ts';

export type Wanted = { readonly [T in Table]?: readonly (readonly [string, Row | undefined])[] };

export class FakeChannel {
  readonly channel: Channel;
  readonly tables: ChannelTables;
  rev: number;

  constructor(channel: Channel, rev = 0) {
    this.channel = channel;
    this.rev = rev;
    this.tables = emptyTables(channel);
  }

  commit(wanted: Wanted, at: number): ChannelDelta {
    const tables: Partial<Record<Table, TableDelta>> = {};
    for (const name of CHANNELS[this.channel]) {
      const table = this.tables[name];
      const change = table && updateTable(table, wanted[name] ?? []);
      if (change) tables[name] = change;
    }
    const from = this.rev;
    this.rev += 1;
    return structuredClone({ from, to: this.rev, at, tables });
  }

  snapshot(at: number): ChannelSnapshot {
    const tables: Partial<Record<Table, TableSnapshot>> = {};
    for (const name of CHANNELS[this.channel]) {
      const table = this.tables[name];
      if (table) tables[name] = table.toSnapshot(name);
    }
    return structuredClone({ rev: this.rev, at, tables });
  }
}

/** A row from named cells; what is not named is 0 for counters and head counts, else null. */
export function rowOf<T extends Table>(table: T, cells: Partial<Record<Column<T>, Cell>>): Row {
  const counters = new Set<string>([...COUNTERS, ...HEADCOUNT]);
  return TABLES[table].map((name): Cell => {
    const cell = (cells as Record<string, Cell | undefined>)[name];
    return cell === undefined ? (counters.has(name) ? 0 : null) : cell;
  });
}

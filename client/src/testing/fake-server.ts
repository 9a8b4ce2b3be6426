/** The server's side of channels for tests: keeps tables, makes frames as the real one does. */
import { type ChannelTables, emptyTables, type Row, type TableDelta, updateTable } from '../../../shared/delta.ts';
import { type ChannelCopy, encodeDelta, encodeWhole, type Frame } from '../../../shared/frame.ts';
import { COUNTERS } from '../../../shared/metric.ts';
import { type Cell, CHANNELS, type Channel, type Column, HEADCOUNT, TABLES, type Table } from '../../../shared/view.ts';

export type Wanted = { readonly [T in Table]?: readonly (readonly [string, Row | undefined])[] };

export class FakeChannel implements ChannelCopy {
  readonly channel: Channel;
  readonly tables: ChannelTables;
  rev: number;
  at = 0;

  constructor(channel: Channel, rev = 0) {
    this.channel = channel;
    this.rev = rev;
    this.tables = emptyTables(channel);
  }

  commit(wanted: Wanted, at: number): Frame {
    const tables: Partial<Record<Table, TableDelta>> = {};
    for (const name of CHANNELS[this.channel] as readonly Table[]) {
      const table = this.tables[name];
      const change = table && updateTable(table, wanted[name] ?? []);
      if (change) tables[name] = change;
    }
    const frame = encodeDelta(this, this.rev + 1, at, tables);
    this.rev += 1;
    this.at = at;
    return frame;
  }

  snapshot(at: number): Frame {
    this.at = at;
    return encodeWhole(this);
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

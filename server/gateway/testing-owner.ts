/** For tests: the owner of a site, whose commits a real mirror follows over a TestFeed. */
import { type Row, type TableDelta, updateTable } from '../../shared/delta.ts';
import { type ChannelCopy, emptyCopy, encodeDelta, type Frame } from '../../shared/frame.ts';
import { CHANNELS, type Channel, channelNames, type Table } from '../../shared/view.ts';
import type { TestFeed } from './testing-feed.ts';

export type WantedRows = { readonly [T in Table]?: readonly (readonly [id: string, row: Row | undefined])[] };

export class TestOwner {
  readonly copies: ReadonlyMap<Channel, ChannelCopy>;
  readonly #feed: TestFeed;

  /** `at`: site clock. Every channel has had its first commit. */
  constructor(feed: TestFeed, at: number, rows: WantedRows = {}) {
    this.#feed = feed;
    this.copies = new Map(channelNames.map((channel) => [channel, { ...emptyCopy(channel), rev: 1, at }]));
    for (const copy of this.copies.values()) {
      apply(copy, rows);
      feed.keep(copy);
    }
  }

  /** The full rows of a table. */
  rows(table: Table): Map<string, Row> {
    for (const { tables } of this.copies.values()) if (tables[table]) return new Map(tables[table].entries());
    return new Map();
  }

  /** What changed in these channels, as one commit. */
  commit(at: number, rows: WantedRows): void {
    const deltas: { [C in Channel]?: Frame } = {};
    for (const copy of this.copies.values()) {
      if (!CHANNELS[copy.channel].some((table) => table in rows)) continue;
      const tables = apply(copy, rows);
      deltas[copy.channel] = encodeDelta(copy, copy.rev + 1, at, tables);
      copy.rev++;
      copy.at = at;
    }
    this.#feed.push(deltas);
  }

  /** The channel is written anew, without its holes, and whoever follows has to read it. */
  rewrite(channel: Channel, at: number, rows: WantedRows = {}): void {
    const copy = this.copies.get(channel) as ChannelCopy;
    apply(copy, rows);
    const all = Object.entries(copy.tables).map(([name, table]) => [name, [...table.entries()]] as const);
    copy.tables = emptyCopy(channel).tables;
    apply(copy, Object.fromEntries(all));
    copy.rev++;
    copy.at = at;
    this.#feed.keep(copy);
    this.#feed.push({ [channel]: 'reset' });
  }
}

function apply(copy: ChannelCopy, rows: WantedRows): { [T in Table]?: TableDelta } {
  const deltas: { [T in Table]?: TableDelta } = {};
  for (const name of CHANNELS[copy.channel] as readonly Table[]) {
    const table = copy.tables[name];
    const delta = table && updateTable(table, rows[name] ?? []);
    if (delta) deltas[name] = delta;
  }
  return deltas;
}

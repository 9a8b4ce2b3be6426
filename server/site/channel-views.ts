/** The tables of every channel as last committed or about to be, and the writes that bring Redis and followers there. */
import {
  type ChannelDelta,
  type ChannelTables,
  emptyTables,
  type Row,
  type TableDelta,
  type TablesDelta,
  updateTable,
} from '../../shared/delta.ts';
import { CHANNELS, type Channel, channelNames, type Table } from '../../shared/view.ts';
import { RESET_FRAME } from '../redis/keys.ts';

/** Wanted rows by table; an undefined row is deleted. */
export type Rows = { readonly [T in Table]?: Iterable<readonly [id: string, row: Row | undefined]> };

export interface ChannelWrite {
  readonly channel: Channel;
  readonly rev: number;
  /** Everything stored of the view goes first. */
  readonly isRewrite: boolean;
  readonly put: readonly (readonly [field: string, json: string])[];
  readonly del: readonly string[];
  readonly frame: string;
}

/**
 * How far a take-over moves the revisions. Redis may have lost its last second (fsync `everysec`) that followers have
 * seen; a jump longer than any second's commits keeps revisions from meaning two things.
 */
const TAKE_OVER_REVS = 1_000;
/** Holes are never reused, so a table that has more of them than rows, and not a few, is written anew. */
const MIN_HOLES = 512;

export class ChannelViews {
  readonly revs: Record<Channel, number>;
  readonly #tables: Record<Channel, ChannelTables>;

  constructor(revs: Readonly<Record<Channel, number>>) {
    this.revs = { ...revs };
    this.#tables = Object.fromEntries(channelNames.map((name) => [name, emptyTables(name)])) as Record<
      Channel,
      ChannelTables
    >;
  }

  /** Every channel from nothing, for a new owner: its followers cannot know what it has in mind. */
  takeOver(rows: Rows): ChannelWrite[] {
    return channelNames.map((channel) => this.#rewrite(channel, rows, TAKE_OVER_REVS));
  }

  /** What changed, for the channels that did. `allRows` is asked only when a view has to be written anew. */
  update(rows: Rows, at: number, allRows: () => Rows): ChannelWrite[] {
    const writes: ChannelWrite[] = [];
    for (const channel of channelNames) {
      const write = this.#hasTooManyHoles(channel)
        ? this.#rewrite(channel, allRows(), 1)
        : this.#change(channel, rows, at);
      if (write) writes.push(write);
    }
    return writes;
  }

  #change(channel: Channel, rows: Rows, at: number): ChannelWrite | undefined {
    const tables: { [T in Table]?: TableDelta } = {};
    const put: [string, string][] = [];
    const del: string[] = [];
    for (const name of CHANNELS[channel]) {
      const delta = this.#updateTable(channel, name, rows, put);
      if (!delta) continue;
      tables[name] = delta;
      for (const index of delta.del ?? []) del.push(`${name}:${index}`);
    }
    if (Object.keys(tables).length === 0) return undefined;
    const from = this.revs[channel];
    const to = from + 1;
    this.revs[channel] = to;
    const delta: ChannelDelta = { from, to, at, tables: tables as TablesDelta };
    return { channel, rev: to, isRewrite: false, put, del, frame: JSON.stringify(delta) };
  }

  #rewrite(channel: Channel, rows: Rows, revs: number): ChannelWrite {
    this.#tables[channel] = emptyTables(channel);
    const put: [string, string][] = [];
    for (const name of CHANNELS[channel]) this.#updateTable(channel, name, rows, put);
    this.revs[channel] += revs;
    return { channel, rev: this.revs[channel], isRewrite: true, put, del: [], frame: RESET_FRAME };
  }

  #updateTable(channel: Channel, name: Table, rows: Rows, put: [string, string][]): TableDelta | undefined {
    const table = this.#tables[channel][name];
    const wanted = rows[name];
    if (!table || !wanted) return undefined;
    const delta = updateTable(table, wanted);
    const changed = [...(delta?.add ?? []), ...(delta?.set ?? [])];
    for (const [index] of changed as [number][]) {
      put.push([`${name}:${index}`, JSON.stringify([table.ids[index], ...(table.rows[index] ?? [])])]);
    }
    return delta;
  }

  #hasTooManyHoles(channel: Channel): boolean {
    return Object.values(this.#tables[channel]).some(
      (table) => table.ids.length - table.size > Math.max(MIN_HOLES, table.size),
    );
  }
}

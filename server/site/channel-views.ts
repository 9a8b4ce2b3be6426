/** The tables of every channel as last committed or about to be, and the writes that bring Redis and followers there. */
import { emptyTables, type Row, type TableDelta, updateTable } from '../../shared/delta.ts';
import { type ChannelCopy, emptyCopy, encodeDelta } from '../../shared/frame.ts';
import { CHANNEL_TICK_MS } from '../../shared/protocol.ts';
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

interface View extends ChannelCopy {
  /** Newest wanted rows that wait for the channel's tick, by table. */
  held: Map<Table, Map<string, Row | undefined>>;
  /** From when on (monotonic clock) a change goes at once. */
  dueAt: number;
  /** When rows were held last: after QUIET_MS without another one there is nothing to wait for. */
  heldAt: number;
}

/** A pause this long ends the wait for a channel's tick: the burst is over, and its sum is what everyone waits for. */
const QUIET_MS = 150;

export class ChannelViews {
  readonly #views: ReadonlyMap<Channel, View>;
  readonly #tickMs: Readonly<Record<Channel, number>>;

  constructor(revs: Readonly<Record<Channel, number>>, tickMs = CHANNEL_TICK_MS) {
    this.#tickMs = tickMs;
    this.#views = new Map(
      channelNames.map((name) => [
        name,
        { ...emptyCopy(name), rev: revs[name], held: new Map(), dueAt: Number.NEGATIVE_INFINITY, heldAt: 0 },
      ]),
    );
  }

  get revs(): Record<Channel, number> {
    return Object.fromEntries(Array.from(this.#views, ([name, { rev }]) => [name, rev])) as Record<Channel, number>;
  }

  /** Every channel from nothing, for a new owner: its followers cannot know what it has in mind. `at`: site clock. */
  takeOver(rows: Rows, at: number): ChannelWrite[] {
    return Array.from(this.#views.values(), (view) => rewrite(view, rows, TAKE_OVER_REVS, at));
  }

  /**
   * What changed, for the channels that did and whose tick is due at `now` (monotonic clock); `isFlush` waits for none.
   * Rows that are not due are kept for a later call. `at`: site clock. `allRows` is asked only when a view has to be
   * written anew.
   */
  update(rows: Rows, at: number, now: number, allRows: () => Rows, isFlush = false): ChannelWrite[] {
    const writes: ChannelWrite[] = [];
    for (const view of this.#views.values()) {
      if (!isFlush && now < view.dueAt) {
        if (hold(view, rows)) view.heldAt = now;
        if (view.held.size === 0 || now < view.heldAt + QUIET_MS) continue;
      }
      const write = hasTooManyHoles(view) ? rewrite(view, allRows(), 1, at) : change(view, rows, at);
      if (write === undefined) continue;
      view.dueAt = now + this.#tickMs[view.channel];
      writes.push(write);
    }
    return writes;
  }

  get holdsRows(): boolean {
    return this.heldForMs(0) < Number.POSITIVE_INFINITY;
  }

  /** How long from `now` on rows may wait; infinite when none do. */
  heldForMs(now: number): number {
    let dueAt = Number.POSITIVE_INFINITY;
    for (const view of this.#views.values())
      if (view.held.size > 0) dueAt = Math.min(dueAt, view.dueAt, view.heldAt + QUIET_MS);
    return Math.max(0, dueAt - now);
  }
}

/** True if there was anything to hold. */
function hold({ channel, held }: View, rows: Rows): boolean {
  let isNews = false;
  for (const name of CHANNELS[channel] as readonly Table[]) {
    const wanted = rows[name];
    if (!wanted) continue;
    const byId = held.get(name) ?? new Map<string, Row | undefined>();
    held.set(name, byId);
    for (const [id, row] of wanted) byId.set(id, row);
    isNews = true;
  }
  return isNews;
}

function change(view: View, rows: Rows, at: number): ChannelWrite | undefined {
  // Most channels hold nothing, ever.
  if (view.held.size > 0) hold(view, rows);
  const tables: { [T in Table]?: TableDelta } = {};
  const put: [string, string][] = [];
  const del: string[] = [];
  for (const name of CHANNELS[view.channel] as readonly Table[]) {
    const delta = bring(view, name, view.held.size > 0 ? view.held.get(name) : rows[name], put);
    if (!delta) continue;
    tables[name] = delta;
    for (const index of delta.del) del.push(`${name}:${index}`);
  }
  view.held = new Map();
  if (put.length + del.length === 0) return undefined;
  const frame = encodeDelta(view, view.rev + 1, at, tables);
  view.rev++;
  view.at = at;
  return { channel: view.channel, rev: view.rev, isRewrite: false, put, del, frame: base64(frame) };
}

function rewrite(view: View, rows: Rows, revs: number, at: number): ChannelWrite {
  view.tables = emptyTables(view.channel);
  view.held = new Map();
  const put: [string, string][] = [];
  for (const name of CHANNELS[view.channel] as readonly Table[]) bring(view, name, rows[name], put);
  view.rev += revs;
  view.at = at;
  return { channel: view.channel, rev: view.rev, isRewrite: true, put, del: [], frame: RESET_FRAME };
}

function bring(
  view: View,
  name: Table,
  wanted: Iterable<readonly [string, Row | undefined]> | undefined,
  put: [string, string][],
): TableDelta | undefined {
  const table = view.tables[name];
  if (!table || !wanted) return undefined;
  const delta = updateTable(table, wanted);
  for (const [index] of [...(delta?.add ?? []), ...(delta?.set ?? [])]) {
    put.push([`${name}:${index}`, JSON.stringify([table.ids[index], ...(table.rows[index] ?? [])])]);
  }
  return delta;
}

function hasTooManyHoles({ tables }: View): boolean {
  return Object.values(tables).some((table) => table.ids.length - table.size > Math.max(MIN_HOLES, table.size));
}

/** Commits are made of strings; a frame is so short that a third more of it is cheaper than telling bytes apart. */
const base64 = ({ buffer, byteOffset, length }: Uint8Array<ArrayBufferLike>): string =>
  Buffer.from(buffer, byteOffset, length).toString('base64');

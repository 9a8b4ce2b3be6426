/**
 * The channels of one site in one view: copies of their own, with indexes and revisions of their own, filtered from the
 * mirror's. What must hold:
 * - a copy shows what `ScopedRows` makes of the full rows as of the newest commit of its channel (the totals of the board
 *   also as of the newest commit of the agents); applying each frame in turn to a snapshot gives the copy;
 * - nothing is made before every channel that the copy is made from was read.
 */
import { emptyTables, type TableDelta, updateTable } from '../../shared/delta.ts';
import { type ChannelCopy, emptyCopy, encodeDelta, encodeWhole, type Frame } from '../../shared/frame.ts';
import type { View } from '../../shared/policy.ts';
import { CHANNELS, type Channel, type Table } from '../../shared/view.ts';
import { FullRows } from './full-rows.ts';
import type { ChannelFrame, Mirror, Touched } from './mirror.ts';
import { ScopedRows } from './scoped-rows.ts';

/** What a channel is made from. */
const MADE_FROM: Readonly<Record<Channel, readonly Channel[]>> = {
  board: ['board', 'agents'],
  counts: ['counts', 'agents'],
  agents: ['agents'],
  integrity: ['integrity'],
};
/** With whose commits it moves: the agents' time in the totals of the day keeps the pace of the counters. */
const MOVES_WITH: Readonly<Record<Channel, readonly Channel[]>> = { ...MADE_FROM, counts: ['counts'] };

/** Rows come and go in a view also where the owner never rewrites its own. */
const MIN_HOLES = 512;

interface Derived extends ChannelCopy {
  readonly number: number;
  isLoaded: boolean;
  snapshot: Frame | null;
}

/** What the screens of a channel in a view are sent. */
export interface ScopedFrame {
  /** The channel's number. */
  readonly number: number;
  readonly channel: Channel;
  /** Null: the snapshot. */
  readonly delta: Frame | null;
}

export class ScopedSite {
  readonly #mirror: Pick<Mirror, 'view'>;
  readonly #site: string;
  readonly #rows: ScopedRows;
  readonly #channels = new Map<Channel, Derived>();
  #hasTotals = false;

  constructor(mirror: Pick<Mirror, 'view'>, site: string, view: View) {
    this.#mirror = mirror;
    this.#site = site;
    this.#rows = new ScopedRows(view);
  }

  get isEmpty(): boolean {
    return this.#channels.size === 0;
  }

  open(channel: Channel, number: number): void {
    this.#channels.set(channel, { ...emptyCopy(channel), number, isLoaded: false, snapshot: null });
  }

  close(channel: Channel): void {
    this.#channels.delete(channel);
  }

  rev(channel: Channel): number {
    return this.#channels.get(channel)?.rev ?? 0;
  }

  /** Null while there is nothing to show. Equal revisions give the same object. */
  snapshot(channel: Channel): Frame | null {
    const copy = this.#channels.get(channel);
    const full = this.#full();
    if (!copy || !isThere(full, channel)) return null;
    if (!copy.isLoaded) this.#load(copy, full);
    copy.snapshot ??= encodeWhole(copy);
    return copy.snapshot;
  }

  /** What one commit changed here. */
  commit(frames: readonly ChannelFrame[]): ScopedFrame[] {
    // Without knowing what changed, anything may have.
    if (frames.some(({ touched }) => touched === null)) return frames.flatMap(({ channel }) => this.reset(channel));
    const full = this.#full();
    const touched: Touched = Object.assign({}, ...frames.map((frame) => frame.touched));
    if (this.#hasTotals) this.#rows.follow(full, touched);
    const told: ScopedFrame[] = [];
    for (const copy of this.#channels.values()) {
      const cause = frames.find(({ channel }) => MOVES_WITH[copy.channel].includes(channel));
      if (!copy.isLoaded || !cause) continue;
      const delta = this.#update(copy, full, touched, full.view(cause.channel)?.at ?? copy.at);
      if (delta !== 'nothing') told.push({ number: copy.number, channel: copy.channel, delta });
    }
    return told;
  }

  /** The channel was read anew: so is what is made from it, and its snapshot is due. */
  reset(channel: Channel): ScopedFrame[] {
    const full = this.#full();
    this.#hasTotals = false;
    const told: ScopedFrame[] = [];
    for (const copy of this.#channels.values()) {
      if (!MOVES_WITH[copy.channel].includes(channel) && copy.isLoaded) continue;
      copy.isLoaded = false;
      if (!isThere(full, copy.channel)) continue;
      this.#load(copy, full);
      told.push({ number: copy.number, channel: copy.channel, delta: null });
    }
    return told;
  }

  #full(): FullRows {
    return new FullRows(this.#mirror, this.#site);
  }

  #load(copy: Derived, full: FullRows): void {
    this.#loadTotals(full);
    copy.tables = emptyTables(copy.channel);
    for (const name of CHANNELS[copy.channel] as readonly Table[]) {
      const table = copy.tables[name];
      if (table) updateTable(table, this.#rows.rows(full, name));
    }
    copy.rev++;
    copy.at = Math.max(...MOVES_WITH[copy.channel].map((one) => full.view(one)?.at ?? 0));
    copy.isLoaded = true;
    copy.snapshot = null;
  }

  #loadTotals(full: FullRows): void {
    if (this.#hasTotals) return;
    this.#rows.load(full);
    this.#hasTotals = true;
  }

  #update(copy: Derived, full: FullRows, touched: Touched, at: number): Frame | null | 'nothing' {
    this.#loadTotals(full);
    const deltas: { [T in Table]?: TableDelta } = {};
    let hasHoles = false;
    for (const [name, ids] of this.#rows.affected(full, copy.channel, touched)) {
      const table = copy.tables[name];
      if (!table) continue;
      const delta = updateTable(
        table,
        Array.from(ids, (id) => [id, this.#rows.row(full, name, id)] as const),
      );
      if (delta) deltas[name] = delta;
      if (table.ids.length - table.size > Math.max(MIN_HOLES, table.size)) hasHoles = true;
    }
    if (Object.keys(deltas).length === 0) return 'nothing';
    if (hasHoles) {
      this.#load(copy, full);
      return null;
    }
    const frame = encodeDelta(copy, copy.rev + 1, at, deltas);
    copy.rev++;
    copy.at = at;
    copy.snapshot = null;
    return frame;
  }
}

const isThere = (full: FullRows, channel: Channel): boolean =>
  MADE_FROM[channel].every((one) => {
    const view = full.view(one);
    return view !== null && view.at !== null;
  });

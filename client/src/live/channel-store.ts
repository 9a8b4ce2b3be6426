/**
 * One channel of one site as this screen knows it.
 *
 * States: `waiting` (no copy, or a copy known to be incomplete: a snapshot has been asked for and deltas are kept
 * aside) and `following` (every delta from the copy's revision on has been applied). A delta that does not start at the
 * copy's revision, or tips that stay ahead of it, lead back to `waiting`; the old copy stays readable meanwhile, because
 * numbers a second old are better than none. Readers are told at most once per animation frame.
 */
import {
  applyDelta,
  type ChannelDelta,
  type ChannelSnapshot,
  type ChannelTables,
  emptyTables,
  IndexedTable,
} from '../../../shared/delta.ts';
import { CHANNELS, type Channel } from '../../../shared/view.ts';

/** More than this many deltas before a snapshot means it will not come soon; the next one is asked for anyway. */
const MAX_PENDING = 500;
/** Tips without an answer after which the snapshot is asked for again. */
const TIPS_BEFORE_ASKING_AGAIN = 3;

export interface ChannelStoreOptions {
  readonly site: string;
  readonly channel: Channel;
  readonly askSnapshot: () => void;
  /** Runs the callback before the next paint. */
  readonly nextFrame?: (run: () => void) => void;
  /** Local clock, milliseconds. */
  readonly now?: () => number;
}

export class ChannelStore {
  readonly site: string;
  readonly channel: Channel;
  readonly #askSnapshot: () => void;
  readonly #nextFrame: (run: () => void) => void;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #tables: ChannelTables;
  #rev: number | null = null;
  #pending: ChannelDelta[] = [];
  #outOfStepSince: number | null;
  #tipsWaited = 0;
  #missedRev: number | null = null;
  #isTipBehind = false;
  #version = 0;
  #isFrameAsked = false;

  constructor(options: ChannelStoreOptions) {
    this.site = options.site;
    this.channel = options.channel;
    this.#askSnapshot = options.askSnapshot;
    this.#nextFrame = options.nextFrame ?? ((run) => requestAnimationFrame(run));
    this.#now = options.now ?? (() => performance.now());
    this.#tables = emptyTables(options.channel);
    this.#outOfStepSince = this.#now();
  }

  get tables(): ChannelTables {
    return this.#tables;
  }

  /** Revision of the copy; null before the first snapshot. */
  get rev(): number | null {
    return this.#rev;
  }

  /** How long the copy has been known to be incomplete; 0 while it follows. */
  get outOfStepMs(): number {
    return this.#outOfStepSince === null ? 0 : this.#now() - this.#outOfStepSince;
  }

  /** Changes whenever readers are told; stands still between frames so that one paint sees one state. */
  readonly version = (): number => this.#version;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Asks for a snapshot; what arrives before it is kept aside. */
  resync(): void {
    this.#outOfStepSince ??= this.#now();
    this.#tipsWaited = 0;
    this.#missedRev = null;
    this.#isTipBehind = false;
    this.#askSnapshot();
  }

  receiveSnapshot(snapshot: ChannelSnapshot): void {
    const tables = emptyTables(this.channel);
    for (const name of CHANNELS[this.channel]) {
      const table = snapshot.tables[name];
      if (table) tables[name] = IndexedTable.fromSnapshot(table);
    }
    this.#tables = tables;
    this.#rev = snapshot.rev;
    this.#outOfStepSince = null;
    this.#missedRev = null;
    this.#isTipBehind = false;
    const pending = this.#pending;
    this.#pending = [];
    for (const delta of pending) this.receiveDelta(delta);
    this.#tell();
  }

  receiveDelta(delta: ChannelDelta): void {
    if (this.#outOfStepSince !== null) {
      if (this.#pending.length >= MAX_PENDING) this.#pending = [];
      this.#pending.push(delta);
      return;
    }
    if (this.#rev === null || delta.to <= this.#rev) return;
    if (delta.from !== this.#rev) {
      this.#pending = [delta];
      this.resync();
      return;
    }
    applyDelta(this.#tables, delta.tables);
    this.#rev = delta.to;
    this.#tell();
  }

  /** A tip may overtake deltas that are still under way, so only the second one in a row is believed. */
  receiveTip(rev: number): void {
    if (this.#outOfStepSince !== null) {
      this.#tipsWaited += 1;
      if (this.#tipsWaited >= TIPS_BEFORE_ASKING_AGAIN) this.resync();
      return;
    }
    const mine = this.#rev ?? 0;
    const isStillBehind = this.#missedRev !== null && mine < this.#missedRev;
    const isServerBehind = rev < mine;
    if (isStillBehind || (isServerBehind && this.#isTipBehind)) {
      this.resync();
      return;
    }
    this.#missedRev = rev > mine ? rev : null;
    this.#isTipBehind = isServerBehind;
  }

  #tell(): void {
    if (this.#isFrameAsked) return;
    this.#isFrameAsked = true;
    this.#nextFrame(() => {
      this.#isFrameAsked = false;
      this.#version += 1;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}

/**
 * One channel of one site as this screen knows it.
 *
 * States: `waiting` (no copy, or a copy known to be incomplete: a snapshot has been asked for and deltas are kept
 * aside) and `following` (every delta from the copy's revision on has been applied). A delta that does not start at the
 * copy's revision, or tips that stay ahead of it, lead back to `waiting`; the old copy stays readable meanwhile, because
 * numbers a second old are better than none. Readers are told at most once per animation frame.
 */
import type { ChannelTables } from '../../../shared/delta.ts';
import { applyFrame, type ChannelCopy, emptyCopy, type Frame, readHead } from '../../../shared/frame.ts';
import type { Channel } from '../../../shared/view.ts';

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
  readonly #copy: ChannelCopy;
  #hasCopy = false;
  #pending: Frame[] = [];
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
    this.#copy = emptyCopy(options.channel);
    this.#outOfStepSince = this.#now();
  }

  get tables(): ChannelTables {
    return this.#copy.tables;
  }

  /** Revision of the copy; null before the first snapshot. */
  get rev(): number | null {
    return this.#hasCopy ? this.#copy.rev : null;
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
    this.expect();
    this.#askSnapshot();
  }

  /** A snapshot is on its way: it was asked for already. */
  expect(): void {
    this.#outOfStepSince ??= this.#now();
    this.#tipsWaited = 0;
    this.#missedRev = null;
    this.#isTipBehind = false;
  }

  receive(frame: Frame): void {
    try {
      const { from, to } = readHead(frame);
      if (from === null) this.#receiveWhole(frame);
      else this.#receiveDelta(frame, from, to);
    } catch {
      // Not a frame, or not one of this copy: what the copy shows is no longer sure.
      this.resync();
    }
  }

  #receiveWhole(frame: Frame): void {
    applyFrame(this.#copy, frame);
    this.#hasCopy = true;
    this.#outOfStepSince = null;
    this.#missedRev = null;
    this.#isTipBehind = false;
    const pending = this.#pending;
    this.#pending = [];
    for (const delta of pending) this.receive(delta);
    this.#tell();
  }

  #receiveDelta(frame: Frame, from: number, to: number): void {
    if (this.#outOfStepSince !== null) {
      if (this.#pending.length >= MAX_PENDING) this.#pending = [];
      this.#pending.push(frame);
      return;
    }
    if (!this.#hasCopy || to <= this.#copy.rev) return;
    if (from !== this.#copy.rev) {
      this.#pending = [frame];
      this.resync();
      return;
    }
    applyFrame(this.#copy, frame);
    this.#tell();
  }

  /** A tip may overtake deltas that are still under way, so only the second one in a row is believed. */
  receiveTip(rev: number): void {
    if (this.#outOfStepSince !== null) {
      this.#tipsWaited += 1;
      if (this.#tipsWaited >= TIPS_BEFORE_ASKING_AGAIN) this.resync();
      return;
    }
    const mine = this.rev ?? 0;
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

/**
 * A gateway's copy of what the owners committed: every channel of every site, kept by following the frames.
 *
 * States of a channel: missing (no first commit yet) → in step → … . A frame applies only on the revision it was made
 * from; on any other one, on a `reset` and after a failure the whole view is read again. Frames at or before the view's
 * own cursor are skipped by entry id, never by revision: a Redis that lost its newest second counts revisions again.
 * Changes are applied and told in one synchronous step, so what a listener reads is never older than what it was told.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Row } from '../../shared/delta.ts';
import { applyFrame, type ChannelCopy, emptyCopy, encodeWhole, type Frame, readHead } from '../../shared/frame.ts';
import { type Channel, channelNames, type Table } from '../../shared/view.ts';
import type { Logger } from '../log.ts';

interface FrameEntry {
  readonly id: string;
  readonly deltas: { readonly [C in Channel]?: Frame | 'reset' };
}

/** The reading half of server/redis/stream.ts, bound to connections. `readFrames` blocks for `blockMs` on its own one. */
export interface MirrorFeed {
  readView(channel: Channel): Promise<{ copy: ChannelCopy; frameCursor: string } | null>;
  readFrames(cursor: string, options: { count: number; blockMs: number }): Promise<readonly FrameEntry[]>;
  /** Ends a blocked read at once; it may reject then. */
  close(): void;
}

/** One channel's part of a commit, as it came from the owner. */
export interface ChannelFrame {
  readonly channel: Channel;
  /** Revision after it. */
  readonly rev: number;
  readonly frame: Frame;
  /** Rows that it added, changed or deleted; null unless somebody asks for them. */
  readonly touched: Touched | null;
}

/** Ids of rows. */
export type Touched = { readonly [T in Table]?: ReadonlySet<string> };

export interface MirrorOptions {
  /** One feed per site. */
  readonly feeds: ReadonlyMap<string, MirrorFeed>;
  readonly now: () => number;
  readonly log: Logger;
  /** Everything that one commit changed, so that it can travel together. */
  readonly onCommit: (site: string, frames: readonly ChannelFrame[]) => void;
  /** The channel was read anew: whoever shows it needs its snapshot. */
  readonly onReset: (site: string, channel: Channel) => void;
  /** Whether somebody needs to know which rows of the site a commit touched. */
  readonly asksForTouched?: (site: string) => boolean;
}

/** What the API reads of a site. Tables are empty before the first commit. */
export interface SiteView {
  readonly rev: number;
  /** Site clock of the newest commit; null before the first. */
  readonly at: number | null;
  /** Server wall clock of the commit that `at` is of; null when it is not known. */
  readonly committedAt: number | null;
  rows(table: Table): Iterable<[id: string, row: Row]>;
  row(table: Table, id: string): Row | undefined;
}

export interface Mirror {
  readonly sites: readonly string[];
  /** A whole frame; null before the first commit or for an unknown site. Equal revisions give the same object. */
  snapshot(site: string, channel: Channel): Frame | null;
  view(site: string, channel: Channel): SiteView | null;
  revs(): { site: string; channel: Channel; rev: number }[];
  /** Why the copy of a site may be behind; null while it is in step. */
  lagReason(site: string): string | null;
  stop(): Promise<void>;
}

/** Before the first entry of any stream. */
const STREAM_START = '0-0';
const BLOCK_MS = 1_000;
const FRAMES_AT_ONCE = 256;
/** An answer is due every BLOCK_MS; without one for so long the copy counts as behind. */
const SILENT_MS = 5_000;
const RETRY_MS = 250;
const OUTAGE = 'the frames of the site could not be read';

interface Copy extends ChannelCopy {
  cursor: string;
  isLoaded: boolean;
  snapshot: Frame | null;
}

class SiteMirror {
  readonly site: string;
  readonly copies: ReadonlyMap<Channel, Copy>;
  readonly #feed: MirrorFeed;
  readonly #options: MirrorOptions;
  readonly #stopped: AbortSignal;
  #cursor = STREAM_START;
  #answeredAt: number | null = null;
  #problem: string | null = 'the view was not read yet';

  constructor(site: string, feed: MirrorFeed, options: MirrorOptions, stopped: AbortSignal) {
    this.site = site;
    this.#feed = feed;
    this.#options = options;
    this.#stopped = stopped;
    this.copies = new Map(channelNames.map((channel) => [channel, missing(channel)]));
  }

  get lagReason(): string | null {
    if (this.#problem !== null) return this.#problem;
    const silentMs = this.#options.now() - (this.#answeredAt ?? 0);
    if (silentMs > SILENT_MS) return `Redis did not answer for ${Math.round(silentMs / 1000)} s`;
    return this.copies.get('board')?.isLoaded ? null : 'the site has no first commit yet';
  }

  /** Runs until stopped. Trouble is logged once per outage and mended by reading everything again. */
  async follow(): Promise<void> {
    let mustLoad = true;
    while (!this.#stopped.aborted) {
      try {
        if (mustLoad) await this.#loadAll();
        mustLoad = false;
        this.#problem = null;
        const entries = await this.#unlessStopped(
          this.#feed.readFrames(this.#cursor, { count: FRAMES_AT_ONCE, blockMs: BLOCK_MS }),
        );
        this.#answeredAt = this.#options.now();
        for (const entry of entries) await this.#take(entry);
      } catch (error) {
        if (this.#stopped.aborted) return;
        if (this.#problem !== OUTAGE) this.#options.log.warn({ site: this.site, err: error }, 'mirror.lost');
        this.#problem = OUTAGE;
        mustLoad = true;
        // Stopping ends the pause early; the loop then ends by itself.
        await wait(RETRY_MS, undefined, { signal: this.#stopped }).catch(() => {});
      }
    }
  }

  async #loadAll(): Promise<void> {
    for (const copy of this.copies.values()) await this.#load(copy);
    this.#cursor = [...this.copies.values()].map((copy) => copy.cursor).reduce((a, b) => (isAfter(a, b) ? b : a));
  }

  async #load(copy: Copy): Promise<void> {
    const view = await this.#unlessStopped(this.#feed.readView(copy.channel));
    this.#answeredAt = this.#options.now();
    if (view === null) {
      // Nothing to show, but what the screens have may be of a store that is gone.
      Object.assign(copy, missing(copy.channel));
      return;
    }
    const loaded: Omit<Copy, 'channel'> = { ...view.copy, cursor: view.frameCursor, isLoaded: true, snapshot: null };
    Object.assign(copy, loaded);
    this.#options.onReset(this.site, copy.channel);
  }

  /** While Redis is away a read waits for it for ever; stopping must not. */
  #unlessStopped<T>(read: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => reject(new Error('stopped'));
      this.#stopped.addEventListener('abort', stop, { once: true });
      read.then(resolve, reject).finally(() => this.#stopped.removeEventListener('abort', stop));
    });
  }

  async #take(entry: FrameEntry): Promise<void> {
    const applied: ChannelFrame[] = [];
    const mustLoad: Copy[] = [];
    const asksForTouched = this.#options.asksForTouched?.(this.site) === true;
    for (const copy of this.copies.values()) {
      const frame = entry.deltas[copy.channel];
      if (frame === undefined || !isAfter(entry.id, copy.cursor)) continue;
      const touched = asksForTouched ? new TouchedRows() : null;
      if (frame === 'reset' || !copy.isLoaded || !this.#apply(copy, frame, touched)) {
        mustLoad.push(copy);
        continue;
      }
      copy.cursor = entry.id;
      copy.snapshot = null;
      applied.push({ channel: copy.channel, rev: copy.rev, frame, touched: touched?.rows ?? null });
    }
    if (applied.length > 0) this.#options.onCommit(this.site, applied);
    for (const copy of mustLoad) await this.#load(copy);
    this.#cursor = entry.id;
  }

  /** False where the copy is not what the frame was made from, or is spoilt by one that cannot be read. */
  #apply(copy: Copy, frame: Frame, touched: TouchedRows | null): boolean {
    try {
      if (readHead(frame).from !== copy.rev) return false;
      applyFrame(copy, frame, touched?.note);
      return true;
    } catch (error) {
      this.#options.log.warn({ site: this.site, channel: copy.channel, err: error }, 'mirror.badFrame');
      copy.isLoaded = false;
      return false;
    }
  }
}

class TouchedRows {
  readonly rows: { [T in Table]?: Set<string> } = {};
  readonly note = (table: Table, id: string): void => {
    const known = this.rows[table];
    if (known) known.add(id);
    else this.rows[table] = new Set([id]);
  };
}

export function startMirror(options: MirrorOptions): Mirror {
  const stopped = new AbortController();
  const mirrors = new Map<string, SiteMirror>();
  for (const [site, feed] of options.feeds) mirrors.set(site, new SiteMirror(site, feed, options, stopped.signal));
  const running = [...mirrors.values()].map((mirror) => mirror.follow());
  const copyOf = (site: string, channel: Channel) => mirrors.get(site)?.copies.get(channel);

  return {
    sites: [...mirrors.keys()],
    snapshot(site, channel) {
      const copy = copyOf(site, channel);
      if (!copy?.isLoaded) return null;
      copy.snapshot ??= encodeWhole(copy);
      return copy.snapshot;
    },
    view(site, channel) {
      const copy = copyOf(site, channel);
      if (!copy) return null;
      return {
        rev: copy.rev,
        at: copy.isLoaded ? copy.at : null,
        committedAt: copy.cursor === STREAM_START ? null : msOf(copy.cursor),
        rows: (table) => copy.tables[table]?.entries() ?? [],
        row: (table, id) => copy.tables[table]?.get(id),
      };
    },
    revs: () =>
      [...mirrors.values()].flatMap((mirror) =>
        Array.from(mirror.copies.values(), ({ channel, rev }) => ({ site: mirror.site, channel, rev })),
      ),
    lagReason: (site) => mirrors.get(site)?.lagReason ?? null,
    async stop() {
      stopped.abort();
      for (const feed of options.feeds.values()) feed.close();
      await Promise.all(running);
    },
  };
}

const missing = (channel: Channel): Copy => ({
  ...emptyCopy(channel),
  cursor: STREAM_START,
  isLoaded: false,
  snapshot: null,
});

/** Stream entry ids are `<ms>-<n>`; the first part is Redis' wall clock. */
const msOf = (id: string): number => Number(id.split('-')[0]);

function isAfter(a: string, b: string): boolean {
  const [aMs = 0, aN = 0] = a.split('-').map(Number);
  const [bMs = 0, bN = 0] = b.split('-').map(Number);
  return aMs === bMs ? aN > bN : aMs > bMs;
}

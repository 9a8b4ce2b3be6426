/** For tests: a site's view and frames in memory, read by a real mirror. The test decides when something happens. */
import type { Row } from '../../shared/delta.ts';
import { applyFrame, type ChannelCopy, emptyCopy, encodeWhole, type Frame } from '../../shared/frame.ts';
import { COUNTERS } from '../../shared/metric.ts';
import { type Cell, type Channel, HEADCOUNT, TABLES, type Table } from '../../shared/view.ts';
import type { MirrorFeed } from './mirror.ts';

type Deltas = { readonly [C in Channel]?: Frame | 'reset' };
type NamedCells = Readonly<Record<string, Cell>>;

const COUNTED = new Set<string>([...COUNTERS, ...HEADCOUNT, 'waiting', 'overdue', 'suspects', 'onContactMs', 'idleMs']);

/** A row of a table from named cells; counters and counts that are not named are zero, everything else null. */
export function rowOf(table: Table, cells: NamedCells): Row {
  return TABLES[table].map((name) => cells[name] ?? (COUNTED.has(name) ? 0 : null));
}

export class TestFeed implements MirrorFeed {
  readonly views = new Map<Channel, { copy: ChannelCopy; frameCursor: string }>();
  viewReads = 0;
  #frames: { id: string; deltas: Deltas }[] = [];
  #sequence = 0;
  #failure: Error | null = null;
  #isClosed = false;
  #wake: () => void = () => {};
  #idle: (() => void)[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What readView gives from now on, as of the newest frame. */
  setView(
    channel: Channel,
    rev: number,
    at: number,
    tables: { [T in Table]?: readonly (readonly [string, NamedCells])[] },
  ): void {
    const copy = { ...emptyCopy(channel), rev, at };
    for (const [name, rows] of Object.entries(tables) as [Table, readonly (readonly [string, NamedCells])[]][]) {
      for (const [index, [id, cells]] of rows.entries()) copy.tables[name]?.place(index, id, rowOf(name, cells));
    }
    this.keep(copy);
  }

  /** The same with a copy, as it will be when it is read. */
  keep(copy: ChannelCopy): void {
    if (this.#sequence === 0) this.#sequence = 1;
    this.views.set(copy.channel, { copy, frameCursor: this.#id() });
  }

  push(deltas: Deltas): void {
    this.#sequence++;
    this.#frames.push({ id: this.#id(), deltas });
    this.#wake();
  }

  /** The next read fails. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  /** Resolves when the mirror has taken everything and waits for more. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#wake();
    });
  }

  async readView(channel: Channel) {
    this.viewReads++;
    const view = this.views.get(channel);
    if (!view) return null;
    // Every reader gets a copy of its own, as from a store.
    const copy = emptyCopy(channel);
    applyFrame(copy, encodeWhole(view.copy));
    return { copy, frameCursor: view.frameCursor };
  }

  async readFrames(cursor: string) {
    const sequence = Number(cursor.split('-')[1]);
    for (;;) {
      if (this.#isClosed) throw new Error('closed');
      if (this.#failure) {
        const failure = this.#failure;
        this.#failure = null;
        throw failure;
      }
      const due = this.#frames.filter(({ id }) => Number(id.split('-')[1]) > sequence);
      if (due.length > 0) return due;
      for (const resolve of this.#idle.splice(0)) resolve();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #id(): string {
    return `${this.#now()}-${this.#sequence}`;
  }
}

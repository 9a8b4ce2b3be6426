/** What adds up: the day, windows of time, quarter hours and gaps of every queue and of the whole site. */
import type { ChannelTables } from '../../../shared/delta.ts';
import { type Counters, zeroCounters } from '../../../shared/metric.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import { bucketOfRow } from '../../../shared/view.ts';
import { type TimeWindow, windowOf } from '../../../shared/window.ts';
import { type DayView, dayView, type GapView, gapView } from './rows.ts';

const NO_DAY: DayView = {
  counters: zeroCounters(),
  onContactMs: 0,
  idleMs: 0,
  waitP50Ms: null,
  waitP80Ms: null,
  waitP95Ms: null,
};

/** The channel `counts` at one version; made anew when it changes. Queues go by their id, the whole site by SITE_ROW. */
export class Counts {
  readonly gaps: readonly GapView[];
  readonly #tables: ChannelTables;
  readonly #windows = new Map<string, Readonly<Counters>>();
  #starts: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(tables: ChannelTables) {
    this.#tables = tables;
    this.gaps = [...(tables.gaps?.entries() ?? [])].map(([id, row]) => gapView(id, row));
  }

  /** Zeros when nothing was counted yet. */
  today(queue: string): DayView {
    const row = this.#tables.today?.get(queue);
    return row ? dayView(queue, row) : NO_DAY;
  }

  /** Summed once per version and minute: a wall asks for every queue with every frame. */
  window(queue: string, now: number, window: TimeWindow): Readonly<Counters> {
    const key = `${window} ${Math.floor(now / MINUTE_MS)} ${queue}`;
    let sum = this.#windows.get(key);
    if (!sum) {
      sum = windowOf(this.#tables, queue, now, window);
      this.#windows.set(key, sum);
    }
    return sum;
  }

  /** One quarter hour; undefined when nothing happened in it. */
  interval(queue: string, startAt: number): Counters | undefined {
    const row = this.#tables.trend?.get(`${queue}|${startAt}`);
    return row && bucketOfRow(row);
  }

  /** Starts of the quarter hours in which something happened, oldest first. */
  starts(queue: string): readonly number[] {
    this.#starts ??= startsByQueue(this.#tables);
    return this.#starts.get(queue) ?? [];
  }
}

function startsByQueue(tables: ChannelTables): Map<string, number[]> {
  const starts = new Map<string, number[]>();
  for (const [, [queue, startAt]] of tables.trend?.entries() ?? []) {
    if (typeof queue !== 'string' || typeof startAt !== 'number') continue;
    const known = starts.get(queue);
    if (known) known.push(startAt);
    else starts.set(queue, [startAt]);
  }
  for (const known of starts.values()) known.sort((a, b) => a - b);
  return starts;
}

/**
 * The rows of a site that a view shows (docs/spec/live.md, SCP): what belongs to other queues and teams is left out, and
 * the totals are those of what is left. Channels and answers of a view are both made of these.
 */
import type { Row } from '../../shared/delta.ts';
import { addCounters, COUNTERS, type Counters, zeroCounters } from '../../shared/metric.ts';
import type { View } from '../../shared/policy.ts';
import {
  BUCKET_COUNTERS,
  bucketOfRow,
  CHANNELS,
  type Channel,
  column,
  countersOfRow,
  LIVE,
  SITE_ROW,
  type Table,
} from '../../shared/view.ts';
import type { Touched } from './mirror.ts';
import { Sight } from './sight.ts';
import { ViewSums } from './view-sums.ts';

/** Everything a site has, of whatever channel. */
export interface FullRows {
  rows(table: Table): Iterable<readonly [id: string, row: Row]>;
  row(table: Table, id: string): Row | undefined;
  /** Site clock up to which the table's channel holds. */
  at(table: Table): number;
}

type BucketTable = 'trend' | 'minutes';

const SITE_LIVE = column('site', LIVE[0]);

export class ScopedRows {
  readonly #sight: Sight;
  readonly #sums: ViewSums;

  constructor(view: View) {
    this.#sight = new Sight(view);
    this.#sums = new ViewSums(this.#sight);
  }

  /** Must be called before anything is read, and again whenever `full` was replaced. */
  load(full: FullRows): void {
    this.#sums.clear();
    for (const [id, row] of full.rows('queues')) this.#sums.setQueue(id, row);
    for (const [id, row] of full.rows('agents')) this.#sums.setAgent(id, row);
  }

  /** Must be told everything that changed in `full` since. */
  follow(full: FullRows, { queues, agents }: Touched): void {
    for (const id of queues ?? []) this.#sums.setQueue(id, full.row('queues', id));
    for (const id of agents ?? []) this.#sums.setAgent(id, full.row('agents', id));
  }

  /** What the view shows under this id; undefined: nothing. */
  row(full: FullRows, table: Table, id: string): Row | undefined {
    const { queues } = this.#sight;
    const row = full.row(table, id);
    switch (table) {
      case 'site':
        return row && [...row.slice(0, SITE_LIVE), ...this.#live()];
      case 'queues':
        return this.#sight.hasQueue(id) ? row : undefined;
      case 'agents':
        return row && this.#sight.hasAgent(row) ? this.#sight.agent(row) : undefined;
      case 'today':
        if (id === SITE_ROW && queues) return row && this.#dayOf(full, queues);
        return id === SITE_ROW || this.#sight.hasQueue(id) ? row : undefined;
      case 'trend':
      case 'minutes':
        if (queueOf(id) === SITE_ROW && queues) return bucketOf(full, table, startOf(id), queues);
        return queueOf(id) === SITE_ROW || this.#sight.hasQueue(queueOf(id)) ? row : undefined;
      case 'sources':
      case 'gaps':
        return row;
      // They name whom they please: nobody without the whole view gets any.
      case 'anomalies':
      case 'corrections':
        return undefined;
    }
  }

  *rows(full: FullRows, table: Table): Generator<[id: string, row: Row]> {
    for (const id of this.#idsIn(full, table)) {
      const row = this.row(full, table, id);
      if (row) yield [id, row];
    }
  }

  /** Which rows of the channel may show something else after a commit. */
  *affected(full: FullRows, channel: Channel, touched: Touched): Generator<[table: Table, ids: ReadonlySet<string>]> {
    for (const table of CHANNELS[channel] as readonly Table[]) {
      const ids = new Set(touched[table]);
      if (table === 'site' && (touched.queues || touched.agents)) for (const [id] of full.rows('site')) ids.add(id);
      // Also time is in the totals of the day, so they may change with any commit of the channel.
      if (table === 'today') ids.add(SITE_ROW);
      if (table === 'trend' || table === 'minutes') for (const id of [...ids]) ids.add(siteBucketAt(startOf(id)));
      if (ids.size > 0) yield [table, ids];
    }
  }

  /** The site may count nothing in a quarter hour in which a queue does: a call counts there when it came first. */
  #idsIn(full: FullRows, table: Table): Iterable<string> {
    const ids = new Set<string>();
    for (const [id] of full.rows(table)) {
      ids.add(id);
      if ((table === 'trend' || table === 'minutes') && this.#sight.queues) ids.add(siteBucketAt(startOf(id)));
    }
    return ids;
  }

  #live() {
    const live = this.#sums.live();
    return LIVE.map((name) => live[name]);
  }

  /** Percentiles do not add up. */
  #dayOf(full: FullRows, queues: ReadonlySet<string>): Row {
    const counters = zeroCounters();
    for (const id of queues) {
      const row = full.row('today', id);
      if (row) addCounters(counters, countersOfRow(row));
    }
    const { onContactMs, idleMs } = this.#sums.timeAt(full.at('today'));
    return [
      ...COUNTERS.map((name) => counters[name]),
      toTenSeconds(onContactMs),
      toTenSeconds(idleMs),
      null,
      null,
      null,
    ];
  }
}

/** Undefined where none of the queues has a bucket. */
function bucketOf(full: FullRows, table: BucketTable, startAt: string, queues: ReadonlySet<string>): Row | undefined {
  let sum: Counters | undefined;
  for (const id of queues) {
    const row = full.row(table, `${id}|${startAt}`);
    if (row) sum = addCounters(sum ?? zeroCounters(), bucketOfRow(row));
  }
  if (sum === undefined) return undefined;
  const counters = sum;
  return [SITE_ROW, Number(startAt), ...BUCKET_COUNTERS.map((name) => counters[name])];
}

/** Queues may be called anything, so the last separator counts. */
const startOf = (bucket: string): string => bucket.slice(bucket.lastIndexOf('|') + 1);
const queueOf = (bucket: string): string => bucket.slice(0, bucket.lastIndexOf('|'));

const siteBucketAt = (startAt: string): string => `${SITE_ROW}|${startAt}`;

/** As the core does: it is enough for a ratio over the day and spares a changed cell per tick. */
const toTenSeconds = (ms: number): number => Math.round(ms / 10_000) * 10_000;

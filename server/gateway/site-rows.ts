/** One site as the API needs it: the rows that the caller sees by id, and how far they may be believed. */
import type { Freshness } from '../../shared/api-numbers.ts';
import type { Row } from '../../shared/delta.ts';
import { EVERYWHERE, isWhole, type View } from '../../shared/policy.ts';
import { CHANNELS, type Channel, type Table } from '../../shared/view.ts';
import { AppError } from '../errors.ts';
import { freshnessOf, siteClock } from './freshness.ts';
import { FullRows } from './full-rows.ts';
import type { Mirror, SiteView } from './mirror.ts';
import { ScopedRows } from './scoped-rows.ts';

export interface Envelope {
  readonly asOf: number;
  readonly rev: number;
  readonly freshness: Freshness;
}

export interface SiteRows {
  readonly id: string;
  readonly envelope: Envelope;
  readonly view: View;
  /** Whatever the caller sees of it. */
  readonly full: FullRows;
  /** In the order of their indexes. Empty for a table of a channel that was not asked for. */
  table(name: Table): ReadonlyMap<string, Row>;
}

/** What answers are made of. */
export type Views = Pick<Mirror, 'sites' | 'view'>;

/**
 * Reads the channels an answer is made of. Channels are committed together but may go out at a pace of their own, so the
 * answer holds for the newest of them, and its revision is the sum of theirs: it grows with each.
 */
export function siteRows(
  mirror: Views,
  site: string,
  channels: readonly Channel[],
  now: number,
  view: View = EVERYWHERE,
): SiteRows {
  const full = new FullRows(mirror, site);
  const board = viewOf(full, 'board');
  const views = channels.map((channel) => viewOf(full, channel));
  const freshness = freshnessOf(board, now);
  const newest = views.reduce((a, b) => ((b.committedAt ?? 0) > (a.committedAt ?? 0) ? b : a), board);
  const scoped = isWhole(view) ? null : new ScopedRows(view);
  scoped?.load(full);
  const tables = new Map<Table, ReadonlyMap<string, Row>>();
  return {
    id: site,
    envelope: {
      asOf: siteClock(newest, freshness, now),
      rev: views.reduce((sum, { rev }) => sum + rev, 0),
      freshness,
    },
    view,
    full,
    table(name) {
      const known = tables.get(name);
      if (known) return known;
      const isAskedFor = channels.some((one) => (CHANNELS[one] as readonly Table[]).includes(name));
      const rows = new Map(isAskedFor ? (scoped ? scoped.rows(full, name) : full.rows(name)) : []);
      tables.set(name, rows);
      return rows;
    },
  };
}

function viewOf(full: FullRows, channel: Channel): SiteView {
  const view = full.view(channel);
  if (view === null) throw new AppError('site.unknown');
  return view;
}

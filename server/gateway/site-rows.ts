/** One site as the API needs it: the mirror's rows by id, and how far they may be believed. */
import type { Freshness } from '../../shared/api-numbers.ts';
import type { Row } from '../../shared/delta.ts';
import { CHANNELS, type Channel, type Table } from '../../shared/view.ts';
import { AppError } from '../errors.ts';
import { freshnessOf, siteClock } from './freshness.ts';
import type { Mirror, SiteView } from './mirror.ts';

export interface Envelope {
  readonly asOf: number;
  readonly rev: number;
  readonly freshness: Freshness;
}

export interface SiteRows {
  readonly id: string;
  readonly envelope: Envelope;
  /** In the order of their indexes. Empty for a table of a channel that was not asked for. */
  table(name: Table): ReadonlyMap<string, Row>;
}

/** What answers are made of. */
export type Views = Pick<Mirror, 'sites' | 'view'>;

/**
 * Reads the channels an answer is made of. Channels are committed together but may go out at a pace of their own, so the
 * answer holds for the newest of them, and its revision is the sum of theirs: it grows with each.
 */
export function siteRows(mirror: Views, site: string, channels: readonly Channel[], now: number): SiteRows {
  const board = viewOf(mirror, site, 'board');
  const views = new Map<Channel, SiteView>(channels.map((channel) => [channel, viewOf(mirror, site, channel)]));
  const freshness = freshnessOf(board, now);
  const newest = [...views.values()].reduce((a, b) => ((b.committedAt ?? 0) > (a.committedAt ?? 0) ? b : a), board);
  const tables = new Map<Table, ReadonlyMap<string, Row>>();
  return {
    id: site,
    envelope: {
      asOf: siteClock(newest, freshness, now),
      rev: [...views.values()].reduce((sum, { rev }) => sum + rev, 0),
      freshness,
    },
    table(name) {
      const known = tables.get(name);
      if (known) return known;
      const channel = channels.find((one) => (CHANNELS[one] as readonly Table[]).includes(name));
      const rows = new Map(channel && views.get(channel)?.rows(name));
      tables.set(name, rows);
      return rows;
    },
  };
}

function viewOf(mirror: Views, site: string, channel: Channel): SiteView {
  const view = mirror.view(site, channel);
  if (view === null) throw new AppError('site.unknown');
  return view;
}

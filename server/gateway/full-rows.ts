/** A site's rows by table, whatever channel brings them. */
import type { Row } from '../../shared/delta.ts';
import { CHANNELS, type Channel, channelNames, type Table } from '../../shared/view.ts';
import type { Mirror, SiteView } from './mirror.ts';

const CHANNEL_OF = new Map<Table, Channel>(
  channelNames.flatMap((channel) => CHANNELS[channel].map((table) => [table, channel] as const)),
);

export class FullRows {
  readonly #views = new Map<Channel, SiteView | null>();
  readonly #mirror: Pick<Mirror, 'view'>;
  readonly #site: string;

  constructor(mirror: Pick<Mirror, 'view'>, site: string) {
    this.#mirror = mirror;
    this.#site = site;
  }

  /** Null for a site that is not there. */
  view(channel: Channel): SiteView | null {
    let view = this.#views.get(channel);
    if (view === undefined) {
      view = this.#mirror.view(this.#site, channel);
      this.#views.set(channel, view);
    }
    return view;
  }

  rows(table: Table): Iterable<readonly [id: string, row: Row]> {
    return this.#viewWith(table)?.rows(table) ?? [];
  }

  row(table: Table, id: string): Row | undefined {
    return this.#viewWith(table)?.row(table, id);
  }

  /** Site clock up to which the channel with the table holds; 0 before the first commit. */
  at(table: Table): number {
    return this.#viewWith(table)?.at ?? 0;
  }

  #viewWith(table: Table): SiteView | null {
    const channel = CHANNEL_OF.get(table);
    return channel === undefined ? null : this.view(channel);
  }
}

/** What is known of a source itself: whether it lives, since when, and why not. */
import type { DomainEvent } from '../../shared/event.ts';
import type { Site, SourceState } from './site.ts';

export interface Origin {
  readonly source: string;
  /** Server wall clock when the bytes arrived. */
  readonly receivedAt: number;
}

export function noteAlive(site: Site, event: DomainEvent, { source, receivedAt }: Origin): void {
  const known: SourceState = site.sources.get(source) ?? {
    id: source,
    state: 'connecting',
    aliveAt: null,
    syncedAt: null,
    lostAt: null,
    cause: null,
    bootedAt: null,
  };
  let next: SourceState;
  if (event.type === 'source.lost') next = { ...known, state: 'lost', lostAt: receivedAt, cause: event.cause };
  else {
    const isSync = event.type === 'source.synced';
    next = {
      ...known,
      aliveAt: Math.max(known.aliveAt ?? 0, receivedAt),
      ...(isSync && {
        state: 'live',
        syncedAt: receivedAt,
        lostAt: null,
        cause: null,
        bootedAt: event.bootedAt ?? known.bootedAt,
      }),
    };
    // Freshness need not be finer than a second: it spares every screen a cell per event.
    if (!isSync && known.aliveAt !== null && receivedAt - known.aliveAt < 1_000) return;
  }
  site.sources.set(source, next);
  site.touched.sources.add(source);
}

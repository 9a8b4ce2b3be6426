/** What is known of a source itself: whether it lives, since when, why not, and in which periods nobody heard of it. */
import { type DomainEvent, SETTINGS_SOURCE } from '../../shared/event.ts';
import type { Gap, Site, SourceState } from './site.ts';

export interface Origin {
  readonly source: string;
  /** Server wall clock when the bytes arrived. */
  readonly receivedAt: number;
}

/** A new connection so soon after the newest sign of life has missed nothing worth a mark on a chart. */
const SHORTEST_GAP_MS = 2_000;
/** How fast the estimate of a source's clock forgets an event that came with little delay. */
const OFFSET_DECAY = 0.01;

export function noteAlive(site: Site, event: DomainEvent, { source, receivedAt }: Origin): void {
  if (source === SETTINGS_SOURCE) return;
  const known: SourceState = site.sources.get(source) ?? {
    id: source,
    state: 'connecting',
    aliveAt: null,
    syncedAt: null,
    lostAt: null,
    cause: null,
    bootedAt: null,
    clockOffsetMs: null,
  };
  let next: SourceState;
  if (event.type === 'source.lost') {
    next = { ...known, state: 'lost', lostAt: receivedAt, cause: event.cause };
    if (known.state === 'live') openGap(site, source, aliveInSiteTime(site, known, event.at), event.cause);
  } else {
    const isSync = event.type === 'source.synced';
    // Freshness need not be finer than a second: it spares every screen a cell per event.
    if (!isSync && known.aliveAt !== null && receivedAt - known.aliveAt < 1_000) return;
    if (isSync && event.reason === 'connect') onConnect(site, known, event.at, receivedAt);
    next = {
      ...known,
      aliveAt: Math.max(known.aliveAt ?? 0, receivedAt),
      clockOffsetMs: offsetAfter(known.clockOffsetMs, event.at - receivedAt),
      ...(isSync && {
        state: 'live',
        syncedAt: receivedAt,
        lostAt: null,
        cause: null,
        bootedAt: event.bootedAt ?? known.bootedAt,
      }),
    };
  }
  site.sources.set(source, next);
  site.touched.sources.add(source);
}

/** Delay only ever makes a clock look slow, so the highest reading of late is the best. */
const offsetAfter = (known: number | null, readMs: number): number =>
  known === null || readMs > known ? readMs : Math.round(known + (readMs - known) * OFFSET_DECAY);

const aliveInSiteTime = (site: Site, { aliveAt }: SourceState, at: number): number =>
  aliveAt === null ? at : Math.min(at, aliveAt + site.clockOffsetMs);

/** The end of the gap; of one that nobody could tell of, where whoever listened has died, the beginning too. */
function onConnect(site: Site, known: SourceState, at: number, receivedAt: number): void {
  const open = [...site.gaps].find(([, gap]) => gap.source === known.id && gap.endAt === null);
  if (open) putGap(site, { ...open[1], endAt: Math.max(at, open[1].startAt) });
  else if (known.state === 'live' && known.aliveAt !== null && receivedAt - known.aliveAt >= SHORTEST_GAP_MS) {
    putGap(site, {
      source: known.id,
      startAt: aliveInSiteTime(site, known, at),
      endAt: at,
      cause: 'unheard',
      isFilled: false,
    });
  }
}

const openGap = (site: Site, source: string, startAt: number, cause: Gap['cause']): void =>
  putGap(site, { source, startAt, endAt: null, cause, isFilled: false });

function putGap(site: Site, gap: Gap): void {
  const key = `${gap.source}|${gap.startAt}`;
  site.gaps.set(key, gap);
  site.touched.gaps.add(key);
  const { source, startAt, endAt, cause } = gap;
  site.outbox.facts.push({ type: 'gap', source, startAt, endAt, cause });
}

/** Gaps leave the screens with the day in which they ended. */
export function forgetGaps(site: Site, dayStartAt: number): void {
  for (const [key, { endAt }] of site.gaps) {
    if (endAt === null || endAt > dayStartAt) continue;
    site.gaps.delete(key);
    site.touched.gaps.add(key);
  }
}

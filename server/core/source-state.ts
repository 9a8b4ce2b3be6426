/** What is known of a source itself: whether it lives, since when, why not, and in which periods nobody heard of it. */
import { type DomainEvent, type EventOf, SETTINGS_SOURCE } from '../../shared/event.ts';
import { isLogSource } from '../../shared/source.ts';
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
/** What ended within a gap is in the log by then: whole seconds, and written a little later. */
const FILL_SLACK_MS = 2_000;

/** A burst of the past is told in no time: how far it has come must not lag behind by more. */
const TOLD_STEP_MS = 10_000;
const TELLS_OF_ITSELF: ReadonlySet<DomainEvent['type']> = new Set(['source.lost', 'source.synced', 'log.read']);

export function noteAlive(site: Site, event: DomainEvent, { source, receivedAt }: Origin): void {
  if (source === SETTINGS_SOURCE) return;
  const isLog = isLogSource(source);
  if (event.type === 'source.synced' || (!isLog && event.type.startsWith('contact.'))) site.heardFrom ??= event.at;
  // What nothing was heard before has been heard from the beginning.
  const known = site.sources.get(source) ?? firstHeard(source, site.heardFrom === null ? 0 : site.clockAt);
  // Freshness need not be finer than a second: it spares every screen a cell per event.
  const isSoon =
    known.aliveAt !== null &&
    Math.abs(receivedAt - known.aliveAt) < 1_000 &&
    event.at - (known.toldTo ?? 0) < TOLD_STEP_MS;
  if (isSoon && !TELLS_OF_ITSELF.has(event.type)) return;
  // What a log does not tell in time it tells later: it leaves no gap.
  if (event.type === 'source.lost' && known.state === 'live' && !isLog)
    openGap(site, source, aliveInSiteTime(site, known, event.at), event.cause);
  if (event.type === 'source.synced' && event.reason === 'connect') onConnect(site, known, event.at, receivedAt);
  site.sources.set(source, after(known, event, receivedAt, isLog));
  site.touched.sources.add(source);
}

const firstHeard = (id: string, at: number): SourceState => ({
  id,
  state: 'connecting',
  aliveAt: null,
  syncedAt: null,
  lostAt: null,
  cause: null,
  bootedAt: null,
  clockOffsetMs: null,
  heardFrom: at,
  toldTo: null,
  resume: null,
});

function after(known: SourceState, event: DomainEvent, receivedAt: number, isLog: boolean): SourceState {
  if (event.type === 'source.lost') return { ...known, state: 'lost', lostAt: receivedAt, cause: event.cause };
  // Events arrive in order but for some milliseconds; whatever else steps back is a clock that was ahead.
  const aliveAt =
    known.aliveAt !== null && known.aliveAt - receivedAt < 1_000 ? Math.max(known.aliveAt, receivedAt) : receivedAt;
  const isLive = { aliveAt, state: 'live', syncedAt: receivedAt, lostAt: null, cause: null } as const;
  // A predecessor that was stopped in the middle of an append may speak after its successor.
  if (event.type === 'log.read' && event.at >= (known.toldTo ?? 0))
    return { ...known, ...isLive, toldTo: event.at, resume: event.resume };
  if (isLog) return { ...known, aliveAt };
  const clockOffsetMs = offsetAfter(known.clockOffsetMs, event.at - receivedAt);
  // A connection may find the clock of its PBX set back.
  if (event.type === 'source.synced')
    return { ...known, ...isLive, clockOffsetMs, bootedAt: event.bootedAt ?? known.bootedAt, toldTo: event.at };
  return { ...known, aliveAt, clockOffsetMs, toldTo: Math.max(known.toldTo ?? 0, event.at) };
}

/** A PBX's log is read beside its connection, so what is heard may be old news. */
export function hasLog(site: Site): boolean {
  for (const id of site.sources.keys()) if (isLogSource(id)) return true;
  return false;
}

/** A gap that ended before what the log has told by now holds all that was in it, if the log was known when it began. */
export function noteRead(site: Site, { at }: EventOf<'log.read'>): void {
  for (const gap of site.gaps.values()) {
    if (gap.isFilled || gap.endAt === null || at < gap.endAt + FILL_SLACK_MS) continue;
    if (logKnownSince(site) <= gap.startAt) putGap(site, { ...gap, isFilled: true });
  }
}

function logKnownSince(site: Site): number {
  let since = Number.POSITIVE_INFINITY;
  for (const { id, heardFrom } of site.sources.values()) if (isLogSource(id)) since = Math.min(since, heardFrom);
  return since;
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

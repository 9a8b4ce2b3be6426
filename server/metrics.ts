/**
 * What the process counts of itself, for Prometheus. One helper per business event, so that no other file spells a
 * metric's name. Label values come from configuration and fixed lists, never from callers' data. Kinds of anomaly may name
 * what a source sent; the core keeps at most 200 of them. What the metrics are for: docs/operations.md.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { FreshnessState } from '../shared/api-numbers.ts';
import type { Channel } from '../shared/view.ts';

const LATENCY_S = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10];
const FRAME_BYTES = [128, 512, 2_048, 8_192, 32_768, 131_072, 524_288];

export type Metrics = ReturnType<typeof createMetrics>;

/** What the gateway knows when Prometheus scrapes. A value that is not known is left out. */
export interface LiveState {
  sockets(): number;
  sources(): Iterable<{
    site: string;
    source: string;
    state: FreshnessState;
    ageMs: number | null;
    clockOffsetMs: number | null;
  }>;
  anomalies(): Iterable<{ site: string; kind: string; today: number; total: number }>;
  streamLags(): Promise<Iterable<{ site: string; lagMs: number }>>;
}

/** One registry per app, so that two apps in one process (tests) do not share counts. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const events = new Counter({
    name: 'floorcast_ingested_events_total',
    help: 'Domain events appended to the stream of a site.',
    labelNames: ['site', 'source'],
    registers,
  });
  const commit = new Histogram({
    name: 'floorcast_commit_seconds',
    help: 'Duration of one atomic commit of a site.',
    labelNames: ['site'],
    buckets: LATENCY_S,
    registers,
  });
  const folded = new Counter({
    name: 'floorcast_folded_events_total',
    help: 'Domain events folded into committed state.',
    labelNames: ['site'],
    registers,
  });
  const frames = new Histogram({
    name: 'floorcast_frame_bytes',
    help: 'Size of one live frame, counted once per channel.',
    labelNames: ['channel', 'kind'],
    buckets: FRAME_BYTES,
    registers,
  });
  const eventToEmit = new Histogram({
    name: 'floorcast_event_to_emit_seconds',
    help: 'From the arrival of an event to the emission of the delta that shows it.',
    labelNames: ['site'],
    buckets: LATENCY_S,
    registers,
  });
  const anomalies = new Counter({
    name: 'floorcast_anomalies_total',
    help: 'Things that should not happen in this process, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const skipped = new Counter({
    name: 'floorcast_lagging_sockets_total',
    help: 'Times a socket was skipped because it did not keep up.',
    registers,
  });

  const owned = new Gauge({
    name: 'floorcast_site_owned',
    help: '1 where this process owns the site; the sum over all processes must be 1.',
    labelNames: ['site'],
    registers,
  });
  const takeOvers = new Counter({
    name: 'floorcast_site_takeovers_total',
    help: 'Times this process became the owner of a site.',
    labelNames: ['site'],
    registers,
  });
  const backlog = new Gauge({
    name: 'floorcast_history_backlog_entries',
    help: 'Entries of facts that wait for PostgreSQL.',
    labelNames: ['site'],
    registers,
  });
  const backlogAge = new Gauge({
    name: 'floorcast_history_backlog_seconds',
    help: 'Age of the oldest entry that waits for PostgreSQL.',
    labelNames: ['site'],
    registers,
  });
  const backlogs = new Map<string, { site: string; entries: number; ageMs: number }>();

  const latencies = new Map<string, ReturnType<typeof matchLatency>>();
  const latency = (site: string) => {
    const known = latencies.get(site) ?? matchLatency((ms) => eventToEmit.observe({ site }, Math.max(0, ms) / 1000));
    latencies.set(site, known);
    return known;
  };

  return {
    registry,
    ingested: (site: string, source: string, count: number) => events.inc({ site, source }, count),
    committed: (site: string, ms: number, eventCount: number) => {
      commit.observe({ site }, ms / 1000);
      folded.inc({ site }, eventCount);
    },
    /** Events that arrived at `arrivedAt` show from revision `rev` on. The delta may go out before or after this is told. */
    shownFrom: (site: string, rev: number, arrivedAt: number) => latency(site).arrived(rev, arrivedAt),
    /** The delta up to `rev` was emitted. */
    emitted: (site: string, rev: number, at: number) => latency(site).emitted(rev, at),
    frame: (channel: Channel, kind: 'delta' | 'snapshot', bytes: number) => frames.observe({ channel, kind }, bytes),
    anomaly: (kind: string) => anomalies.inc({ kind }),
    socketSkipped: () => skipped.inc(),
    /** This process took a site over, or owns it no longer. */
    owner(site: string, isOwner: boolean) {
      if (isOwner) takeOvers.inc({ site });
      owned.set({ site }, isOwner ? 1 : 0);
    },
    /** What waits for PostgreSQL now. */
    historyBacklog(site: string, entries: number, ageMs: number) {
      backlog.set({ site }, entries);
      backlogAge.set({ site }, ageMs / 1000);
      backlogs.set(site, { site, entries, ageMs });
    },
    /** As told last, by site. */
    historyBacklogs: () => [...backlogs.values()],
    watch: (live: LiveState) => watchLive(registry, live),
  };
}

/** Asked at each scrape, so that nothing is kept up to date that nobody reads. */
function watchLive(registry: Registry, live: LiveState): void {
  const registers = [registry];
  new Gauge({
    name: 'floorcast_sockets',
    help: 'Live connections.',
    registers,
    collect() {
      this.set(live.sockets());
    },
  });
  new Gauge({
    name: 'floorcast_source_age_seconds',
    help: 'Age of the newest proof of life of a source; absent before the first.',
    labelNames: ['site', 'source'],
    registers,
    collect() {
      this.reset();
      for (const { site, source, ageMs } of live.sources())
        if (ageMs !== null) this.set({ site, source }, ageMs / 1000);
    },
  });
  new Gauge({
    name: 'floorcast_source_live',
    help: '1 while the numbers of a source are current, 0 while it is connecting, stale or lost.',
    labelNames: ['site', 'source'],
    registers,
    collect() {
      this.reset();
      for (const { site, source, state } of live.sources()) this.set({ site, source }, state === 'live' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'floorcast_source_clock_offset_seconds',
    help: "A source's clock minus the server's; absent before its first event.",
    labelNames: ['site', 'source'],
    registers,
    collect() {
      this.reset();
      for (const { site, source, clockOffsetMs } of live.sources())
        if (clockOffsetMs !== null) this.set({ site, source }, clockOffsetMs / 1000);
    },
  });
  new Counter({
    name: 'floorcast_site_anomalies_total',
    help: 'Things that should not happen and corrections, by kind, since the site exists.',
    labelNames: ['site', 'kind'],
    registers,
    collect() {
      this.reset();
      for (const { site, kind, total } of live.anomalies()) this.inc({ site, kind }, total);
    },
  });
  new Gauge({
    name: 'floorcast_site_anomalies_today',
    help: 'The same, in the business day.',
    labelNames: ['site', 'kind'],
    registers,
    collect() {
      this.reset();
      for (const { site, kind, today } of live.anomalies()) this.set({ site, kind }, today);
    },
  });
  new Gauge({
    name: 'floorcast_stream_lag_seconds',
    help: 'How far the committed cursor of a site is behind the newest event of its stream.',
    labelNames: ['site'],
    registers,
    async collect() {
      const lags = await live.streamLags();
      this.reset();
      for (const { site, lagMs } of lags) this.set({ site }, lagMs / 1000);
    },
  });
}

/** Commits not yet emitted; more than this means that nobody emits here. */
const MAX_UNMATCHED = 256;

/** Matches what a commit shows with the emission of its revision, whichever is heard of first. */
function matchLatency(observe: (ms: number) => void) {
  let waiting: { rev: number; arrivedAt: number }[] = [];
  let newest = { rev: 0, at: 0 };
  return {
    arrived(rev: number, arrivedAt: number) {
      if (rev <= newest.rev) observe(newest.at - arrivedAt);
      else if (waiting.length < MAX_UNMATCHED) waiting.push({ rev, arrivedAt });
    },
    emitted(rev: number, at: number) {
      newest = { rev, at };
      for (const one of waiting) if (one.rev <= rev) observe(at - one.arrivedAt);
      waiting = waiting.filter((one) => one.rev > rev);
    },
  };
}

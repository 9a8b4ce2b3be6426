/**
 * What the process counts of itself, for Prometheus. One helper per business event, so that no other file spells a
 * metric's name. Label values come from configuration and fixed lists, never from callers' data.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Channel } from '../shared/view.ts';

const LATENCY_S = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10];
const FRAME_BYTES = [128, 512, 2_048, 8_192, 32_768, 131_072, 524_288];

export type Metrics = ReturnType<typeof createMetrics>;

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
    help: 'JSON size of one live frame, counted once per channel.',
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
    help: 'Things that should not happen, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const skipped = new Counter({
    name: 'floorcast_lagging_sockets_total',
    help: 'Times a socket was skipped because it did not keep up.',
    registers,
  });

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
    /** Both are asked when Prometheus scrapes. */
    watch(live: {
      sockets: () => number;
      sourceAges: () => Iterable<{ site: string; source: string; ageMs: number | null }>;
    }) {
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
          for (const { site, source, ageMs } of live.sourceAges())
            if (ageMs !== null) this.set({ site, source }, ageMs / 1000);
        },
      });
    },
  };
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

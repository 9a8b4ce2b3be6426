/**
 * A PBX under load, in a process of its own: floods as fast as it is read, or runs at a steady rate until told otherwise.
 * Its argument is the JSON of a TrafficPlan.
 */
import { startAmiServer } from '../../server/sources/simulator/ami-server.ts';
import { type QueueCounts, Traffic, type TrafficPlan } from './traffic.ts';

export type PbxOrder =
  /** `virtualRate`: events per second of the PBX's own clock, which runs ahead. */
  | { readonly do: 'flood'; readonly events: number; readonly virtualRate: number }
  /** Tells what happened between the PBX's clock and now, as fast as it is read; the PBX lives in the present then. */
  | { readonly do: 'catchUp'; readonly eventsPerSecond: number }
  | { readonly do: 'run'; readonly eventsPerSecond: number; readonly hasMarks: boolean }
  /** How many marks were sent so far. */
  | { readonly do: 'countMarks' }
  /** No more calls; resolves with `ended` when those there are have ended, and stops. */
  | { readonly do: 'end' };
export type PbxReport =
  | { readonly is: 'listening'; readonly url: string }
  | { readonly is: 'synced' }
  | { readonly is: 'started'; readonly at: number }
  /** `mark`: the instant that the last mark carries. */
  | { readonly is: 'sent'; readonly events: number; readonly mark: number }
  | { readonly is: 'caughtUp' }
  /** With the new rate in force: how long a call takes now, and so how long it takes until the rate is reached. */
  | { readonly is: 'running'; readonly handleMs: number }
  | { readonly is: 'marked'; readonly marks: number }
  | { readonly is: 'ended'; readonly events: number; readonly counts: Readonly<Record<string, QueueCounts>> };

const STEP_MS = 5;
/** Not in step with the server's tick, or it would always meet the same phase of it. */
const MARK_EVERY_MS = 37;
const FLOOD_STEP_MS = 10;

const tell = (report: PbxReport): void => {
  process.send?.(report);
};
const traffic = new Traffic(JSON.parse(process.argv[2] ?? '') as TrafficPlan);
const server = await startAmiServer({
  pbx: {
    isBooted: () => true,
    bootedAtMs: () => traffic.nowMs - 3_600_000,
    nowMs: () => traffic.nowMs,
    snapshot: () => traffic.snapshot(),
    encoding: 'utf8',
  },
  secret: 'bench',
  maxQueuedBytes: Number.POSITIVE_INFINITY,
  onAnswered: ({ name }) => {
    if (name.toLowerCase() === 'coreshowchannels') tell({ is: 'synced' });
  },
});
tell({ is: 'listening', url: server.url });

let marks = 0;
let running: NodeJS.Timeout | null = null;

async function flood(events: number, virtualRate: number): Promise<void> {
  traffic.setRate(virtualRate);
  const last = traffic.events + events;
  const before = traffic.events;
  tell({ is: 'started', at: Date.now() });
  while (traffic.events < last) await send(traffic.advance(traffic.nowMs + FLOOD_STEP_MS));
  const mark = traffic.nowMs;
  server.broadcast([traffic.mark(marks++, mark)]);
  tell({ is: 'sent', events: traffic.events - before, mark });
}

async function catchUp(eventsPerSecond: number): Promise<void> {
  traffic.setRate(eventsPerSecond);
  while (traffic.nowMs < Date.now() - STEP_MS) {
    await send(traffic.advance(Math.min(traffic.nowMs + 500, Date.now())));
  }
  tell({ is: 'caughtUp' });
}

async function send(text: string): Promise<void> {
  if (text !== '') server.broadcast([text]);
  await server.ready();
  // ready() may resolve within the same turn; the socket is written in the next.
  await new Promise((resolve) => setImmediate(resolve));
}

function runAt(eventsPerSecond: number, hasMarks: boolean): void {
  if (running) clearInterval(running);
  // Up to here at the rate before, which is none in the beginning.
  server.broadcast([traffic.advance(Date.now())]);
  traffic.setRate(eventsPerSecond);
  let markedAt = 0;
  running = setInterval(() => {
    const now = Date.now();
    const parts = [traffic.advance(now)];
    if (hasMarks && now - markedAt >= MARK_EVERY_MS) {
      markedAt = now;
      parts.push(traffic.mark(marks++, now));
    }
    const text = parts.join('');
    if (text !== '') server.broadcast([text]);
  }, STEP_MS);
  tell({ is: 'running', handleMs: traffic.handleMs });
}

function end(): void {
  runAt(0.001, false);
  server.broadcast([traffic.endMarks(Date.now())]);
  const wait = setInterval(() => {
    if (traffic.open > 0) return;
    clearInterval(wait);
    if (running) clearInterval(running);
    tell({ is: 'ended', events: traffic.events, counts: traffic.counts() });
  }, STEP_MS);
}

process.on('message', (order: PbxOrder) => {
  if (order.do === 'flood') void flood(order.events, order.virtualRate);
  else if (order.do === 'catchUp') void catchUp(order.eventsPerSecond);
  else if (order.do === 'run') runAt(order.eventsPerSecond, order.hasMarks);
  else if (order.do === 'countMarks') tell({ is: 'marked', marks });
  else end();
});
process.on('disconnect', () => process.exit(0));

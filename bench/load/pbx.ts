/** A PBX under load, in a process of its own: floods, or sends at a steady rate, when the parent says so. */

import { startAmiServer } from '../../server/sources/simulator/ami-server.ts';
import type { Pbx } from '../../server/sources/simulator/pbx.ts';
import { call, EVENTS_PER_CALL, MARKERS, markerInterface, memberStatus, queueName } from './calls.ts';

export type PbxOrder =
  | { readonly do: 'flood'; readonly calls: number }
  | { readonly do: 'steady'; readonly eventsPerSecond: number; readonly seconds: number };
export type PbxReport =
  | { readonly is: 'listening'; readonly url: string }
  | { readonly is: 'synced' }
  | { readonly is: 'started'; readonly at: number }
  | { readonly is: 'sent'; readonly at: number; readonly bytes: number };

const tell = (report: PbxReport): void => {
  process.send?.(report);
};
const stampAt = (ms: number): string => (ms / 1_000).toFixed(6);

const pbx: Pbx = {
  isBooted: () => true,
  bootedAtMs: () => Date.now() - 3_600_000,
  nowMs: () => Date.now(),
  snapshot: () => ({ queues: [], channels: [] }),
  encoding: 'utf8',
};
const server = await startAmiServer({
  pbx,
  secret: 'bench',
  maxQueuedBytes: Number.POSITIVE_INFINITY,
  onAnswered: ({ name }) => {
    if (name.toLowerCase() === 'coreshowchannels') tell({ is: 'synced' });
  },
});
tell({ is: 'listening', url: server.url });

let calls = 0;
let marks = 0;
/** Tells the screens what time it was when everything before it had been sent. */
const mark = (): string => {
  const now = Date.now();
  marks++;
  return memberStatus(queueName(0), markerInterface(marks), `M${now}`, (marks / MARKERS) % 2 < 1 ? 1 : 5, stampAt(now));
};

async function flood(count: number): Promise<void> {
  const batches: Buffer[] = [];
  const now = Date.now();
  for (let sent = 0; sent < count; sent += 100) {
    let text = '';
    for (let i = 0; i < 100; i++) text += call(calls++, now);
    batches.push(Buffer.from(text, 'latin1'));
  }
  tell({ is: 'started', at: Date.now() });
  let bytes = 0;
  for (const batch of batches) {
    server.broadcast([batch]);
    bytes += batch.length;
    await server.ready();
  }
  server.broadcast([mark()]);
  tell({ is: 'sent', at: Date.now(), bytes });
}

async function steady(eventsPerSecond: number, seconds: number): Promise<void> {
  const startedAt = performance.now();
  const callsPerMs = eventsPerSecond / EVENTS_PER_CALL / 1_000;
  let sent = 0;
  let markedAt = 0;
  tell({ is: 'started', at: Date.now() });
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startedAt;
      const now = Date.now();
      const text: string[] = [];
      for (; sent < elapsedMs * callsPerMs; sent++) text.push(call(calls++, now));
      // Not in step with the server's tick, or it would always meet the same phase of it.
      if (elapsedMs - markedAt >= 37) {
        markedAt = elapsedMs;
        text.push(mark());
      }
      if (text.length > 0) server.broadcast(text);
      if (elapsedMs < seconds * 1_000) return;
      clearInterval(timer);
      resolve();
    }, 2);
  });
  tell({ is: 'sent', at: Date.now(), bytes: 0 });
}

process.on('message', (order: PbxOrder) => {
  void (order.do === 'flood' ? flood(order.calls) : steady(order.eventsPerSecond, order.seconds));
});
process.on('disconnect', () => process.exit(0));

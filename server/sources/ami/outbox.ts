/**
 * What was translated and is not yet in the site's stream. What must hold: strict order, one append at a time, and a
 * failed append is repeated until it succeeds (a repeated event is recognised by its identity); the reader is told to
 * pause while too much is open, so that a stuck store never grows this process.
 */
import type { DomainEvent } from '../../../shared/event.ts';
import type { SourceContext } from '../source.ts';
import type { AmiLimits, AmiTimings } from './timings.ts';

export interface Outbox {
  /** Adds to what the next `flush` sends; `bytes` is what the events took on the wire. */
  add(events: readonly DomainEvent[], receivedAt: number, bytes: number): void;
  flush(): void;
  readonly isFull: boolean;
  /** Called each time when `isFull` has become false again. */
  onRoom: () => void;
  /** Resolves when all is appended, at the latest after `withinMs`; nothing is tried again after that. */
  close(withinMs: number): Promise<void>;
}

interface Batch {
  readonly events: DomainEvent[];
  /** Of its oldest event: latency is measured from it. */
  receivedAt: number;
  bytes: number;
}

export function createOutbox(
  { append, log }: Pick<SourceContext, 'append' | 'log'>,
  { batchEvents, maxOpenEvents, maxOpenBytes }: AmiLimits,
  { appendRetryMs }: AmiTimings,
): Outbox {
  const queue: Batch[] = [];
  let openEvents = 0;
  let openBytes = 0;
  let isFull = false;
  let isClosed = false;
  let sending: Promise<void> | null = null;
  const closing = new AbortController();

  function openBatch(receivedAt: number): Batch {
    const last = queue.at(-1);
    if (last !== undefined && last.events.length < batchEvents) return last;
    const next: Batch = { events: [], receivedAt, bytes: 0 };
    queue.push(next);
    return next;
  }

  async function appendUntilDone(batch: Batch): Promise<void> {
    for (let failures = 0; !isClosed; failures += 1) {
      try {
        return await append(batch.events, batch.receivedAt);
      } catch (err) {
        if (failures === 0) log.error({ err }, 'events cannot be appended; trying until it works');
        await pause(appendRetryMs, closing.signal);
      }
    }
  }

  async function send(): Promise<void> {
    for (let batch = queue.shift(); batch !== undefined && !isClosed; batch = queue.shift()) {
      await appendUntilDone(batch);
      openEvents -= batch.events.length;
      openBytes -= batch.bytes;
      if (isFull && openEvents <= maxOpenEvents / 2 && openBytes <= maxOpenBytes / 2) {
        isFull = false;
        outbox.onRoom();
      }
    }
    sending = null;
  }

  const outbox: Outbox = {
    onRoom: () => {},
    get isFull() {
      return isFull;
    },
    add(events, receivedAt, bytes) {
      if (isClosed) return;
      for (let at = 0; at < events.length; ) {
        const last = openBatch(receivedAt);
        const part = events.slice(at, at + batchEvents - last.events.length);
        last.events.push(...part);
        last.receivedAt = Math.min(last.receivedAt, receivedAt);
        if (at === 0) last.bytes += bytes;
        at += part.length;
      }
      if (events.length === 0) return;
      openEvents += events.length;
      openBytes += bytes;
      if (openEvents > maxOpenEvents || openBytes > maxOpenBytes) isFull = true;
    },
    flush() {
      sending ??= queue.length > 0 ? send() : null;
    },
    async close(withinMs) {
      outbox.flush();
      const tooLate = new AbortController();
      await Promise.race([sending, pause(withinMs, tooLate.signal)]);
      tooLate.abort();
      isClosed = true;
      closing.abort();
      if (openEvents > 0) log.warn({ events: openEvents }, 'stopped before all events were appended');
    },
  };
  return outbox;
}

/** Resolves after `ms`, or at once when aborted; leaves no timer behind. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

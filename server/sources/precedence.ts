/**
 * Live events come before what a log tells of the same time. A log settles a call for good, but knows nothing of holds: where
 * Redis has refused both for a while, the log must not be the first to be heard.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isLogSource } from '../../shared/source.ts';

/** Live events on their way for longer are a backlog. */
const BEHIND_MS = 200;

export interface Precedence {
  /** Before an append. Resolves for live events at once, for a log when no live event waits any more, or when it is over. */
  turn(source: string, receivedAt: number, now: () => number, over: AbortSignal): Promise<void>;
  /** What the source has appended last is in the stream. One that was refused is appended again. */
  arrived(source: string): void;
  /** The source appends nothing further. */
  gone(source: string): void;
}

export function createPrecedence(): Precedence {
  /** When the oldest event was received that a source has not got rid of. */
  const open = new Map<string, number>();
  let isPassed = Promise.withResolvers<void>();
  const isBehind = (now: number): boolean => [...open.values()].some((receivedAt) => receivedAt < now - BEHIND_MS);
  const settle = (source: string): void => {
    if (!open.delete(source)) return;
    isPassed.resolve();
    isPassed = Promise.withResolvers();
  };
  return {
    async turn(source, receivedAt, now, over) {
      if (!isLogSource(source)) {
        open.set(source, Math.min(receivedAt, open.get(source) ?? receivedAt));
        return;
      }
      while (!over.aborted && isBehind(now())) {
        await settledOr(over, isPassed.promise);
        // The next batch of a backlog is asked for in the turn in which the one before it has arrived.
        await nextTurn();
      }
    },
    arrived: settle,
    gone: settle,
  };
}

function settledOr(over: AbortSignal, passed: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      over.removeEventListener('abort', done);
      resolve();
    };
    over.addEventListener('abort', done);
    void passed.then(done);
  });
}

/**
 * What every source offers and what it is given. A source connects, keeps the connection alive, translates and
 * appends; it never decides what a number means. `run` resolves when the signal aborts and rejects only on a bug:
 * trouble with the outside is reported as `source.lost` and retried with back-off.
 */
import type { DomainEvent } from '../../shared/event.ts';
import type { Logger } from '../log.ts';

export interface SourceContext {
  readonly site: string;
  readonly source: string;
  /** Appends in order; resolves when the events are in the site's stream. Callers stop reading while too much is open. */
  append(events: readonly DomainEvent[], receivedAt: number): Promise<void>;
  /** Server wall clock, epoch milliseconds. */
  now(): number;
  /** Uniform in [0, 1), for back-off jitter. */
  random(): number;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export interface Source {
  readonly kind: string;
  run(context: SourceContext): Promise<void>;
}

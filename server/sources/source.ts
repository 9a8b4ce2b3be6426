/**
 * What every source offers and what it is given. A source connects, keeps the connection alive, translates and
 * appends; it never decides what a number means. `run` resolves when the signal aborts and rejects only on a bug:
 * trouble with the outside is reported as `source.lost` and retried with back-off.
 */
import type { Do, Order, Outcome } from '../../shared/command.ts';
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
  /** Absent where the PBX can only be listened to. */
  readonly acting?: Acting;
}

/** Acting on the PBX that a running source is connected to. */
export interface Acting {
  /** What the PBX lets us do; null while it is not connected. */
  abilities(): Abilities | null;
  /**
   * Takes an order on and sends it at once, never twice. `away` and `elsewhere` (nothing in it is of this PBX): not a byte was
   * sent. The promise never rejects; it is confirmed only by what the PBX told of the effect.
   */
  execute(order: Order): Promise<Outcome> | 'away' | 'elsewhere';
}

export interface Abilities {
  readonly can: readonly Do[];
  /** What would have to be granted for the rest, in the PBX's words. */
  readonly lacks: readonly string[];
}

/**
 * The port between the connection (bytes, time-outs, order) and the meaning of what was said. One translator serves a
 * source for its whole run and keeps its state across reconnects. It is pure: time comes in as an argument.
 */
import type { DomainEvent, SourceLostCause } from '../../../shared/event.ts';
import type { AmiMessage } from './message.ts';

export interface AmiSnapshot {
  /** `connect`: the first one of a connection. `check`: live events were flowing before it. */
  readonly reason: 'connect' | 'check';
  /** The translator's own finding, of the connection before or since. */
  readonly isClockSetBack?: boolean;
  /** QueueParams, QueueMember and QueueEntry rows in the order they came. */
  readonly queueRows: AmiMessage[];
  /** CoreShowChannel rows; null where the user may not ask for them or no answer came. */
  readonly channelRows: AmiMessage[] | null;
  /** When the PBX came up. Server wall clock, as the two below; the same number for every connection to one run of it. */
  readonly bootedAt: number | null;
  readonly requestedAt: number;
  readonly receivedAt: number;
}

export interface AmiTranslator {
  /** A live event. `receivedAt` epoch ms. Returns domain events in order. */
  event(message: AmiMessage, receivedAt: number): DomainEvent[];
  /** A complete snapshot. Live events that came while it was on its way are handed over after it, and may repeat it. */
  snapshot(snapshot: AmiSnapshot): DomainEvent[];
  /** Nothing arrived for a while: lets pending judgements fall due. Never called while events are held back. */
  idle(now: number): DomainEvent[];
  /** The answer to a Ping, whose `Timestamp` is always there: what the source's clock says at `now`. */
  clock(pong: AmiMessage, now: number): void;
  /** Bytes arrived at `now` and made no event: `source.alive` on the source's clock. */
  alive(now: number): DomainEvent[];
  /** The connection ended; pending judgements are settled. Returns `source.lost` last. */
  disconnected(now: number, cause: SourceLostCause): DomainEvent[];
  /** What the source's clock says lies behind what it said before by more than any delay: only a new picture sets that right. */
  readonly isClockSetBack: boolean;
  /** Names of the events that `event` wants. */
  readonly wantedEvents: ReadonlySet<string>;
}

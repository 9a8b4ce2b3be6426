/** What a session is given, and how it ended. */
import type { SourceLostCause } from '../../../shared/event.ts';
import type { SourceContext } from '../source.ts';
import type { AmiActing } from './acting.ts';
import type { Feed } from './feed.ts';
import type { Outbox } from './outbox.ts';
import type { AmiLimits, AmiTimings } from './timings.ts';
import type { AmiUrl } from './url.ts';

export interface SessionOptions {
  readonly url: AmiUrl;
  readonly context: SourceContext;
  readonly feed: Feed;
  readonly acting: AmiActing;
  readonly outbox: Outbox;
  readonly wantedEvents: ReadonlySet<string>;
  readonly timings: AmiTimings;
  readonly limits: AmiLimits;
  /** Outlives the session: the same boot must read the same after a reconnect. */
  readonly boot: { at: number | null };
  readonly onLive: () => void;
}

export interface SessionEnd {
  readonly cause: SourceLostCause;
  /** For the operator; never holds a secret or a caller. */
  readonly detail: string;
  readonly liveForMs: number;
  /** The PBX had said that it would go. */
  readonly isShutdown: boolean;
}

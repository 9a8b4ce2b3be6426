import type { IncomingMessage } from 'node:http';
import type { Subject } from '../../shared/policy.ts';
/** Who asks. The gateway knows nothing of passwords and tokens; the feature `auth` does. */
export interface Identity {
  readonly subject: Subject;
  /** Equal for everything that ends together: a session, a token, a TV. */
  readonly credential: string;
}
export interface IdentityPort {
  /** Null: nobody that is known. Rejects only when the store is away. */
  identify(request: IncomingMessage): Promise<Identity | null>;
  /** Calls back when a credential has ended or its rights have changed: what hangs on it must be asked for anew. Returns how to stop. */
  onEnded(listener: (credential: string) => void): () => void;
}

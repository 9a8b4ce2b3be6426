/**
 * Who connects, asked for once a moment per credential: a storm of screens must not become a storm of questions. What must
 * hold: an answer that is older than the end of its credential is told from one that is not, however late it comes.
 */
import type { IncomingMessage } from 'node:http';
import { isLocal } from '../request.ts';
import type { Identity, IdentityPort } from './identity.ts';

/** Ends are told; this bounds what nobody tells. */
const KEEP_MS = 3_000;
/** Ends that are remembered. */
const MAX_ENDS = 10_000;

export interface Admission extends Identity {
  /** How many credentials had ended when the question was asked. */
  readonly askedAfter: number;
}

interface Answer {
  readonly admission: Promise<Admission | null>;
  readonly dueAt: number;
  /** Null while it is under way. */
  found: Admission | null;
}

export class Identities {
  readonly #port: IdentityPort;
  readonly #now: () => number;
  /** By all that says who it is; oldest first. */
  readonly #answers = new Map<string, Answer>();
  /** The how manieth end was that of this credential; oldest first. */
  readonly #endOf = new Map<string, number>();
  #ends = 0;
  #forgottenEnds = 0;
  readonly stop: () => void;

  constructor(port: IdentityPort, now: () => number, onEnded: (credential: string) => void) {
    this.#port = port;
    this.#now = now;
    this.stop = port.onEnded((credential) => {
      this.#note(credential);
      onEnded(credential);
    });
  }

  /** Null: nobody that is known. Rejects when the store is away. */
  of(request: IncomingMessage): Promise<Admission | null> {
    const now = this.#now();
    for (const [key, { dueAt }] of this.#answers) {
      if (dueAt > now && dueAt <= now + KEEP_MS) break;
      this.#answers.delete(key);
    }
    const { authorization = '', cookie = '' } = request.headers;
    // Without a credential it is the place that says who asks: what holds for this machine is not for another one.
    const key = JSON.stringify([authorization, cookie, isLocal(request)]);
    const known = this.#answers.get(key);
    if (known && !(known.found && this.hasEnded(known.found))) return known.admission;
    const admission = this.#ask(request);
    const answer: Answer = { admission, dueAt: now + KEEP_MS, found: null };
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    const drop = () => {
      if (this.#answers.get(key) === answer) this.#answers.delete(key);
    };
    admission.then((found) => {
      answer.found = found;
      // Who is not known may be so the next moment.
      if (found === null) drop();
    }, drop);
    return admission;
  }

  /** Whether the credential has ended since the question was asked; true when that was too long ago to know. */
  hasEnded({ credential, askedAfter }: Admission): boolean {
    return askedAfter < this.#forgottenEnds || (this.#endOf.get(credential) ?? 0) > askedAfter;
  }

  async #ask(request: IncomingMessage): Promise<Admission | null> {
    for (;;) {
      const askedAfter = this.#ends;
      const identity = await this.#port.identify(request);
      if (identity === null) return null;
      const admission = { ...identity, askedAfter };
      if (!this.hasEnded(admission)) return admission;
    }
  }

  #note(credential: string): void {
    this.#endOf.delete(credential);
    this.#endOf.set(credential, ++this.#ends);
    if (this.#endOf.size <= MAX_ENDS) return;
    for (const [oldest, end] of this.#endOf) {
      this.#endOf.delete(oldest);
      this.#forgottenEnds = end;
      break;
    }
  }
}

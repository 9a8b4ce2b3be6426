/** For tests: who connects, by bearer token. The test decides who is known and what ends. */
import type { IncomingMessage } from 'node:http';
import { EVERYWHERE, RIGHTS, type Scope, type Subject } from '../../shared/policy.ts';
import type { Identity, IdentityPort } from './identity.ts';

export const subjectWith = (scope: Partial<Scope>, rights: Subject['rights'] = RIGHTS): Subject => ({
  kind: 'person',
  id: 'p',
  name: 'P',
  rights,
  scope: { ...EVERYWHERE, ...scope },
});

/** Everybody may everything. */
export const anybody = (): IdentityPort => ({
  identify: async () => ({ subject: subjectWith({}), credential: '' }),
  onEnded: () => () => {},
});

export class TestIdentities implements IdentityPort {
  /** By token, which is its credential too. */
  readonly subjects = new Map<string, Subject>();
  /** Tokens that were asked about, oldest first. */
  readonly asked: string[] = [];
  isStoreAway = false;
  /** Runs after each question was judged, before its answer is given. */
  beforeAnswer: () => void | Promise<void> = () => {};
  readonly #listeners = new Set<(credential: string) => void>();

  async identify(request: IncomingMessage): Promise<Identity | null> {
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    this.asked.push(token);
    if (this.isStoreAway) throw new Error('away');
    const subject = this.subjects.get(token);
    await this.beforeAnswer();
    return subject ? { subject, credential: token } : null;
  }

  onEnded(listener: (credential: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells that the credential has ended or that its rights have changed. */
  tellEnd(token: string): void {
    for (const listener of this.#listeners) listener(token);
  }
}

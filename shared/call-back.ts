/**
 * Calling a lost caller back: who has taken it on, and how far they came. Pure.
 *
 *   open --claim--> claimed --reached, notReached--> claimed --done--> done
 *   claimed --release--> open
 *
 * One claimant at a time, who alone tells how it went. Anybody may release: people go home. What is done stays done.
 */
import type { Subject } from './policy.ts';

export const CALL_BACK_STATES = ['open', 'claimed', 'done'] as const;
export type CallBackState = (typeof CALL_BACK_STATES)[number];

export const CALL_BACK_STEPS = ['claim', 'release', 'reached', 'notReached', 'done'] as const;
export type CallBackStep = (typeof CALL_BACK_STEPS)[number];

export interface Claimant {
  /** Stable. */
  readonly id: string;
  readonly name: string;
}

/** People, tokens and the admin token have ids of their own kind. */
export const claimantOf = ({ kind, id, name }: Pick<Subject, 'kind' | 'id' | 'name'>): Claimant => ({
  id: `${kind}:${id}`,
  name,
});

export interface CallBack {
  readonly state: CallBackState;
  /** Who has it; of one that is done, who brought it there. */
  readonly claimant: Claimant | null;
  readonly claimedAt: number | null;
  readonly attempts: number;
  readonly result: 'reached' | 'notReached' | null;
}

export const NO_CALL_BACK: CallBack = Object.freeze({
  state: 'open',
  claimant: null,
  claimedAt: null,
  attempts: 0,
  result: null,
});

/** Null where the step does not fit. A step changes what it is about and nothing else: attempts outlive a release. */
export function stepped(before: CallBack, step: CallBackStep, by: Claimant, at: number): CallBack | null {
  if (step === 'claim') {
    return before.state === 'open' ? { ...before, state: 'claimed', claimant: by, claimedAt: at } : null;
  }
  if (before.state !== 'claimed') return null;
  if (step === 'release') return { ...before, state: 'open', claimant: null, claimedAt: null };
  if (before.claimant?.id !== by.id) return null;
  if (step === 'done') return { ...before, state: 'done' };
  return { ...before, attempts: before.attempts + 1, result: step };
}

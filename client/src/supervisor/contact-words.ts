/** How a contact ended, as the screens name it. Its names are those of the contract, which stays on the server. */
import type { Outcome } from '../../../shared/api-history.ts';

export const OUTCOME_NAMES = [
  'answered',
  'abandoned',
  'timedOut',
  'exitedByKey',
  'leftOther',
  'unknown',
] as const satisfies readonly Outcome[];
export type OutcomeName = (typeof OUTCOME_NAMES)[number];

/** Callers whom nobody served. */
export const LOST = OUTCOME_NAMES.filter((name) => name !== 'answered');

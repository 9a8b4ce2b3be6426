/** Head counts of agents. */
import type { Activity, Presence } from '../../shared/presence.ts';
import { HEADCOUNT } from '../../shared/view.ts';

export type Heads = Record<(typeof HEADCOUNT)[number], number>;

export const noHeads = (): Heads => Object.fromEntries(HEADCOUNT.map((name) => [name, 0])) as Heads;

interface Head {
  readonly presence: Presence;
  readonly activity: Activity;
  readonly isFree: boolean;
}

/** Adds `by` agents of one kind. Who is paused but still on a contact is not on break yet. */
export function countHead(heads: Heads, { presence, activity, isFree }: Head, by = 1): void {
  if (presence !== 'signedOut') heads.signedIn += by;
  if (isFree) heads.free += by;
  if (activity === 'internalCall') heads.internalCalls += by;
  else if (activity !== 'idle' && activity !== 'outbound') heads[activity] += by;
  else if (presence !== 'signedOut' && presence !== 'available') heads.onBreak += by;
}

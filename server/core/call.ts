/** What a call of several visits (overflow, transfer into a queue) counts for the site: once, from its first offer on. */
import { isAnswered } from './contact.ts';
import type { Contact } from './site.ts';
import { at, emptyTally, type Tally } from './tally.ts';

/** Work adds up over the visits; how the call fared is told once. */
const ADDED = [at.talkMsSum, at.holdMsSum, at.acwMsSum, at.handled, at.transferredOut, at.ringNoAnswer];

/** Visits in the order in which they were offered, at least one. */
export function callTallyOf(visits: readonly Contact[]): Tally {
  const tally = emptyTally();
  for (const { counted } of visits) for (const i of ADDED) tally[i] = (tally[i] ?? 0) + (counted[i] ?? 0);
  tally[at.offered] = 1;
  const first = visits[0] as Contact;
  const last = visits.at(-1) as Contact;
  const answered = visits.find(isAnswered);
  if (answered) {
    tally[at.answered] = 1;
    if (answered.answeredAt === null) {
      tally[at.waitUnseen] = 1;
      tally[at.undecided] = 1;
    } else {
      // The customer has waited since the first offer, whatever happened in between.
      const waitMs = Math.max(0, answered.answeredAt - first.offeredAt);
      tally[at.waitMsSum] = waitMs;
      tally[at.waitMsMax] = waitMs;
      if (waitMs <= first.thresholdMs) tally[at.answeredInThreshold] = 1;
    }
  } else if (last.state === 'waiting') {
    if (last.suspectSince !== null || !visits.some(({ isOverdue }) => isOverdue)) tally[at.undecided] = 1;
  } else if (last.outcome !== null) {
    tally[at[last.outcome]] = 1;
    if (last.outcome === 'unknown') tally[at.undecided] = 1;
    if (last.outcome === 'abandoned') {
      const waitMs = Math.max(0, (last.endedAt ?? first.offeredAt) - first.offeredAt);
      tally[at.abandonWaitMsSum] = waitMs;
      if (waitMs <= first.shortAbandonMs) tally[at.shortAbandoned] = 1;
      if (waitMs <= first.thresholdMs) tally[at.abandonedInThreshold] = 1;
    }
  }
  return tally;
}

/** An agent's day up to an instant: what is booked, and the state that is still open (D5). Pure. */
import type { AgentDay } from './metric.ts';
import { ACTIVITIES, type Activity, PRESENCES, type Presence } from './presence.ts';

export interface OpenState {
  readonly presence: Presence;
  readonly activity: Activity;
  /** A suspect's activity is in no ratio: it counts as idle, but not as ready. */
  readonly isSuspect: boolean;
  /** Up to when the day is booked; null when nothing is known. */
  readonly countedTo: number | null;
}

export function agentDayAt(day: AgentDay, open: OpenState, now: number): AgentDay {
  const openMs = open.countedTo === null ? 0 : Math.max(0, now - open.countedTo);
  if (openMs === 0) return day;
  const { presence } = open;
  const activity = open.isSuspect ? 'idle' : open.activity;
  const isReady = presence === 'available' && open.activity === 'idle';
  return {
    ...day,
    presenceMs: longer(day.presenceMs, PRESENCES.indexOf(presence), openMs),
    activityMs: longer(day.activityMs, ACTIVITIES.indexOf(activity), openMs),
    availableIdleMs: day.availableIdleMs + (isReady ? openMs : 0),
  };
}

function longer(sums: readonly number[], index: number, byMs: number): number[] {
  const next = [...sums];
  next[index] = (next[index] ?? 0) + byMs;
  return next;
}

/** The days of a team as one, so that its ratios are those of all its work and not averages of averages. */
export function sumOfDays(days: Iterable<AgentDay>): AgentDay {
  const presenceMs = PRESENCES.map(() => 0);
  const activityMs = ACTIVITIES.map(() => 0);
  const sum = { availableIdleMs: 0, handled: 0, talkMsSum: 0, acwMsSum: 0 };
  for (const day of days) {
    for (const [i, ms] of day.presenceMs.entries()) presenceMs[i] = (presenceMs[i] ?? 0) + ms;
    for (const [i, ms] of day.activityMs.entries()) activityMs[i] = (activityMs[i] ?? 0) + ms;
    sum.availableIdleMs += day.availableIdleMs;
    sum.handled += day.handled;
    sum.talkMsSum += day.talkMsSum;
    sum.acwMsSum += day.acwMsSum;
  }
  return { presenceMs, activityMs, ...sum };
}

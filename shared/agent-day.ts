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
  const isReady = open.presence === 'available' && open.activity === 'idle';
  return {
    ...day,
    presenceMs: longer(PRESENCES, day.presenceMs, open.presence, openMs),
    activityMs: longer(ACTIVITIES, day.activityMs, open.isSuspect ? 'idle' : open.activity, openMs),
    availableIdleMs: day.availableIdleMs + (isReady ? openMs : 0),
  };
}

const longer = <N>(names: readonly N[], times: readonly number[], one: N, ms: number): number[] =>
  names.map((name, i) => (times[i] ?? 0) + (name === one ? ms : 0));

/** The days of a team as one, so that its ratios are those of all its work and not averages of averages. */
export function sumOfDays(days: Iterable<AgentDay>): AgentDay {
  const presenceMs = PRESENCES.map(() => 0);
  const activityMs = ACTIVITIES.map(() => 0);
  const sum = { availableIdleMs: 0, handled: 0, talkMsSum: 0, acwMsSum: 0 };
  for (const day of days) {
    for (const i of presenceMs.keys()) presenceMs[i] = (presenceMs[i] ?? 0) + (day.presenceMs[i] ?? 0);
    for (const i of activityMs.keys()) activityMs[i] = (activityMs[i] ?? 0) + (day.activityMs[i] ?? 0);
    sum.availableIdleMs += day.availableIdleMs;
    sum.handled += day.handled;
    sum.talkMsSum += day.talkMsSum;
    sum.acwMsSum += day.acwMsSum;
  }
  return { presenceMs, activityMs, ...sum };
}

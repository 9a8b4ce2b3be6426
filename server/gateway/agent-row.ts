/** An agent's row of the mirror, as the types that pure code takes. */
import type { OpenState } from '../../shared/agent-day.ts';
import type { Row } from '../../shared/delta.ts';
import type { AgentDay } from '../../shared/metric.ts';
import type { Activity, Presence } from '../../shared/presence.ts';
import { cell, maybeNumberIn, numberIn } from './cells.ts';

export function openStateOf(agent: Row): OpenState {
  return {
    presence: cell('agents', agent, 'presence') as Presence,
    activity: cell('agents', agent, 'activity') as Activity,
    isSuspect: isSuspect(agent),
    countedTo: maybeNumberIn('agents', agent, 'countedTo'),
  };
}

export const isSuspect = (agent: Row): boolean => cell('agents', agent, 'isSuspect') === true;

/** What is booked of the day, up to `countedTo`. */
export function bookedDayOf(agent: Row): AgentDay {
  const times = (name: 'presenceMs' | 'activityMs') => (cell('agents', agent, name) ?? []) as readonly number[];
  return {
    presenceMs: times('presenceMs'),
    activityMs: times('activityMs'),
    availableIdleMs: numberIn('agents', agent, 'availableIdleMs'),
    handled: numberIn('agents', agent, 'handled'),
    talkMsSum: numberIn('agents', agent, 'talkMsSum'),
    acwMsSum: numberIn('agents', agent, 'acwMsSum'),
  };
}

/** Since when a free agent is free. */
export const freeSinceOf = (agent: Row): number =>
  Math.max(numberIn('agents', agent, 'activitySince'), numberIn('agents', agent, 'presenceSince'));

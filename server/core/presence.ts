/**
 * Presence and activity of an agent, derived from what the source says of memberships and device and from the contacts
 * the core knows. Two axes: an agent may be on break and still talking.
 */
import type { Activity, Presence } from '../../shared/presence.ts';
import type { Agent } from './site.ts';

/** Pause reasons that mean more than a rest; matched anywhere in the reason, without case. */
const REASONS: readonly (readonly [Presence, readonly string[]])[] = [
  ['meal', ['餐', '吃饭', 'meal', 'lunch', 'dinner']],
  ['training', ['培训', 'training', 'coaching']],
  ['meeting', ['会', 'meeting', 'briefing']],
  ['float', ['机动', 'float']],
];

export function presenceOf(agent: Pick<Agent, 'memberships' | 'device'>): { presence: Presence; reason: string } {
  if (agent.memberships.size === 0 || agent.device === 'unavailable') return { presence: 'signedOut', reason: '' };
  let reason: string | null = null;
  for (const membership of agent.memberships.values()) {
    if (!membership.paused) return { presence: 'available', reason: '' };
    if (reason === null || reason === '') reason = membership.pauseReason;
  }
  const words = (reason ?? '').toLowerCase();
  const match = REASONS.find(([, names]) => names.some((name) => words.includes(name)));
  return { presence: match?.[0] ?? 'onBreak', reason: reason ?? '' };
}

export function activityOf(
  agent: Pick<Agent, 'talks' | 'offers' | 'device' | 'isBusyFromContact' | 'work' | 'memberships'>,
): Activity {
  if (agent.talks.length > 0) return agent.device === 'holding' ? 'holding' : 'talking';
  if (agent.offers.length > 0 || agent.device === 'ringing') return 'ringing';
  if ((agent.device === 'busy' || agent.device === 'holding') && !agent.isBusyFromContact) return 'internalCall';
  return agent.work && agent.memberships.size > 0 ? 'afterCallWork' : 'idle';
}

/** Could be given a contact this instant: signed in, not paused everywhere, nothing going on, device free. */
export function canTakeCall(agent: Agent): boolean {
  return (
    agent.presence === 'available' &&
    agent.activity === 'idle' &&
    (agent.device === 'idle' || agent.device === 'unknown')
  );
}

/** The same in one queue, where the agent may be paused alone. */
export function isFreeIn(agent: Agent, queueId: string): boolean {
  return canTakeCall(agent) && agent.memberships.get(queueId)?.paused === false;
}

/** An agent has two axes (presence, activity); a list needs one word. Pure. */
import type { AgentView } from '../live/rows.ts';

export const AGENT_STATES = [
  'free',
  'ringing',
  'talking',
  'holding',
  'afterCallWork',
  'internalCall',
  'outbound',
  'idle',
  'onBreak',
  'meal',
  'training',
  'meeting',
  'float',
  'signedOut',
] as const;
export type AgentState = (typeof AGENT_STATES)[number];

/** What is happening wins over what was asked for: on a call *and* on break is on a call, the break is pending. */
export function agentState(agent: AgentView): AgentState {
  if (agent.activity !== 'idle') return agent.activity;
  if (agent.presence !== 'available') return agent.presence;
  return agent.canTakeCall ? 'free' : 'idle';
}

export function agentStateSince(agent: AgentView): number | null {
  if (agent.activity !== 'idle') return agent.activitySince;
  if (agent.presence !== 'available') return agent.presenceSince;
  if (agent.activitySince === null || agent.presenceSince === null) return agent.activitySince ?? agent.presenceSince;
  return Math.max(agent.activitySince, agent.presenceSince);
}

/** A presence other than available that waits for the current contact to end. */
export const hasPendingPresence = (agent: AgentView): boolean =>
  agent.activity !== 'idle' && agent.presence !== 'available' && agent.presence !== 'signedOut';

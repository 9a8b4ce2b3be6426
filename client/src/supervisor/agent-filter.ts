/** Which agents are shown. Pure. */
import type { AgentView } from '../live/rows.ts';
import { AGENT_STATES, type AgentState, agentState } from './agent-state.ts';

export interface StateCount {
  readonly state: AgentState;
  readonly count: number;
}

/** Everything a person might type to find an agent, in lower case. */
function searchText(agent: AgentView, queueName: (id: string) => string): string {
  const { id, name, presenceReason, queues, caller } = agent;
  return [id, name, presenceReason, caller ?? '', ...queues.map(queueName)].join('\n').toLowerCase();
}

/** Every word must occur somewhere. */
export function filterByText(
  agents: readonly AgentView[],
  text: string,
  queueName: (id: string) => string,
): readonly AgentView[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return agents;
  return agents.filter((agent) => {
    const haystack = searchText(agent, queueName);
    return words.every((word) => haystack.includes(word));
  });
}

/** Counts for the chips: of the agents that the text leaves, so that a chip never promises rows it does not show. */
export function countByState(agents: readonly AgentView[]): StateCount[] {
  const counts = new Map<AgentState, number>();
  for (const agent of agents) {
    const state = agentState(agent);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return AGENT_STATES.map((state) => ({ state, count: counts.get(state) ?? 0 }));
}

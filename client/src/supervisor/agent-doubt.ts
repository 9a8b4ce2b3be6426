import { useMemo } from 'react';
import type { AgentView, QueueView } from '../live/rows.ts';
import { useTrustOfQueue } from '../ui/trust.tsx';

/** An agent is known through the sources that feed their queues; without a queue, through none in particular. */
export function useAgentDoubt(queues: readonly QueueView[]): (agent: AgentView) => boolean {
  const trustOfQueue = useTrustOfQueue();
  const key = JSON.stringify(queues.map(({ id, sources }) => [id, sources]));
  return useMemo(() => {
    const sources = new Map(JSON.parse(key) as [string, readonly string[]][]);
    return (agent) => trustOfQueue(agent.queues.flatMap((id) => sources.get(id) ?? [])).isWithheld;
  }, [key, trustOfQueue]);
}

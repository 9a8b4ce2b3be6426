import type { ReactNode } from 'react';
import type { AgentView } from '../live/rows.ts';

/** Where the drawer has room for what can be done to an agent. Nothing can be done yet. */
export function AgentActionsSlot(_: { agent: AgentView }): ReactNode {
  return null;
}

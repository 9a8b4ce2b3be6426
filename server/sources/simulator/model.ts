// The things that the simulated PBX is made of.
import type { AgentPlan, QueuePlan } from './floor-plan.ts';

export interface AmiEvent {
  /** When it is due on the wire; its `Timestamp` is at most a few milliseconds later. */
  atMs: number;
  name: string;
  /** The whole block, closing empty line included. */
  text: string;
}

export type ChannelState = 0 | 4 | 5 | 6;
export const STATE_NAMES: Readonly<Record<ChannelState, string>> = { 0: 'Down', 4: 'Ring', 5: 'Ringing', 6: 'Up' };
export const UNKNOWN = '<unknown>';

export interface Channel {
  name: string;
  uniqueid: string;
  linkedid: string;
  state: ChannelState;
  num: string;
  cidName: string;
  connNum: string;
  connName: string;
  context: string;
  exten: string;
  priority: number;
  application: string;
  applicationData: string;
  bridgeId: string;
  createdAtMs: number;
  /** What becomes of the call when the manager ends this channel; without it the channel alone ends. */
  onManagerHangup?: (() => void) | undefined;
}

export interface Member {
  agent: Agent;
  queue: QueueState;
  /** Not configured: such a row can be taken out again. */
  isDynamic: boolean;
  penalty: number;
  paused: boolean;
  reason: string;
  lastPauseMs: number;
  loginMs: number;
  inCall: boolean;
  lastOfferedMs: number;
}

export interface Agent {
  plan: AgentPlan;
  iface: string;
  /** Empty while signed out. */
  members: Member[];
  /** The device: 1 idle, 2 in use, 6 ringing, 8 on hold. */
  status: 1 | 2 | 6 | 8;
  doing: 'idle' | 'ringing' | 'talking' | 'private';
  callsTaken: number;
  lastCallMs: number;
  wrapEndsAtMs: number;
}

export interface QueueState {
  plan: QueuePlan;
  members: Member[];
  waiting: Visit[];
  holdtimeS: number;
  talktimeS: number;
  completed: number;
  abandoned: number;
  completedInLevel: number;
  abandonedInLevel: number;
}

/** One caller's stay in one queue: from QueueCallerJoin to exactly one end. */
export interface Visit {
  queue: QueueState;
  caller: Channel;
  joinedAtMs: number;
  originalPosition: number;
  retryAtMs: number;
  /** Agents who let this caller ring. */
  tried: Set<Agent>;
  /** Called when the stay ends, to cancel what was planned for it. */
  settle: (() => void)[];
  /** The phone that rings for this caller. */
  offer: { member: Member; leg: Channel } | undefined;
}

/** A conversation between a caller who came through a queue and the member who took the call. */
export interface Talk {
  visit: Visit;
  member: Member;
  leg: Channel;
  bridgeId: string;
  startedAtMs: number;
  holdTimeS: number;
  /** Event and target of the transfer that ends it, for queue_log. */
  transfer?: readonly [event: string, ...target: string[]];
  isOver: boolean;
}

export type TalkEnd = 'agent' | 'caller' | 'transfer';

/** A SIP MESSAGE, as the phone shows it. */
export interface PhoneMessage {
  readonly phone: string;
  readonly text: string;
}

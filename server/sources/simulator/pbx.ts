// What the AMI server asks of whatever plays the PBX behind it: the model (centre) or a recording's mirror.
import type { AmiAction } from './action-framing.ts';

export interface MemberRow {
  name: string;
  location: string;
  stateInterface: string;
  membership: string;
  penalty: number;
  callsTaken: number;
  lastCall: number;
  lastPause: number;
  loginTime: number;
  inCall: number;
  status: number;
  paused: number;
  pausedReason: string;
  wrapuptime: number;
}

export interface EntryRow {
  position: number;
  channel: string;
  uniqueid: string;
  callerIdNum: string;
  callerIdName: string;
  connectedLineNum: string;
  connectedLineName: string;
  waitS: number;
  priority: number;
}

export interface QueueRow {
  queue: string;
  max: number;
  strategy: string;
  holdtime: number;
  talkTime: number;
  completed: number;
  abandoned: number;
  serviceLevel: number;
  servicelevelPerf: string;
  servicelevelPerf2: string;
  weight: number;
  members: readonly MemberRow[];
  entries: readonly EntryRow[];
}

export interface ChannelRow {
  channel: string;
  state: number;
  stateDesc: string;
  callerIdNum: string;
  callerIdName: string;
  connectedLineNum: string;
  connectedLineName: string;
  language: string;
  accountCode: string;
  context: string;
  exten: string;
  priority: string;
  uniqueid: string;
  linkedid: string;
  application: string;
  applicationData: string;
  durationMs: number;
  bridgeId: string;
}

export interface PbxSnapshot {
  queues: readonly QueueRow[];
  channels: readonly ChannelRow[];
}

export interface Pbx {
  /** False while Asterisk answers logins but app_queue isn't loaded: list actions are then unknown commands. */
  isBooted(): boolean;
  bootedAtMs(): number;
  /** The PBX's own clock: a replay or a catching-up demo lives in the past, and all its answers with it. */
  nowMs(): number;
  snapshot(): PbxSnapshot;
  /** How the strings of the snapshot are to be put on the wire; `latin1` means they already are bytes. */
  encoding: 'utf8' | 'latin1';
  /** A ready-made answer (byte string) to this action, instead of one rendered from the snapshot. */
  answer?(action: AmiAction): string | undefined;
  /** Carries an action out, if it is one that changes the PBX, and answers it. */
  act?(action: AmiAction): string | undefined;
}

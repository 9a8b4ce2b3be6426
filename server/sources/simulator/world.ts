// The state of the simulated PBX and its pen: who is where, and the AMI events that say so, in Asterisk 23's own words.
import { Agenda } from './agenda.ts';
import type { AgentPlan, Caller, QueuePlan } from './floor-plan.ts';
import { bridgeLines, channelLines, memberLines } from './lines.ts';
import {
  type Agent,
  type AmiEvent,
  type Channel,
  type ChannelState,
  type Member,
  type PhoneMessage,
  type QueueState,
  UNKNOWN,
} from './model.ts';
import type { Prng } from './prng.ts';
import { epochSeconds, renderStamp, toByteString } from './wire.ts';

type Privilege = 'agent' | 'call';

export class World {
  readonly agenda = new Agenda();
  readonly channels = new Map<string, Channel>();
  readonly prng: Prng;
  readonly queues: QueueState[];
  readonly agents: Agent[];
  /** Text messages that phones were sent, oldest first. */
  readonly messages: PhoneMessage[] = [];
  nowMs: number;
  #events: AmiEvent[] = [];
  #logLines: string[] = [];
  #lastStamp = 0;
  #counter = 0;
  #channelCounter = 0;

  constructor(prng: Prng, startAtMs: number, queues: readonly QueuePlan[], agents: readonly AgentPlan[]) {
    this.prng = prng;
    this.nowMs = startAtMs;
    this.queues = queues.map((plan) => ({
      plan,
      members: [],
      waiting: [],
      holdtimeS: 0,
      talktimeS: 0,
      completed: 0,
      abandoned: 0,
      completedInLevel: 0,
      abandonedInLevel: 0,
    }));
    this.agents = agents.map((plan) => ({
      plan,
      iface: `PJSIP/${plan.exten}`,
      members: [],
      status: 1,
      doing: 'idle',
      callsTaken: 0,
      lastCallMs: 0,
      wrapEndsAtMs: 0,
    }));
    this.log('NONE', 'NONE', 'NONE', 'QUEUESTART');
    for (const agent of this.agents) this.addMembers(agent);
  }

  in(delayMs: number, run: () => void): ReturnType<Agenda['plan']> {
    return this.agenda.plan(this.nowMs + Math.max(0, Math.round(delayMs)), run);
  }

  takeEvents(): AmiEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  takeLogLines(): string[] {
    const lines = this.#logLines;
    this.#logLines = [];
    return lines;
  }

  /** A line of queue_log, as app_queue would write it now. */
  log(call: string, queue: string, agent: string, event: string, ...data: (string | number)[]): void {
    const parts = [epochSeconds(this.nowMs), call, queue, agent, event, ...(data.length > 0 ? data : [''])];
    this.#logLines.push(toByteString(parts.join('|')));
  }

  /** Signs an agent into the queues of his skills; returns the rows that are new. */
  addMembers(agent: Agent): Member[] {
    return agent.plan.skills.flatMap((skill) => {
      const queue = this.queues.find((q) => q.plan.name === skill.queue);
      if (queue === undefined) throw new Error(`no queue ${skill.queue}`);
      const isThere = agent.members.some((member) => member.queue === queue);
      return isThere ? [] : [this.addMember(agent, queue, skill.penalty, agent.plan.isDynamic)];
    });
  }

  addMember(agent: Agent, queue: QueueState, penalty: number, isDynamic: boolean): Member {
    const member: Member = {
      agent,
      queue,
      isDynamic,
      penalty,
      paused: false,
      reason: '',
      lastPauseMs: 0,
      loginMs: this.nowMs,
      inCall: false,
      lastOfferedMs: 0,
    };
    queue.members.push(member);
    agent.members.push(member);
    return member;
  }

  removeMember(member: Member): void {
    const { agent, queue } = member;
    queue.members.splice(queue.members.indexOf(member), 1);
    agent.members = agent.members.filter((other) => other !== member);
    this.log('MANAGER', queue.plan.name, agent.iface, 'REMOVEMEMBER');
    this.emitMember('QueueMemberRemoved', member);
  }

  openChannel(
    kind: string,
    linked: Channel | undefined,
    caller: Caller,
    place: { context: string; exten: string },
    wantedId = '',
  ): Channel {
    const uniqueid = wantedId || `${epochSeconds(this.nowMs)}.${++this.#counter}`;
    const channel: Channel = {
      name: `${kind}-${(this.#channelCounter++).toString(16).padStart(8, '0')}`,
      uniqueid,
      linkedid: linked?.linkedid ?? uniqueid,
      state: linked === undefined ? 4 : 0,
      num: caller.num === '' ? UNKNOWN : caller.num,
      cidName: caller.name === '' ? UNKNOWN : caller.name,
      connNum: UNKNOWN,
      connName: UNKNOWN,
      ...place,
      priority: 1,
      application: '',
      applicationData: '',
      bridgeId: '',
      createdAtMs: this.nowMs,
    };
    this.channels.set(uniqueid, channel);
    this.emit('Newchannel', 'call', channelLines(channel));
    return channel;
  }

  newState(channel: Channel, state: ChannelState): void {
    channel.state = state;
    this.emit('Newstate', 'call', channelLines(channel));
  }

  hangUp(channel: Channel, cause: 0 | 16 | 19 = 16): void {
    if (!this.channels.delete(channel.uniqueid)) return;
    const text = { 0: 'Unknown', 16: 'Normal Clearing', 19: 'User alerting, no answer' }[cause];
    this.emit('Hangup', 'call', `${channelLines(channel)}Cause: ${cause}\r\nCause-txt: ${text}\r\n`);
  }

  /** Nobody can ask it of a channel that the manager has ended meanwhile. */
  requestHangup(kind: 'HangupRequest' | 'SoftHangupRequest', channel: Channel): void {
    if (!this.channels.has(channel.uniqueid)) return;
    this.emit(kind, 'call', `${channelLines(channel)}Cause: 16\r\n`);
  }

  enterBridge(bridgeId: string, channel: Channel, members: number): void {
    channel.bridgeId = bridgeId;
    this.emit('BridgeEnter', 'call', `${bridgeLines(bridgeId, members)}${channelLines(channel)}`);
  }

  leaveBridge(channel: Channel, left: number): void {
    const { bridgeId } = channel;
    if (bridgeId === '') return;
    channel.bridgeId = '';
    this.emit('BridgeLeave', 'call', `${bridgeLines(bridgeId, left)}${channelLines(channel)}`);
  }

  newBridgeId(): string {
    const hex = (digits: number): string =>
      Array.from({ length: digits }, () => this.prng.int(0, 15).toString(16)).join('');
    return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  }

  /** A device change reaches every queue of the agent, one event each. */
  setStatus(agent: Agent, status: Agent['status']): void {
    if (agent.status === status) return;
    agent.status = status;
    for (const member of agent.members) this.emitMember('QueueMemberStatus', member);
  }

  setPause(member: Member, paused: boolean, reason: string): void {
    member.paused = paused;
    member.reason = reason;
    if (paused) member.lastPauseMs = this.nowMs;
    this.log('NONE', member.queue.plan.name, member.agent.plan.name, paused ? 'PAUSE' : 'UNPAUSE', reason);
    this.emitMember('QueueMemberPause', member);
  }

  emitMember(name: string, m: Member): void {
    this.emit(name, 'agent', memberLines(m));
  }

  emit(name: string, privilege: Privilege, lines: string): void {
    // Asterisk's stamps run a little behind the happening and never stand still.
    this.#lastStamp = Math.max(this.nowMs * 1000 + this.prng.int(0, 150), this.#lastStamp + this.prng.int(4, 180));
    this.#events.push({
      atMs: this.nowMs,
      name,
      text: `Event: ${name}\r\nPrivilege: ${privilege},all\r\nTimestamp: ${renderStamp(this.#lastStamp)}\r\n${lines}\r\n`,
    });
  }
}

// The header lines of AMI events, in the order in which Asterisk 23 writes them.
import { type Channel, type Member, STATE_NAMES, UNKNOWN, type Visit } from './model.ts';
import { epochSeconds, escapeC } from './wire.ts';

export const membership = (m: Member): string => (m.isDynamic ? 'dynamic' : 'static');

export function channelLines(c: Channel, prefix = ''): string {
  return `${prefix}Channel: ${c.name}\r\n${prefix}ChannelState: ${c.state}\r\n${prefix}ChannelStateDesc: ${STATE_NAMES[c.state]}\r\n${prefix}CallerIDNum: ${c.num}\r\n${prefix}CallerIDName: ${escapeC(c.cidName)}\r\n${prefix}ConnectedLineNum: ${c.connNum}\r\n${prefix}ConnectedLineName: ${escapeC(c.connName)}\r\n${prefix}Language: en\r\n${prefix}AccountCode: \r\n${prefix}Context: ${c.context}\r\n${prefix}Exten: ${c.exten}\r\n${prefix}Priority: ${c.priority}\r\n${prefix}Uniqueid: ${c.uniqueid}\r\n${prefix}Linkedid: ${c.linkedid}\r\n`;
}

export function bridgeLines(id: string, members: number, prefix = ''): string {
  return `${prefix}BridgeUniqueid: ${id}\r\n${prefix}BridgeType: basic\r\n${prefix}BridgeTechnology: simple_bridge\r\n${prefix}BridgeCreator: ${UNKNOWN}\r\n${prefix}BridgeName: ${UNKNOWN}\r\n${prefix}BridgeNumChannels: ${members}\r\n${prefix}BridgeVideoSourceMode: none\r\n`;
}

export function callerLines(visit: Visit, position: number, count: number): string {
  return `${channelLines(visit.caller)}Queue: ${visit.queue.plan.name}\r\nPosition: ${position}\r\nCount: ${count}\r\n`;
}

export function dialLines(caller: Channel, leg: Channel): string {
  return `${channelLines(caller)}${channelLines(leg, 'Dest')}`;
}

export function legLines(visit: Visit, member: Member, leg: Channel, show = { caller: true, leg: true }): string {
  const channels = `${show.caller ? channelLines(visit.caller) : ''}${show.leg ? channelLines(leg, 'Dest') : ''}`;
  return `${channels}Queue: ${visit.queue.plan.name}\r\nInterface: ${member.agent.iface}\r\nMemberName: ${member.agent.plan.name}\r\n`;
}

/** The same for every QueueMember* event. */
export function memberLines(m: Member): string {
  return `Queue: ${m.queue.plan.name}\r\nMemberName: ${m.agent.plan.name}\r\nInterface: ${m.agent.iface}\r\nStateInterface: ${m.agent.iface}\r\nMembership: ${membership(m)}\r\nPenalty: ${m.penalty}\r\nCallsTaken: ${m.agent.callsTaken}\r\nLastCall: ${epochSeconds(m.agent.lastCallMs)}\r\nLastPause: ${epochSeconds(m.lastPauseMs)}\r\nLoginTime: ${epochSeconds(m.loginMs)}\r\nInCall: ${m.inCall ? 1 : 0}\r\nStatus: ${m.agent.status}\r\nPaused: ${m.paused ? 1 : 0}\r\nPausedReason: ${m.reason}\r\nRinginuse: 0\r\nWrapuptime: 0\r\n`;
}

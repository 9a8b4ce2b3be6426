/** AMI event blocks of a queue call as Asterisk writes them, as text. What a call repeats is rendered once per call. */

/** What of a call is the same in every one of its events. */
export interface CallText {
  readonly queue: string;
  readonly uniqueid: string;
  readonly caller: string;
}

export interface MemberText {
  readonly interface: string;
  readonly name: string;
}

const channelLines = (prefix: string, name: string, uniqueid: string, linkedid: string): string =>
  [
    ['Channel', name],
    ['ChannelState', '6'],
    ['ChannelStateDesc', 'Up'],
    ['CallerIDNum', '13800138000'],
    ['CallerIDName', 'Li Lei'],
    ['ConnectedLineNum', '<unknown>'],
    ['ConnectedLineName', '<unknown>'],
    ['Language', 'zh'],
    ['AccountCode', ''],
    ['Context', 'from-trunk'],
    ['Exten', '8000'],
    ['Priority', '2'],
    ['Uniqueid', uniqueid],
    ['Linkedid', linkedid],
  ]
    .map(([key, value]) => `${prefix}${key}: ${value}\r\n`)
    .join('');

const hex = (n: number): string => n.toString(16).padStart(8, '0');
export const callerChannel = (n: number): string => `PJSIP/trunk-${hex(n)}`;
export const legChannel = (member: MemberText, n: number): string => `${member.interface}-${hex(n)}`;
export const legId = (uniqueid: string): string => `${uniqueid}9`;

export const callerText = (n: number, uniqueid: string): string =>
  channelLines('', callerChannel(n), uniqueid, uniqueid);

/** The member's leg and the queue, as the Agent* events name them. */
export const legText = (call: CallText, member: MemberText, n: number): string =>
  `${channelLines('Dest', legChannel(member, n), legId(call.uniqueid), call.uniqueid)}Queue: ${call.queue}\r\nInterface: ${member.interface}\r\nMemberName: ${member.name}\r\n`;

const block = (event: string, privilege: string, stamp: string, lines: string): string =>
  `Event: ${event}\r\nPrivilege: ${privilege},all\r\nTimestamp: ${stamp}\r\n${lines}\r\n`;

export const joined = (call: CallText, stamp: string, position: number): string =>
  block(
    'QueueCallerJoin',
    'agent',
    stamp,
    `${call.caller}Queue: ${call.queue}\r\nPosition: ${position}\r\nCount: ${position}\r\n`,
  );

export const left = (call: CallText, stamp: string): string =>
  block('QueueCallerLeave', 'agent', stamp, `${call.caller}Queue: ${call.queue}\r\nCount: 0\r\nPosition: 1\r\n`);

export const abandoned = (call: CallText, stamp: string): string =>
  block(
    'QueueCallerAbandon',
    'agent',
    stamp,
    `${call.caller}Queue: ${call.queue}\r\nPosition: 1\r\nOriginalPosition: 1\r\nHoldTime: 1\r\n`,
  );

export const called = (call: CallText, leg: string, stamp: string): string =>
  block('AgentCalled', 'agent', stamp, call.caller + leg);

export const connected = (call: CallText, leg: string, stamp: string): string =>
  block('AgentConnect', 'agent', stamp, `${call.caller}${leg}RingTime: 1\r\nHoldTime: 2\r\n`);

export const completed = (call: CallText, leg: string, stamp: string, talkS: number): string =>
  block('AgentComplete', 'agent', stamp, `${call.caller}${leg}HoldTime: 2\r\nTalkTime: ${talkS}\r\nReason: caller\r\n`);

export const hangupRequested = (call: CallText, stamp: string): string =>
  block('HangupRequest', 'call', stamp, call.caller);

export const hungUp = (call: CallText, stamp: string): string =>
  block('Hangup', 'call', stamp, `${call.caller}Cause: 16\r\nCause-txt: Normal Clearing\r\n`);

export const memberStatus = (queue: string, member: MemberText, status: number, stamp: string): string =>
  block(
    'QueueMemberStatus',
    'agent',
    stamp,
    `Queue: ${queue}\r\nMemberName: ${member.name}\r\nInterface: ${member.interface}\r\nStateInterface: ${member.interface}\r\nMembership: dynamic\r\nPenalty: 0\r\nCallsTaken: 0\r\nLastCall: 0\r\nLastPause: 0\r\nLoginTime: 0\r\nInCall: ${status === 2 ? 1 : 0}\r\nStatus: ${status}\r\nPaused: 0\r\nPausedReason: \r\nRinginuse: 0\r\nWrapuptime: 0\r\n`,
  );

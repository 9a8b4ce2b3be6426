/** Calls as an Asterisk tells them: the ten events of one queue call that a wallboard needs, as bytes. */

const QUEUES = 20;
const AGENTS = 500;
/** Agents whose name carries the time at which it was sent: what the screens measure by. */
export const MARKERS = 40;
export const EVENTS_PER_CALL = 10;

export const queueName = (n: number): string => `queue-${n % QUEUES}`;
const interfaceOf = (n: number): string => `PJSIP/${8000 + (n % AGENTS)}`;
export const markerInterface = (n: number): string => `PJSIP/mark-${n % MARKERS}`;

const block = (event: string, stamp: string, fields: readonly (readonly [string, string | number])[]): string => {
  const privilege = event.startsWith('Hangup') ? 'call,all' : 'agent,all';
  let text = `Event: ${event}\r\nPrivilege: ${privilege}\r\nTimestamp: ${stamp}\r\n`;
  for (const [name, value] of fields) text += `${name}: ${value}\r\n`;
  return `${text}\r\n`;
};

const channel = (prefix: string, name: string, uniqueid: string): (readonly [string, string])[] => [
  [`${prefix}Channel`, name],
  [`${prefix}ChannelState`, '6'],
  [`${prefix}ChannelStateDesc`, 'Up'],
  [`${prefix}CallerIDNum`, '13800138000'],
  [`${prefix}CallerIDName`, 'Li Lei'],
  [`${prefix}ConnectedLineNum`, '<unknown>'],
  [`${prefix}ConnectedLineName`, '<unknown>'],
  [`${prefix}Language`, 'zh'],
  [`${prefix}AccountCode`, ''],
  [`${prefix}Context`, 'from-trunk'],
  [`${prefix}Exten`, '8000'],
  [`${prefix}Priority`, '2'],
  [`${prefix}Uniqueid`, uniqueid],
  [`${prefix}Linkedid`, uniqueid],
];

export function memberStatus(queue: string, agent: string, name: string, status: number, stamp: string): string {
  return block('QueueMemberStatus', stamp, [
    ['Queue', queue],
    ['MemberName', name],
    ['Interface', agent],
    ['StateInterface', agent],
    ['Membership', 'dynamic'],
    ['Penalty', 0],
    ['CallsTaken', 0],
    ['LastCall', 0],
    ['LastPause', 0],
    ['LoginTime', 0],
    ['InCall', status === 2 ? 1 : 0],
    ['Status', status],
    ['Paused', 0],
    ['PausedReason', ''],
    ['Ringinuse', 0],
    ['Wrapuptime', 0],
  ]);
}

/** One whole call, answered by agent `n`, its events a few microseconds apart from `at` (epoch milliseconds) on. */
export function call(n: number, at: number): string {
  let micros = (n % 90) * 10;
  const next = (): string => ((at + micros++ / 1_000) / 1_000).toFixed(6);
  const queue = queueName(n);
  const agent = interfaceOf(n);
  const name = `Agent ${n % AGENTS}`;
  const uniqueid = `1795282215.${n}`;
  const leg = `1795282216.${n}`;
  const caller = channel('', `PJSIP/trunk-${n.toString(16).padStart(8, '0')}`, uniqueid);
  const member = channel('Dest', `${agent}-${n.toString(16).padStart(8, '0')}`, leg);
  const both = [...caller, ...member, ['Queue', queue], ['Interface', agent], ['MemberName', name]] as const;
  return [
    block('QueueCallerJoin', next(), [...caller, ['Queue', queue], ['Position', 1], ['Count', 1]]),
    block('AgentCalled', next(), both),
    memberStatus(queue, agent, name, 6, next()),
    block('QueueCallerLeave', next(), [...caller, ['Queue', queue], ['Count', 0], ['Position', 1]]),
    block('AgentConnect', next(), [...both, ['RingTime', 1], ['HoldTime', 2]]),
    memberStatus(queue, agent, name, 2, next()),
    block('HangupRequest', next(), caller),
    block('AgentComplete', next(), [...both, ['HoldTime', 2], ['TalkTime', 0], ['Reason', 'caller']]),
    memberStatus(queue, agent, name, 1, next()),
    block('Hangup', next(), [...caller, ['Cause', 16], ['Cause-txt', 'Normal Clearing']]),
  ].join('');
}

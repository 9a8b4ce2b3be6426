/**
 * A command as Asterisk's actions, and the effect that proves it. Pure. What must hold: no text of a person or of a PBX
 * leaves here with a line end or another control character, and nothing but a phone of this PBX is ever dialled.
 */
import {
  type Cause,
  type Command,
  type CommandOf,
  isSameRow,
  type MemberRow,
  type MonitorMode,
  type Order,
  RING_FOR_MS,
} from '../../../shared/command.ts';
import type { AmiAction } from './login.ts';
import type { AmiMessage } from './message.ts';
import { type MemberBook, rowOf } from './translate-book.ts';
import type { Aspect, Effect } from './translate-effect.ts';
import { interfaceOfChannel, withoutLocalOptions } from './translate-fields.ts';

export interface Plan {
  readonly actions: readonly AmiAction[];
  readonly effects: readonly Effect[];
  readonly before: readonly MemberRow[];
  readonly after: readonly MemberRow[];
}

export interface Refusal {
  readonly cause: Cause;
  readonly detail?: string;
}

/** Rows that a plan may need besides the book. */
export interface PlanContext {
  readonly book: MemberBook;
  /** CoreShowChannel rows; null while they were not asked for. */
  readonly channels: readonly AmiMessage[] | null;
  /** Free for a channel of ours. */
  readonly channelId: string;
}

/** Bytes of a pause reason that Asterisk keeps. */
const MAX_REASON_BYTES = 79;

/** Whether anything that an order is about is of this PBX. */
export function isAbout({ command, restores }: Order, book: MemberBook): boolean {
  if (restores) return restores.rows.some(({ queue }) => book.hasQueue(queue));
  switch (command.do) {
    case 'join-queue':
      return book.hasQueue(command.queue);
    case 'hang-up':
      return command.agent === null || book.person(command.agent) !== null;
    case 'message':
    case 'monitor':
      return book.person(command.agent) !== null;
    default:
      return book.of(command.agent).length > 0;
  }
}

/** `channels`: the plan needs to know the channels first. */
export function planOrder(order: Order, context: PlanContext): Plan | Refusal | 'channels' {
  const { command, restores } = order;
  const { book } = context;
  if (restores && 'agent' in command && command.agent !== null) {
    return planRestore(command.agent, restores, order.agentName, book);
  }
  switch (command.do) {
    case 'pause':
      return planPause(command, { paused: true, reason: pauseReason(command.reason) }, book);
    case 'unpause':
      return planPause(command, { paused: false, reason: '' }, book);
    case 'join-queue': {
      const row = { queue: command.queue, isMember: true, paused: false, reason: '', penalty: command.penalty };
      return planRows(command.agent, book, [row], [addition(command.agent, row, order.agentName, book)], ['penalty']);
    }
    case 'leave-queue': {
      const row = { ...book.row(command.agent, command.queue), isMember: false };
      return planRows(command.agent, book, [row], [removal(command.agent, command.queue)], []);
    }
    case 'set-penalty': {
      const before = book.row(command.agent, command.queue);
      if (!before.isMember) return { cause: 'agent.notThere' };
      const row = { ...before, penalty: command.penalty };
      return planRows(command.agent, book, [row], [repenalty(command.agent, row)], ['penalty']);
    }
    case 'hang-up':
      return context.channels ? planHangUp(command, context.channels) : 'channels';
    case 'message':
      return planMessage(command, order.by.name, book);
    case 'monitor':
      return context.channels ? planMonitor(command, context.channels, context.channelId) : 'channels';
  }
}

function planPause(
  { agent, queue }: CommandOf<'pause' | 'unpause'>,
  wanted: Pick<MemberRow, 'paused' | 'reason'>,
  book: MemberBook,
): Plan | Refusal {
  const rows = book.of(agent).filter((member) => queue === null || member.queue === queue);
  if (rows.length === 0) return { cause: queue === null ? 'agent.unknown' : 'agent.notThere' };
  const after = rows.map((member) => ({ ...rowOf(member), ...wanted }));
  return planRows(agent, book, after, [pause(agent, queue, wanted)], ['paused', 'reason']);
}

/** Rows of an agent to be brought about by some actions. */
function planRows(
  agent: string,
  book: MemberBook,
  rows: readonly MemberRow[],
  actions: readonly AmiAction[],
  aspects: readonly Aspect[],
): Plan {
  return {
    actions,
    effects: rows.map((row) => ({ kind: 'row', agent, row, aspects })),
    before: rows.map(({ queue }) => book.row(agent, queue)),
    after: rows,
  };
}

/** Back to what was, unless somebody has changed the same meanwhile: their change is not ours to undo. */
function planRestore(
  agent: string,
  { rows, expected }: NonNullable<Order['restores']>,
  agentName: string,
  book: MemberBook,
): Plan | Refusal {
  if (expected.some((row) => !isSameRow(row, book.row(agent, row.queue)))) return { cause: 'changedSince' };
  const changed = rows.filter((row) => !isSameRow(row, book.row(agent, row.queue)));
  const actions = changed.flatMap((row): AmiAction[] => {
    const now = book.row(agent, row.queue);
    if (!row.isMember) return [removal(agent, row.queue)];
    if (!now.isMember) {
      const added = addition(agent, row, agentName, book);
      // A row is added without a reason.
      return row.paused && row.reason !== '' ? [added, pause(agent, row.queue, row)] : [added];
    }
    return [
      ...(row.penalty === now.penalty ? [] : [repenalty(agent, row)]),
      ...(row.paused === now.paused && row.reason === now.reason ? [] : [pause(agent, row.queue, row)]),
    ];
  });
  return planRows(agent, book, changed, actions, ['paused', 'reason', 'penalty']);
}

const pause = (agent: string, queue: string | null, { paused, reason }: Pick<MemberRow, 'paused' | 'reason'>) => ({
  name: 'QueuePause',
  fields: {
    Interface: agent,
    ...(queue !== null && { Queue: queue }),
    Paused: paused ? '1' : '0',
    ...(paused && reason !== '' && { Reason: reason }),
  },
});

/** Written as the PBX had the agent elsewhere: without his name he would be called like his phone. */
function addition(agent: string, row: MemberRow, agentName: string, book: MemberBook): AmiAction {
  const person = book.person(agent) ?? { name: agentName, stateInterface: '' };
  return {
    name: 'QueueAdd',
    fields: {
      Queue: row.queue,
      Interface: agent,
      Penalty: String(row.penalty),
      Paused: row.paused ? '1' : '0',
      ...(person.name !== '' && { MemberName: oneLine(person.name) }),
      ...(person.stateInterface !== '' && { StateInterface: oneLine(person.stateInterface) }),
    },
  };
}

const removal = (agent: string, queue: string): AmiAction => ({
  name: 'QueueRemove',
  fields: { Queue: queue, Interface: agent },
});

const repenalty = (agent: string, { queue, penalty }: MemberRow): AmiAction => ({
  name: 'QueuePenalty',
  fields: { Interface: agent, Penalty: String(penalty), Queue: queue },
});

function planHangUp({ agent, call }: CommandOf<'hang-up'>, channels: readonly AmiMessage[]): Plan | Refusal {
  const leg = agent === null ? undefined : legOf(agent, channels);
  if (agent !== null && !leg) return { cause: 'agent.notTalking' };
  const caller = leg && channels.find((row) => row.get('Application') === 'Queue' && isTogether(row, leg));
  const channel = agent === null ? channels.find((row) => row.get('Uniqueid') === call) : (caller ?? leg);
  const id = channel?.get('Uniqueid');
  // Whose call it is was checked for the one who asks: another call in its place is not theirs to end.
  if (!id || (call !== null && id !== call)) return { cause: 'call.unknown' };
  const hangUp = { name: 'Hangup', fields: { Channel: id, Cause: '16' } };
  return { actions: [hangUp], effects: [{ kind: 'ended', channel: id }], before: [], after: [] };
}

/** Whispering is heard by the agent, barging by both. The phone hangs up with the call that it listens to. */
const SPY_OPTIONS: Readonly<Record<MonitorMode, string>> = { listen: 'qE', whisper: 'qEw', barge: 'qEB' };
/** What app_chanspy would read as the end of the name, or as something else. */
const UNSPEAKABLE = /[\s,"'\\()[\]{}$&|]/;

function planMonitor(
  { agent, mode, phone }: CommandOf<'monitor'>,
  channels: readonly AmiMessage[],
  channelId: string,
): Plan | Refusal {
  const name = legOf(agent, channels)?.get('Channel');
  if (!name) return { cause: 'agent.notTalking' };
  if (UNSPEAKABLE.test(name)) return { cause: 'refused', detail: 'the name of the channel cannot be given to ChanSpy' };
  const extension = phone.slice(phone.indexOf('/') + 1);
  const fields = {
    Channel: phone.includes('/') ? phone : `PJSIP/${phone}`,
    ChannelId: channelId,
    Application: 'ChanSpy',
    // The whole name of one channel: the beginning of a name could be that of another agent too.
    Data: `${name},${SPY_OPTIONS[mode]}`,
    CallerID: `"Floorcast" <${extension}>`,
    Timeout: String(RING_FOR_MS),
    Async: 'true',
  };
  return {
    actions: [{ name: 'Originate', fields }],
    effects: [{ kind: 'spying', spyer: channelId }],
    before: [],
    after: [],
  };
}

/** An endpoint and nothing else: with an `@` or a further `/`, `MessageSend` would take an address of anywhere. */
const SIP_PHONE = /^(PJSIP|SIP)\/([A-Za-z0-9][A-Za-z0-9_.+-]{0,79})$/;
/** Asterisk drops a line of more than 1,024 bytes; base64 makes four of three. */
const MAX_BODY_BYTES = 720;
const MAX_NAME_CHARS = 40;

/**
 * Fields as `action_messagesend` of Asterisk's main/message.c reads them in 18 to 22 (docs.asterisk.org, AMI Actions,
 * MessageSend): `To` is the destination where no `Destination` is given, which 18.0 does not know; `Base64Body` goes before
 * `Body`. The phone shows who speaks by the text alone: a `From` would have to be an endpoint of that PBX.
 */
function planMessage({ agent, text }: CommandOf<'message'>, author: string, book: MemberBook): Plan | Refusal {
  // An agent who is called through the dialplan (Local/…) is still watched at the own phone, where the PBX was told of it.
  const watched = book.person(agent)?.stateInterface ?? '';
  const [, technology, endpoint] = SIP_PHONE.exec(agent) ?? SIP_PHONE.exec(watched) ?? [];
  if (!technology || !endpoint) return { cause: 'phone.notSip' };
  const name = [...oneLine(author)].slice(0, MAX_NAME_CHARS).join('');
  const body = cut(name === '' ? oneLine(text) : `${name}: ${oneLine(text)}`, MAX_BODY_BYTES);
  const fields = { To: `${technology.toLowerCase()}:${endpoint}`, Base64Body: base64Of(body) };
  return { actions: [{ name: 'MessageSend', fields }], effects: [], before: [], after: [] };
}

/** The agent's side of a conversation: first of one that came through a queue. */
function legOf(agent: string, channels: readonly AmiMessage[]): AmiMessage | undefined {
  const phone = withoutLocalOptions(agent);
  const legs = channels.filter(
    (row) =>
      row.get('ChannelState') === '6' && withoutLocalOptions(interfaceOfChannel(row.get('Channel') ?? '')) === phone,
  );
  return legs.find((row) => row.get('Application') === 'AppQueue' && row.get('BridgeId')) ?? legs[0];
}

const isTogether = (a: AmiMessage, b: AmiMessage): boolean => {
  const bridge = a.get('BridgeId');
  return bridge !== undefined && bridge !== '' && bridge === b.get('BridgeId');
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();

/**
 * A reason as the PBX will keep and repeat it, so that the effect can be known again: without what queue_log uses as its
 * separator, and cut by us, between two characters.
 */
export function pauseReason(text: string): string {
  return cut(oneLine(text).replaceAll('|', '/').replaceAll(/\s+/gu, ' '), MAX_REASON_BYTES).trim();
}

/** Between two characters. */
function cut(text: string, maxBytes: number): string {
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > maxBytes) break;
    kept += character;
  }
  return kept;
}

const base64Of = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const CAUSES_OF_MESSAGES: readonly (readonly [RegExp, Cause])[] = [
  [/permission denied|access forbidden/i, 'right.missing'],
  [/already there/i, 'agent.there'],
  [/no such queue/i, 'queue.unknown'],
  [/not dynamic/i, 'agent.fixed'],
  [/not there|interface not found|invalid interface/i, 'agent.notThere'],
  [/no such channel/i, 'call.ended'],
  [/message technology not found/i, 'phone.noMessages'],
  [/message failed to send/i, 'phone.unreachable'],
];

/** Asterisk's refusals have no codes, only words. */
export const causeOfMessage = (message: string): Cause =>
  CAUSES_OF_MESSAGES.find(([words]) => words.test(message))?.[1] ?? 'refused';

/** `Reason` of a failed OriginateResponse: a control frame's number. */
export function causeOfOriginate(reason: string | undefined): Cause {
  if (reason === '5') return 'phone.busy';
  return reason === '1' || reason === '3' ? 'phone.noAnswer' : 'phone.unreachable';
}

/** Actions that a command takes, to know beforehand what the user may not. */
export const ACTIONS_OF: Readonly<Record<Command['do'], readonly string[]>> = {
  pause: ['QueuePause'],
  unpause: ['QueuePause'],
  'join-queue': ['QueueAdd'],
  'leave-queue': ['QueueRemove'],
  'set-penalty': ['QueuePenalty'],
  'hang-up': ['CoreShowChannels', 'Hangup'],
  monitor: ['CoreShowChannels', 'Originate'],
  message: ['MessageSend'],
};

/** The class of `write` in manager.conf that each needs. */
export const CLASS_OF: Readonly<Record<string, string>> = {
  QueuePause: 'agent',
  QueueAdd: 'agent',
  QueueRemove: 'agent',
  QueuePenalty: 'agent',
  CoreShowChannels: 'reporting',
  Hangup: 'call',
  Originate: 'originate',
  MessageSend: 'message',
};

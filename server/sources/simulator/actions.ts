// The answers of a PBX to the actions that a wallboard sends once it is logged in, as far as its user has the rights.
import type { AmiAction } from './action-framing.ts';
import { renderChannels, renderQueueStatus, renderQueueSummary, renderResponse } from './answers.ts';
import type { Pbx, PbxSnapshot } from './pbx.ts';
import { type Fields, renderStamp, toByteString } from './wire.ts';

/** What the actions need of `write` in manager.conf: one of these classes, or nothing. */
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  CoreShowChannels: ['system', 'reporting'],
  CoreStatus: ['system', 'reporting'],
  Hangup: ['system', 'call'],
  ListCommands: [],
  MessageSend: ['message'],
  Originate: ['originate'],
  Ping: [],
  QueueAdd: ['agent'],
  QueuePause: ['agent'],
  QueuePenalty: ['agent'],
  QueueRemove: ['agent'],
  QueueStatus: [],
  QueueSummary: [],
};
const CHANGES = /^(queue(add|pause|penalty|remove)|hangup|messagesend|originate)$/;

export interface ActionRights {
  /** Classes of `write`; null for all. */
  readonly write: ReadonlySet<string> | null;
  /** Actions that change the PBX are accepted and not carried out. */
  readonly pretends: boolean;
}

const mayUse = (needed: readonly string[], { write }: ActionRights): boolean =>
  write === null || needed.length === 0 || needed.some((one) => write.has(one));

/** The whole answer as a byte string. */
export function answerAction(pbx: Pbx, action: AmiAction, rights: ActionRights): string {
  const { actionId } = action;
  const known = Object.entries(CLASSES).find(([one]) => one.toLowerCase() === action.name.toLowerCase());
  if (known && !mayUse(known[1], rights)) {
    return renderResponse('Error', actionId, [['Message', 'Permission denied']]);
  }
  if (rights.pretends && CHANGES.test(action.name.toLowerCase())) {
    return renderResponse('Success', actionId, [['Message', 'So it shall be']]);
  }
  const ready = pbx.answer?.(action) ?? pbx.act?.(action);
  if (ready !== undefined) return ready;
  if (action.name.toLowerCase() === 'listcommands')
    return renderResponse('Success', actionId, listCommands(pbx, rights));
  const filter = { queue: action.get('queue'), member: action.get('member') };
  const name = action.name.toLowerCase();
  if (name === 'ping') {
    return renderResponse('Success', actionId, [
      ['Ping', 'Pong'],
      ['Timestamp', renderStamp(pbx.nowMs() * 1000)],
    ]);
  }
  if (name === 'corestatus') return renderResponse('Success', actionId, coreStatus(pbx));
  if (name === 'coreshowchannels') return renderChannels(byteRows(pbx), actionId);
  if (name === 'queuestatus' && pbx.isBooted()) return renderQueueStatus(byteRows(pbx), filter, actionId);
  if (name === 'queuesummary' && pbx.isBooted()) return renderQueueSummary(byteRows(pbx), filter, actionId);
  return renderResponse('Error', actionId, [
    ['Message', `Invalid/unknown command: ${action.name}. Use Action: ListCommands to show available commands.`],
  ]);
}

/** Asterisk lists what the user may use and nothing else. */
const listCommands = (pbx: Pbx, rights: ActionRights): Fields =>
  Object.entries(CLASSES)
    .filter(([name, needed]) => mayUse(needed, rights) && (pbx.act !== undefined || !CHANGES.test(name.toLowerCase())))
    .map(([name, needed]) => [name, `Does what it says.  (Priv: ${[...needed, 'all'].join(',')})`]);

function coreStatus(pbx: Pbx): Fields {
  // Asterisk prints these in the machine's local time.
  const booted = new Date(pbx.bootedAtMs());
  const two = (n: number): string => String(n).padStart(2, '0');
  const date = `${booted.getFullYear()}-${two(booted.getMonth() + 1)}-${two(booted.getDate())}`;
  const time = `${two(booted.getHours())}:${two(booted.getMinutes())}:${two(booted.getSeconds())}`;
  const calls = new Set(pbx.snapshot().channels.map((c) => c.linkedid)).size;
  return [
    ['CoreStartupDate', date],
    ['CoreStartupTime', time],
    ['CoreReloadDate', date],
    ['CoreReloadTime', time],
    ['CoreCurrentCalls', calls],
    ['CoreProcessedCalls', calls],
  ];
}

function byteRows(pbx: Pbx): PbxSnapshot {
  const { queues, channels } = pbx.snapshot();
  if (pbx.encoding === 'latin1') return { queues, channels };
  return {
    channels: channels.map(byteRow),
    queues: queues.map((q) => ({
      ...q,
      queue: toByteString(q.queue),
      members: q.members.map(byteRow),
      entries: q.entries.map(byteRow),
    })),
  };
}

function byteRow<Row extends object>(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === 'string' ? toByteString(value) : value]),
  ) as Row;
}

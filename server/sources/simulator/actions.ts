// The answers of a PBX to the actions that a wallboard sends once it is logged in.
import type { AmiAction } from './action-framing.ts';
import { renderChannels, renderQueueStatus, renderQueueSummary, renderResponse } from './answers.ts';
import type { Pbx, PbxSnapshot } from './pbx.ts';
import { type Fields, renderStamp, toByteString } from './wire.ts';

/** The whole answer as a byte string. */
export function answerAction(pbx: Pbx, action: AmiAction): string {
  const { actionId } = action;
  const ready = pbx.answer?.(action);
  if (ready !== undefined) return ready;
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

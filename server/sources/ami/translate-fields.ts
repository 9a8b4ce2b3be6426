/** Single AMI values in the glossary's words. */
import type { Caller, Device } from '../../../shared/event.ts';
import type { AmiMessage } from './framing.ts';

/** `Status` of a queue member, by number: AST_DEVICE_UNKNOWN, NOT_INUSE, INUSE, BUSY, INVALID, UNAVAILABLE, RINGING, RINGINUSE, ONHOLD. */
const DEVICES: readonly Device[] = [
  'unknown',
  'idle',
  'busy',
  'busy',
  'unavailable',
  'unavailable',
  'ringing',
  'ringing',
  'holding',
];

export const deviceOf = (status: string | undefined): Device => DEVICES[Number(status)] ?? 'unknown';

const ESCAPES: Readonly<Record<string, string>> = { a: ' ', b: ' ', f: ' ', n: ' ', r: ' ', t: ' ', v: ' ' };

/** Channel events C-escape names (`O\'Hara`); an escaped control character becomes a space. */
const unescaped = (value: string): string =>
  value.replace(/\\(.)/gs, (_, escaped: string) => ESCAPES[escaped] ?? escaped);

/** Text for people: no control characters, no surrounding space, bounded. Markup stays text; screens never render it. */
export function printable(value: string | undefined): string {
  return (value ?? '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 256);
}

/** The event schema's limit: a longer identifier would make a whole snapshot unreadable. */
const MAX_ID_CHARS = 256;

/** An identifier, or undefined where the message has none that can be kept. */
export function idOf(message: AmiMessage, header: string): string | undefined {
  const id = message.get(header);
  return id === undefined || id === '' || id.length > MAX_ID_CHARS ? undefined : id;
}

const NOBODY = new Set(['', 'unknown', '<unknown>', 'anonymous']);

const known = (value: string): string | null => (NOBODY.has(value.toLowerCase()) ? null : value);

/** The caller of a channel event, whose texts are C-escaped. */
export function callerOf(message: AmiMessage): Caller {
  return {
    number: known(printable(unescaped(message.get('CallerIDNum') ?? ''))),
    name: known(printable(unescaped(message.get('CallerIDName') ?? ''))),
  };
}

/** The caller of a QueueEntry row, whose texts are raw. */
export function callerOfEntry(row: AmiMessage): Caller {
  return { number: known(printable(row.get('CallerIDNum'))), name: known(printable(row.get('CallerIDName'))) };
}

/** Queue of a channel that runs the Queue application: its first argument, unescaped. */
export const queueOfApplication = (data: string | undefined): string => unescaped(data ?? '').split(',')[0] ?? '';

/** Whole number of a header, or null when absent or not a number. */
export function numberOf(value: string | undefined): number | null {
  if (value === undefined || value.trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** A header in whole seconds as non-negative milliseconds. */
export function secondsAsMs(value: string | undefined): number | null {
  const seconds = numberOf(value);
  return seconds === null ? null : Math.max(0, Math.round(seconds * 1_000));
}

/** `Timestamp` (epoch seconds with microseconds) in epoch milliseconds; null where the manager does not stamp. */
export function stampOf(message: AmiMessage): number | null {
  const seconds = numberOf(message.get('Timestamp'));
  return seconds === null || seconds <= 0 ? null : Math.round(seconds * 1_000);
}

/** `Local/1005@agents-0000001f;1` and `PJSIP/8001-0000002a` without what names the single channel. */
export const interfaceOfChannel = (channel: string): string => channel.replace(/-[0-9a-f]{6,}(;[12])?$/i, '');

/** `Local/1005@agents/n` names the same phone as `Local/1005@agents`. */
export const withoutLocalOptions = (agent: string): string => agent.replace(/^(Local\/.*@[^/]+)\/[a-z]+$/i, '$1');

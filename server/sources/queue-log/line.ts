/**
 * One line of queue_log: `epoch|call|queue|agent|EVENT|data…`. Nothing in it is escaped, so a `|` in a name moves all later
 * columns, and half a character of a GBK name may be one: the event is found by its word and the shape of its data, and what
 * stands before it is put together again before it is decoded.
 */
import { decode } from '../ami/message.ts';

export interface LogLine {
  /** Whole seconds, as epoch milliseconds. */
  readonly at: number;
  readonly call: string;
  readonly queue: string;
  /** The member's name; `NONE` where there is none. */
  readonly agent: string;
  readonly event: string;
  readonly data: readonly string[];
}

/** The events that tell of visits, and what their data look like. All others pass by, those of one's own dialplan too. */
const SHAPES: ReadonlyMap<string, RegExp> = new Map([
  ['QUEUESTART', /^/],
  ['ENTERQUEUE', /^/],
  ['CONNECT', /^\d+/],
  ['COMPLETEAGENT', /^\d+\|\d+/],
  ['COMPLETECALLER', /^\d+\|\d+/],
  ['TRANSFER', /\|\d+\|\d+(\|\d+)?$/],
  ['BLINDTRANSFER', /\|\d+\|\d+\|\d+$/],
  ['ATTENDEDTRANSFER', /\|\d+\|\d+\|\d+$/],
  ['ABANDON', /^\d+/],
  ['EXITWITHTIMEOUT', /^\d+/],
  ['EXITEMPTY', /^\d+/],
  ['EXITWITHKEY', /^[^|]*\|\d+/],
  ['WITHDRAW', /^\d+/],
  ['SYSCOMPAT', /^/],
  ['RINGNOANSWER', /^\d+$/],
]);
const TIME = /^\d{9,11}$/;
/** A second line in the same line: Asterisk died in the middle of the first. */
const SECOND_START = /(?<=.)\d{10}\|(?:NONE|[^|]*\d\.\d+)\|/g;
/** time, call, queue, agent */
const EVENT_AT = 4;
const MAX_TEXT = 256;

const text = (latin1: string): string => decode(latin1).slice(0, MAX_TEXT);

/** Remembers the names of queues that hold a `|`: only the line of an arrival shows where such a name ends. */
export class LineParser {
  readonly #oddQueues = new Set<string>();

  /** `latin1` has one character per byte. Undefined for what is no line of the log. */
  parse(latin1: string): LogLine | undefined {
    const second = [...latin1.matchAll(SECOND_START)].at(-1);
    const parts = (second ? latin1.slice(second.index) : latin1).replace(/\r$/, '').split('|');
    const [time = '', call = ''] = parts;
    if (!TIME.test(time) || parts.length <= EVENT_AT) return undefined;
    const eventAt = placeOfEvent(parts);
    const names = parts.slice(2, eventAt);
    const event = parts[eventAt] ?? '';
    const queueEnd = this.#queueEnd(names, event);
    return {
      at: Number(time) * 1_000,
      call: text(call),
      queue: text(names.slice(0, queueEnd).join('|')),
      agent: text(names.slice(queueEnd).join('|')) || 'NONE',
      event,
      data: parts.slice(eventAt + 1).map(text),
    };
  }

  #queueEnd(names: readonly string[], event: string): number {
    if (names.length === 2) return 1;
    if (event === 'ENTERQUEUE') {
      this.#oddQueues.add(names.slice(0, -1).join('|'));
      return names.length - 1;
    }
    for (let end = names.length - 1; end > 1; end--) if (this.#oddQueues.has(names.slice(0, end).join('|'))) return end;
    return 1;
  }
}

function placeOfEvent(parts: readonly string[]): number {
  for (let i = EVENT_AT; i < parts.length; i++) {
    const shape = SHAPES.get(parts[i] ?? '');
    if (shape?.test(parts.slice(i + 1).join('|'))) return i;
  }
  return EVENT_AT;
}

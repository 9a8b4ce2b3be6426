/**
 * Bytes to messages. A message ends at a blank line, wherever the network cut it; the banner is one line. What must
 * hold: the same bytes give the same messages however they were cut; no input grows memory past `maxMessageBytes`;
 * nothing throws, what is not understood is counted.
 *
 * The hot path: a PBX sends mostly events that nobody here needs, so the name is looked at first and the rest of an
 * unwanted event is only searched for its end.
 */
import { type AmiMessage, isSameName, RawMessage } from './message.ts';

export type { AmiMessage } from './message.ts';

export interface FramingCounters {
  /** Messages, or never-ending lines, larger than the limit; each counted once. */
  oversized: number;
  /** Lines without a header name, in messages that were handed on. */
  malformedLine: number;
  /** Messages that are neither an event nor a response. */
  unnamed: number;
}

export interface Framer {
  /** `onMessage` may be called many times or not at all; a message is complete and in order. */
  push(chunk: Buffer, onMessage: (message: AmiMessage) => void): void;
  readonly counters: Readonly<FramingCounters>;
  /** Bytes of a message whose end has not come yet. */
  readonly heldBytes: number;
}

export interface FramerOptions {
  readonly maxMessageBytes?: number;
  /** Events of other names are skipped unread. Responses and the banner always pass. */
  readonly wanted?: ReadonlySet<string> | undefined;
}

const DEFAULT_MAX_MESSAGE_BYTES = 256 * 1024;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
/** A blank line may be cut after `\n\r` of `\r\n\r\n`. */
const MAX_END_BYTES = 4;
const NOTHING = Buffer.alloc(0);

export function createFramer({ maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES, wanted }: FramerOptions = {}): Framer {
  const counters: FramingCounters = { oversized: 0, malformedLine: 0, unnamed: 0 };
  let rest: Buffer = NOTHING;
  let isDiscarding = false;
  let isBannerDue = true;

  const hand = (text: string, onMessage: (message: AmiMessage) => void): void => {
    const message = new RawMessage(text);
    counters.malformedLine += message.malformedLines;
    if (message.kind === 'response' && message.get('Response') === undefined) counters.unnamed += 1;
    else if (message.kind === 'response' || wanted === undefined || wanted.has(message.name)) onMessage(message);
  };

  return {
    counters,
    get heldBytes() {
      return rest.length;
    },
    push(chunk, onMessage) {
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const text = data.toString('latin1');
      const ends = createEndFinder(text);
      let at = 0;

      while (at < text.length) {
        if (isDiscarding) {
          const end = ends.after(at);
          if (end === -1) break;
          isDiscarding = false;
          at = end;
          continue;
        }
        at = skipBlankLines(text, at);
        if (isBannerDue && at < text.length) {
          const lineEnd = text.indexOf('\n', at);
          if (lineEnd === -1) break;
          isBannerDue = false;
          if (lineEnd - at <= maxMessageBytes && text.slice(at, lineEnd).includes('Call Manager')) {
            onMessage(new RawMessage(data.toString('latin1', at, trimLineEnd(text, at, lineEnd + 1)), 'banner'));
            at = lineEnd + 1;
            continue;
          }
        }
        const end = ends.after(at);
        if (end === -1) break;
        const bodyEnd = trimLineEnd(text, at, end);
        if (bodyEnd - at > maxMessageBytes) counters.oversized += 1;
        // The copy is deliberate: a slice of `text` would keep the whole read alive for as long as one of its values.
        else if (isWanted(text, at, bodyEnd, wanted)) hand(data.toString('latin1', at, bodyEnd), onMessage);
        at = end;
      }

      if (!isDiscarding && text.length - at > maxMessageBytes + MAX_END_BYTES) {
        isDiscarding = true;
        isBannerDue = false;
        counters.oversized += 1;
      }
      // Only what may be the first part of a blank line is worth keeping of something that is thrown away.
      const keepFrom = isDiscarding ? Math.max(at, text.length - MAX_END_BYTES) : at;
      rest = keepFrom === text.length ? NOTHING : Buffer.from(data.subarray(keepFrom));
    },
  };
}

/** By the name in the first line, where Asterisk writes it; a message that begins otherwise is left to its full parse. */
function isWanted(text: string, start: number, end: number, wanted: ReadonlySet<string> | undefined): boolean {
  if (wanted === undefined || !isSameName(text, start, 'Event:')) return true;
  const name = text.charCodeAt(start + 6) === SPACE ? start + 7 : start + 6;
  const lf = text.indexOf('\n', name);
  return wanted.has(text.slice(name, trimLineEnd(text, name, lf === -1 || lf > end ? end : lf)));
}

function skipBlankLines(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === LF) at += 1;
    else if (code === CR && text.charCodeAt(at + 1) === LF) at += 2;
    else return at;
  }
}

/** Where the text that ends at `end` ends without its line ends. */
function trimLineEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && (text.charCodeAt(at - 1) === LF || text.charCodeAt(at - 1) === CR)) at -= 1;
  return at;
}

/**
 * Finds blank lines of either line end. Each kind's next place is remembered until it is passed: a kind that never
 * comes is searched for once per read, not once per message.
 */
function createEndFinder(text: string): { after(from: number): number } {
  let crLf = -2;
  let lf = -2;
  return {
    after(from) {
      if (crLf !== -1 && crLf < from) crLf = text.indexOf('\n\r\n', from);
      if (lf !== -1 && lf < from) lf = text.indexOf('\n\n', from);
      if (crLf === -1 && lf === -1) return -1;
      return lf === -1 || (crLf !== -1 && crLf < lf) ? crLf + 3 : lf + 2;
    },
  };
}

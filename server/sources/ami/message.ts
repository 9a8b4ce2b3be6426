/**
 * One AMI message over its raw bytes. What must hold: a field is decoded on its own, when asked for, so that one name
 * in a legacy encoding costs neither its neighbours nor the message; and a value never keeps more than its own message
 * alive, because callers keep values for hours.
 *
 * The text has one char per byte (latin1): offsets are byte offsets, and searching needs no decoding.
 */
import { isAscii, isUtf8 } from 'node:buffer';

export interface AmiMessage {
  readonly kind: 'banner' | 'event' | 'response';
  /** The event's name, the `Response` value, or the banner's text. */
  readonly name: string;
  /** Value of the first header of that name, in any letter case; what a caller name injected comes after it. */
  get(header: string): string | undefined;
  /** Value of the last one, for a header that Asterisk writes after text it does not escape. */
  getLast(header: string): string | undefined;
  /** All headers in order, repeated ones too. */
  headers(): Iterable<readonly [name: string, value: string]>;
}

const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
/** Numbers per header in the index: start of the line, its colon, end of the line. */
const STRIDE = 3;

const gb18030 = new TextDecoder('gb18030');

export class RawMessage implements AmiMessage {
  readonly kind: AmiMessage['kind'];
  readonly name: string;
  /** Lines that are no header. */
  readonly malformedLines: number;
  readonly #text: string;
  readonly #index: number[] = [];

  /** `text` is latin1, without the blank line at its end. The kind is an event wherever there is an `Event:` header. */
  constructor(text: string, kind?: 'banner') {
    this.#text = text;
    if (kind === 'banner') {
      this.kind = kind;
      this.name = decode(text);
      this.malformedLines = 0;
      return;
    }
    this.malformedLines = indexLines(text, this.#index);
    const event = this.get('Event');
    this.kind = event === undefined ? 'response' : 'event';
    this.name = event ?? this.get('Response') ?? '';
  }

  get(header: string): string | undefined {
    for (let at = 0; at < this.#index.length; at += STRIDE) {
      if (this.#isNamed(at, header)) return this.#valueAt(at);
    }
    return undefined;
  }

  getLast(header: string): string | undefined {
    for (let at = this.#index.length - STRIDE; at >= 0; at -= STRIDE) {
      if (this.#isNamed(at, header)) return this.#valueAt(at);
    }
    return undefined;
  }

  *headers(): Generator<readonly [string, string]> {
    for (let at = 0; at < this.#index.length; at += STRIDE) {
      yield [decode(this.#text.slice(this.#index[at], this.#index[at + 1])), this.#valueAt(at)];
    }
  }

  #isNamed(at: number, header: string): boolean {
    const start = this.#index[at] as number;
    if ((this.#index[at + 1] as number) - start !== header.length) return false;
    return isSameName(this.#text, start, header);
  }

  #valueAt(at: number): string {
    const afterColon = (this.#index[at + 1] as number) + 1;
    const start = this.#text.charCodeAt(afterColon) === SPACE ? afterColon + 1 : afterColon;
    return decode(this.#text.slice(start, this.#index[at + 2]));
  }
}

/** Compares in ASCII without case, in place: header names are asked for too often to lower-case them all. */
export function isSameName(text: string, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i += 1) {
    const a = text.charCodeAt(start + i);
    const b = name.charCodeAt(i);
    if (a === b) continue;
    const letter = a | 32;
    if ((a ^ b) !== 32 || letter < 0x61 || letter > 0x7a) return false;
  }
  return true;
}

/** Fills the index with the headers of `text`; returns the number of lines that are none. */
function indexLines(text: string, index: number[]): number {
  let malformed = 0;
  for (let start = 0; start < text.length; ) {
    const lf = text.indexOf('\n', start);
    const next = lf === -1 ? text.length : lf;
    const end = text.charCodeAt(next - 1) === CR && next > start ? next - 1 : next;
    // Names are short: looking from the left by hand beats a search that may run on into the next lines.
    let colon = start;
    while (colon < end && text.charCodeAt(colon) !== COLON) colon += 1;
    if (colon === end || colon === start) malformed += 1;
    else index.push(start, colon, end);
    start = next + 1;
  }
  return malformed;
}

/** UTF-8 where the bytes are valid UTF-8, else GB18030: Chinese PBXs carry GBK names through as raw bytes. */
export function decode(latin1: string): string {
  let i = 0;
  while (i < latin1.length && latin1.charCodeAt(i) < 0x80) i += 1;
  if (i === latin1.length) return latin1;
  const bytes = Buffer.from(latin1, 'latin1');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  return withoutCutCharacter(bytes)?.toString('utf8') ?? gb18030.decode(bytes);
}

/**
 * Asterisk cuts long texts at a byte (a pause reason at 79): what is UTF-8 up to a last, unfinished character is UTF-8.
 * Another multi-byte character must stand before it, or two bytes of GBK could pass for the beginning of one.
 */
function withoutCutCharacter(bytes: Buffer): Buffer | null {
  for (let cut = 1; cut <= 3 && cut < bytes.length; cut += 1) {
    const lead = bytes.readUInt8(bytes.length - cut);
    if (lead >= 0x80 && lead < 0xc0) continue;
    const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    const head = bytes.subarray(0, -cut);
    return size > cut && isUtf8(head) && !isAscii(head) ? head : null;
  }
  return null;
}

/**
 * Cells of rows as bytes: an integer as whatever is shortest of its difference to the cell before, its distance from the
 * frame's instant and itself; a text once a frame. The format is written down in docs/spec/live.md.
 */
import { type ByteReader, type ByteWriter, MAX_SIGNED, unzigzag, varintSize, zigzag } from './bytes.ts';
import { isSameCell, type Row } from './delta.ts';
import { ACTIVITIES, PRESENCES } from './presence.ts';
import type { Cell } from './view.ts';

/** Words that need not be spelled out; every text of a frame follows them. */
export const WORDS: readonly string[] = ['', ...PRESENCES, ...ACTIVITIES, 'connecting', 'live', 'lost'];
const wordIndex = new Map(WORDS.map((word, index) => [word, index]));

// Low three bits of the number that begins a value; the rest of it belongs to the value.
const DIFFERENCE = 0;
const AGO = 1;
const INTEGER = 2;
const CONSTANT = 3;
const TEXT = 4;
const WORD = 5;
const LIST = 6;
const TAGS = 8;
const CONSTANTS: readonly Cell[] = [null, false, true];
const FLOAT = 3;
const SAME = 4;

// Low three bits of the byte that begins a changed cell: the commonest changes are that byte.
const STEPS: readonly number[] = [1, -1, 2, -2];
const STEP_DIFFERENCE = 4;
const STEP_AGO = 5;
const STEP_NULL = 6;
const STEP_VALUE = 7;
const STEP_KINDS = 8;
/** Changed cells of a row that are counted in the number that holds its index. */
const COUNTED = 8;

const isWhole = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= MAX_SIGNED;

export class CellWriter {
  readonly #out: ByteWriter;
  readonly #at: number;
  readonly #words = new Map<string, number>();

  constructor(out: ByteWriter, at: number) {
    this.#out = out;
    this.#at = at;
  }

  /** `skipped`: rows between this one and the changed row before it. */
  changes(skipped: number, before: Row, after: Row): void {
    let count = 0;
    for (let c = 0; c < after.length; c++) if (!isSameCell(before[c], after[c] as Cell)) count++;
    this.#out.varint(skipped * COUNTED + (count < COUNTED ? count : 0));
    if (count >= COUNTED) this.#out.varint(count);
    let next = 0;
    for (let c = 0; c < after.length; c++) {
      const cell = after[c] as Cell;
      if (isSameCell(before[c], cell)) continue;
      this.#change(c - next, before[c], cell);
      next = c + 1;
    }
  }

  #change(skipped: number, before: Cell | undefined, after: Cell): void {
    const head = (kind: number) => this.#out.varint(skipped * STEP_KINDS + kind);
    if (after === null) return head(STEP_NULL);
    if (isWhole(after)) {
      const difference = isWhole(before) ? after - before : Number.NaN;
      const step = STEPS.indexOf(difference);
      if (step >= 0) return head(step);
      const [tag, n] = this.#shortest(difference, after);
      if (tag !== INTEGER) {
        head(tag === DIFFERENCE ? STEP_DIFFERENCE : STEP_AGO);
        return this.#out.signed(n);
      }
    }
    head(STEP_VALUE);
    this.value(before, after);
  }

  value(before: Cell | undefined, after: Cell): void {
    if (isSameCell(before, after)) return this.#tagged(CONSTANT, SAME);
    if (typeof after === 'string') return this.#text(after);
    if (typeof after === 'number') return this.#number(before, after);
    if (after === null || typeof after === 'boolean') return this.#tagged(CONSTANT, CONSTANTS.indexOf(after));
    this.#tagged(LIST, after.length);
    let last: number | string | undefined;
    for (const item of after) {
      this.value(last, item);
      last = item;
    }
  }

  #text(text: string): void {
    const known = wordIndex.get(text) ?? this.#words.get(text);
    if (known !== undefined) return this.#tagged(WORD, known);
    this.#words.set(text, WORDS.length + this.#words.size);
    this.#tagged(TEXT, text.length);
    this.#out.units(text);
  }

  #number(before: Cell | undefined, after: number): void {
    if (!Number.isFinite(after)) return this.#tagged(CONSTANT, CONSTANTS.indexOf(null));
    if (!isWhole(after)) {
      this.#tagged(CONSTANT, FLOAT);
      return this.#out.float(after);
    }
    const [tag, n] = this.#shortest(isWhole(before) ? after - before : Number.NaN, after);
    this.#tagged(tag, zigzag(n));
  }

  #shortest(difference: number, value: number): readonly [tag: number, n: number] {
    const ago = this.#at - value;
    const differenceSize = isWhole(difference) ? varintSize(zigzag(difference)) : Number.POSITIVE_INFINITY;
    const agoSize = isWhole(ago) ? varintSize(zigzag(ago)) : Number.POSITIVE_INFINITY;
    const size = varintSize(zigzag(value));
    if (differenceSize <= agoSize && differenceSize <= size) return [DIFFERENCE, difference];
    return agoSize < size ? [AGO, ago] : [INTEGER, value];
  }

  #tagged(tag: number, rest: number): void {
    this.#out.varint(rest * TAGS + tag);
  }
}

/** Reads what a CellWriter wrote. Throws a RangeError on anything else. */
export class CellReader {
  readonly #in: ByteReader;
  readonly #at: number;
  readonly #words: string[] = [];

  constructor(bytes: ByteReader, at: number) {
    this.#in = bytes;
    this.#at = at;
  }

  /** How many rows are skipped before the next changed one, and how many of its cells changed. */
  rowHead(): { skipped: number; cells: number } {
    const head = this.#in.varint();
    return { skipped: Math.floor(head / COUNTED), cells: head % COUNTED || this.#in.count() };
  }

  /** The row that `cells` changes make of the one before. */
  changed(before: Row, cells: number): Row {
    const after = [...before];
    let column = 0;
    for (let left = cells; left > 0; left--) {
      const step = this.#in.varint();
      column += Math.floor(step / STEP_KINDS);
      if (column >= after.length) throw new RangeError('the row has no such column');
      after[column] = this.#change(step % STEP_KINDS, before[column] as Cell);
      column++;
    }
    return after;
  }

  #change(kind: number, before: Cell): Cell {
    switch (kind) {
      case STEP_NULL:
        return null;
      case STEP_AGO:
        return this.#at - this.#in.signed();
      case STEP_DIFFERENCE:
        return numberOf(before) + this.#in.signed();
      case STEP_VALUE:
        return this.value(before);
      default:
        return numberOf(before) + (STEPS[kind] ?? 0);
    }
  }

  value(before: Cell | undefined): Cell {
    const head = this.#in.varint();
    const rest = Math.floor(head / TAGS);
    switch (head % TAGS) {
      case DIFFERENCE:
        return numberOf(before) + unzigzag(rest);
      case AGO:
        return this.#at - unzigzag(rest);
      case INTEGER:
        return unzigzag(rest);
      case CONSTANT:
        return this.#constant(rest, before);
      case TEXT: {
        const text = this.#in.units(rest);
        this.#words.push(text);
        return text;
      }
      case WORD: {
        const word = WORDS[rest] ?? this.#words[rest - WORDS.length];
        if (word === undefined) throw new RangeError('a word that nobody said');
        return word;
      }
      case LIST:
        return this.#list(rest);
      default:
        throw new RangeError('a value of no known kind');
    }
  }

  #constant(which: number, before: Cell | undefined): Cell {
    if (which === FLOAT) return this.#in.float();
    const value = which === SAME ? before : CONSTANTS[which];
    if (value === undefined) throw new RangeError('a value of no known kind');
    return value;
  }

  #list(length: number): Cell {
    const items: (number | string)[] = [];
    let last: number | string | undefined;
    for (let i = 0; i < length; i++) {
      const item = this.value(last);
      if (typeof item !== 'number' && typeof item !== 'string') throw new RangeError('a list of something else');
      items.push(item);
      last = item;
    }
    return items;
  }
}

function numberOf(cell: Cell | undefined): number {
  if (typeof cell !== 'number') throw new RangeError('a difference to nothing');
  return cell;
}

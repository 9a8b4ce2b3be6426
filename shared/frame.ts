/**
 * A channel's change, or its whole content, as the bytes that Redis keeps and screens receive: made once by the owner of
 * the site, passed on as they are. The format is written down in docs/spec/live.md.
 *
 * Law: applying every delta from revision a to b on a copy at a gives the copy at b; a whole frame gives it at once.
 */
import { ByteReader, ByteWriter } from './bytes.ts';
import { CellReader, CellWriter } from './cells.ts';
import { type ChannelTables, emptyTables, type IndexedTable, type Row, type TablesDelta } from './delta.ts';
import { CHANNELS, type Channel, TABLES, type Table } from './view.ts';

export type Frame = Uint8Array<ArrayBufferLike>;

export interface FrameHead {
  /** Revision that the frame applies to; null when it replaces everything. */
  readonly from: number | null;
  readonly to: number;
}

/** A channel as of one revision. */
export interface ChannelCopy {
  readonly channel: Channel;
  tables: ChannelTables;
  rev: number;
  /** Site clock of the commit that made the revision. */
  at: number;
}

export const emptyCopy = (channel: Channel): ChannelCopy => ({ channel, tables: emptyTables(channel), rev: 0, at: 0 });

// What the first number says beside the revision.
const NEXT = 0;
const JUMP = 1;
const WHOLE = 2;
const KINDS = 4;

// Sections of a table, in this order.
const DEL = 1;
const ADD = 2;
const SET = 4;
const SECTIONS = 8;

/** Far more rows than a site has; a broken frame must not make a copy reserve them. */
const MAX_INDEX = 1_000_000;

const out = new ByteWriter();
const byIndex = (a: readonly [number, ...unknown[]], b: readonly [number, ...unknown[]]): number => a[0] - b[0];

/** `copy` is what the delta was made from: only its revision and clock are looked at, `tables` may be ahead already. */
export function encodeDelta(copy: Omit<ChannelCopy, 'tables'>, to: number, at: number, tables: TablesDelta): Frame {
  const isNext = to === copy.rev + 1;
  out.varint(to * KINDS + (isNext ? NEXT : JUMP));
  if (!isNext) out.varint(copy.rev);
  out.signed(at - copy.at);
  const cells = new CellWriter(out, at);
  for (const [number, name] of CHANNELS[copy.channel].entries()) {
    const delta = tables[name as Table];
    if (!delta) continue;
    const { del, add, set } = delta;
    out.varint(number * SECTIONS + (del.length && DEL) + (add.length && ADD) + (set.length && SET));
    if (del.length > 0) writeDeleted(del);
    if (add.length > 0) writeAdded(cells, name, add);
    if (set.length === 0) continue;
    out.varint(set.length);
    let next = 0;
    for (const [index, before, after] of [...set].sort(byIndex)) {
      cells.changes(index - next, before, after);
      next = index + 1;
    }
  }
  return out.take();
}

export function encodeWhole({ channel, tables, rev, at }: ChannelCopy): Frame {
  out.varint(rev * KINDS + WHOLE);
  out.varint(at);
  const cells = new CellWriter(out, at);
  for (const [number, name] of CHANNELS[channel].entries()) {
    const table = tables[name as Table];
    if (!table || table.size === 0) continue;
    out.varint(number * SECTIONS + ADD);
    writeAdded(cells, name, table.indexed());
  }
  return out.take();
}

export function readHead(frame: Frame): FrameHead {
  return headOf(new ByteReader(frame));
}

/** Hears of every row that a frame adds, changes or deletes. */
export type OnTouched = (table: Table, id: string) => void;

/**
 * Brings the copy to the frame's revision. Throws a RangeError when the frame does not begin at the copy's revision or
 * is not one; the copy is then of no more use.
 */
export function applyFrame(copy: ChannelCopy, frame: Frame, onTouched?: OnTouched): void {
  const bytes = new ByteReader(frame);
  const { from, to } = headOf(bytes);
  if (from !== null && from !== copy.rev)
    throw new RangeError(`the frame begins at ${from}, the copy is at ${copy.rev}`);
  const at = from === null ? bytes.varint() : copy.at + bytes.signed();
  if (from === null) copy.tables = emptyTables(copy.channel);
  const cells = new CellReader(bytes, at);
  while (!bytes.isAtEnd) {
    const head = bytes.varint();
    const name = CHANNELS[copy.channel][Math.floor(head / SECTIONS)];
    const table = name && copy.tables[name];
    if (!table) throw new RangeError('the channel has no such table');
    const tell = onTouched && ((id: string) => onTouched(name, id));
    if (head & DEL) readDeleted(bytes, table, tell);
    if (head & ADD) readAdded(bytes, cells, table, TABLES[name].length, tell);
    if (head & SET) readChanged(bytes, cells, table, tell);
  }
  copy.rev = to;
  copy.at = at;
}

function headOf(bytes: ByteReader): FrameHead {
  const first = bytes.varint();
  const to = Math.floor(first / KINDS);
  switch (first % KINDS) {
    case NEXT:
      return { from: to - 1, to };
    case JUMP:
      return { from: bytes.varint(), to };
    case WHOLE:
      return { from: null, to };
    default:
      throw new RangeError('a frame of no known kind');
  }
}

function writeDeleted(indexes: readonly number[]): void {
  out.varint(indexes.length);
  let next = 0;
  for (const index of [...indexes].sort((a, b) => a - b)) {
    out.varint(index - next);
    next = index + 1;
  }
}

type Tell = ((id: string) => void) | undefined;

function readDeleted(bytes: ByteReader, table: IndexedTable, tell: Tell): void {
  let index = -1;
  for (let left = bytes.count(); left > 0; left--) {
    index += bytes.varint() + 1;
    tell?.(table.ids[index] ?? '');
    table.remove(index);
  }
}

/** An id shares its beginning with the one before, a cell is told by the cell above it: neighbours are alike. */
function writeAdded(cells: CellWriter, name: Table, rows: readonly (readonly [number, string, Row])[]): void {
  const width = TABLES[name].length;
  out.varint(rows.length);
  let next = 0;
  let idAbove = '';
  let above: Row = [];
  for (const [index, id, row] of [...rows].sort(byIndex)) {
    out.varint(index - next);
    const shared = sharedLength(idAbove, id);
    out.varint(shared);
    out.varint(id.length - shared);
    out.units(id, shared);
    for (let c = 0; c < width; c++) cells.value(above[c], row[c] ?? null);
    next = index + 1;
    idAbove = id;
    above = row;
  }
}

function readAdded(bytes: ByteReader, cells: CellReader, table: IndexedTable, width: number, tell: Tell): void {
  let index = -1;
  let idAbove = '';
  let above: Row = [];
  for (let left = bytes.count(); left > 0; left--) {
    index += bytes.varint() + 1;
    if (index > MAX_INDEX) throw new RangeError('the row is out of reach');
    const shared = bytes.varint();
    const id = idAbove.slice(0, shared) + bytes.units(bytes.count());
    const row = Array.from({ length: width }, (_, c) => cells.value(above[c]));
    table.place(index, id, row);
    tell?.(id);
    idAbove = id;
    above = row;
  }
}

function readChanged(bytes: ByteReader, cells: CellReader, table: IndexedTable, tell: Tell): void {
  let index = -1;
  for (let left = bytes.count(); left > 0; left--) {
    const { skipped, cells: count } = cells.rowHead();
    index += skipped + 1;
    const before = table.rows[index];
    if (!before) throw new RangeError('the row to change is not there');
    table.rows[index] = cells.changed(before, count);
    tell?.(table.ids[index] ?? '');
  }
}

function sharedLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  for (let i = 0; i < most; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return i;
  return most;
}

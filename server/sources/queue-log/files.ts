/**
 * The log file and what rotation made of it, as they lie in their folder. A place in the log is known by the bytes before it, not
 * by a name or an inode: renaming, copying and truncating change those, and leave the bytes.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Where reading goes on. */
export interface Resume {
  readonly offset: number;
  /** Of the bytes before the offset. */
  readonly mark: string;
  /** Lines before this instant are not needed any more. */
  readonly seekAt: number;
  /** Everything before this instant has been told. */
  readonly toldTo: number;
}

export type Place = Pick<Resume, 'offset' | 'mark'>;

/** A stretch of a file; what lies before `silentTo` was told before, and is read again only to be understood. */
export interface Segment {
  /** Of its own: the file may be renamed, compressed or deleted before it is its turn. */
  readonly handle: FileHandle;
  readonly inode: string;
  readonly from: number;
  /** The bytes before `from`. */
  readonly before: Buffer;
  readonly silentTo: number;
  /** Its end when it was planned: while these bytes are there, so is all that was planned. */
  readonly planned: Place;
}

interface LogFile {
  readonly handle: FileHandle;
  readonly inode: string;
  readonly end: Place;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly writtenAt: number;
}

const COMPRESSED = /\.(gz|bz2|xz|zst|lz4|Z)$/;
const LINE_START = /(?:^|\n)(\d{9,11})\|/g;
export const MARK_BYTES = 64;
const BLOCK_BYTES = 64 * 1024;
/** Some file systems of networks give a file another inode each time: then any plan must do. */
const MAX_PLANS = 10;

/** Of up to 64 bytes; names and numbers of callers stay out of the stream. */
export const markOf = (before: Buffer): string =>
  before.length === 0 ? '' : createHash('sha256').update(before).digest('hex').slice(0, 16);

async function bytesBefore(handle: FileHandle, offset: number): Promise<Buffer> {
  return readBlock(handle, Math.max(0, offset - MARK_BYTES), Math.min(MARK_BYTES, offset));
}

export async function readBlock(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(length);
  const { bytesRead } = await handle.read(block, 0, length, position);
  return block.subarray(0, bytesRead);
}

/**
 * What to read, oldest first; the log itself is the last. Begins at `seekAt`. Where the place to go on from is found, what lies
 * before it is silent; else (compressed away, or written anew) whoever reads goes by the times of the lines.
 */
export function planReading(
  path: string,
  { resume, seekAt }: { resume: Resume | null; seekAt: number },
): Promise<Segment[]> {
  return plan(path, async (files) => {
    const placeAt = resume === null ? -1 : await findPlace(files, resume);
    const needed = files.findIndex(({ lastAt }) => lastAt >= seekAt);
    const first = needed === -1 ? files.length - 1 : needed;
    const begin = placeAt === -1 ? first : Math.min(first, placeAt);
    const segments: Segment[] = [];
    for (const [i, file] of files.entries()) {
      if (i < begin) continue;
      const silentTo = i < placeAt ? Number.POSITIVE_INFINITY : i === placeAt ? (resume?.offset ?? 0) : 0;
      const from = i === begin ? await seek(file, seekAt) : 0;
      segments.push(await segmentOf(file, i === placeAt ? Math.min(from, silentTo) : from, silentTo));
    }
    return segments;
  });
}

/** Where the file that was read ended: another one took its name, or it was emptied and a copy has what was in it. */
export type Over =
  | { readonly isOver: string }
  | { readonly copied: Place; readonly from: number; readonly silentTo: number };

/**
 * What to read on with when the file that was read is over: renamed (`isOver` says which one), or emptied. Then the copy that was
 * made of it before comes first, from the place on. All that is newer follows, for there may have been more than one rotation;
 * what is newer is known by the times alone where the old file, or the copy, is gone.
 */
export function planOnward(path: string, { toldTo, ...over }: { toldTo: number } & Over): Promise<Segment[]> {
  return plan(path, async (files) => {
    const isOver = (file: LogFile) => 'isOver' in over && file.inode === over.isOver;
    const overAt = 'copied' in over ? await findPlace(files.slice(0, -1), over.copied) : files.findIndex(isOver);
    const segments: Segment[] = [];
    for (const [i, file] of files.entries()) {
      if (i === files.length - 1) segments.push(await segmentOf(file, 0, 0));
      else if (i === overAt && 'copied' in over) segments.push(await segmentOf(file, over.from, over.silentTo));
      else if (overAt === -1 ? file.lastAt >= toldTo : i > overAt)
        segments.push(await segmentOf(file, await seek(file, toldTo), 0));
    }
    return segments;
  });
}

const segmentOf = async ({ handle, inode, end }: LogFile, from: number, silentTo: number): Promise<Segment> => ({
  handle,
  inode,
  from,
  before: await bytesBefore(handle, from),
  silentTo,
  planned: end,
});

/**
 * A plan holds when nothing was rotated while it was made, else another one is made: files that change their names and contents
 * between two looks are found twice, or not at all, or in the wrong order.
 */
async function plan(path: string, choose: (files: readonly LogFile[]) => Promise<Segment[]>): Promise<Segment[]> {
  for (let plans = 1; ; plans++) {
    const opened: LogFile[] = [];
    const kept = new Set<FileHandle>();
    try {
      const names = await rotatedNames(path);
      const files = await openFiles(path, names, opened);
      const segments = await choose(files);
      if (plans >= MAX_PLANS || (await isUnrotated(path, names, files.at(-1)))) {
        for (const { handle } of segments) kept.add(handle);
        return segments;
      }
    } finally {
      for (const { handle } of opened) if (!kept.has(handle)) await handle.close();
    }
  }
}

async function isUnrotated(path: string, names: readonly string[], log: LogFile | undefined): Promise<boolean> {
  const { dev, ino } = await stat(path);
  if (log === undefined || `${dev}:${ino}` !== log.inode || !(await isAt(log.handle, log.end))) return false;
  return (await rotatedNames(path)).join('\n') === names.join('\n');
}

/** Whether these bytes are still, or also, before this offset. A file that ends before it has none, whatever the mark. */
export async function isAt(handle: FileHandle, { offset, mark }: Place): Promise<boolean> {
  const before = await bytesBefore(handle, offset);
  return before.length === Math.min(MARK_BYTES, offset) && markOf(before) === mark;
}

/** Index of the newest file that has these bytes before this offset. */
async function findPlace(files: readonly LogFile[], place: Place): Promise<number> {
  if (place.offset === 0) return -1;
  for (let i = files.length - 1; i >= 0; i--) {
    const file = files[i];
    if (file && file.end.offset >= place.offset && (await isAt(file.handle, place))) return i;
  }
  return -1;
}

/** Oldest first; the log itself is the last. Of what is within the same second, the one last written to is the newer. */
async function openFiles(path: string, names: readonly string[], opened: LogFile[]): Promise<LogFile[]> {
  const log = await openFile(path);
  opened.push(log);
  const older: LogFile[] = [];
  for (const name of names) {
    // Not a file, not readable, or gone by now: then it is none of ours.
    const file = await openFile(name).catch(() => undefined);
    if (!file) continue;
    opened.push(file);
    if (Number.isFinite(file.firstAt) && file.inode !== log.inode) older.push(file);
  }
  older.sort((a, b) => a.firstAt - b.firstAt || a.lastAt - b.lastAt || a.writtenAt - b.writtenAt);
  return [...older, log];
}

async function rotatedNames(path: string): Promise<string[]> {
  const name = basename(path);
  const names = await readdir(dirname(path));
  const isRotated = (other: string) => other.startsWith(`${name}.`) || other.startsWith(`${name}-`);
  return names
    .filter((other) => isRotated(other) && !COMPRESSED.test(other))
    .map((other) => join(dirname(path), other));
}

async function openFile(path: string): Promise<LogFile> {
  const handle = await open(path, 'r');
  try {
    const { dev, ino, size, mtimeMs } = await handle.stat();
    const head = timesIn(await readBlock(handle, 0, BLOCK_BYTES));
    const tail = timesIn(await readBlock(handle, Math.max(0, size - BLOCK_BYTES), BLOCK_BYTES));
    const firstAt = head[0]?.at ?? Number.POSITIVE_INFINITY;
    const end = { offset: size, mark: markOf(await bytesBefore(handle, size)) };
    return { handle, inode: `${dev}:${ino}`, end, firstAt, lastAt: tail.at(-1)?.at ?? firstAt, writtenAt: mtimeMs };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Lines that begin in a block. The first may be the rest of one. */
function timesIn(block: Buffer): { readonly at: number; readonly offset: number }[] {
  return Array.from(block.toString('latin1').matchAll(LINE_START), (match) => ({
    at: Number(match[1]) * 1_000,
    offset: match.index + (match[0].startsWith('\n') ? 1 : 0),
  }));
}

/** Offset of a line before which every line is older than `at`: lines are in order of their time, years of them in one file. */
async function seek({ handle, end }: LogFile, at: number): Promise<number> {
  let low = 0;
  let high = end.offset;
  while (high - low > BLOCK_BYTES) {
    const middle = Math.floor((low + high) / 2);
    const block = await readBlock(handle, middle, BLOCK_BYTES);
    // The byte before the block is not known, so its first line may be the rest of one.
    const line = timesIn(block).find(({ offset }) => offset > 0);
    if (line === undefined || line.at >= at || middle + line.offset >= high) high = middle;
    else low = middle + line.offset;
  }
  const lines = timesIn(await readBlock(handle, low, high - low + BLOCK_BYTES));
  const found = lines.find((line) => line.at >= at);
  return found ? low + found.offset : low;
}

/**
 * The log file and what rotation made of it, as they lie in their folder. A place in the log is known by the bytes before it, not
 * by a name or an inode: renaming, copying and truncating change those, and leave the bytes.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir } from 'node:fs/promises';
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

/** A stretch of a file; what lies before `silentTo` was told before, and is read again only to be understood. */
export interface Segment {
  readonly path: string;
  /** It may be renamed before it is opened. */
  readonly inode: string;
  readonly from: number;
  readonly silentTo: number;
}

interface LogFile {
  readonly path: string;
  readonly inode: string;
  readonly size: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

const COMPRESSED = /\.(gz|bz2|xz|zst|lz4|Z)$/;
const LINE_START = /(?:^|\n)(\d{9,11})\|/g;
export const MARK_BYTES = 64;
const BLOCK_BYTES = 64 * 1024;

/** Of up to 64 bytes; names and numbers of callers stay out of the stream. */
export const markOf = (before: Buffer): string =>
  before.length === 0 ? '' : createHash('sha256').update(before).digest('hex').slice(0, 16);

export async function bytesBefore(handle: FileHandle, offset: number): Promise<Buffer> {
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
export async function planReading(
  path: string,
  { resume, seekAt }: { resume: Resume | null; seekAt: number },
): Promise<Segment[]> {
  const files = await listFiles(path);
  const last = files.length - 1;
  const placeAt = resume === null ? -1 : await findPlace(files, resume);
  const needed = files.findIndex(({ lastAt }) => lastAt >= seekAt);
  const first = needed === -1 ? last : needed;
  const begin = placeAt === -1 ? first : Math.min(first, placeAt);
  const segments: Segment[] = [];
  for (const [i, file] of files.entries()) {
    if (i < begin) continue;
    const silentTo = i < placeAt ? Number.POSITIVE_INFINITY : i === placeAt ? (resume?.offset ?? 0) : 0;
    const from = i === begin ? await seek(file, seekAt) : 0;
    segments.push({
      path: file.path,
      inode: file.inode,
      from: i === placeAt ? Math.min(from, silentTo) : from,
      silentTo,
    });
  }
  return segments;
}

/**
 * What to read on with when the file that was read is over: renamed (`isOver` says which one), or emptied. Then the copy that was
 * made of it before comes first, from the place on. All else by its times, for there may have been more than one rotation.
 */
export async function planOnward(
  path: string,
  { toldTo, ...where }: { toldTo: number } & ({ isOver: string } | { place: Pick<Resume, 'offset' | 'mark'> }),
): Promise<Segment[]> {
  const files = await listFiles(path);
  const copy = 'place' in where ? files[await findPlace(files.slice(0, -1), where.place)] : undefined;
  const over = 'isOver' in where ? where.isOver : copy?.inode;
  const segments: Segment[] = [];
  if (copy && 'place' in where) segments.push({ ...copy, from: where.place.offset, silentTo: 0 });
  for (const [i, file] of files.entries()) {
    const isLog = i === files.length - 1;
    if (file.inode === over || (!isLog && file.lastAt < toldTo)) continue;
    segments.push({ ...file, from: isLog ? 0 : await seek(file, toldTo), silentTo: 0 });
  }
  return segments;
}

/** Index of the newest file that has these bytes before this offset. */
async function findPlace(
  files: readonly LogFile[],
  { offset, mark }: Pick<Resume, 'offset' | 'mark'>,
): Promise<number> {
  if (offset === 0) return -1;
  for (let i = files.length - 1; i >= 0; i--) {
    const file = files[i];
    if (!file || file.size < offset) continue;
    const isIt = await withFile(file.path, async (handle) => markOf(await bytesBefore(handle, offset)) === mark);
    if (isIt) return i;
  }
  return -1;
}

/** The log is looked at first: if it is renamed meanwhile, it is found twice and not missed. */
async function listFiles(path: string): Promise<LogFile[]> {
  const current = await describeFile(path);
  const older: LogFile[] = [];
  for (const other of await rotatedNames(path)) {
    // Not a file, not readable, or gone by now: then it is none of ours.
    const file = await describeFile(other).catch(() => undefined);
    if (file && Number.isFinite(file.firstAt) && file.inode !== current.inode) older.push(file);
  }
  older.sort((a, b) => a.firstAt - b.firstAt || a.lastAt - b.lastAt);
  return [...older, current];
}

async function rotatedNames(path: string): Promise<string[]> {
  const name = basename(path);
  const names = await readdir(dirname(path));
  const isRotated = (other: string) => other.startsWith(`${name}.`) || other.startsWith(`${name}-`);
  return names
    .filter((other) => isRotated(other) && !COMPRESSED.test(other))
    .map((other) => join(dirname(path), other));
}

export async function inodeOf(handle: FileHandle): Promise<string> {
  const { dev, ino } = await handle.stat();
  return `${dev}:${ino}`;
}

/** Opens the file that was planned, under the name that it has by now. */
export async function openSegment({ path, inode }: Segment, log: string): Promise<FileHandle> {
  const handle = await open(path, 'r');
  if ((await inodeOf(handle)) === inode) return handle;
  for (const other of await rotatedNames(log)) {
    const renamed = await open(other, 'r').catch(() => undefined);
    if (renamed && (await inodeOf(renamed)) === inode) {
      await handle.close();
      return renamed;
    }
    await renamed?.close();
  }
  return handle;
}

const describeFile = (path: string): Promise<LogFile> =>
  withFile(path, async (handle) => {
    const { size } = await handle.stat();
    const head = timesIn(await readBlock(handle, 0, BLOCK_BYTES));
    const tail = timesIn(await readBlock(handle, Math.max(0, size - BLOCK_BYTES), BLOCK_BYTES));
    const firstAt = head[0]?.at ?? Number.POSITIVE_INFINITY;
    return { path, inode: await inodeOf(handle), size, firstAt, lastAt: tail.at(-1)?.at ?? firstAt };
  });

/** Lines that begin in a block. The first may be the rest of one. */
function timesIn(block: Buffer): { readonly at: number; readonly offset: number }[] {
  return Array.from(block.toString('latin1').matchAll(LINE_START), (match) => ({
    at: Number(match[1]) * 1_000,
    offset: match.index + (match[0].startsWith('\n') ? 1 : 0),
  }));
}

/** Offset of a line before which every line is older than `at`: lines are in order of their time, years of them in one file. */
const seek = ({ path, size }: LogFile, at: number): Promise<number> =>
  withFile(path, async (handle) => {
    let low = 0;
    let high = size;
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
  });

async function withFile<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, 'r');
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

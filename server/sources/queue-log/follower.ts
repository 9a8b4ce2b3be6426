/**
 * Reads the log line by line, as it grows, through rotation by renaming and by copying and emptying. Each `read` gives the next
 * whole lines; a last line without its end is left until it has one, or until nothing can follow it any more.
 */
import { stat } from 'node:fs/promises';
import {
  isAt,
  MARK_BYTES,
  markOf,
  type Over,
  type Place,
  planOnward,
  planReading,
  type Resume,
  readBlock,
  type Segment,
} from './files.ts';

export interface ReadLines {
  /** Latin-1: one character per byte. Empty at the end of the log. */
  readonly lines: readonly string[];
  /** They were told before. */
  readonly isSilent: boolean;
  /** How many files have taken the place of another one so far. */
  readonly files: number;
  /** The file is not where it should be; what is left of the old one is read on. */
  readonly isMissing: boolean;
}

interface OpenFile {
  readonly segment: Segment;
  offset: number;
  /** The bytes before the offset. */
  before: Buffer;
}

const CHUNK_BYTES = 32 * 1024;
const LF = 0x0a;

export class LogFollower {
  readonly #path: string;
  #ahead: Segment[] | null = null;
  #files = 0;
  #file: OpenFile | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Rejects with the system's error when the log cannot be read; the next call tries again. */
  async read(from: {
    readonly resume: Resume | null;
    readonly seekAt: number;
    readonly toldTo: number;
  }): Promise<ReadLines> {
    this.#ahead ??= await planReading(this.#path, from);
    for (;;) {
      this.#file ??= this.#openNext(this.#ahead);
      const file = this.#file;
      const found = { isSilent: file.offset < file.segment.silentTo, files: this.#files, isMissing: false };
      const lines = await nextLines(file);
      if (lines !== 'emptied' && lines.length > 0) return { ...found, lines };
      if (lines === 'emptied') {
        await this.#goOn(from.toldTo, copyOf(file));
        await this.#closeFile();
        continue;
      }
      const next = await this.#lookForNext(file);
      if (next !== 'there') return { ...found, lines, isMissing: next === 'missing' };
      // The writer has moved on: look once more, and take what it left unfinished.
      const more = await nextLines(file);
      if (more === 'emptied') continue;
      if (more.length > 0) return { ...found, lines: more };
      if (this.#ahead.length === 0) await this.#goOn(from.toldTo, { isOver: file.segment.inode });
      const unfinished = await readBlock(file.segment.handle, file.offset, CHUNK_BYTES);
      await this.#closeFile();
      if (unfinished.length > 0) return { ...found, lines: [unfinished.toString('latin1')] };
    }
  }

  /** Behind the last line that was read. */
  get place(): Place {
    return { offset: this.#file?.offset ?? 0, mark: markOf(this.#file?.before ?? Buffer.alloc(0)) };
  }

  async close(): Promise<void> {
    await this.#closeFile();
    await this.#closeAhead();
  }

  async #goOn(toldTo: number, over: Over): Promise<void> {
    const ahead = await planOnward(this.#path, { toldTo, ...over });
    await this.#closeAhead();
    this.#ahead = ahead;
    this.#files++;
  }

  #openNext(ahead: Segment[]): OpenFile {
    const segment = ahead.shift();
    if (!segment) throw new Error('a plan ends with the log itself');
    return { segment, offset: segment.from, before: segment.before };
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.segment.handle.close();
  }

  async #closeAhead(): Promise<void> {
    const ahead = this.#ahead ?? [];
    this.#ahead = null;
    for (const { handle } of ahead) await handle.close();
  }

  /** A new file that is still empty may only have been prepared: the writer has not opened it yet. */
  async #lookForNext({ segment }: OpenFile): Promise<'none' | 'there' | 'missing'> {
    const [next, ...later] = this.#ahead ?? [];
    if (next && (later.length > 0 || (await next.handle.stat()).size > 0)) return 'there';
    try {
      const { dev, ino, size } = await stat(this.#path);
      return `${dev}:${ino}` !== segment.inode && size > 0 ? 'there' : 'none';
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
      throw error;
    }
  }
}

/** What was planned of it may be in the copy only, beyond the place where we are. */
const copyOf = ({ segment, offset, before }: OpenFile): Over => ({
  copied: offset < segment.planned.offset ? segment.planned : { offset, mark: markOf(before) },
  from: offset,
  silentTo: segment.silentTo,
});

/**
 * Read together with the bytes before them: where those differ, the file was emptied since, and maybe filled again beyond the
 * place where we were.
 */
async function nextLines(file: OpenFile): Promise<string[] | 'emptied'> {
  const { handle, planned, silentTo } = file.segment;
  const length = file.offset < silentTo ? Math.min(CHUNK_BYTES, silentTo - file.offset) : CHUNK_BYTES;
  const { before } = file;
  const block = await readBlock(handle, file.offset - before.length, before.length + length);
  if (!block.subarray(0, before.length).equals(before)) return 'emptied';
  // At its beginning there are no bytes before; and what was planned as told, or to be told, must be what was read now.
  if (file.offset < planned.offset && !(await isAt(handle, planned))) return 'emptied';
  const lastEnd = block.lastIndexOf(LF) + 1 - before.length;
  // A "line" as long as a block is none: it is skipped as one piece of nonsense.
  const end = lastEnd <= 0 && block.length - before.length === CHUNK_BYTES ? CHUNK_BYTES : lastEnd;
  if (end <= 0) return [];
  const lines = block.toString('latin1', before.length, before.length + end).split('\n');
  if (lastEnd > 0) lines.pop();
  file.offset += end;
  file.before = Buffer.from(block.subarray(0, before.length + end).subarray(-MARK_BYTES));
  return lines;
}

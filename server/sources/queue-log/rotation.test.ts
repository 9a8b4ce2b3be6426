/** Rotation at the worst moments: between two looks of the source, in the middle of one, and over its end. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { has, linesOf, type Running, startReading, T, visits } from './testing-log.ts';

let folder: string;
let file: string;
let ends: (() => Promise<void>)[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'floorcast-queue-log-'));
  file = path.join(folder, 'queue_log');
  ends = [];
});
afterEach(async () => {
  for (const end of ends) await end();
  rmSync(folder, { recursive: true, force: true });
});

const write = (...numbers: number[]): void => appendFileSync(file, numbers.map((n) => linesOf(n)).join(''));

function start(resume: string | null = null, append?: () => Promise<void>): Running {
  const source = startReading(file, resume, append);
  ends.push(source.stop);
  return source;
}

/** Calls `act` in the middle of what the source does: after so many more operations on open files, before the next. */
async function atOperation(count: number, act: () => void): Promise<void> {
  const handle = await open(folder, 'r');
  const operations = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  let left = count;
  for (const name of ['stat', 'read'] as const) {
    const original = operations[name] as (...args: unknown[]) => Promise<never>;
    vi.spyOn(operations, name).mockImplementation(function (this: FileHandle, ...args: unknown[]) {
      if (left-- === 0) act();
      return original.apply(this, args);
    });
  }
}

/** What logrotate does, with numbers for names. */
function shift(): void {
  for (const n of [3, 2, 1]) if (existsSync(`${file}.${n}`)) renameSync(`${file}.${n}`, `${file}.${n + 1}`);
}
const ROTATE = {
  rename: () => {
    shift();
    renameSync(file, `${file}.1`);
    writeFileSync(file, '');
  },
  copy: () => {
    shift();
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
  },
  /** It has only begun. */
  shift,
};

const ROTATIONS = [
  ['rename'],
  ['copy'],
  ['shift'],
  ['rename', 'rename'],
  ['copy', 'rename'],
  ['rename', 'copy'],
  ['copy', 'copy'],
] as const;
const MEETINGS = ['first', 'again', 'again after a rotation'] as const;
/** More than a source needs to look for its place and to begin to read. */
const OPERATIONS = 26;

test.each(ROTATIONS.flatMap((rotations) => MEETINGS.map((meeting) => ({ meeting, rotations }))))(
  '[QL22] rotated at each single moment of a look: every visit is told, in order ($meeting, $rotations)',
  { timeout: 60_000 },
  async ({ meeting, rotations }) => {
    for (let operation = 0; operation < OPERATIONS; operation++) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      write(1, 2);
      let resume: string | null = null;
      if (meeting !== 'first') {
        const before = start();
        await before.until(has(2));
        await before.stop();
        resume = before.resume;
      }
      write(3);
      if (meeting === 'again after a rotation') ROTATE.rename();
      write(4);
      let n = 4;
      await atOperation(operation, () => {
        for (const rotation of rotations) {
          ROTATE[rotation]();
          write(++n);
        }
      });
      const source = start(resume);
      await source.until(has(4 + rotations.length));
      await source.stop();
      vi.restoreAllMocks();
      const told = visits(source.told);
      const all = Array.from({ length: n }, (_, i) => i + 1).slice(meeting === 'first' ? 0 : 2);
      expect(told, `rotated before operation ${operation}`).toEqual(all);
    }
  },
);

test('[QL18] a visit that is open over a restart is told whole, also when the log is emptied while it is read again', {
  timeout: 60_000,
}, async () => {
  for (let operation = 0; operation < OPERATIONS; operation++) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    appendFileSync(file, `${T}|${T}.1|sales|NONE|ENTERQUEUE||10086|1\n`);
    write(2);
    const first = start();
    await first.until(has(2));
    await first.stop();
    await atOperation(operation, () => {
      ROTATE.copy();
      // Only for who knows that it waits is this its end.
      appendFileSync(file, `${T + 9}|NONE|NONE|NONE|QUEUESTART|\n`);
      write(10);
    });
    const second = start(first.resume);
    await second.until(has(10));
    await second.stop();
    vi.restoreAllMocks();
    expect(visits(second.told), `emptied before operation ${operation}`).toEqual([1, 10]);
  }
});

test('[QL15] a file that is compressed away before it is its turn is read all the same', async () => {
  for (const n of [1, 2, 3]) {
    write(n);
    ROTATE.rename();
  }
  write(4);
  let appends = 0;
  const source = start(null, async () => {
    // The first is that it is there; at the second it reads the oldest file.
    if (++appends === 2) rmSync(`${file}.1`);
  });
  await source.until(has(4));
  expect(visits(source.told)).toEqual([1, 2, 3, 4]);
});

test('[QL15] a writer that is slow to let go of the renamed log is waited for, also by a source that starts meanwhile', async () => {
  write(1);
  const first = start();
  await first.until(has(1));
  await first.stop();
  ROTATE.rename();
  const second = start(first.resume);
  await second.until((told) => told.includes('alive'));
  appendFileSync(`${file}.1`, linesOf(2));
  write(3);
  await second.until(has(3));
  expect(visits(second.told)).toEqual([2, 3]);
});

test('[QL19] files of one second are read in the order in which they were written', async () => {
  write(1);
  const first = start();
  await first.until(has(1));
  await first.stop();
  for (const n of [2, 3, 4]) {
    ROTATE.rename();
    appendFileSync(file, linesOf(n, T + 2));
    utimesSync(file, T + n, T + n);
  }
  const second = start(first.resume);
  await second.until(has(4));
  expect(visits(second.told)).toEqual([2, 3, 4]);
});

test('[QL22] killed at any moment and started anew, rotated at any moment: every visit is told, in order', {
  timeout: 60_000,
}, async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constant('write' as const) },
    { weight: 2, arbitrary: fc.constant('half' as const) },
    { weight: 2, arbitrary: fc.constant('kill' as const) },
    { weight: 1, arbitrary: fc.constantFrom('rename' as const, 'copy' as const) },
    { weight: 2, arbitrary: fc.constant('wait' as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), async (steps) => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      writeFileSync(file, '');
      let n = 0;
      let rotations = 0;
      let rest = '';
      const told: number[] = [];
      let source = start();
      const put = (text: string) => {
        appendFileSync(file, rest + text);
        rest = '';
      };
      for (const one of steps) {
        if (one === 'write') put(linesOf(++n));
        if (one === 'half') {
          const text = linesOf(++n);
          put(text.slice(0, 25));
          rest = text.slice(25);
        }
        if (one === 'wait') await new Promise((resolve) => setTimeout(resolve, 3));
        if (one === 'kill') {
          await source.stop();
          told.push(...visits(source.told));
          source = start(source.resume);
        }
        if (one === 'rename' || one === 'copy') {
          // A writer ends its line before its file is taken away.
          put('');
          // A copy is known by what was seen of the file before: no reader can know of a log that was filled, copied and emptied
          // between two looks.
          const firstHere = Number(/\.(\d+)\|sales\|NONE\|ABANDON/.exec(readFileSync(file, 'latin1'))?.[1] ?? 0);
          if (one === 'copy' && firstHere > 0)
            await source.until((all) => has(firstHere)(all) || told.includes(firstHere));
          const isCopied = one === 'copy' && firstHere > 0;
          const to = `${file}.${String(++rotations).padStart(3, '0')}`;
          if (isCopied) copyFileSync(file, to);
          else renameSync(file, to);
          writeFileSync(file, '');
        }
      }
      put(linesOf(++n));
      await source.until(has(n));
      await source.stop();
      told.push(...visits(source.told));
      const once = told.filter((visit, i) => told.indexOf(visit) === i);
      expect(once).toEqual(Array.from({ length: n }, (_, i) => i + 1));
      // At most the last second is told again, and the core knows it.
      expect(told.length - once.length).toBeLessThanOrEqual(steps.filter((s) => s !== 'write').length);
      expect(readFileSync(file).length).toBeGreaterThan(0);
    }),
    { numRuns: 60 },
  );
});

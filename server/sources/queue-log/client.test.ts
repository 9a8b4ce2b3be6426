/** The source on real files: as they grow, are rotated, go missing and come back, and as the source is ended and started anew. */
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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

const write = (...visits: number[]): void => appendFileSync(file, visits.map((n) => linesOf(n)).join(''));

function start(resume: string | null = null, append?: () => Promise<void>): Running {
  const source = startReading(file, resume, append);
  ends.push(source.stop);
  return source;
}

test('[QL13] what is there is told at once, what comes as it comes, a line only when it is whole', async () => {
  write(1, 2);
  const source = start();
  await source.until(has(2));
  write(3);
  const [first = '', second = ''] = linesOf(4).split('\n');
  appendFileSync(file, `${first}\n${second.slice(0, 20)}`);
  await source.until((told) => told.at(-1) === 'alive' && has(3)(told));
  expect(has(4)(source.told)).toBe(false);
  appendFileSync(file, `${second.slice(20)}\n`);
  await source.until(has(4));
  expect(visits(source.told)).toEqual([1, 2, 3, 4]);
});

test('[QL14] a quiet log lives; one that is not there, or is no file, is lost for that reason until it is', async () => {
  const source = start();
  await source.until((told) => told.includes('fileMissing'));
  write(1);
  await source.until(has(1));
  await source.until((told) => told.at(-1) === 'alive');
  renameSync(file, path.join(folder, 'elsewhere'));
  await source.until((told) => told.at(-1) === 'fileMissing');
  write(2);
  await source.until(has(2));
  expect(visits(source.told)).toEqual([1, 2]);
  await source.stop();
  rmSync(file);
  mkdirSync(file);
  const blind = start(source.resume);
  await blind.until((told) => told.includes('fileUnreadable'));
});

test('[QL15] a log that is renamed is read to its end, also when its writer is slow to let go', async () => {
  write(1);
  const source = start();
  await source.until(has(1));
  renameSync(file, `${file}.1`);
  appendFileSync(`${file}.1`, linesOf(2));
  writeFileSync(file, '');
  await source.until(has(2));
  appendFileSync(`${file}.1`, linesOf(3) + linesOf(4).trimEnd());
  write(5);
  await source.until(has(5));
  expect(visits(source.told)).toEqual([1, 2, 3, 4, 5]);
});

test('[QL16] a log that is copied and emptied loses nothing, also what was written just before', async () => {
  write(1, 2);
  const source = start();
  await source.until(has(2));
  // In one go, so that the source sees nothing of it but the result.
  write(3);
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
  write(4, 5, 6, 7, 8);
  await source.until(has(8));
  expect(visits(source.told)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('[QL16] a log that is written anew is no news up to where it was read', async () => {
  write(1, 2, 3);
  const source = start();
  await source.until(has(3));
  writeFileSync(file, `${T}|NONE|NONE|NONE|CONFIGRELOAD|\n`);
  write(1, 2, 3, 4);
  await source.until(has(4));
  // The last second is told again: the core knows it.
  expect(visits(source.told)).toEqual([1, 2, 3, 3, 4]);
});

test('[QL17] at the first meeting it begins with the business day', async () => {
  const old = Array.from({ length: 3_000 }, (_, i) => linesOf(-12_000 - 3_000 + i)).join('');
  writeFileSync(file, old + linesOf(-10_001) + linesOf(-10_000) + linesOf(1));
  const source = start();
  await source.until(has(1));
  expect(visits(source.told)).toEqual([-10_000, 1]);
});

test('[QL18] started anew, it goes on behind what the stream holds', async () => {
  write(1, 2);
  const first = start();
  await first.until(has(2));
  await first.stop();
  write(3);
  const second = start(first.resume);
  await second.until(has(3));
  await second.stop();
  expect(visits(second.told)).toEqual([3]);
});

test('[QL18] a visit that is open over a restart is told whole', async () => {
  appendFileSync(file, `${T}|${T}.1|sales|NONE|ENTERQUEUE||10086|1\n`);
  write(2);
  const first = start();
  await first.until(has(2));
  await first.stop();
  appendFileSync(file, `${T + 9}|NONE|NONE|NONE|QUEUESTART|\n`);
  const second = start(first.resume);
  await second.until(has(1));
  expect(visits(second.told)).toEqual([1]);
});

test.each([
  ['renamed', (to: string) => renameSync(file, to)],
  [
    'copied and emptied',
    (to: string) => {
      copyFileSync(file, to);
      truncateSync(file, 0);
    },
  ],
])('[QL19] rotated while nobody read (%s, twice), it goes on in the old file', async (_, rotate) => {
  write(1, 2);
  const first = start();
  await first.until(has(2));
  await first.stop();
  write(3);
  rotate(`${file}.1`);
  write(4);
  renameSync(`${file}.1`, `${file}.2`);
  rotate(`${file}.1`);
  write(5);
  const second = start(first.resume);
  await second.until(has(5));
  expect(visits(second.told)).toEqual([3, 4, 5]);
});

test('[QL19] where the old file is gone, it goes by the times', async () => {
  write(1, 2);
  const first = start();
  await first.until(has(2));
  await first.stop();
  rmSync(file);
  write(2, 3);
  const second = start(first.resume);
  await second.until(has(3));
  expect(visits(second.told)).toEqual([2, 3]);
});

test('[QL20] nonsense is counted and passed by', async () => {
  writeFileSync(file, `${linesOf(1)}${'x'.repeat(100_000)}\n\0\0\n${linesOf(2)}`);
  const source = start();
  await source.until(has(2));
  expect(source.told).toContain('queueLog.malformedLine');
  expect(visits(source.told)).toEqual([1, 2]);
});

test('[QL21] what cannot be appended is tried until it can', async () => {
  write(1);
  let failures = 3;
  const source = start(null, async () => {
    if (failures-- > 0) throw new Error('away');
  });
  await source.until(has(1));
  expect(visits(source.told)).toEqual([1]);
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { coreVsJsonParse } from './core-vs-json-parse.ts';
import { figureOf, GOALS, isMet, NAMES, type StoredFigure, store, toTable } from './report.ts';

test('the figures, their order and their goals are the promised ones', () => {
  expect(NAMES.map((name) => [name, GOALS[name].must, GOALS[name].aim])).toEqual([
    ['ingest-vs-xadd', 0.1, 0.3],
    ['core-vs-json-parse', 0.25, 0.45],
    ['ami-parser-vs-npm', 5, 15],
    ['glass-p99-5k-1k', 85, 75],
    ['glass-flatness', 1.2, 1.05],
    ['delivery-vs-ws', 1.6, 1.15],
    ['mb-per-screen-hour', 10, 3],
    ['kb-per-idle-screen', 25, 12],
    ['reconnect-storm-5k', 5, 2.5],
    ['owner-recovery', 3, 1],
    ['floor-fps-2k', 55, 60],
    ['floor-input-2k', 50, 33],
    ['soak-growth', 0.1, 0],
  ]);
});

test('a figure is the median of its samples, met on the right side of its goal', () => {
  const ingest = { name: 'ingest-vs-xadd', samples: [0.3, 0.05, 0.1] } as const;
  expect(figureOf(ingest)).toEqual({
    name: 'ingest-vs-xadd',
    value: 0.1,
    unit: 'of redis-benchmark XADD -P 16',
    must: 0.1,
    aim: 0.3,
    samples: 3,
    machine: expect.stringMatching(/^\d+ x .+, \d+ GiB, Node \d+/),
  });
  expect(isMet(ingest)).toBe(true);
  expect(isMet({ ...ingest, samples: [0.09] })).toBe(false);
  expect(isMet({ name: 'owner-recovery', samples: [3] })).toBe(true);
  expect(isMet({ name: 'owner-recovery', samples: [3.1] })).toBe(false);
  expect(toTable([ingest])).toMatch(/ingest-vs-xadd\s+0\.1\s+0\.05 to 0\.3 \(3\)\s+>= 0\.1\s+0\.3\s+met/);
});

test('a run keeps the other figures of the file, in the order of the table', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'floorcast-report-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const url = pathToFileURL(`${folder}/`);
  await store([{ name: 'soak-growth', samples: [0.02] }], url);
  await store([{ name: 'glass-p99-5k-1k', samples: [70] }], url);
  await store([{ name: 'soak-growth', samples: [0.01] }], url);
  const kept = JSON.parse(readFileSync(join(folder, 'latest.json'), 'utf8')) as StoredFigure[];
  expect(kept.map(({ name, value }) => [name, value])).toEqual([
    ['glass-p99-5k-1k', 70],
    ['soak-growth', 0.01],
  ]);
  for (const figure of kept)
    expect(Object.keys(figure)).toEqual(['name', 'value', 'unit', 'must', 'aim', 'samples', 'machine']);
});

test('a benchmark that needs no other process gives samples', async () => {
  const samples = await coreVsJsonParse({ isQuick: true, isFull: false, isSplit: false, minutes: null, log: () => {} });
  expect(samples).toHaveLength(1);
  expect(samples[0]).toBeGreaterThan(0);
});

/** The figures that are promised, what a run of them looks like, and the file that keeps them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { TICK_MS } from './load/product.ts';
import { median } from './load/statistics.ts';

export interface Goal {
  readonly unit: string;
  /** What has to hold, and what would be as good as it gets. */
  readonly must: number;
  readonly aim: number;
  readonly isMoreBetter: boolean;
}

const atLeast = (unit: string, must: number, aim: number): Goal => ({ unit, must, aim, isMoreBetter: true });
const atMost = (unit: string, must: number, aim: number): Goal => ({ unit, must, aim, isMoreBetter: false });

/** In the order of the table. A ratio is a number: 10 % is 0.1. */
export const GOALS = {
  'ingest-vs-xadd': atLeast('of redis-benchmark XADD -P 16', 0.1, 0.3),
  'core-vs-json-parse': atLeast('of JSON.parse', 0.25, 0.45),
  'ami-parser-vs-npm': atLeast('times the best npm client', 5, 15),
  'glass-p99-5k-1k': atMost('ms', 1.3 * TICK_MS + 20, 75),
  'glass-flatness': atMost('p99 at 20,000/s over p99 at 1,000/s', 1.2, 1.05),
  'delivery-vs-ws': atMost('times ws with a pre-built frame', 1.6, 1.15),
  'mb-per-screen-hour': atMost('MB', 10, 3),
  'kb-per-idle-screen': atMost('KB', 25, 12),
  'reconnect-storm-5k': atMost('s', 5, 2.5),
  'owner-recovery': atMost('s', 3, 1),
  'floor-fps-2k': atLeast('frames/s, idle or scrolled', 55, 60),
  'floor-input-2k': atMost('ms from key to frame, p95', 50, 33),
  'soak-growth': atMost('growth of memory', 0.1, 0),
} as const satisfies Record<string, Goal>;

export type Name = keyof typeof GOALS;
export const NAMES = Object.keys(GOALS) as Name[];

/** Samples of one figure; the figure is their median. */
export interface Outcome {
  readonly name: Name;
  readonly samples: readonly number[];
}

export interface StoredFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly must: number;
  readonly aim: number;
  readonly samples: number;
  readonly machine: string;
}

const RESULTS = new URL('./results/', import.meta.url);

export const machine = (): string =>
  `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;

export function figureOf({ name, samples }: Outcome): StoredFigure {
  const { unit, must, aim } = GOALS[name];
  return { name, value: median(samples), unit, must, aim, samples: samples.length, machine: machine() };
}

export function isMet({ name, samples }: Outcome): boolean {
  const { must, isMoreBetter } = GOALS[name];
  return isMoreBetter ? median(samples) >= must : median(samples) <= must;
}

/** Median and spread of every outcome beside its goals. */
export function toTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { unit, must, aim, isMoreBetter } = GOALS[outcome.name];
    const sign = isMoreBetter ? '>=' : '<=';
    return [
      outcome.name,
      shown(median(outcome.samples)),
      `${shown(Math.min(...outcome.samples))} to ${shown(Math.max(...outcome.samples))} (${outcome.samples.length})`,
      `${sign} ${shown(must)}`,
      shown(aim),
      isMet(outcome) ? 'met' : 'MISSED',
      unit,
    ];
  });
  const head = ['figure', 'value', 'spread', 'must', 'aim', '', 'unit'];
  const widths = head.map((title, c) => Math.max(title.length, ...rows.map((row) => row[c]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, c) => cell.padEnd(widths[c] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** This run's figures replace the older ones of the same name; the others stay. In the order of the table. */
export async function store(outcomes: readonly Outcome[], folder = RESULTS): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = new URL('latest.json', folder);
  const before = await readFile(file, 'utf8').then(
    (json) => JSON.parse(json) as StoredFigure[],
    () => [],
  );
  const figures = new Map(before.map((figure) => [figure.name, figure]));
  for (const outcome of outcomes) figures.set(outcome.name, figureOf(outcome));
  const known = NAMES.flatMap((name) => figures.get(name) ?? []);
  await writeFile(file, `${JSON.stringify(known, null, 2)}\n`);
}

const shown = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));

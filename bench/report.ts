/** One measured figure with its goal, and how a run of them is shown and kept. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What has to hold; null for a figure that is only told. */
  readonly must: number | null;
  readonly aim: number | null;
  /** Whether more is better. */
  readonly isMoreBetter: boolean;
  readonly samples: number;
}

export interface StoredFigure extends Omit<Figure, 'isMoreBetter'> {
  readonly machine: string;
}

const RESULTS = new URL('./results/', import.meta.url);

export const machine = (): string =>
  `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export const isMet = ({ value, must, isMoreBetter }: Figure): boolean =>
  must === null || (isMoreBetter ? value >= must : value <= must);

export function toTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    shown(figure.value),
    figure.unit,
    figure.must === null ? '' : `${figure.isMoreBetter ? '>=' : '<='} ${shown(figure.must)}`,
    figure.must === null ? '' : isMet(figure) ? 'met' : 'MISSED',
  ]);
  const head = ['figure', 'value', 'unit', 'must', ''];
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

/** Figures of this run replace older ones of the same name; the others stay. */
export async function store(figures: readonly Figure[]): Promise<void> {
  await mkdir(RESULTS, { recursive: true });
  const file = new URL('latest.json', RESULTS);
  const before = await readFile(file, 'utf8').then(
    (json) => JSON.parse(json) as StoredFigure[],
    () => [],
  );
  const names = new Set(figures.map(({ name }) => name));
  const kept = before.filter(({ name }) => !names.has(name));
  const added = figures.map(({ isMoreBetter: _, ...figure }) => ({ ...figure, machine: machine() }));
  await writeFile(file, `${JSON.stringify([...kept, ...added], null, 2)}\n`);
}

const shown = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

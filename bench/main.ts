/** `npm run bench [-- NAME ...]`: runs the benchmarks, prints a table, keeps `bench/results/latest.json`. */
import { pipeline } from './pipeline.ts';
import { isMet, machine, store, toTable } from './report.ts';

const BENCHMARKS = { pipeline };

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHMARKS).join(', ')}\n`);
  process.exit(1);
}
const chosen = Object.entries(BENCHMARKS).filter(([name]) => names.length === 0 || names.includes(name));
const figures = [];
for (const [name, run] of chosen) {
  process.stderr.write(`${name} …\n`);
  figures.push(...(await run((line) => process.stderr.write(`  ${line}\n`))));
}
await store(figures);
process.stdout.write(`${machine()}\n\n${toTable(figures)}\n`);
if (!figures.every(isMet)) process.exitCode = 2;

/**
 * `npm run chaos -- --rounds N --seed S [--fault NAME]`: so many rounds, a line for each, and last
 * `PASS rounds=N lost=0 double=0 stale_shown=N/N`, or `FAIL …` and exit code 1. Logs of failed rounds are kept.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { drawRounds } from './deck.ts';
import { FAULTS } from './faults.ts';
import { playRounds } from './play.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    fault: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const faults = FAULTS.filter(({ name }) => values.fault === undefined || name.includes(values.fault));
if (!Number.isInteger(rounds) || rounds < 1 || faults.length === 0) {
  process.stderr.write(
    `usage: npm run chaos -- --rounds N --seed S [--fault NAME]\nfaults: ${FAULTS.map(({ name }) => name).join(' ')}\n`,
  );
  process.exit(2);
}
// Every process that is started is ended with this one.
process.setMaxListeners(50);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const folder = mkdtempSync(path.join(tmpdir(), 'floorcast-chaos-'));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const summary = await playRounds(drawRounds(values.seed, faults), rounds, folder, say);
if (summary.isPassed) rmSync(folder, { recursive: true, force: true });
say(summary.line);
process.exit(summary.isPassed ? 0 : 1);

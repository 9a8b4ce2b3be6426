/**
 * Runs the gates, then vitest, and ends with the one line `N passed, N failed`. Tests are counted one by one; a gate, a
 * test file that could not be loaded, or a run that broke outside any test counts as one failure, so that the last line
 * never says 0 failed when something did.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGates } from './check.ts';
import type { Tally } from './tally-reporter.ts';

const failedGates = await runGates();
const { passed, failed } = await runVitest(process.argv.slice(2));

console.log(`${passed} passed, ${failed + failedGates} failed`);
process.exitCode = failed + failedGates > 0 ? 1 : 0;

async function runVitest(args: readonly string[]): Promise<Tally> {
  const directory = mkdtempSync(join(tmpdir(), 'floorcast-test-'));
  const tallyFile = join(directory, 'tally.json');
  try {
    const vitest = spawn(
      process.execPath,
      [
        'node_modules/vitest/vitest.mjs',
        'run',
        '--reporter=default',
        '--reporter=./scripts/tally-reporter.ts',
        ...args,
      ],
      { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, FLOORCAST_TALLY_FILE: tallyFile } },
    );
    const code = await new Promise<number | null>((resolve) => {
      vitest.on('error', () => resolve(null));
      vitest.on('close', resolve);
    });
    const tally = readTally(tallyFile);
    return code === 0 ? tally : { ...tally, failed: Math.max(1, tally.failed) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** No tally means that vitest died before its end: nothing is known to have passed. */
function readTally(file: string): Tally {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Tally;
  } catch {
    return { passed: 0, failed: 1 };
  }
}

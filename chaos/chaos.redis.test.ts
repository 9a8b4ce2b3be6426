/** The short form of `npm run chaos`: a few faults one after another on one floor. Rules: docs/spec/chaos.md. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createPrng } from '../server/sources/simulator/prng.ts';
import { drawMoment } from './deck.ts';
import { FAULTS } from './faults.ts';
import { playRounds } from './play.ts';

const SEED = 'short form';
const AFTER_MS = [500, 1_500] as const;

test.each([
  ['replay', ['site.kill', 'source.pause', 'gateway.kill', 'line.cut']],
  ['load', ['site.pause', 'postgres.kill', 'gateway.pause', 'redis.kill']],
] as const)('[CHAOS1] %s with %j', { timeout: 120_000 }, async (script, names) => {
  const prng = createPrng(SEED);
  const faults = names.map((wanted) => {
    const fault = FAULTS.find(({ name }) => name === wanted);
    if (!fault) throw new Error(`there is no fault ${wanted}`);
    return drawMoment(fault, prng, AFTER_MS);
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'floorcast-chaos-'));
  const told: string[] = [];
  const { line } = await playRounds([{ script, seed: SEED, faults }].values(), 1, folder, (text) => told.push(text));
  expect(line, told.join('\n')).toBe('PASS rounds=1 lost=0 double=0 stale_shown=1/1');
  rmSync(folder, { recursive: true });
});

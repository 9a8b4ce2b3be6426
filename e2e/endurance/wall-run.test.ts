/** The long run in short: every kind of trouble of a wall's life once, but the PBX's, and the roll of the day. */
import { expect, test } from 'vitest';
import { type Fault, runWall } from './run.ts';

const FAULTS: readonly (Fault | null)[] = ['kill', null, 'stall'];

test('[TV26] a wall through a restart, a dead network and the roll of the day never shows a wrong number', async () => {
  const result = await runWall({
    speed: 90,
    steps: FAULTS.length,
    stepMs: 5_000,
    faultMs: 2_500,
    faultOf: (step) => FAULTS[step] ?? null,
    rollAfterMs: 60_000,
    newPageLooks: 0,
    log: () => {},
  });
  expect(result).toMatchObject({ wrong: [], problems: [], exactSteps: FAULTS.length, faults: 2, pages: 1 });
  expect(result.businessDates).toHaveLength(2);
  expect(result.compared).toBeGreaterThan(300);
  expect(result.exactFigures).toBeGreaterThan(FAULTS.length * 6);
});

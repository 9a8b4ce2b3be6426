/**
 * `npm run wall-run -- [--hours N]`: a wall through so many simulated hours (12 unless said otherwise, in about 24 minutes);
 * the last line is PASS or FAIL. Needs a built client, which `npm run wall-run` makes.
 */
import { parseArgs } from 'node:util';
import { isFlat } from './endurance/heap.ts';
import { FAULTS, runWall, type WallRunResult } from './endurance/run.ts';

const SPEED = 40;
/** A quarter hour of the centre. */
const STEP_MS = 900_000 / SPEED;
const STEPS_AN_HOUR = 4;
const FAULT_MS = 14_000;
const FAULT_EVERY = 3;
/** The wall loads itself anew a little more than a minute after the roll, if nothing disturbs it: these steps are calm. */
const ROLL_HOURS = 2.1;
const CALM_FROM = Math.floor(ROLL_HOURS * STEPS_AN_HOUR);
const CALM_TO = CALM_FROM + 5;

const { values } = parseArgs({ options: { hours: { type: 'string', default: '12' } } });
const hours = Number(values.hours);
if (!(hours > 0)) {
  process.stderr.write('usage: npm run wall-run -- [--hours N]\n');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.setMaxListeners(50);

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const steps = Math.max(1, Math.round(hours * STEPS_AN_HOUR));
let drawn = 0;
const result = await runWall({
  speed: SPEED,
  steps,
  stepMs: STEP_MS,
  faultMs: FAULT_MS,
  faultOf: (step) => {
    if (step % FAULT_EVERY !== 1 || (step >= CALM_FROM && step <= CALM_TO)) return null;
    return FAULTS[drawn++ % FAULTS.length] ?? null;
  },
  rollAfterMs: ROLL_HOURS * 3_600_000,
  newPageLooks: 5,
  log: say,
});
const isRollDue = steps > CALM_TO;
const faults = faultsOf(result);
for (const fault of faults) say(`  ${fault}`);
const { heaps, newPageHeap } = result;
const heap = heaps.map(({ hours: lived, firstHour, lastHour }) =>
  firstHour === null || lastHour === null
    ? `${lived.toFixed(1)} h`
    : `${lived.toFixed(1)} h ${firstHour.toFixed(1)} -> ${lastHour.toFixed(1)} MB`,
);
say(
  [
    faults.length === 0 ? 'PASS' : 'FAIL',
    `hours=${result.simulatedHours.toFixed(1)} looks=${result.looks} compared=${result.compared} wrong=${result.wrong.length}`,
    `exact=${result.exactSteps}/${steps} (${result.exactFigures} figures) oldest=${(result.oldestMs / 1_000).toFixed(1)}s`,
    `faults=${result.faults} stale_shown=${result.staleShown}/${result.longFaults} console=${result.problems.length}`,
    `days=${result.businessDates.length} pages=${result.pages} heap=[${heap.join(', ')}] new_page=${newPageHeap?.toFixed(1)}MB`,
  ].join(' '),
);
process.exit(faults.length === 0 ? 0 : 1);

function faultsOf({ wrong, problems, businessDates, pages, heaps, newPageHeap }: WallRunResult): string[] {
  const found = [...wrong, ...problems];
  if (isRollDue && businessDates.length !== 2) found.push(`business days seen: ${businessDates.join(', ')}`);
  if (isRollDue && pages !== 2)
    found.push(`the wall was loaded ${pages} times, wanted once at the start and once with the new day`);
  for (const life of heaps) {
    if (!isFlat(life, newPageHeap))
      found.push(`heap grew from ${life.firstHour?.toFixed(1)} to ${life.lastHour?.toFixed(1)} MB`);
  }
  return found;
}

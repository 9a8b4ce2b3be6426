/** One round: a floor is started, meets its fault, comes to rest, and is compared with what the PBX knows. */
import { mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { loadRecordedDay } from '../server/testing/recorded-day.ts';
import type { Draw } from './deck.ts';
import { type Floor, startFloor, until } from './floor.ts';
import { comeToRest } from './rest.ts';
import type { LiveScreen } from './screen.ts';
import { recordedScript, type Script, simulatedScript } from './script.ts';
import { judge, type Look } from './staleness.ts';

export interface Outcome {
  readonly lost: number;
  readonly double: number;
  /** Every screen said stale exactly while it was. */
  readonly isStaleShown: boolean;
  /** The oldest truth that any screen showed. */
  readonly oldestMs: number;
  readonly events: number;
  /** Another process took the source over, though nothing was wrong with the one that held it. */
  readonly isHandedOver: boolean;
  /** Why the round failed, most telling first; empty when it passed. */
  readonly problems: readonly string[];
}

const LOOK_EVERY_MS = 100;
/** The floor goes on for so long after the fault, so that what it left behind has something to go wrong with. */
const AFTERMATH_MS = 3_000;
/** The log tells a visit when it is over: the visits of which something was told in vain must be. */
const LOG_AFTERMATH_MS = 10_000;
const FRESH_MS = 30_000;
/** Truth on a screen is this old at most where nothing live is hurt, on a busy machine. */
const UNSEEN_MS = 3_000;

export async function playRound(draw: Draw, folder: string): Promise<Outcome> {
  mkdirSync(folder, { recursive: true });
  const faults = draw.faults.map(({ fault }) => fault);
  const script = await scriptOf(draw);
  const floor = await startFloor({
    folder,
    script,
    redis: faults.find(({ redis }) => redis !== undefined)?.redis ?? 'everysec',
    hasClock: faults.some(({ hasClock }) => hasClock),
    hasHistory: faults.some(({ hasHistory }) => hasHistory),
  });
  const watch = watchScreens(floor);
  const problems: string[] = [];
  const attempt = async (step: Promise<unknown>) => {
    await step.catch((error: Error) => problems.push(error.message));
  };
  try {
    const areFresh = () => floor.screens.every((screen) => screen.level() === 'fresh');
    floor.pbx.run();
    for (const { fault, afterMs, lastsMs } of draw.faults) {
      await wait(afterMs);
      await attempt(fault.run(floor, lastsMs));
      await attempt(until(areFresh, FRESH_MS, `not fresh again after ${fault.name}`));
    }
    await wait(AFTERMATH_MS);
    const losesWire = faults.some((fault) => fault.losesWire);
    const isHandedOver = !losesWire && floor.sources.reduce((sum, { takeOvers }) => sum + takeOvers, 0) > 1;
    if (losesWire || isHandedOver) {
      floor.pbx.hasten();
      await wait(LOG_AFTERMATH_MS);
    }
    floor.pbx.freeze();
    const rest = await comeToRest(floor, {
      isAllHeard: !losesWire && !isHandedOver,
      wantsGap: faults.some((fault) => fault.losesWire && fault.isOutage),
    });
    const { looks, oldestMs } = watch.end();
    if (faults.every(({ isUnseen }) => isUnseen) && oldestMs > UNSEEN_MS)
      problems.push(`numbers were ${Math.round(oldestMs)} ms old while only history was away`);
    const verdicts = floor.screens.map((screen) => ({ screen, ...judge(looks.get(screen) ?? []) }));
    for (const { screen, fault: said } of verdicts) if (said) problems.push(`${screen.name} ${said}`);
    const isMisled = verdicts.some((verdict) => verdict.fault !== null);
    const isOutage = faults.some((fault) => fault.isOutage);
    if (isOutage && !verdicts.some(({ wasStale }) => wasStale)) problems.push('the fault did not bite');
    return {
      ...rest,
      isStaleShown: !isMisled,
      isHandedOver,
      oldestMs,
      events: floor.pbx.tally.events,
      problems: [...problems, ...rest.problems],
    };
  } finally {
    watch.end();
    await floor.stop();
  }
}

async function scriptOf({ script, seed }: Draw): Promise<Script> {
  // A whole second: the recording is shifted by whole seconds.
  const startAtMs = Math.floor(Date.now() / 1_000) * 1_000;
  return script === 'load' ? simulatedScript(seed, startAtMs) : recordedScript(await loadRecordedDay(), startAtMs);
}

function watchScreens({ screens, pbx }: Floor) {
  const looks = new Map<LiveScreen, Look[]>(screens.map((screen) => [screen, []]));
  const since = performance.now();
  const timer = setInterval(() => {
    for (const [screen, seen] of looks) {
      seen.push({ atMs: performance.now() - since, ageMs: pbx.ageOf(screen.mark()), level: screen.level() });
    }
  }, LOOK_EVERY_MS);
  return {
    end() {
      clearInterval(timer);
      const oldestMs = Math.max(0, ...[...looks.values()].flat().map(({ ageMs }) => ageMs ?? 0));
      return { looks, oldestMs };
    },
  };
}

/**
 * A wall that nobody touches, through hours of a centre whose time runs faster: the server is restarted and killed, the wall's
 * network and the PBX's line are cut, the business day rolls. Four times a second the wall is looked at and judged by what a
 * second client knew; at the end of every step the centre's time is held, and the wall must say exactly what the API says.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { DemoOrder, DemoReport } from '../../bench/load/fast-demo.ts';
import { startHelper } from '../../bench/load/processes.ts';
import { startLine } from '../../chaos/pbx-line.ts';
import { startKillableServer } from '../../server/testing/killable-server.ts';
import { INTERVAL_MS, intervalStart } from '../../shared/time.ts';
import { launchBrowser, newContext, SERVER_GONE, watchForProblems } from '../browser.ts';
import { lookAtWall, NOTHING, untilFresh, type WallLook } from '../screens.ts';
import { type HeapLife, type HeapLook, livesOf, median } from './heap.ts';
import { askForFigures, startSecondClient } from './second-client.ts';
import { JUDGED_AFTER_MS, Judge } from './truth.ts';

const HOUR_MS = 3_600_000;
const LOOK_EVERY_MS = 250;
/** After a fault, from the moment everything is whole again; a reader waits up to 10 s between two attempts. */
const BACK_MS = 40_000;
/** While time is held, for the wall and the API to say the same: a frame, and the pace of the counts. */
const SAME_MS = 8_000;
/** As long as this without a server or a PBX, a wall must have withdrawn its figures. */
const SURELY_STALE_MS = 13_000;
/** Where in its ten minutes the wall loads anew with the new day: almost at their beginning. */
const RANDOM = 0.02;
const KEPT_FAULTS = 20;

/** Also while a connection is being made through a line that is cut. */
const WAY_GONE = [SERVER_GONE, /WebSocket connection to .* failed/, /ERR_(CONNECTION_ABORTED|TIMED_OUT|NETWORK)/];

export const FAULTS = ['restart', 'cut', 'kill', 'stall', 'pbx'] as const;
export type Fault = (typeof FAULTS)[number];

export interface WallRunPlan {
  readonly speed: number;
  readonly steps: number;
  readonly stepMs: number;
  /** How long the wall, the server or the PBX is away. */
  readonly faultMs: number;
  readonly faultOf: (step: number) => Fault | null;
  /** Simulated, after the start; the day rolls with the next quarter hour. */
  readonly rollAfterMs: number;
  /** Looks at the heap of a page that is loaded at the end, a step apart; 0: none is loaded. */
  readonly newPageLooks: number;
  readonly log: (line: string) => void;
}

export interface WallRunResult {
  readonly simulatedHours: number;
  readonly looks: number;
  /** Figures compared with what the second client knew. */
  readonly compared: number;
  /** Steps at whose end wall and API said exactly the same, and how many figures that were. */
  readonly exactSteps: number;
  readonly exactFigures: number;
  readonly oldestMs: number;
  readonly wrong: readonly string[];
  /** Errors and warnings of the console, exceptions, failed requests; without those that a fault explains. */
  readonly problems: readonly string[];
  readonly faults: number;
  /** Faults that were long enough for the wall to withdraw its figures, and how many of them saw it. */
  readonly longFaults: number;
  readonly staleShown: number;
  readonly businessDates: readonly string[];
  readonly pages: number;
  readonly heaps: readonly HeapLife[];
  /** Megabytes of a page that was just loaded and shows the same. */
  readonly newPageHeap: number | null;
}

export async function runWall(plan: WallRunPlan): Promise<WallRunResult> {
  const { speed, steps, stepMs, log } = plan;
  const ends: (() => unknown)[] = [];
  try {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'floorcast-wall-'));
    ends.push(() => rmSync(dataDir, { recursive: true, force: true }));
    const pbx = startHelper<DemoOrder, DemoReport>('./fast-demo.ts', [String(speed)]);
    ends.push(() => pbx.stop());
    const { url: pbxUrl } = await pbx.next('listening');
    const order = async (what: DemoOrder): Promise<void> => {
      const done = pbx.next('done');
      pbx.send(what);
      await done;
    };
    // The day's first moment: nothing happens before the wall is up.
    await order('hold');
    const startedAt = Date.now();
    const roll = new Date(intervalStart(startedAt + plan.rollAfterMs + INTERVAL_MS - 1));
    const env = {
      FLOORCAST_SOURCES: pbxUrl,
      FLOORCAST_DATA_DIR: dataDir,
      FLOORCAST_TIME_ZONE: 'UTC',
      FLOORCAST_BUSINESS_DAY_START: roll.toISOString().slice(11, 16),
    };
    let server = await startKillableServer(env);
    ends.push(() => server.stop());
    const { url, port } = server;
    const line = await startLine(port);
    ends.push(() => line.stop());
    const second = startSecondClient(url);
    ends.push(() => second.stop());

    const browser = await launchBrowser();
    ends.push(() => browser.close());
    const page = await (await newContext(browser, {})).newPage();
    await page.addInitScript((random) => {
      Math.random = () => random;
    }, RANDOM);
    const address = `http://127.0.0.1:${line.port}`;
    const watch = watchForProblems(page, address);
    await page.goto(`${address}/wall?lang=en&site=main`);
    await untilFresh(page);
    const inspector = await page.context().newCDPSession(page);
    const eyes = keepLooking(page, new Judge(second.truth));
    ends.push(() => eyes.stop());

    const make: Readonly<Record<Fault, readonly [begin: () => unknown, end: () => unknown]>> = {
      restart: [() => server.stop(), restart],
      kill: [() => server.kill(), restart],
      cut: [() => line.refuse(true), () => line.refuse(false)],
      stall: [() => line.stall(true), stallEnds],
      pbx: [() => order('cut'), () => order('mend')],
    };
    async function restart(): Promise<void> {
      server = await startKillableServer({ ...env, FLOORCAST_PORT: String(port) });
    }
    /** Nothing of what was held back comes late: a network that was away has lost its connections. */
    function stallEnds(): void {
      line.cut();
      line.stall(false);
    }

    const heap = async (): Promise<number> => {
      await inspector.send('HeapProfiler.collectGarbage');
      return (await inspector.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
    };

    let [faults, longFaults, staleShown, exactSteps, exactFigures, simulatedHours] = [0, 0, 0, 0, 0, 0];
    const dates = new Set<string>();
    const first = await untilSame(page, url);
    if (first.businessDate) dates.add(first.businessDate);
    await order('go');
    const heapLooks: HeapLook[] = [];
    const differences: string[] = [];
    for (let step = 0; step < steps; step++) {
      const beganAt = performance.now();
      const fault = plan.faultOf(step);
      if (fault) {
        for (const pattern of WAY_GONE) watch.tolerate(pattern);
        const [begin, end] = make[fault];
        const awayAt = performance.now();
        await begin();
        await wait(Math.max(0, plan.faultMs - (performance.now() - awayAt)));
        faults++;
        if (performance.now() - awayAt > SURELY_STALE_MS) {
          longFaults++;
          const look = await lookAtWall(page);
          if (isWithdrawn(look)) staleShown++;
          else differences.push(`step ${step}, ${fault}: ${look.level} and figures after ${SURELY_STALE_MS} ms`);
        }
        await end();
        await untilFresh(page, BACK_MS);
        watch.tolerateNothing();
      }
      await wait(Math.max(0, stepMs - (performance.now() - beganAt)));
      simulatedHours += ((performance.now() - beganAt) * speed) / HOUR_MS;
      await order('hold');
      const same = await untilSame(page, url);
      if (same.differences.length === 0) exactSteps++;
      else differences.push(...same.differences.map((one) => `step ${step}, held: ${one}`));
      exactFigures += same.compared;
      if (same.businessDate) dates.add(same.businessDate);
      const megabytes = await heap();
      heapLooks.push({ loadedAt: same.loadedAt, atHours: simulatedHours, megabytes });
      await order('go');
      log(
        `${step + 1}/${steps} ${simulatedHours.toFixed(2)} h ${fault ?? 'calm'}: ${same.compared} figures the same after ${same.tookMs} ms, heap ${megabytes.toFixed(1)} MB, day ${same.businessDate}`,
      );
    }
    const seen = await eyes.stop();
    const newPage: number[] = [];
    if (plan.newPageLooks > 0) await page.reload();
    for (let look = 0; look < plan.newPageLooks; look++) {
      await wait(stepMs);
      newPage.push(await heap());
    }
    return {
      ...{
        simulatedHours,
        looks: seen.looks,
        compared: seen.compared,
        exactSteps,
        exactFigures,
        oldestMs: seen.oldestMs,
      },
      wrong: [...seen.faults, ...differences],
      problems: watch.problems,
      ...{ faults, longFaults, staleShown, businessDates: [...dates].sort() },
      pages: seen.pages,
      heaps: livesOf(heapLooks),
      // The first look is its warm-up.
      newPageHeap: newPage.length === 0 ? null : median(newPage.slice(1)),
    };
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

const isWithdrawn = ({ level, figures }: WallLook): boolean =>
  level === 'stale' && Object.values(figures).every((figure) => figure === NOTHING);

/** Null while the page is being loaded anew. */
async function tryToLook(page: Page): Promise<WallLook | null> {
  try {
    return await lookAtWall(page);
  } catch (error) {
    if (error instanceof Error && /context was destroyed|navigat|has been closed/i.test(error.message)) return null;
    throw error;
  }
}

/** Looks and judges, each look when the second client has heard what the wall may have heard. */
function keepLooking(page: Page, judge: Judge) {
  const pages = new Set<number>();
  const waiting: { readonly at: number; readonly look: WallLook }[] = [];
  const faults: string[] = [];
  let [looks, compared, oldestMs, isStopped] = [0, 0, 0, false];
  const judgeDue = (now: number): void => {
    for (let next = waiting[0]; next && now - next.at >= JUDGED_AFTER_MS; next = waiting[0]) {
      waiting.shift();
      const judgement = judge.judge(next.look, next.at);
      looks++;
      compared += judgement.compared;
      oldestMs = Math.max(oldestMs, judgement.oldestMs);
      const time = new Date(next.at).toISOString().slice(11, 23);
      for (const fault of judgement.faults) if (faults.length < KEPT_FAULTS) faults.push(`${time} ${fault}`);
    }
  };
  const looking = (async () => {
    while (!isStopped) {
      const at = Date.now();
      const look = await tryToLook(page);
      if (look) {
        pages.add(look.loadedAt);
        waiting.push({ at, look });
      }
      judgeDue(Date.now());
      await wait(LOOK_EVERY_MS);
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await looking;
      await wait(JUDGED_AFTER_MS);
      judgeDue(Date.now());
      return { looks, compared, oldestMs, faults, pages: pages.size };
    },
  };
}

/** While time is held: until the wall says in every figure what the API says, or what differs after that time. */
async function untilSame(page: Page, url: string) {
  const from = performance.now();
  for (;;) {
    const [look, answer] = [await tryToLook(page), await askForFigures(url)];
    const shown = Object.entries(look?.figures ?? {});
    const differences = shown
      .filter(([name, value]) => value !== answer.figures[name])
      .map(([name, value]) => `${name} is ${value}, by the API ${answer.figures[name]}`);
    const tookMs = Math.round(performance.now() - from);
    const isSame = look?.level === 'fresh' && shown.length > 0 && differences.length === 0;
    if (isSame || tookMs > SAME_MS) {
      if (!isSame && differences.length === 0) differences.push(`the wall is ${look?.level ?? 'away'}`);
      const compared = shown.length;
      return { differences, compared, tookMs, businessDate: answer.businessDate, loadedAt: look?.loadedAt ?? 0 };
    }
  }
}

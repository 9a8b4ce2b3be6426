/**
 * The supervisors' floor in Chromium: 2,000 agents, 200 queues, at least ten changes a second. Frames a second while nobody
 * touches it and while its table is scrolled; from a key or a click to the frame that shows its effect; and how much of a second
 * the page's thread is busy, which says more than both on a machine that others use. An empty page tells what the browser can.
 */
import type { CDPSession, Page } from 'playwright-core';
import { launchBrowser, newContext } from '../e2e/browser.ts';
import { buildClient } from './load/client.ts';
import { manyAgents } from './load/floors.ts';
import { pause } from './load/processes.ts';
import { startFloor } from './load/product.ts';
import { median, quantile } from './load/statistics.ts';
import type { RunOptions } from './run.ts';

/** Ten events make a call, and each is a change: with a commit every 50 ms at most, 10 to 20 frames reach the screen a second. */
const EVENTS_PER_SECOND = 100;
const STRETCH_MS = { usual: 10_000, quick: 1_500 };
const LIMIT_MS = 3_000;
const ROUNDS = { usual: 3, quick: 1 };
const KEYS = ['1', '2', 'Backspace', 'Backspace', 'A', 'g', 'Backspace', 'Backspace'];
const SCROLL_PIXELS_A_SECOND = 1_600;

interface Measured {
  /** Of the worse of idle and scrolled, over what an empty page has. */
  readonly frames: readonly number[];
  /** p95 of each round, milliseconds. */
  readonly delays: readonly number[];
}

/** Frames a second, and part of a second in which the page's thread works. */
interface Stretch {
  readonly fps: number;
  readonly busy: number;
}

export const floorFps = async (options: RunOptions): Promise<readonly number[]> => (await measure(options)).frames;
export const floorInput = async (options: RunOptions): Promise<readonly number[]> => (await measure(options)).delays;

/** Two figures of one run. */
let measured: Promise<Measured> | undefined;
function measure(options: RunOptions): Promise<Measured> {
  measured ??= measureFloor(options);
  return measured;
}

async function measureFloor({ isQuick, log }: RunOptions): Promise<Measured> {
  buildClient();
  const stretchMs = isQuick ? STRETCH_MS.quick : STRETCH_MS.usual;
  const floor = await startFloor(manyAgents());
  const running = floor.pbx.next('running');
  floor.pbx.send({ do: 'run', eventsPerSecond: EVENTS_PER_SECOND, hasMarks: false });
  const { handleMs } = await running;
  const browser = await launchBrowser();
  const context = await newContext(browser, {});
  await context.addInitScript({ path: new URL('./load/frame-probe.js', import.meta.url).pathname });
  const limit = await emptyPage(await context.newPage(), floor.server.url);
  log(`an empty page: ${limit.toFixed(1)} frames/s`);

  const page = await context.newPage();
  let frames = 0;
  page.on('websocket', (socket) => socket.on('framereceived', () => frames++));
  await page.goto(`${floor.server.url}/floor?lang=en&site=main`);
  await page.waitForSelector('.panel--agents .grid__row');
  await pause(isQuick ? 1_000 : 1_000 + handleMs);
  const inspector = await context.newCDPSession(page);
  await inspector.send('Performance.enable', { timeDomain: 'threadTicks' });

  const rates: number[] = [];
  const delays: number[] = [];
  for (let round = 0; round < (isQuick ? ROUNDS.quick : ROUNDS.usual); round++) {
    frames = 0;
    const idle = await stretch(page, inspector, () => pause(stretchMs), stretchMs);
    const received = (1_000 * frames) / stretchMs;
    const scrolled = await stretch(page, inspector, () => scroll(page, inspector, stretchMs), stretchMs);
    const inputs = await input(page, isQuick ? 1 : 5);
    rates.push(Math.min(idle.fps, scrolled.fps));
    delays.push(quantile(inputs, 0.95));
    log(
      `idle ${told(idle)}, scrolled ${told(scrolled)} (${((100 * Math.min(idle.fps, scrolled.fps)) / limit).toFixed(0)} % of the empty page); ${inputs.length} keys and clicks: p50 ${quantile(inputs, 0.5).toFixed(0)} ms, p95 ${quantile(inputs, 0.95).toFixed(0)} ms; ${received.toFixed(0)} messages/s`,
    );
  }
  log(`over all rounds: ${(median(rates) / limit).toFixed(2)} of the empty page's frames`);
  await browser.close();
  await floor.stop();
  return { frames: rates, delays };
}

const told = ({ fps, busy }: Stretch): string => `${fps.toFixed(1)} frames/s, ${(100 * busy).toFixed(0)} % busy`;

async function emptyPage(page: Page, url: string): Promise<number> {
  await page.goto(`${url}/favicon.svg`);
  const fps = fpsOf(await page.evaluate<number[]>(`frameProbe.frames(${LIMIT_MS})`));
  await page.close();
  return fps;
}

const fpsOf = (instants: readonly number[]): number =>
  (1_000 * (instants.length - 1)) / ((instants.at(-1) ?? 0) - (instants[0] ?? 0));

async function stretch(
  page: Page,
  inspector: CDPSession,
  meanwhile: () => Promise<unknown>,
  ms: number,
): Promise<Stretch> {
  const before = await taskSeconds(inspector);
  const [instants] = await Promise.all([page.evaluate<number[]>(`frameProbe.frames(${ms})`), meanwhile()]);
  const after = await taskSeconds(inspector);
  return { fps: fpsOf(instants), busy: (after.busy - before.busy) / (after.at - before.at) };
}

/** CPU that the page's thread had, which other programs on the machine do not lengthen. */
async function taskSeconds(inspector: CDPSession): Promise<{ readonly busy: number; readonly at: number }> {
  const { metrics } = await inspector.send('Performance.getMetrics');
  const busy = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  return { busy, at: performance.now() / 1_000 };
}

/** As with two fingers, down the table of agents. */
async function scroll(page: Page, inspector: CDPSession, ms: number): Promise<void> {
  const box = await page.locator('.panel--agents .grid').boundingBox();
  if (!box) throw new Error('the floor shows no table of agents');
  await inspector.send('Input.synthesizeScrollGesture', {
    x: Math.round(box.x + box.width / 2),
    y: Math.round(box.y + box.height / 2),
    yDistance: -Math.round((SCROLL_PIXELS_A_SECOND * ms) / 1_000),
    speed: SCROLL_PIXELS_A_SECOND,
    gestureSourceType: 'touch',
  });
}

/** Letters in the search field, then a chip and back, at a pace at which one does not wait for the other. */
async function input(page: Page, times: number): Promise<readonly number[]> {
  await page.evaluate('frameProbe.delays()');
  const all = page.locator('.panel--agents .chips .chip').first();
  for (let n = 0; n < times; n++) {
    await page.locator('.panel--agents input[type=search]').focus();
    for (const key of KEYS) {
      await page.keyboard.press(key);
      await pause(120);
    }
    await page.locator('.panel--agents .chips .chip').nth(1).click();
    await pause(120);
    await all.click();
    await pause(120);
  }
  return page.evaluate<number[]>('frameProbe.delays()');
}

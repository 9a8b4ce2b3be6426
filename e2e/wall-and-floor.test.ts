/** The story of the product: a recorded day of a real PBX happens now, and the screens show what the PBX counted. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadRecording, type Recording } from '../server/sources/simulator/recording.ts';
import { type Replay, startReplay } from '../server/sources/simulator/replay.ts';
import { untilStill } from '../server/testing/recorded-day.ts';
import { browserForTests, LANGUAGES } from './browser.ts';
import { type Product, startProduct } from './product.ts';
import { floorQueues, floorTotals, NOTHING, type QueueLine, untilFresh, wallQueues } from './screens.ts';

const CAPTURE = new URL('../server/testing/capture/', import.meta.url);
/** 20 minutes in a quarter of a minute: slow enough to load a page anew in the middle. */
const SPEED = 80;
const COUNTS = ['offered', 'answered', 'abandoned'] as const;
/** An agent that exists only behind the last recorded event. */
const END = 'Local/end@recording';
const SHOWN_MS = 15_000;

type Range = { readonly range: readonly [number, number] };
const expected = JSON.parse(readFileSync(new URL('expected-from-ami.json', CAPTURE), 'utf8')) as {
  readonly queues: Record<string, Record<(typeof COUNTS)[number], Range>>;
};

const browser = browserForTests();
let recording: Recording;
let replay: Replay;
let product: Product;
let clockShiftMs: number;
/** The day begins when the screens are open, however slow the machine is. */
const isLookedAt = Promise.withResolvers<void>();

beforeAll(async () => {
  recording = await loadRecording(CAPTURE.pathname);
  // It ends now, so that the last half hour is the recorded one.
  clockShiftMs = Date.now() - recording.endedAtMs - 60_000;
  replay = await startReplay({
    recording,
    secret: 'right',
    speed: SPEED,
    clockShiftMs,
    isAwaited: isLookedAt.promise,
  });
  product = await startProduct({ sources: replay.url });
});
afterAll(async () => {
  await product?.stop();
  await replay?.stop();
});

/** Tells one event more than was recorded, late enough to settle every judgement, and waits until it is counted. */
async function untilCounted(): Promise<void> {
  expect(await replay.done).toBe('finished');
  const stamp = ((recording.endedAtMs + clockShiftMs) / 1_000 + 10).toFixed(6);
  const fields = ['Event: QueueMemberAdded', 'Privilege: agent,all', `Timestamp: ${stamp}`, 'Queue: sales'];
  replay.server.broadcast([`${[...fields, 'MemberName: End', `Interface: ${END}`, 'Status: 5'].join('\r\n')}\r\n\r\n`]);
  await product.until(async () => (await product.agents()).agents.some(({ id }) => id === END));
  await untilStill(async () => (await product.queues()).queues);
}

/** What the API says, as the screens write it. */
async function linesOfApi(): Promise<Record<string, QueueLine>> {
  const { queues } = await product.queues();
  return Object.fromEntries(
    queues.map(({ name, live, today }) => [
      name,
      { answered: String(today.answered), offered: String(today.offered), waiting: String(live.waiting) },
    ]),
  );
}

async function wallLines(url: string): Promise<Record<string, QueueLine>> {
  const found: Record<string, QueueLine> = {};
  const names = Object.keys(expected.queues);
  for (let page = 1; Object.keys(found).length < names.length && page <= names.length; page++) {
    const { page: wall } = await browser.open(`${url}&page=${page}`);
    await untilFresh(wall);
    Object.assign(found, await wallQueues(wall));
  }
  return found;
}

test('[E2E1] a recorded day ends with the same numbers on wall, floor, API and in the truth', async () => {
  const { page: floor } = await browser.open(`${product.url}/floor?lang=en`);
  const { page: wall } = await browser.open(`${product.url}/wall?lang=en`);
  await untilFresh(floor);
  await untilFresh(wall);
  isLookedAt.resolve();

  // In the middle of the stream, with numbers already there and more to come.
  await floor.waitForFunction(() =>
    /^[1-9]\d\d/.test(document.querySelectorAll('.total .figure')[6]?.textContent ?? ''),
  );
  await Promise.all([floor.reload(), wall.reload()]);
  await untilFresh(floor);
  expect(replay.position().events).toBeLessThan(recording.liveEvents);
  await untilCounted();

  const { queues } = await product.queues();
  expect(queues.map(({ id }) => id).sort()).toEqual(Object.keys(expected.queues).sort());
  for (const { id, today } of queues) {
    for (const count of COUNTS) {
      const [low, high] = expected.queues[id]?.[count].range ?? [Number.NaN, Number.NaN];
      expect(today[count], `${id}.${count}`).toBeGreaterThanOrEqual(low);
      expect(today[count], `${id}.${count}`).toBeLessThanOrEqual(high);
    }
  }

  const lines = await linesOfApi();
  await expect.poll(() => floorQueues(floor), { timeout: SHOWN_MS }).toEqual(lines);
  // A transferred call is offered to several queues and comes to the site once.
  const { today } = await product.site();
  const written = (count: number) => new Intl.NumberFormat('en').format(count);
  await expect
    .poll(() => floorTotals(floor), { timeout: SHOWN_MS })
    .toMatchObject({
      Offered: written(today.offered),
      Answered: written(today.answered),
      Abandoned: written(today.abandoned),
    });
  const ofQueues = queues.reduce((total, queue) => total + queue.today.offered, 0);
  expect(today.offered).toBeLessThan(ofQueues);
  await untilFresh(wall);
  await expect.poll(() => wallQueues(wall), { timeout: SHOWN_MS }).toSatisfy((shown) => isPartOf(shown, lines));
});

test.each(LANGUAGES)('[E2E2] the screens say the same in %s', async (language) => {
  await untilCounted();
  const lines = await linesOfApi();
  const { page: floor } = await browser.open(`${product.url}/floor?lang=${language}`, { language });
  await expect.poll(() => floorQueues(floor), { timeout: SHOWN_MS }).toEqual(lines);
  expect(await floor.evaluate(() => document.documentElement.lang)).toBe(language);
  expect(Object.values(await floorTotals(floor))).not.toContain(NOTHING);
  expect(await wallLines(`${product.url}/wall?lang=${language}`)).toEqual(lines);
});

function isPartOf(shown: Record<string, QueueLine>, whole: Record<string, QueueLine>): boolean {
  const names = Object.keys(shown);
  return names.length > 0 && names.every((name) => JSON.stringify(shown[name]) === JSON.stringify(whole[name]));
}

/** Names come from people, callers and broken trunks: whatever they hold is text, and the layout holds too. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserForTests } from './browser.ts';
import { HOSTILE, type HostilePbx, LAST, MOST_CHARACTERS, startHostilePbx } from './hostile-pbx.ts';
import { type Product, startProduct } from './product.ts';
import { overflow, untilFresh } from './screens.ts';

const browser = browserForTests();
const NAMES = [...HOSTILE.map(({ shown }) => shown), LAST].map((name) => name.trim().slice(0, MOST_CHARACTERS));
let pbx: HostilePbx;
let product: Product;

beforeAll(async () => {
  pbx = await startHostilePbx();
  product = await startProduct({ sources: pbx.server.url });
  await product.until(async () => (await product.agents()).agents.some(({ name }) => name === LAST));
  pbx.callEverybody();
  await product.until(async () => (await product.queues()).queues.every(({ today }) => today.answered > 0));
});
afterAll(async () => {
  await product?.stop();
  await pbx?.server.stop();
});

/** Names in the order of the page, each once; whatever is not text would not be among them. */
const namesIn = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate(
    (where) => [...new Set([...document.querySelectorAll(where)].map((name) => name.textContent))],
    selector,
  );

async function expectOnlyText(page: Page): Promise<void> {
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  const injected = await page.evaluate(
    () => document.querySelectorAll('#root script, #root img[src="x"], #root bdi h1').length,
  );
  expect(injected).toBe(0);
}

/** Texts that stand on something else than their own line, or reach out of the box that holds them. */
const collisions = (page: Page, row: string): Promise<string[]> =>
  page.evaluate((selector) => {
    return [...document.querySelectorAll(selector)].flatMap((line) => {
      const { height } = line.getBoundingClientRect();
      const boxes = [...line.children].map((cell) => ({ cell, box: cell.getBoundingClientRect() }));
      return boxes.flatMap(({ cell, box }, i) => {
        const next = boxes[i + 1]?.box;
        const text = cell.textContent?.slice(0, 20) ?? '';
        if (box.height > height + 1) return [`${text} is higher than its row`];
        return next && box.width > 0 && next.width > 0 && box.right > next.left + 1
          ? [`${text} covers its neighbour`]
          : [];
      });
    });
  }, row);

/** Boxes whose content is painted beyond their edge. */
const spills = (page: Page, box: string): Promise<string[]> =>
  page.evaluate((selector) => {
    return [...document.querySelectorAll(selector)].flatMap((one) => {
      const { right } = one.getBoundingClientRect();
      const ends = [...one.querySelectorAll('*')].map((part) => part.getBoundingClientRect().right);
      return Math.max(right, ...ends) > right + 1 ? [one.textContent ?? ''] : [];
    });
  }, box);

test('[E2E7] queues and agents with hostile names stand on the floor as they are', async () => {
  const { page } = await browser.open(`${product.url}/floor?lang=zh-CN&site=main`, { width: 1366, height: 768 });
  await untilFresh(page);
  await expect
    .poll(async () => (await namesIn(page, '.panel--queues .cell--name bdi')).sort())
    .toEqual([...NAMES].sort());
  await expect.poll(async () => (await namesIn(page, '.agent__name')).sort()).toEqual([...NAMES].sort());
  await expectOnlyText(page);
  expect(await overflow(page)).toMatchObject({ x: 0 });
  expect(await collisions(page, '.grid__row')).toEqual([]);
  expect(await spills(page, '.total')).toEqual([]);

  // A hostile name is found by its text like any other.
  await page.fill('input[type="search"]', HOSTILE[0]?.shown ?? '');
  await expect.poll(() => namesIn(page, '.agent__name')).toEqual([HOSTILE[0]?.shown]);
});

test('[E2E8] the wall holds them too', async () => {
  const seen = new Set<string>();
  for (let number = 1; seen.size < NAMES.length && number <= NAMES.length; number++) {
    const { page } = await browser.open(`${product.url}/wall?lang=en&site=main&page=${number}`);
    await untilFresh(page);
    for (const name of await namesIn(page, '.queues__name bdi')) seen.add(name);
    await expectOnlyText(page);
    expect(await overflow(page)).toEqual({ x: 0, y: 0 });
    expect(await collisions(page, '.queues__row')).toEqual([]);
  }
  expect([...seen].sort()).toEqual([...NAMES].sort());
});

test('[E2E9] a name with line breaks injects no queue, no call and no agent', async () => {
  const { queues } = await product.queues();
  expect(queues.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
  const { agents } = await product.agents();
  expect(agents).toHaveLength(NAMES.length);
  // One call each was answered and one waits, the injector's included; no wait of 99999 s.
  for (const { live, today } of queues) {
    expect(today.offered).toBe(live.waiting + today.answered);
    expect(live.longestWaitMs ?? 0).toBeLessThan(3_600_000);
  }
});

/** A supervisor acts on the demo centre's PBX, by keyboard alone, and takes it back. Rules: docs/spec/commands.md. */
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserForTests, LANGUAGES, type Language } from './browser.ts';
import { type Product, startProduct } from './product.ts';
import { untilFresh } from './screens.ts';

const TOKEN = 'acting-e2e';
const SHOWN_MS = 15_000;
const WORDS = {
  'zh-CN': { pause: '示忙', unpause: '示闲', confirmed: '交换机已确认', undo: '撤销', reason: '用餐' },
  en: { pause: 'Pause', unpause: 'Unpause', confirmed: 'confirmed by the PBX', undo: 'Undo', reason: 'Lunch' },
} as const;

const browser = browserForTests();
let product: Product;
beforeAll(async () => {
  product = await startProduct({ adminToken: TOKEN });
  await product.until(async ({ site }) => (await site()).freshness.state === 'live');
});
afterAll(() => product?.stop());

async function openFloor(language: Language, token = TOKEN): Promise<Page> {
  const { page } = await browser.open(`${product.url}/floor?lang=${language}&site=main`, { language, token });
  await untilFresh(page);
  return page;
}

/** Somebody who will not leave the desk by himself while the test runs. */
async function freeAgent(): Promise<{ id: string; name: string }> {
  const { agents } = await product.agents();
  const free = agents.find(
    ({ canTakeCall, pausedIn, queues }) => canTakeCall && pausedIn.length === 0 && queues.length,
  );
  if (!free) throw new Error('nobody is free');
  return free;
}
const agentNow = async (id: string) => (await product.agents()).agents.find((agent) => agent.id === id);

async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((): Promise<AxeResults> => Reflect.get(window, 'axe').run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

test.each(LANGUAGES)(
  '[E2E30] pause an agent by keyboard, see the PBX confirm it, and undo it, in %s',
  async (language) => {
    const words = WORDS[language];
    const page = await openFloor(language);
    await page.waitForSelector('.act-open');
    const { id, name } = await freeAgent();

    await page.keyboard.press('/');
    await page.keyboard.type(id);
    await page.waitForFunction(() => document.querySelectorAll('.panel--agents .grid__row').length === 1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('a');
    await page.waitForSelector('dialog.act .act__item');
    expect(await page.textContent('dialog.act h2')).toBe(name);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(words.pause);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.act__form');
    expect(await seriousFindings(page)).toEqual([]);
    await page.fill('.act__reason input', words.reason);
    await page.keyboard.press('Enter');

    await page.waitForSelector('.toast[data-tone="good"]', { timeout: SHOWN_MS });
    const told = (await page.textContent('.toast')) ?? '';
    expect(told).toContain(name);
    expect(told).toContain(words.confirmed);
    // The floor shows it by the PBX's own events.
    await expect
      .poll(() => page.textContent('.panel--agents .grid__row'), { timeout: SHOWN_MS })
      .toContain(words.reason);
    expect(await agentNow(id)).toMatchObject({ presence: 'meal', presenceReason: words.reason, canTakeCall: false });

    await page.getByRole('button', { name: words.undo }).click();
    await expect
      .poll(async () => (await page.locator('.toast[data-tone="good"]').allTextContents()).join(), {
        timeout: SHOWN_MS,
      })
      .toContain(words.unpause);
    await expect.poll(async () => (await agentNow(id))?.presence, { timeout: SHOWN_MS }).toBe('available');
    expect(await seriousFindings(page)).toEqual([]);
  },
);

test('[E2E31] who may not act sees no actions', async () => {
  const { page } = await browser.open(`${product.url}/floor?lang=en&site=main`);
  await untilFresh(page);
  await page.waitForResponse(/\/acting$/);
  expect(await page.locator('.act-open').count()).toBe(0);
  await page.keyboard.press('/');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('a');
  expect(await page.locator('dialog.act').count()).toBe(0);
});

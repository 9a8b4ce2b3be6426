/** Everybody can read and work the screens: axe finds nothing serious, and no mouse is needed. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findings } from './axe.ts';
import { browserForTests, LANGUAGES, type Language, THEMES, type Theme } from './browser.ts';
import { type Product, startProduct } from './product.ts';
import { untilFresh } from './screens.ts';

const browser = browserForTests();
let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.until(async ({ site }) => (await site()).freshness.state === 'live');
});
afterAll(() => product?.stop());

const open = async (screen: string, language: Language, theme: Theme): Promise<Page> => {
  const { page } = await browser.open(`${product.url}${screen}?lang=${language}&site=main`, { language, theme });
  if (screen === '/') await page.waitForSelector('.start__site h2');
  else await untilFresh(page);
  return page;
};

/** Walls are always dark. */
const SCREENS = ['/', '/wall', '/floor'].flatMap((screen) =>
  LANGUAGES.flatMap((language) =>
    THEMES.filter((theme) => theme === 'dark' || screen !== '/wall').map((theme) => ({ screen, language, theme })),
  ),
);

test.each(SCREENS)('[E2E10] $screen in $language, $theme: nothing serious', async ({ screen, language, theme }) => {
  const page = await open(screen, language, theme);
  expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme);
  expect(await findings(page)).toEqual([]);
});

test('[E2E11] axe does find what is wrong', async () => {
  const page = await open('/', 'en', 'dark');
  await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<img src="/favicon.svg">'));
  expect((await findings(page)).join()).toContain('image-alt');
});

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    return element?.getAttribute('role') ?? element?.getAttribute('type') ?? element?.tagName.toLowerCase() ?? '';
  });

test('[E2E12] Tab reaches the filter and both tables, and shows where it is', async () => {
  const page = await open('/floor', 'en', 'dark');
  const reached = new Set<string>();
  for (let i = 0; i < 60 && !(reached.has('grid Queues') && reached.has('grid Agents') && reached.has('search')); i++) {
    await page.keyboard.press('Tab');
    const where = await focused(page);
    const label = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    reached.add(where === 'grid' ? `grid ${label}` : where);
    const isMarked = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const look = () =>
        [element, ...element.children].map(
          (part) => `${getComputedStyle(part).outline} ${getComputedStyle(part).boxShadow}`,
        );
      const withFocus = look().join();
      element.blur();
      const without = look().join();
      element.focus();
      return withFocus !== without;
    });
    expect(isMarked, `focus on ${where} ${label}`).toBe(true);
  }
  expect([...reached]).toEqual(expect.arrayContaining(['grid Queues', 'grid Agents', 'search']));
});

test('[E2E13] / goes to the filter, Esc clears it, arrows walk through the rows', async () => {
  const page = await open('/floor', 'en', 'light');
  const rows = page.locator('.panel--agents .grid__row');
  const total = await rows.count();
  await page.keyboard.press('/');
  expect(await focused(page)).toBe('search');
  await page.keyboard.type('nobody is called that');
  await expect.poll(() => rows.count()).toBe(0);
  await page.keyboard.press('Escape');
  await expect.poll(() => rows.count()).toBe(total);
  expect(await page.inputValue('input[type="search"]')).toBe('');

  await page.keyboard.press('ArrowDown');
  expect(await focused(page)).toBe('grid');
  await page.keyboard.press('End');
  const active = () => page.evaluate(() => document.activeElement?.getAttribute('aria-activedescendant'));
  await expect.poll(active).not.toBeNull();
  const last = page.locator(`[id="${await active()}"]`);
  await expect.poll(() => last.count()).toBe(1);
  expect(await last.getAttribute('aria-selected')).toBe('true');
});

test('[E2E14] Enter opens a queue, Esc closes it; open, and with its groups and columns chosen, axe finds nothing', async () => {
  const page = await open('/floor', 'zh-CN', 'light');
  await page.focus('.panel--queues [role="grid"]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const detail = page.locator('.detail');
  await expect.poll(() => detail.locator('tbody tr').count()).toBe(5);
  expect(await detail.textContent()).toContain('阈内接通 ÷ 进线');
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect.poll(() => detail.count()).toBe(0);

  await page.click('.picker summary');
  await page.check('.picker__item:nth-of-type(5) input');
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('.panel--agents .grid__header').last().textContent()).toContain('占用率');
});

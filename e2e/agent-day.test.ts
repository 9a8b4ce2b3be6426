/** The supervisor's way from a number to the people behind it, by keyboard where a keyboard is enough. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { en } from '../client/src/i18n/en.ts';
import { zhCn } from '../client/src/i18n/zh-cn.ts';
import { API } from '../shared/api.ts';
import { findings } from './axe.ts';
import { browserForTests, type Language } from './browser.ts';
import { ADMIN } from './furnish.ts';
import { press, tabTo } from './keyboard.ts';
import { type Product, startProduct } from './product.ts';
import { untilFresh } from './screens.ts';

let product: Product;
// Hooks run from the last to the first: no screen is open any more when its server goes.
afterEach(() => product?.stop());
const browser = browserForTests();

const WHOLE_NUMBER = /^\+?\d{7,15}$/;
const MASKED = /^\d{3}\*+\d{2}$/;

const words = (text: string): RegExp => new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
/** A sentence of the audit log about whatever contact. */
const saying = (sentence: string, who: string): RegExp =>
  new RegExp(sentence.replace('{{who}}', who).replace('{{subject}}', '.+'));

/** As the administrator, on the floor of a centre in which somebody has hung up already. */
async function openFloor(language: Language): Promise<Page> {
  product = await startProduct();
  await product.until(async ({ site }) => (await site()).freshness.state === 'live');
  await product.until(async ({ queues }) => (await queues()).queues.some(({ today }) => today.abandoned > 2));
  const { page } = await browser.open(`${product.url}/?lang=${language}`, { language, width: 1366, height: 768 });
  // History comes a moment later than the live numbers. Until the set-up this machine may read.
  for (;;) {
    const answer = await page.request.get(`${product.url}/api/v1/sites/main/contacts?outcome=abandoned`);
    if (answer.ok() && API.contacts.response.parse(await answer.json()).contacts.length > 2) break;
  }
  const headers = { origin: product.url };
  expect((await page.request.post(`${product.url}/api/v1/setup`, { data: ADMIN, headers })).status()).toBe(200);
  await page.goto(`${product.url}/floor?site=main&lang=${language}`);
  await untilFresh(page);
  await page.waitForSelector('.panel--agents .grid__row');
  return page;
}

async function textsOf(page: Page, selector: string): Promise<string[]> {
  return (await page.locator(selector).allTextContents()).map((text) => text.trim());
}

test.each([
  ['zh-CN', zhCn],
  ['en', en],
] as const)('[FLO50] from the abandoned calls of a number to a caller called back, in %s', async (language, w) => {
  const page = await openFloor(language);
  const number = page.locator('.total .link');
  await number.focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.drawer .grid__row');
  expect(new Set(await textsOf(page, '.drawer .outcome'))).toEqual(new Set([w.outcome.abandoned]));
  for (const caller of await textsOf(page, '.drawer .cell--caller')) expect(caller).not.toMatch(WHOLE_NUMBER);
  expect(await findings(page)).toEqual([]);

  // What is shown stands in the address, so a colleague who is sent it sees the same.
  expect(new URL(page.url()).searchParams.get('outcome')).toBe('abandoned');
  await page.reload();
  await page.waitForSelector('.drawer .grid__row');
  expect(await page.locator('.chip[aria-pressed="true"]').allTextContents()).toContain(w.outcome.abandoned);

  // One of them is opened, claimed and called back.
  await tabTo(page, words(w.contacts.title));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.contact-detail');
  const masked = (await page.textContent('.caller__number .given')) ?? '';
  expect(masked).toMatch(MASKED);
  await press(page, words(w.caller.reveal));
  await page.keyboard.type('回访 call back');
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    (before) => document.querySelector('.caller__number .given')?.textContent !== before,
    masked,
  );
  expect(await page.textContent('.caller__number .given')).toMatch(WHOLE_NUMBER);
  const detail = page.locator('.call-backs');
  await detail.getByRole('button', { name: w.callBack.do.claim }).press('Enter');
  await detail.getByRole('button', { name: w.callBack.do.reached, exact: true }).press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('.call-backs__past li').length === 2);
  await detail.getByRole('button', { name: w.callBack.do.done, exact: true }).press('Enter');
  await page.waitForSelector('.call-back[data-state="done"]');
  expect(await textsOf(page, '.call-backs__past li')).toHaveLength(3);
  expect(await findings(page)).toEqual([]);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: w.csv.save }).press('Enter'),
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  expect(download.suggestedFilename()).toMatch(/^floorcast-contacts-[\d-]+\.csv$/);
  expect(text).toContain(w.outcome.abandoned);
  expect(text).toContain(masked);
  expect(text.split('\r\n').some((line) => line.includes(w.callBack.state.done) && line.includes(ADMIN.name))).toBe(
    true,
  );

  // Every look and every step is on record, with who and why.
  await page.goto(`${product.url}/audit`);
  await page.waitForSelector('.audit__entry');
  const acts = await textsOf(page, '.audit__sentence');
  const { act } = w.access;
  for (const sentence of [act.caller.revealed, act.callBack.changed])
    expect(acts.filter((one) => saying(sentence, ADMIN.name).test(one))).not.toEqual([]);
  expect(await page.textContent('body')).toContain('回访 call back');
  expect(await page.content()).not.toMatch(/\b1\d{10}\b/);
});

test.each([
  ['zh-CN', zhCn],
  ['en', en],
] as const)("[FLO51] an agent's day on a line of time, found and walked by keyboard, in %s", async (language, w) => {
  const page = await openFloor(language);
  const answer = await page.request.get(`${product.url}/api/v1/sites/main/agents`);
  const { agents } = API.agents.response.parse(await answer.json());
  const busiest = agents.toSorted((a, b) => b.today.answered - a.today.answered)[0];
  if (!busiest) throw new Error('the demo centre has no agents');

  await page.keyboard.press('Control+k');
  await page.waitForSelector('.palette');
  await page.keyboard.type(busiest.name);
  await page.waitForFunction(
    (name) => document.querySelector('.palette__item[aria-selected="true"]')?.textContent?.startsWith(name),
    busiest.name,
  );
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.timeline svg .state-shape');
  expect(await page.textContent('.drawer__title')).toContain(busiest.name);
  await page.waitForSelector('.tick');
  expect(await findings(page)).toEqual([]);

  // From call to call: what is read out is the row that is marked.
  await page.locator('.timeline__calls').focus();
  await page.keyboard.press('End');
  await page.waitForSelector('.calls tr[data-picked="true"]');
  const [offeredAt = ''] = await textsOf(page, '.calls tr[data-picked="true"] td');
  expect(await page.textContent('.timeline__read')).toContain(offeredAt);
  const whole = await page.getAttribute('.timeline svg', 'aria-label');
  await page.keyboard.press('+');
  await page.waitForFunction(
    (before) => document.querySelector('.timeline svg')?.getAttribute('aria-label') !== before,
    whole,
  );

  // A day of which nothing is known is calm, and the way back is one key.
  await page.getByRole('button', { name: w.day.earlier }).press('Enter');
  await page.waitForFunction(() => new URLSearchParams(location.search).has('date'));
  await page.reload();
  await page.waitForSelector('.drawer__title');
  expect(await page.textContent('.drawer__title')).toContain(busiest.name);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelector('.drawer') === null);
});

test('[FLO52] filters, order, columns and saved views outlive a reload; the table goes into a file as it is shown', async () => {
  const page = await openFloor('en');
  const rows = '.panel--agents .grid__row';
  const [name = ''] = await textsOf(page, `${rows} .cell--name bdi`);
  await page.keyboard.press('/');
  await page.keyboard.type(name);
  await page.waitForFunction((query) => new URLSearchParams(location.search).get('q') === query, name);
  await page.reload();
  await page.waitForSelector(rows);
  expect(await page.locator(rows).count()).toBe(1);

  await page.getByText(en.views.title, { exact: true }).press('Enter');
  await page.getByRole('textbox', { name: en.views.name }).fill('Mine');
  await page.keyboard.press('Enter');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: en.csv.short, exact: true }).press('Enter'),
  ]);
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(name);

  await page.keyboard.press('Control+k');
  await page.keyboard.type(en.views.reset);
  await page.keyboard.press('Enter');
  await page.waitForFunction((selector) => document.querySelectorAll(selector).length > 1, rows);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Mine');
  await page.keyboard.press('Enter');
  await page.waitForFunction((selector) => document.querySelectorAll(selector).length === 1, rows);
});

/** The whole way of a new centre: first start, people, a TV, a board of its own, an act on the floor, and all of it on record. */
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { en } from '../client/src/i18n/en.ts';
import type { Words } from '../client/src/i18n/words.ts';
import { zhCn } from '../client/src/i18n/zh-cn.ts';
import { findings } from './axe.ts';
import { browserForTests, type Language } from './browser.ts';
import { ADMIN, button, filled, openTv } from './furnish.ts';
import { type Product, startProduct } from './product.ts';
import { overflow, untilFresh } from './screens.ts';

const browser = browserForTests();
let product: Product;
afterEach(() => product?.stop());

const MANAGER = { name: '刘洋', login: 'liuyang', first: 'blue bicycle platform', password: 'quiet lantern harbour' };
const TV = '三楼东侧';
const BOARD = '热线大屏';

const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const at = (page: Page, path: string) => page.waitForURL((url) => url.pathname === path);
const clean = async (page: Page) => expect(await findings(page), page.url()).toEqual([]);

async function signIn(page: Page, { access: w }: Words, login: string, password: string): Promise<void> {
  await at(page, '/sign-in');
  await field(page, w.field.login).fill(login);
  await field(page, w.field.password).fill(password);
  await page.keyboard.press('Enter');
}

/** The first visitor makes the administrator, who adds the manager and leaves. */
async function settleIn(page: Page, words: Words): Promise<void> {
  const { access: w } = words;
  await page.waitForSelector('.start__invite');
  await page.getByRole('link', { name: w.setUp.invite }).click();
  await at(page, '/setup');
  await field(page, w.field.name).fill(ADMIN.name);
  await field(page, w.field.login).fill(ADMIN.login);
  await field(page, w.field.password).fill(ADMIN.password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.account');
  await page.goto(`${product.url}/people`);
  await button(page, w.people.add).click();
  await field(page, w.field.name).fill(MANAGER.name);
  await field(page, w.field.login).fill(MANAGER.login);
  await field(page, w.people.firstPassword).fill(MANAGER.first);
  await page.getByRole('radio', { name: w.role.manager }).check();
  await clean(page);
  await button(page, w.people.create).click();
  await page.waitForSelector(`.list--people >> text=${MANAGER.login}`);
  await page.locator('.account__name').click();
  await button(page, w.account.signOut).click();
  await signIn(page, words, MANAGER.login, MANAGER.first);
  await page.waitForSelector(`h1:has-text("${w.firstPassword.title}")`);
  await field(page, w.field.current).fill(MANAGER.first);
  await field(page, w.field.newPassword).fill(MANAGER.password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.start__site h2');
}

async function pair(language: Language, words: Words): Promise<Page> {
  const { tv: screen, code } = await openTv(browser, product.url, language);
  const tv = screen.page;
  const { page: phone } = await browser.open(`${product.url}/screens?code=${code}`, {
    language,
    width: 390,
    height: 844,
  });
  await signIn(phone, words, MANAGER.login, MANAGER.password);
  await field(phone, words.tv.form.name).fill(TV);
  await button(phone, words.tv.pair.submit).click();
  await phone.waitForSelector(`.list--fleet .fleet__state:has-text("${words.tv.fleet.online}")`);
  await phone.close();
  await untilFresh(tv);
  return tv;
}

async function publish(page: Page, { boards: w }: Words, number: number): Promise<void> {
  await button(page, w.editor.publish).click();
  await button(page, filled(w.publish.submit, { number })).click();
  await page.getByText(filled(w.publish.done, { number })).waitFor();
  await page.keyboard.press('Escape');
}

test.each([
  ['zh-CN', zhCn, '用餐'],
  ['en', en, 'Lunch'],
] as const)('[E2E50] from the first start to the audit log in %s', async (language, words, reason) => {
  const { access, boards, tv: fleet } = words;
  product = await startProduct();
  await product.untilSettled();
  const { agents } = await product.agents();
  const free = agents.find(({ canTakeCall, pausedIn, queues }) => canTakeCall && !pausedIn.length && queues.length > 0);
  if (!free) throw new Error('nobody is free');
  const { page } = await browser.open(`${product.url}/?lang=${language}`, { language });
  await settleIn(page, words);
  const tv = await pair(language, words);

  await page.goto(`${product.url}/boards`);
  await button(page, boards.new.open).click();
  await field(page, boards.new.name).fill(BOARD);
  await button(page, boards.new.create).click();
  await page.waitForSelector('.canvas');
  await publish(page, words, 1);
  const editor = page.url();

  await page.goto(`${product.url}/screens`);
  await button(page, filled(fleet.order.of, { order: fleet.order.edit, name: TV })).click();
  await field(page, fleet.form.board).selectOption({ label: BOARD });
  await clean(page);
  await button(page, fleet.form.save).click();
  await tv.waitForSelector('.tile--number');
  await untilFresh(tv);
  expect(await tv.title()).toBe(`${BOARD} · Floorcast`);
  expect(await overflow(tv)).toEqual({ x: 0, y: 0 });
  await clean(tv);

  // What is published next is on the TV without a reload.
  await tv.evaluate(() => Reflect.set(window, 'isSamePage', true));
  const tiles = await tv.locator('.tile').count();
  await page.goto(editor);
  await page.locator('[data-tile="t8"]').focus();
  await page.keyboard.press('Delete');
  await publish(page, words, 2);
  await expect.poll(() => tv.locator('.tile').count(), { timeout: 15_000 }).toBe(tiles - 1);
  expect(await tv.evaluate(() => Reflect.get(window, 'isSamePage'))).toBe(true);
  await untilFresh(tv);

  await page.goto(`${product.url}/floor?site=main`);
  await untilFresh(page);
  await page.keyboard.press('/');
  await page.keyboard.type(free.id);
  await page.waitForFunction(() => document.querySelectorAll('.panel--agents .grid__row').length === 1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('a');
  await page.waitForSelector('dialog.act .act__item');
  await page.keyboard.press('Enter');
  await page.fill('.act__reason input', reason);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.command-toast[data-tone="good"]');
  await expect.poll(() => page.textContent('.panel--agents .grid__row'), { timeout: 15_000 }).toContain(reason);

  await page.goto(`${product.url}/audit`);
  await page.waitForSelector('.audit__entry');
  const acts = await page.locator('.audit__sentence').allTextContents();
  const told = (sentence: string, who: string, subject: string) => filled(sentence, { who, subject });
  for (const sentence of [
    told(access.act.person.created, ADMIN.name, MANAGER.login),
    told(access.act.screen.paired, MANAGER.name, TV),
    told(access.act.board.created, MANAGER.name, BOARD),
    told(access.act.board.published, MANAGER.name, BOARD),
    told(access.act.screen.changed, MANAGER.name, TV),
    told(access.act.agent.paused, MANAGER.name, free.name),
  ])
    expect(acts.filter((act) => act.startsWith(sentence)).length, `${sentence} of ${acts.join(' | ')}`).toBeGreaterThan(
      0,
    );
  await clean(page);
  await tv.close();
});

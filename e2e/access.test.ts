/** People and rights from the first start on, by keyboard alone: nobody sees what is not theirs, and everything is on record. */
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { en } from '../client/src/i18n/en.ts';
import { zhCn } from '../client/src/i18n/zh-cn.ts';
import { findings } from './axe.ts';
import { browserForTests } from './browser.ts';
import { ADMIN } from './furnish.ts';
import { press, tabTo, typeInto } from './keyboard.ts';
import { type Product, startProduct } from './product.ts';
import { floorQueues, untilFresh } from './screens.ts';

const browser = browserForTests();
let product: Product;
afterEach(() => product?.stop());

const LEAD = { name: '刘洋', login: 'liuyang', first: 'blue bicycle platform', password: 'quiet lantern harbour' };

/** The words of a screen as a pattern for the whole of a name. */
const words = (text: string): RegExp => new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
const ends = (text: string): RegExp => new RegExp(`${text}$`);
const begins = (text: string): RegExp => new RegExp(`^${text}`);

async function expectClean(page: Page, path: string): Promise<void> {
  await page.waitForURL((url) => url.pathname === path);
  await page.waitForSelector('main');
  expect(await findings(page), path).toEqual([]);
}

test.each([
  ['zh-CN', zhCn],
  ['en', en],
] as const)('[ACC65] from set-up to the audit log in %s', async (language, { access: w }) => {
  product = await startProduct();
  await product.until(async ({ site }) => (await site()).freshness.state === 'live');
  const [kept, ...others] = (await product.queues()).queues;
  if (!kept || others.length === 0) throw new Error('the demo centre has too few queues');
  const { page } = await browser.open(`${product.url}/?lang=${language}`, { language, width: 1366, height: 768 });

  const signIn = async (login: string, password: string): Promise<void> => {
    await page.waitForURL((url) => url.pathname === '/sign-in');
    await typeInto(page, words(w.field.login), login);
    await typeInto(page, words(w.field.password), password);
    await page.keyboard.press('Enter');
  };
  const signOut = async (name: string): Promise<void> => {
    await press(page, words(name));
    await press(page, words(w.account.signOut));
    await expectClean(page, '/sign-in');
  };

  // Nobody is there yet: this machine may look, and is invited.
  await page.waitForSelector('.start__invite');
  await expectClean(page, '/');
  await press(page, words(w.setUp.invite));
  await expectClean(page, '/setup');
  await typeInto(page, words(w.field.name), ADMIN.name);
  await typeInto(page, words(w.field.login), ADMIN.login);
  await typeInto(page, words(w.field.password), ADMIN.password);
  await page.keyboard.press('Enter');
  await expectClean(page, '/');
  await page.waitForSelector('.account');

  await signOut(ADMIN.name);
  await signIn(ADMIN.login, ADMIN.password);
  await expectClean(page, '/');

  // A team lead for one queue.
  await press(page, ends(w.people.title));
  await page.waitForSelector('.list--people');
  await expectClean(page, '/people');
  await press(page, words(w.people.add));
  await typeInto(page, words(w.field.name), LEAD.name);
  await typeInto(page, words(w.field.login), LEAD.login);
  await typeInto(page, words(w.people.firstPassword), LEAD.first);
  await tabTo(page, begins(`${w.field.role} / ${w.role.viewer}`));
  await page.keyboard.press('ArrowDown');
  await tabTo(page, begins(`${w.scope.queues} / ${w.scope.all.queues}`));
  await page.keyboard.press('ArrowDown');
  await press(page, new RegExp(`^${w.scope.queues}.* / ${kept.name}`), 'Space');
  expect(await page.textContent('.preview')).toContain(kept.name);
  expect(await findings(page)).toEqual([]);
  await press(page, words(w.people.create));
  await page.waitForSelector(`.list--people >> text=${LEAD.login}`);
  await signOut(ADMIN.name);

  // Whose password two people know has to choose another one first.
  await signIn(LEAD.login, LEAD.first);
  await page.waitForSelector(`h1:has-text("${w.firstPassword.title}")`);
  expect(await findings(page)).toEqual([]);
  await typeInto(page, words(w.field.current), LEAD.first);
  await typeInto(page, words(w.field.newPassword), LEAD.password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.start__site h2');
  expect(await page.locator('a[href="/people"], a[href="/tokens"], a[href="/audit"]').count()).toBe(0);

  await page.goto(`${product.url}/floor?site=main`);
  await untilFresh(page);
  expect(Object.keys(await floorQueues(page))).toEqual([kept.name]);
  expect(await findings(page)).toEqual([]);
  await page.goto(`${product.url}/people`);
  await page.waitForSelector(`h1:has-text("${w.forbidden.title}")`);
  await page.goto(`${product.url}/`);
  await page.waitForSelector('.account');
  await signOut(LEAD.name);

  await signIn(ADMIN.login, ADMIN.password);
  await expectClean(page, '/');
  await press(page, ends(w.audit.title));
  await page.waitForSelector('.audit__entry');
  await expectClean(page, '/audit');
  const acts = await page.locator('.audit__sentence').allTextContents();
  const created = w.act.person.created.replace('{{who}}', ADMIN.name).replace('{{subject}}', '');
  expect(acts.some((act) => act.includes(created.trim()))).toBe(true);
  expect(acts.some((act) => act.includes(LEAD.name) || act.includes(LEAD.login))).toBe(true);
  await page.locator('.audit__entry summary').first().focus();
  await page.keyboard.press('Enter');
  expect(await page.locator('.audit__entry details[open] .audit__facts').count()).toBe(1);
  expect(await findings(page)).toEqual([]);
});

/** A TV without a keyboard: it shows a code, a phone pairs it, and from then on it is looked after from a desk. */
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { en } from '../client/src/i18n/en.ts';
import { zhCn } from '../client/src/i18n/zh-cn.ts';
import { API } from '../shared/api.ts';
import { findings } from './axe.ts';
import { browserForTests, SERVER_GONE } from './browser.ts';
import { type Product, startProduct } from './product.ts';
import { overflow, untilFresh, wallQueues } from './screens.ts';

const browser = browserForTests();
let product: Product;
afterEach(() => product?.stop());

const ADMIN = { login: 'wangfang', name: '王芳', password: 'correct horse battery' };
const NAME = '三楼东侧';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** PostgreSQL starts behind the boards. */
const setUp = (): Promise<void> =>
  product.until(async ({ url }) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}${API.setUp.path}`, { method: 'POST', headers, body: JSON.stringify(ADMIN) });
    return answer.status === 200;
  });

test.each([
  ['zh-CN', zhCn],
  ['en', en],
] as const)('[TV30] from the code on the TV to the end of its token in %s', async (language, { access, tv: w }) => {
  product = await startProduct();
  await product.until(async ({ site }) => (await site()).freshness.state === 'live');
  await setUp();

  // The TV is touched never again after this.
  const tvScreen = await browser.open(`${product.url}/wall?site=main`, { language });
  const tv = tvScreen.page;
  const code = await tv.waitForFunction(() => {
    const shown = document.querySelector('.pairing__code')?.textContent ?? '';
    return /^\w{3} \w{3}$/.test(shown) && shown;
  });
  expect(await tv.textContent('h1')).toBe(w.pairing.title);
  expect(await overflow(tv)).toEqual({ x: 0, y: 0 });
  expect(await findings(tv)).toEqual([]);

  // A supervisor reads the code with a phone, and signs in there.
  const link = `${product.url}/screens?code=${String(await code.jsonValue()).replace(' ', '')}`;
  const phoneScreen = await browser.open(link, { language, width: 390, height: 844 });
  const phone = phoneScreen.page;
  await phone.waitForURL((url) => url.pathname === '/sign-in');
  await phone.getByLabel(access.field.login, { exact: true }).fill(ADMIN.login);
  await phone.getByLabel(access.field.password, { exact: true }).fill(ADMIN.password);
  await phone.keyboard.press('Enter');
  await phone.waitForURL((url) => url.pathname === '/screens');
  await phone.getByLabel(w.form.name, { exact: true }).fill(NAME);
  expect(await findings(phone)).toEqual([]);
  expect((await overflow(phone)).x).toBe(0);
  await button(phone, w.pair.submit).click();

  await untilFresh(tv);
  expect(Object.keys(await wallQueues(tv)).length).toBeGreaterThan(0);
  expect(new URL(tv.url()).searchParams.get('site')).toBe('main');
  await phone.waitForSelector(`.list--fleet .fleet__state:has-text("${w.fleet.online}")`);
  expect(await findings(phone)).toEqual([]);
  expect((await overflow(phone)).x).toBe(0);

  const order = (of: string) => button(phone, w.order.of.replace('{{order}}', of).replace('{{name}}', NAME)).click();
  await order(w.order.identify);
  await tv.waitForSelector(`.tv-plate:has-text("${NAME}")`);
  await phone.waitForSelector('[data-settled="identified"]');
  await tv.waitForSelector('.tv-plate', { state: 'detached' });

  await order(w.order.blank);
  await tv.waitForSelector('.tv--black');
  await phone.waitForSelector(`.list--fleet >> text=${w.fleet.shows.blank}`);
  // It stays blank, whoever switches it off and on.
  await tv.goto(`${product.url}/wall`);
  await tv.waitForSelector('.tv--black');
  await order(w.order.unblank);
  await untilFresh(tv);

  const loaded = tv.waitForEvent('load');
  await order(w.order.reload);
  await loaded;
  await untilFresh(tv);
  await phone.waitForSelector('[data-settled="reloaded"]');

  // The server goes and comes: the TV is what it was.
  tvScreen.tolerate(/./);
  phoneScreen.tolerate(SERVER_GONE);
  await product.kill();
  await product.restart();
  await tv.goto(`${product.url}/wall`);
  await untilFresh(tv);
  await phone.reload();
  await phone.waitForSelector(`.list--fleet .fleet__state:has-text("${w.fleet.online}")`);

  await order(w.order.revoke);
  await button(phone, w.order.revoke).click();
  await tv.waitForSelector('.pairing__code');
  expect(await tv.locator('.wall').count()).toBe(0);
  await phone.waitForSelector('.list__empty');
});

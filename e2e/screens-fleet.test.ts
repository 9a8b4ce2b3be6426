/** A TV without a keyboard: it shows a code, a phone pairs it, and from then on it is looked after from a desk. */
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { en } from '../client/src/i18n/en.ts';
import type { Words } from '../client/src/i18n/words.ts';
import { zhCn } from '../client/src/i18n/zh-cn.ts';
import { findings } from './axe.ts';
import { browserForTests } from './browser.ts';
import { ADMIN, button, openTv, setUp } from './furnish.ts';
import { type Product, startProduct } from './product.ts';
import { overflow, untilFresh, wallQueues } from './screens.ts';

const browser = browserForTests();
let product: Product;
afterEach(() => product?.stop());

const NAME = '三楼东侧';

/** A supervisor follows the QR code with a phone, signs in there and names the TV. */
async function pairByPhone(code: string, language: 'zh-CN' | 'en', { access, tv: w }: Words) {
  const phone = await browser.open(`${product.url}/screens?code=${code}`, { language, width: 390, height: 844 });
  const { page } = phone;
  await page.waitForURL((url) => url.pathname === '/sign-in');
  await page.getByLabel(access.field.login, { exact: true }).fill(ADMIN.login);
  await page.getByLabel(access.field.password, { exact: true }).fill(ADMIN.password);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname === '/screens');
  await page.getByLabel(w.form.name, { exact: true }).fill(NAME);
  expect(await findings(page)).toEqual([]);
  expect((await overflow(page)).x).toBe(0);
  await button(page, w.pair.submit).click();
  await untilOnline(page, w);
  return phone;
}

const untilOnline = (page: Page, { fleet }: Words['tv']) =>
  page.waitForSelector(`.list--fleet .fleet__state:has-text("${fleet.online}")`);

test.each([
  ['zh-CN', zhCn],
  ['en', en],
] as const)('[TV30] a TV is paired by a phone and looked after from there in %s', async (language, words) => {
  const { tv: w } = words;
  product = await startProduct();
  await setUp(product);
  const { tv: tvScreen, code } = await openTv(browser, product.url, language);
  const tv = tvScreen.page;
  expect(await tv.textContent('h1')).toBe(w.pairing.title);
  expect(await overflow(tv)).toEqual({ x: 0, y: 0 });
  expect(await findings(tv)).toEqual([]);

  // The TV is not touched any more.
  const { page: phone } = await pairByPhone(code, language, words);
  await untilFresh(tv);
  expect(Object.keys(await wallQueues(tv)).length).toBeGreaterThan(0);
  expect(await findings(phone)).toEqual([]);
  expect((await overflow(phone)).x).toBe(0);

  const order = (of: string) => button(phone, w.order.of.replace('{{order}}', of).replace('{{name}}', NAME)).click();
  await order(w.order.identify);
  await tv.waitForSelector(`.tv-plate:has-text("${NAME}")`);
  await phone.waitForSelector('[data-settled="identified"]');
  await order(w.order.blank);
  await tv.waitForSelector('.tv--black');
  await phone.waitForSelector(`.list--fleet >> text=${w.fleet.shows.blank}`);
  await order(w.order.unblank);
  await untilFresh(tv);
  const loaded = tv.waitForEvent('load');
  await order(w.order.reload);
  await loaded;
  await untilFresh(tv);
  await phone.waitForSelector('[data-settled="reloaded"]');

  // It asks what is wanted of it, and is nobody any more.
  tvScreen.tolerate(/401/);
  await order(w.order.revoke);
  await button(phone, w.order.revoke).click();
  await tv.waitForSelector('.pairing__code');
  expect(await tv.locator('.wall').count()).toBe(0);
  await phone.waitForSelector('.list__empty');
  // Both would go on asking while the server is taken away.
  await tv.close();
  await phone.close();
});

test('[TV8] a TV shows its numbers again after it, and its server, were switched off and on', async () => {
  product = await startProduct();
  await setUp(product);
  const { tv, code } = await openTv(browser, product.url, 'zh-CN');
  const phone = await pairByPhone(code, 'zh-CN', zhCn);
  tv.tolerate(/./);
  phone.tolerate(/./);
  await product.kill();
  await product.restart();
  await untilFresh(tv.page);
  // As a TV does that starts: its browser opens the wall, with what it has kept and nothing else.
  await tv.page.goto(`${product.url}/wall`);
  await untilFresh(tv.page);
  expect(new URL(tv.page.url()).searchParams.get('site')).toBe('main');
  await untilOnline(phone.page, zhCn.tv);
});

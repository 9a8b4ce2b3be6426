/**
 * A supervisor puts a notice on the walls and speaks to an agent's phone. The PBX is in this process, so that what its phones
 * were sent can be read. Rules: docs/spec/notices.md, docs/spec/commands.md.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../client/src/i18n/en.ts';
import { zhCn } from '../client/src/i18n/zh-cn.ts';
import { type DemoCentre, startDemoCentre } from '../server/sources/simulator/demo.ts';
import { findings } from './axe.ts';
import { browserForTests, type Language } from './browser.ts';
import { type Product, startProduct } from './product.ts';
import { untilFresh } from './screens.ts';

const TOKEN = 'notices-e2e';
const PASSWORD = 'quiet lantern harbour';
const SHOWN_MS = 15_000;
/** Three screens at once, on a machine that may be busy. */
const TEST_MS = 240_000;
const OPEN_FOR_MS = 10 * 60_000;

const browser = browserForTests();
let centre: DemoCentre;
let product: Product;
beforeAll(async () => {
  const openedAtMs = Date.now() - OPEN_FOR_MS;
  centre = await startDemoCentre({ now: Date.now, seed: 3, secret: 'notices', openedAtMs });
  product = await startProduct({ adminToken: TOKEN, sources: `${centre.url}?site=main` });
  await product.until(async ({ site }) => (await site()).freshness.state === 'live');
  await product.until(async () => (await product.ask('GET', '/people')).ok);
  const setUp = await product.ask('POST', '/setup', { login: 'wangfang', name: '王芳', password: PASSWORD });
  expect(setUp.ok, await setUp.text()).toBe(true);
});
afterAll(async () => {
  await product?.stop();
  await centre?.stop();
});

async function open(address: string, language: Language): Promise<Page> {
  const { page } = await browser.open(`${product.url}/sign-in?lang=${language}`, { language });
  const signedIn = await page.context().request.fetch(`${product.url}/api/v1/session`, {
    method: 'POST',
    data: { login: 'wangfang', password: PASSWORD },
    headers: { origin: product.url },
  });
  expect(signedIn.ok(), await signedIn.text()).toBe(true);
  await page.goto(`${product.url}${address}?lang=${language}&site=main`);
  await untilFresh(page);
  return page;
}

/** By keyboard alone. */
async function runFromPalette(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.waitForSelector('.palette__input');
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
}

const sentences = async (page: Page, language: Language): Promise<string[]> => {
  await page.goto(`${product.url}/audit?lang=${language}`);
  await page.waitForSelector('.audit__entry');
  return page.locator('.audit__sentence').allTextContents();
};
const said = (words: string, subject: string) => words.replace('{{who}}', '王芳').replace('{{subject}}', subject);

const LANGUAGES = [
  ['zh-CN', zhCn],
  ['en', en],
] as const;

test.each(LANGUAGES)(
  '[NOT30] a notice written on a floor is on an open wall and on another floor, until it is taken back, in %s',
  async (language, { notice: w, access }) => {
    const text = `今晚 22:00 upgrade <b onclick=alert(1)>${language}</b>`;
    const [wall, other, floor] = await Promise.all([
      open('/wall', language),
      open('/floor', language),
      open('/floor', language),
    ]);
    const page = await wall.locator('.wall__page').boundingBox();
    expect(await wall.locator('.wall-notice').count()).toBe(0);

    await runFromPalette(floor, w.write);
    await floor.waitForSelector('.notice-form');
    expect(await findings(floor)).toEqual([]);
    await floor.keyboard.type(text);
    await floor.getByLabel(w.levelLabel).selectOption('important');
    await floor.getByRole('button', { name: w.show, exact: true }).click();

    for (const screen of [wall, other, floor]) {
      await screen.waitForSelector('.notice-text', { timeout: SHOWN_MS });
      expect(await screen.textContent('.notice-text')).toBe(text);
    }
    for (const screen of [wall, other]) expect(await findings(screen)).toEqual([]);
    expect(await other.textContent('.floor-notice')).toContain('王芳');
    expect(await wall.textContent('.wall-notice')).not.toContain('王芳');
    // It takes room from the page and covers nothing: neither what stands above it nor the page.
    const [strip, band, below] = await Promise.all(
      ['.strip', '.wall-notice', '.wall__page'].map((selector) => wall.locator(selector).boundingBox()),
    );
    if (!page || !strip || !band || !below) throw new Error('a part of the wall is missing');
    expect(band.y).toBeGreaterThanOrEqual(strip.y + strip.height - 1);
    expect(below.y).toBeGreaterThanOrEqual(band.y + band.height - 1);
    expect(below.y + below.height).toBeCloseTo(page.y + page.height, 0);

    await other.locator('.floor-notice__open').click();
    await other.getByRole('button', { name: w.takeBackOf.replace('{{text}}', text) }).click();
    for (const screen of [wall, other, floor]) {
      await expect.poll(() => screen.locator('.notice-text').count(), { timeout: SHOWN_MS }).toBe(0);
    }
    expect(await wall.locator('.wall__page').boundingBox()).toEqual(page);

    const acts = await sentences(floor, language);
    expect(acts).toContain(said(access.act.notice.created, text));
    expect(acts).toContain(said(access.act.notice.takenBack, text));
  },
  TEST_MS,
);

test.each(LANGUAGES)(
  '[E2E40] a message to an agent is at the phone, told as handed over, and in the audit log, in %s',
  async (language, { acting: w, access }) => {
    const [agent] = (await product.agents()).agents.filter(({ presence }) => presence === 'available');
    if (!agent) throw new Error('nobody is there');
    const before = centre.messages().length;
    const text = `请到前台 ${language}`;
    const floor = await open('/floor', language);
    await floor.keyboard.press('/');
    await floor.keyboard.type(agent.id);
    await floor.waitForFunction(() => document.querySelectorAll('.panel--agents .grid__row').length === 1);
    await floor.keyboard.press('ArrowDown');
    await floor.keyboard.press('a');
    await floor.waitForSelector('dialog.act .act__item');
    await floor.getByRole('button', { name: w.name.message, exact: true }).click();
    await floor.waitForSelector('.act__form');
    expect(await findings(floor)).toEqual([]);
    await floor.keyboard.type(text);
    await floor.keyboard.press('Enter');
    await floor.waitForSelector('.command-toast[data-tone="good"]', { timeout: SHOWN_MS });
    expect(await floor.textContent('.command-toast')).toContain(w.messageState.confirmed);
    expect(await floor.locator('.command-undo').count()).toBe(0);
    expect(centre.messages().slice(before)).toEqual([{ phone: agent.id, text: `王芳: ${text}` }]);
    expect(await findings(floor)).toEqual([]);

    const acts = await sentences(floor, language);
    expect(acts).toContain(said(access.act.agent.messaged, agent.name));
    expect(acts).toContain(said(access.act.command.asked, agent.name).replace('{{what}}', w.name.message));
    await floor.locator('.audit__entry summary').first().click();
    await expect.poll(() => floor.locator('.audit__entry').first().textContent()).toContain(agent.id);
  },
);

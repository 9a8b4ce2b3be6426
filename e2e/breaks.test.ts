/** The break desk on the demo centre's PBX, which really pauses. Rules: docs/spec/breaks.md. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../client/src/i18n/en.ts';
import { zhCn } from '../client/src/i18n/zh-cn.ts';
import { API } from '../shared/api.ts';
import type { BreakDesk } from '../shared/api-breaks.ts';
import { findings } from './axe.ts';
import { browserForTests, type Language } from './browser.ts';
import { type Product, startProduct } from './product.ts';

const TOKEN = 'breaks-e2e';
const PASSWORD = 'quiet lantern harbour';
const SHOWN_MS = 30_000;
/** Long enough to be seen in its amber end. */
const MAX_MS = 12_000;
const REASON = '小休';

const browser = browserForTests();
let product: Product;

async function ask(method: string, path: string, body: object): Promise<void> {
  const answer = await product.ask(method, path, body);
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
}
const desk = async (): Promise<BreakDesk> =>
  API.breaks.response.parse(await (await product.ask('GET', '/sites/main/breaks')).json());
const agentNow = async (id: string) => (await product.agents()).agents.find((agent) => agent.id === id);

beforeAll(async () => {
  product = await startProduct({ adminToken: TOKEN });
  await product.untilSettled();
  await product.until(async () => (await product.ask('GET', '/people')).ok);
  await ask('POST', '/setup', { login: 'wangfang', name: '王芳', password: PASSWORD });
});
afterAll(() => product?.stop());

async function deskOf(language: Language): Promise<Page> {
  const { page } = await browser.open(`${product.url}/sign-in?lang=${language}`, { language });
  const data = { login: 'wangfang', password: PASSWORD };
  const signedIn = await page.context().request.fetch(`${product.url}/api/v1/session`, {
    ...{ method: 'POST', data, headers: { origin: product.url } },
  });
  expect(signedIn.ok(), await signedIn.text()).toBe(true);
  await page.goto(`${product.url}/breaks?lang=${language}&site=main`);
  await page.waitForSelector('.desk__panel--unrested .desk__row');
  return page;
}

test.each([
  ['zh-CN', zhCn],
  ['en', en],
] as const)(
  '[E2E60] asked for, granted by the desk, paused in the PBX, amber, red, ended, read in the audit log, in %s',
  async (language, { breaks: w, access }) => {
    const before = API.breakSettings.response.parse(
      await (await product.ask('GET', '/sites/main/break-settings')).json(),
    );
    const settings = {
      ...{ ...before.settings, quota: 200, minFree: 0, noRestMs: 0, isAutoGranting: true },
      reasons: [{ reason: REASON, maxMs: MAX_MS }],
    };
    await ask('PUT', '/sites/main/break-settings', { version: before.version, settings });
    const page = await deskOf(language);
    expect(await findings(page)).toEqual([]);
    // A call may come to any one of them before the desk has decided; it then waits, as it should, for the end of the call.
    const free = (await desk()).unrested.filter(({ whyNot, hasRequest }) => whyNot === null && !hasRequest).slice(0, 3);
    const all = page.getByRole('button', { name: w.unrested.all });
    if ((await all.count()) > 0) await all.click();
    for (const { name } of free) {
      await page.getByRole('button', { name: w.unrested.askOf.replace('{{name}}', name), exact: true }).focus();
      await page.keyboard.press('Enter');
    }
    const granted = await page.waitForFunction(
      (ids) => ids.find((id) => document.querySelector(`.desk__panel--resting [data-agent="${id}"] .countdown`)),
      free.map(({ agent }) => agent),
      { timeout: SHOWN_MS },
    );
    const agent = (await granted.jsonValue()) ?? '';
    const name = free.find((one) => one.agent === agent)?.name ?? '';

    const row = page.locator(`.desk__panel--resting [data-agent="${agent}"]`);
    expect(await agentNow(agent)).toMatchObject({ presence: 'onBreak', presenceReason: REASON, canTakeCall: false });
    await row.locator('[data-level="amber"]').waitFor({ timeout: SHOWN_MS });
    await row.locator('[data-level="red"]').waitFor({ timeout: SHOWN_MS });
    expect(await row.textContent()).toContain(w.level.red);
    expect(await findings(page)).toEqual([]);

    await row.getByRole('button').focus();
    await page.keyboard.press('Enter');
    await row.waitFor({ state: 'detached', timeout: SHOWN_MS });
    expect((await agentNow(agent))?.presence).toBe('available');

    await page.goto(`${product.url}/audit?lang=${language}`);
    await page.waitForSelector('.audit__entry');
    const acts = (await page.locator('.audit__sentence').allTextContents()).join('\n');
    const told = (sentence: string, who: string) => sentence.replace('{{who}}', who).replace('{{subject}}', name);
    expect(acts).toContain(told(access.act.break.requested, '王芳'));
    expect(acts).toContain(told(access.act.break.granted, 'Break desk'));
    expect(acts).toContain(told(access.act.break.started, 'Break desk'));
    expect(acts).toContain(told(access.act.break.ended, '王芳'));
    expect(await findings(page)).toEqual([]);
  },
);

test('[E2E61] the rules are changed on the page; what does not fit is said at its field', async () => {
  const page = await deskOf('en');
  await page.getByRole('button', { name: en.breaks.rules.open }).click();
  const field = page.getByLabel(en.breaks.rules.quotaByHalfHour);
  await field.fill('11:30 6\nnoon 3');
  expect(await findings(page)).toEqual([]);
  await page.getByRole('button', { name: en.breaks.rules.save }).click();
  await page.waitForSelector('.field__error');
  expect(await page.textContent('.field__error')).toBe(en.breaks.rules.badLine.replace('{{line}}', '2'));
  await field.fill('11:30 6\n9:00 3');
  await page.getByRole('button', { name: en.breaks.rules.save }).click();
  await page.waitForSelector('dialog', { state: 'detached' });
  expect((await desk()).settings.quotaByHalfHour).toEqual([
    { from: '11:30', people: 6 },
    { from: '09:00', people: 3 },
  ]);
});

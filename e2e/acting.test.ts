/** A supervisor acts on the demo centre's PBX, by keyboard alone, and takes it back. Rules: docs/spec/commands.md. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../client/src/i18n/en.ts';
import { zhCn } from '../client/src/i18n/zh-cn.ts';
import type { Scope } from '../shared/policy.ts';
import { findings } from './axe.ts';
import { browserForTests, type Language } from './browser.ts';
import { type Product, startProduct } from './product.ts';
import { untilFresh } from './screens.ts';

const TOKEN = 'acting-e2e';
const PASSWORD = 'quiet lantern harbour';
const SHOWN_MS = 15_000;

type Agent = Awaited<ReturnType<Product['agents']>>['agents'][number];

const browser = browserForTests();
let product: Product;
beforeAll(async () => {
  product = await startProduct({ adminToken: TOKEN });
  await product.untilSettled();
  await product.until(async () => (await product.ask('GET', '/people')).ok);
  await ask('POST', '/setup', { login: 'wangfang', name: '王芳', password: PASSWORD });
});
afterAll(() => product?.stop());

async function ask(method: string, path: string, body: object): Promise<void> {
  const answer = await product.ask(method, path, body);
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
}

/** As the pages of this server send it. */
const post = (page: Page, path: string, data: object, method = 'POST') =>
  page.context().request.fetch(`${product.url}/api/v1${path}`, { method, data, headers: { origin: product.url } });

async function floorOf(login: string, language: Language, firstPassword = PASSWORD): Promise<Page> {
  const { page } = await browser.open(`${product.url}/sign-in?lang=${language}`, { language });
  const signedIn = await post(page, '/session', { login, password: firstPassword });
  expect(signedIn.ok(), await signedIn.text()).toBe(true);
  if (firstPassword !== PASSWORD) {
    const change = { current: firstPassword, next: PASSWORD };
    expect((await post(page, '/session/password', change, 'PUT')).status()).toBe(200);
  }
  await page.goto(`${product.url}/floor?lang=${language}&site=main`);
  await untilFresh(page);
  return page;
}

/** Somebody who will not leave the desk by himself while the test runs. */
async function freeAgent(isFit: (agent: Agent) => boolean = () => true): Promise<Agent> {
  const { agents } = await product.agents();
  const free = agents.find(
    (agent) => agent.canTakeCall && agent.pausedIn.length === 0 && agent.queues.length > 0 && isFit(agent),
  );
  if (!free) throw new Error('nobody is free');
  return free;
}
const agentNow = async (id: string) => (await product.agents()).agents.find((agent) => agent.id === id);
/** The demo's members are dynamic or from the PBX's configuration by their extension. */
const isFixed = ({ id }: Agent): boolean => Number(id.slice(-2)) % 5 !== 0;

async function openMenu(page: Page, id: string): Promise<void> {
  await page.keyboard.press('/');
  await page.keyboard.type(id);
  await page.waitForFunction(() => document.querySelectorAll('.panel--agents .grid__row').length === 1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('a');
  await page.waitForSelector('dialog.act .act__item');
}

const told = async (page: Page, tone: 'good' | 'bad'): Promise<string> => {
  await page.waitForSelector(`.command-toast[data-tone="${tone}"]`, { timeout: SHOWN_MS });
  return (await page.locator(`.command-toast[data-tone="${tone}"]`).allTextContents()).join('\n');
};

test.each([
  ['zh-CN', zhCn, '用餐'],
  ['en', en, 'Lunch'],
] as const)(
  '[E2E30] pause an agent by keyboard, see the PBX confirm it, undo it, and read it in the audit log, in %s',
  async (language, { acting: w, access }, reason) => {
    const page = await floorOf('wangfang', language);
    const { id, name } = await freeAgent();
    await openMenu(page, id);
    expect(await page.textContent('dialog.act h2')).toBe(name);
    expect(await findings(page)).toEqual([]);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(w.name.pause);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.act__form');
    expect(await findings(page)).toEqual([]);
    await page.fill('.act__reason input', reason);
    await page.keyboard.press('Enter');

    const done = await told(page, 'good');
    expect(done).toContain(name);
    expect(done).toContain(w.state.confirmed);
    // The floor shows it by the PBX's own events.
    await expect.poll(() => page.textContent('.panel--agents .grid__row'), { timeout: SHOWN_MS }).toContain(reason);
    expect(await agentNow(id)).toMatchObject({ presence: 'meal', presenceReason: reason, canTakeCall: false });

    await page.getByRole('button', { name: w.undo }).click();
    await expect.poll(() => told(page, 'good'), { timeout: SHOWN_MS }).toContain(w.name.unpause);
    await expect.poll(async () => (await agentNow(id))?.presence, { timeout: SHOWN_MS }).toBe('available');
    expect(await findings(page)).toEqual([]);

    await page.goto(`${product.url}/audit?lang=${language}`);
    await page.waitForSelector('.audit__entry');
    const acts = await page.locator('.audit__sentence').allTextContents();
    const sentence = (words: string) => words.replace('{{who}}', '王芳').replace('{{subject}}', name);
    expect(acts).toContain(`${sentence(access.act.agent.unpaused)}${w.undo}`);
    expect(acts).toContain(`${sentence(access.act.agent.paused)}${reason}`);
    expect(acts).toContain(`${sentence(access.act.command.asked).replace('{{what}}', w.name.pause)}${reason}`);
    expect(await findings(page)).toEqual([]);
  },
);

test('[E2E31] what the PBX refuses is told with its cause, on the floor and in the audit log', async () => {
  const page = await floorOf('wangfang', 'en');
  const { id, name, queues } = await freeAgent(isFixed);
  await openMenu(page, id);
  await page.getByRole('button', { name: en.acting.name['leave-queue'] }).click();
  await page.fill('.act__reason input', 'helps elsewhere');
  await page.keyboard.press('Enter');
  expect(await told(page, 'bad')).toContain(en.acting.cause['agent.fixed']);
  expect((await agentNow(id))?.queues).toEqual(queues);
  expect(await findings(page)).toEqual([]);
  await page.goto(`${product.url}/audit?lang=en`);
  await page.waitForSelector('.audit__entry');
  const acts = (await page.locator('.audit__sentence').allTextContents()).join('\n');
  expect(acts).toContain(`on ${name}: ${en.acting.cause['agent.fixed']}`);
});

test('[E2E32] a team lead acts on the own team alone, and is not offered more', async () => {
  const { agents } = await product.agents();
  const [mine, other] = agents;
  if (!mine || !other) throw new Error('the demo centre has too few agents');
  for (const [{ id }, team] of [
    [mine, 'red'],
    [other, 'blue'],
  ] as const) {
    const settings = { name: null, team };
    await ask('PUT', `/sites/main/agents/${encodeURIComponent(id)}/settings`, { version: 0, settings });
  }
  const scope: Scope = { sites: null, queues: null, teams: ['red'] };
  await ask('POST', '/people', { login: 'lead', name: 'Lead', password: 'first first first', role: 'teamLead', scope });
  await expect.poll(async () => (await agentNow(mine.id))?.team, { timeout: SHOWN_MS }).toBe('red');

  const page = await floorOf('lead', 'en', 'first first first');
  await expect.poll(() => page.locator('.panel--agents .grid__row').count(), { timeout: SHOWN_MS }).toBe(1);
  await openMenu(page, mine.id);
  const items = await page.locator('.act__item').allTextContents();
  expect(items.join()).toContain(en.acting.name['set-penalty']);
  expect(items.join()).not.toMatch(new RegExp(`${en.acting.name['hang-up']}|${en.acting.name.monitor}`));

  const pause = (agent: string) =>
    post(page, '/sites/main/commands', { id: randomUUID(), do: 'pause', agent, queue: null, reason: 'x' });
  const refusal = await pause(other.id);
  expect([refusal.status(), await refusal.json()]).toEqual([
    404,
    { error: expect.objectContaining({ code: 'agent.unknown' }) },
  ]);
  const hangUp = { id: randomUUID(), do: 'hang-up', agent: mine.id, call: null, reason: 'x' };
  expect((await post(page, '/sites/main/commands', hangUp)).status()).toBe(403);
});

/** Whatever dies, the screens say so by themselves and come back by themselves (D9): no number outlives its proof. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type DemoCentre, startDemoCentre } from '../server/sources/simulator/demo.ts';
import { browserForTests, type Screen, SERVER_GONE } from './browser.ts';
import { type Product, startProduct } from './product.ts';
import { figures, untilFresh, untilStale } from './screens.ts';

const CLOSED_MS = 15_000;
const SILENT_MS = 25_000;
/** A reader waits up to 10 s between two attempts at a PBX that does not answer. */
const BACK_MS = 30_000;

const browser = browserForTests();
const stopping = new AbortController();
let centre: DemoCentre;
let product: Product;
let screens: Screen[];

beforeAll(async () => {
  centre = await startDemoCentre({
    now: Date.now,
    seed: 'stale',
    secret: 'right',
    openedAtMs: Date.now() - 20 * 60_000,
    signal: stopping.signal,
  });
  product = await startProduct({ sources: centre.url });
});
afterAll(async () => {
  await product?.stop();
  await centre?.stop();
});

beforeEach(async () => {
  centre.server.faults.mute = false;
  await centre.server.accept();
});

async function openScreens(wallOptions: { readonly address: string; readonly hasSlowSites?: boolean }): Promise<void> {
  screens = [
    await browser.open(`${product.url}${wallOptions.address}`, wallOptions),
    await browser.open(`${product.url}/floor?lang=zh-CN&site=main`, { language: 'zh-CN' }),
  ];
  await each((screen) => untilFresh(screen.page));
}

const each = (look: (screen: Screen) => Promise<unknown>): Promise<unknown> => Promise.all(screens.map(look));

async function untilAllStale([wall, floor]: readonly [string, string], withinMs: number): Promise<void> {
  await each((screen) => untilStale(screen.page, screen === screens[0] ? wall : floor, withinMs));
  for (const { page } of screens) expect(new Set(await figures(page))).toEqual(new Set(['--']));
}

test('[E2E3] a PBX that is gone: -- and why within 15 s, back by itself', async () => {
  // As a TV is set up: without a site in its address, and on a network where one answer overtakes the other.
  await openScreens({ address: '/wall?lang=en', hasSlowSites: true });
  await centre.server.refuse();
  centre.server.dropAll();
  await untilAllStale(['Connection to the PBX lost', '交换机连接中断'], CLOSED_MS);
  await centre.server.accept();
  await each((screen) => untilFresh(screen.page, BACK_MS));
});

test('[E2E4] a PBX that accepts and says nothing: the same within 25 s', async () => {
  await openScreens({ address: '/wall?lang=en&site=main' });
  centre.server.faults.mute = true;
  await untilAllStale(['Connection to the PBX lost', '交换机连接中断'], SILENT_MS);
  centre.server.faults.mute = false;
  await each((screen) => untilFresh(screen.page, BACK_MS));
});

test('[E2E5] a server that is killed: the screens blame it, and recover without a hand when it is back', async () => {
  await openScreens({ address: '/wall?lang=en&site=main' });
  for (const screen of screens) {
    screen.tolerate(SERVER_GONE);
    await screen.page.evaluate(() => document.body.setAttribute('data-untouched', ''));
  }
  await product.kill();
  await untilAllStale(['lost the server', '本屏与服务器断开'], CLOSED_MS);
  await product.restart();
  await each((screen) => untilFresh(screen.page, BACK_MS));
  // Nobody loaded the page anew, the page itself included.
  for (const { page } of screens) expect(await page.locator('body[data-untouched]').count()).toBe(1);
});

/**
 * Pictures of every screen at the sizes of the house, in both languages, from the demo centre: `node e2e/screenshots.ts
 * [folder]`. They are for people to look at; nothing compares them.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { startKillableServer } from '../server/testing/killable-server.ts';
import { LANGUAGES, type Language, launchBrowser, newContext, type Theme } from './browser.ts';
import { untilFresh } from './screens.ts';

const SIZES = [
  [3840, 2160],
  [1920, 1080],
  [1366, 768],
  [390, 844],
] as const;
interface Shot {
  readonly name: string;
  readonly address: string;
  readonly theme: Theme;
  /** Clicked before the picture is taken. */
  readonly opens?: string;
}
const SHOTS: readonly Shot[] = [
  { name: 'start', address: '/?', theme: 'light' },
  { name: 'wall-queues', address: '/wall?page=1&', theme: 'dark' },
  { name: 'wall-day', address: '/wall?page=2&', theme: 'dark' },
  { name: 'floor-dark', address: '/floor?', theme: 'dark' },
  { name: 'floor-light', address: '/floor?', theme: 'light' },
  { name: 'floor-queue', address: '/floor?', theme: 'dark', opens: '.panel--queues .grid__row' },
];

const folder = process.argv[2] ?? mkdtempSync(path.join(tmpdir(), 'floorcast-looks-'));
mkdirSync(folder, { recursive: true });
const dataDir = mkdtempSync(path.join(tmpdir(), 'floorcast-e2e-'));
const server = await startKillableServer({ FLOORCAST_DATA_DIR: dataDir, FLOORCAST_BUSINESS_DAY_START: '00:00' });
try {
  const browser = await launchBrowser();
  try {
    for (const language of LANGUAGES) for (const size of SIZES) await shootAll(browser, language, size);
  } finally {
    await browser.close();
  }
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
console.log(folder);

async function shootAll(browser: Browser, language: Language, [width, height]: (typeof SIZES)[number]): Promise<void> {
  for (const { name, address, theme, opens } of SHOTS) {
    const context = await newContext(browser, { width, height, language, theme });
    const page = await context.newPage();
    await page.goto(`${server.url}${address}site=main&lang=${language}`);
    if (name === 'start') await page.waitForSelector('.start__site h2');
    else await untilFresh(page);
    if (opens) await page.click(opens);
    // A page that turns meanwhile takes its animation with it.
    await page.evaluate(() =>
      Promise.allSettled([document.fonts.ready, ...document.getAnimations().map((a) => a.finished)]),
    );
    await page.screenshot({ path: path.join(folder, `${name}-${width}x${height}-${language}.png`) });
    await context.close();
  }
}

/**
 * Pictures of every screen at the sizes of the house, in both languages, from the demo centre: `node e2e/screenshots.ts
 * [folder]`. They are for people to look at; nothing compares them.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { boardFrom } from '../client/src/boards-page/templates.ts';
import { startKillableServer } from '../server/testing/killable-server.ts';
import { API } from '../shared/api.ts';
import { LANGUAGES, type Language, launchBrowser, newContext, type Theme } from './browser.ts';
import { ADMIN } from './furnish.ts';
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
  /** What the page has once it is whole; left out: fresh numbers. */
  readonly whole?: string;
}
const SHOTS: readonly Shot[] = [
  { name: 'start', address: '/?', theme: 'light', whole: '.start__site h2' },
  { name: 'wall-queues', address: '/wall?page=1&', theme: 'dark' },
  { name: 'wall-day', address: '/wall?page=2&', theme: 'dark' },
  { name: 'floor-dark', address: '/floor?', theme: 'dark' },
  { name: 'floor-light', address: '/floor?', theme: 'light' },
  { name: 'floor-queue', address: '/floor?', theme: 'dark', opens: '.panel--queues .grid__row' },
  { name: 'wall-board', address: '/wall?board={board}&', theme: 'dark' },
  { name: 'boards', address: '/boards?', theme: 'light', whole: '.list' },
  { name: 'board-editor-dark', address: '/boards/{board}?', theme: 'dark', whole: 'main button' },
  { name: 'board-editor-light', address: '/boards/{board}?', theme: 'light', whole: 'main button' },
  { name: 'breaks-dark', address: '/breaks?', theme: 'dark', whole: 'main h1' },
  { name: 'breaks-light', address: '/breaks?', theme: 'light', whole: 'main h1' },
  { name: 'people', address: '/people?', theme: 'light', whole: '.list--people' },
  { name: 'screens', address: '/screens?', theme: 'light', whole: 'main h1' },
  { name: 'audit', address: '/audit?', theme: 'light', whole: '.audit__entry' },
];
const TOKEN = 'pictures-0123456789';

const folder = process.argv[2] ?? mkdtempSync(path.join(tmpdir(), 'floorcast-looks-'));
mkdirSync(folder, { recursive: true });
const dataDir = mkdtempSync(path.join(tmpdir(), 'floorcast-e2e-'));
const server = await startKillableServer({
  FLOORCAST_DATA_DIR: dataDir,
  FLOORCAST_BUSINESS_DAY_START: '00:00',
  FLOORCAST_ADMIN_TOKEN: TOKEN,
});
try {
  const board = await furnish();
  const browser = await launchBrowser();
  try {
    for (const language of LANGUAGES) for (const size of SIZES) await shootAll(browser, board, language, size);
  } finally {
    await browser.close();
  }
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
console.log(folder);

async function ask(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  return fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** An administrator, and a public board. */
async function furnish(): Promise<string> {
  // PostgreSQL starts behind the boards.
  while (!(await ask(API.setUp.path, ADMIN)).ok);
  const board = boardFrom('hotline', { now: '总览', day: '全天' });
  const created = API.createBoard.response.parse(
    await (await ask(API.createBoard.path, { site: 'main', name: '热线大屏', board })).json(),
  );
  await ask(`/api/v1/boards/${created.id}/versions`, { version: created.version });
  return created.id;
}

async function shootAll(
  browser: Browser,
  board: string,
  language: Language,
  [width, height]: (typeof SIZES)[number],
): Promise<void> {
  for (const { name, address, theme, opens, whole } of SHOTS) {
    const context = await newContext(browser, { width, height, language, theme });
    const { login, password } = ADMIN;
    const headers = { origin: server.url };
    await context.request.post(`${server.url}/api/v1/session`, { data: { login, password }, headers });
    const page = await context.newPage();
    await page.goto(`${server.url}${address.replace('{board}', board)}site=main&lang=${language}`);
    if (whole) await page.waitForSelector(whole);
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

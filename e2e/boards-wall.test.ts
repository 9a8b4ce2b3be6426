/** A TV that shows a board of people's own, and follows what is published of it. */
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { en } from '../client/src/i18n/en.ts';
import { zhCn } from '../client/src/i18n/zh-cn.ts';
import { API } from '../shared/api.ts';
import type { Board } from '../shared/board.ts';
import { findings } from './axe.ts';
import { browserForTests } from './browser.ts';
import { openTv, setUp } from './furnish.ts';
import { type Product, startProduct } from './product.ts';
import { overflow, untilFresh } from './screens.ts';

const browser = browserForTests();
let product: Product;
afterEach(() => product?.stop());

const TOKEN = 'a-token-for-this-test-0123456789';

async function done(method: string, path: string, body: object): Promise<unknown> {
  const answer = await product.ask(method, path, body);
  const told: unknown = await answer.json();
  expect(answer.status, JSON.stringify(told)).toBe(200);
  return told;
}

/** One page of everything, with this notice. */
function boardSaying(zh: string, en: string): Board {
  const number = (id: string, x: number, metric: 'waiting' | 'longestWait' | 'answerRate' | 'free') => ({
    ...{ id, x, y: 0, w: 3, h: 2, kind: 'number' as const },
    settings: { metric, scope: { of: 'site' as const }, hasTarget: true },
  });
  return {
    ...{ schema: 1, profile: 'supervisors' },
    pages: [
      {
        ...{ id: 'p1', name: '总览', seconds: 20 },
        tiles: [
          number('n1', 0, 'waiting'),
          number('n2', 3, 'longestWait'),
          number('n3', 6, 'answerRate'),
          number('n4', 9, 'free'),
          { ...{ id: 'l1', x: 0, y: 2, w: 4, h: 3 }, kind: 'serviceLevel', settings: { scope: { of: 'site' } } },
          {
            ...{ id: 'q1', x: 4, y: 2, w: 8, h: 3 },
            kind: 'queues',
            settings: { queues: null, columns: ['waiting', 'longestWait', 'serviceLevel', 'free'], rows: 4 },
          },
          { ...{ id: 's1', x: 0, y: 5, w: 8, h: 1 }, kind: 'states', settings: {} },
          { ...{ id: 'c1', x: 8, y: 5, w: 4, h: 1 }, kind: 'clock', settings: {} },
          { ...{ id: 't1', x: 0, y: 6, w: 6, h: 2 }, kind: 'trend', settings: {} },
          { ...{ id: 'h1', x: 6, y: 6, w: 3, h: 2 }, kind: 'heat', settings: { queues: null, rows: 3 } },
          { ...{ id: 'w1', x: 9, y: 6, w: 3, h: 2 }, kind: 'notice', settings: { zh, en } },
        ],
      },
    ],
  };
}

/** Publishes what the draft says now. */
const publish = (board: { id: string; version: number }) =>
  done('POST', `/boards/${board.id}/versions`, { version: board.version });

/** How much of the window's height the tiles take. */
const shareOfWall = (page: Page): Promise<number> =>
  page.evaluate(() => (document.querySelector('.shown-board__grid')?.clientHeight ?? 0) / innerHeight);

const notice = (page: Page, text: string) => page.waitForSelector(`.tile-notice:text-is("${text}")`);

test.each([
  ['zh-CN', zhCn],
  ['en', en],
] as const)(
  '[BRD14] a paired TV shows its board and follows each publish without a reload in %s',
  async (language, words) => {
    product = await startProduct({ adminToken: TOKEN });
    await setUp(product);
    const first = boardSaying('今晚升级', 'Upgrade tonight');
    const created = API.createBoard.response.parse(
      await done('POST', '/boards', { site: 'main', name: '早班看板', board: first }),
    );
    await publish(created);
    const { tv, code } = await openTv(browser, product.url, language);
    const options = {
      ...{ language, inches: null, metres: null, page: null, timeZone: null, dim: null, off: null },
      ...{ offShows: 'clock', hasChime: false },
    };
    await done('POST', '/screens', {
      ...{ code, name: '三楼', site: 'main', queues: null, teams: null, board: created.id, options },
    });
    const { page } = tv;
    await notice(page, language === 'en' ? 'Upgrade tonight' : '今晚升级');
    await untilFresh(page);
    expect(await page.title()).toBe('早班看板 · Floorcast');
    for (const kind of ['number', 'serviceLevel', 'queues', 'states', 'clock', 'trend', 'heat'])
      expect(await page.locator(`.tile--${kind}`).count(), kind).toBeGreaterThan(0);
    expect(await page.locator('.tile-queues [role=rowheader]').count()).toBeGreaterThan(0);
    expect(await page.textContent('.tile--states h2')).toContain(words.wall.agentStates);
    expect(await shareOfWall(page)).toBeGreaterThan(0.75);
    expect(await overflow(page)).toEqual({ x: 0, y: 0 });
    expect(await findings(page)).toEqual([]);

    // A page that is loaded anew loses this.
    await page.evaluate(() => Reflect.set(window, 'isSamePage', true));
    const changed = API.changeBoard.response.parse(
      await done('PUT', `/boards/${created.id}`, {
        ...{ version: created.version, name: '晚班看板', board: boardSaying('升级完成', 'Upgrade done') },
      }),
    );
    await publish(changed);
    await notice(page, language === 'en' ? 'Upgrade done' : '升级完成');
    await page.waitForFunction(() => document.title.startsWith('晚班看板'));
    expect(await page.evaluate(() => Reflect.get(window, 'isSamePage'))).toBe(true);
    await product.until(async () => {
      const answer = await product.ask('GET', '/screens');
      const [screen] = API.screens.response.parse(await answer.json()).screens;
      return screen?.report?.board === created.id;
    });
    await page.close();
  },
);

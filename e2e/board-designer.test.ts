/** A board from a template to the walls: by pointer and by keyboard, published, rolled back, and by the keyboard alone. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../client/src/i18n/en.ts';
import type { Words } from '../client/src/i18n/words.ts';
import { zhCn } from '../client/src/i18n/zh-cn.ts';
import { API } from '../shared/api.ts';
import { findings } from './axe.ts';
import { browserForTests, type Language, type ScreenOptions } from './browser.ts';
import { ADMIN, button, filled, setUp } from './furnish.ts';
import { press, tabTo, typeInto } from './keyboard.ts';
import { type Product, startProduct } from './product.ts';
import { overflow } from './screens.ts';

const browser = browserForTests();
let product: Product;

beforeAll(async () => {
  product = await startProduct();
  await setUp(product);
});
afterAll(() => product?.stop());

const LANGUAGES = [
  ['zh-CN', zhCn],
  ['en', en],
] as const;

const exactly = (text: string): RegExp => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);

/** Signed in by the keyboard, on the list of boards. */
async function openBoards(language: Language, { access }: Words, options: ScreenOptions = {}): Promise<Page> {
  const { page } = await browser.open(`${product.url}/boards`, { language, ...options });
  await page.waitForURL((url) => url.pathname === '/sign-in');
  await typeInto(page, exactly(access.field.login), ADMIN.login);
  await typeInto(page, exactly(access.field.password), ADMIN.password);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname === '/boards');
  return page;
}

const untilSaved = (page: Page) => page.waitForSelector('[data-save="saved"]');

/** Where every tile of the page in view lies, by its id: column, row, width, height. */
const places = async (page: Page): Promise<Record<string, string>> => {
  const id = new URL(page.url()).pathname.split('/').at(-1);
  const draft = await page.evaluate(async (path) => (await (await fetch(path)).json()).draft, `/api/v1/boards/${id}`);
  const { pages } = draft as { pages: { tiles: { id: string; x: number; y: number; w: number; h: number }[] }[] };
  return Object.fromEntries((pages[0]?.tiles ?? []).map(({ id: tile, x, y, w, h }) => [tile, [x, y, w, h].join()]));
};

/** Drags by so many cells of the grid. */
async function drag(page: Page, selector: string, columns: number, rows: number): Promise<void> {
  const canvas = await page.locator('.canvas').boundingBox();
  const from = await page.locator(selector).boundingBox();
  if (!canvas || !from) throw new Error(`nothing to drag at ${selector}`);
  const x = from.x + from.width / 2;
  const y = from.y + from.height / 2;
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + (columns * canvas.width) / 24, y + (rows * canvas.height) / 16);
  await page.mouse.move(x + (columns * canvas.width) / 12, y + (rows * canvas.height) / 8);
  await page.mouse.up();
}

async function publish(page: Page, { boards: w }: Words, number: number): Promise<void> {
  await button(page, w.editor.publish).click();
  const submit = button(page, filled(w.publish.submit, { number }));
  await submit.waitFor();
  expect(await findings(page)).toEqual([]);
  await submit.click();
  await page.getByText(filled(w.publish.done, { number })).waitFor();
}

test.each(LANGUAGES)('[BRD30] a board from a template to the walls and back in %s', async (language, words) => {
  const { boards: w } = words;
  const page = await openBoards(language, words, {
    width: 1366,
    height: 768,
    theme: language === 'en' ? 'light' : 'dark',
  });
  await button(page, w.new.open).click();
  await page.getByLabel(w.new.name, { exact: true }).fill(`热线 ${language}`);
  expect(await findings(page)).toEqual([]);
  await button(page, w.new.create).click();
  await page.waitForSelector('.canvas');
  expect(await overflow(page)).toEqual({ x: 0, y: 0 });
  expect(await findings(page)).toEqual([]);
  // The template fills its page: `t7` and `t8` are the last of the row of four, `t9` the bar below.
  expect(await places(page)).toMatchObject({ t7: '6,4,3,2', t8: '9,4,3,2', t9: '0,6,12,2' });

  // Room is made by the keyboard; the hand moves into it, and cannot where another tile lies.
  await page.locator('[data-tile="t8"]').focus();
  await page.keyboard.press('Delete');
  await drag(page, '[data-tile="t7"]', 2, 0);
  await drag(page, '[data-tile="t7"]', 0, 2);
  await page.keyboard.press('ArrowRight');
  await untilSaved(page);
  expect(await places(page)).toMatchObject({ t7: '9,4,3,2' });
  await page.keyboard.press('ArrowLeft');
  await drag(page, '[data-corner="t7"]', 1, 0);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+Shift+z');
  await untilSaved(page);
  expect(await places(page)).toMatchObject({ t7: '8,4,4,2' });
  expect(Object.keys(await places(page))).not.toContain('t8');

  await publish(page, words, 1);
  await page.locator('[data-tile="t7"]').focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await publish(page, words, 2);

  await button(page, w.editor.versions).click();
  await button(page, filled(w.versions.rollBackOf, { number: 1 })).click();
  await button(page, filled(w.versions.rollBackOf, { number: 1 })).click();
  await page.getByText(filled(w.versions.done, { number: 1 })).waitFor();
  await page.getByText(filled(w.versions.restores, { number: 1 })).waitFor();
  expect(await findings(page)).toEqual([]);
  const id = new URL(page.url()).pathname.split('/').at(-1);
  const shown = await page.evaluate(async (path) => (await fetch(path)).json(), `/api/v1/boards/${id}/published`);
  expect(API.publishedBoard.response.parse(shown).number).toBe(3);
  expect(JSON.stringify(shown)).toContain('"id":"t7","x":8,"y":4,"w":4');
  expect(await places(page)).toMatchObject({ t7: '8,4,3,2' });

  await page.keyboard.press('Escape');
  await button(page, w.editor.preview).click();
  await page.waitForSelector('.tv .tile .figure');
  expect(await findings(page)).toEqual([]);
});

test.each(LANGUAGES)('[BRD31] no mouse is needed to design, publish and roll back in %s', async (language, words) => {
  const { boards: w, metric } = words;
  const page = await openBoards(language, words);
  await press(page, exactly(w.new.open));
  await typeInto(page, exactly(w.new.name), `键盘 ${language}`);
  await press(page, exactly(w.new.create));
  await page.waitForSelector('.canvas');
  await press(page, exactly(filled(w.editor.add, { what: w.kind.clock })));
  await page.getByText(w.tile.pageFull).waitFor();
  await tabTo(page, new RegExp(`^${metric.onBreak}`));
  await page.keyboard.press('Delete');
  await press(page, new RegExp(`^${w.kind.states}`), 'd');
  await page.keyboard.press('Shift+ArrowLeft');
  await untilSaved(page);
  expect(Object.values(await places(page))).toContain('9,4,2,2');
  await tabBackTo(page, exactly(w.editor.publish));
  await page.keyboard.press('Enter');
  await press(page, exactly(filled(w.publish.submit, { number: 1 })));
  await page.getByText(filled(w.publish.done, { number: 1 })).waitFor();
  await tabBackTo(page, exactly(w.editor.undo));
  await page.keyboard.press('Enter');
  await untilSaved(page);
  await press(page, exactly(w.editor.publish));
  await press(page, exactly(filled(w.publish.submit, { number: 2 })));
  await page.getByText(filled(w.publish.done, { number: 2 })).waitFor();
  await tabBackTo(page, exactly(w.editor.versions));
  await page.keyboard.press('Enter');
  await press(page, exactly(filled(w.versions.rollBackOf, { number: 1 })));
  await press(page, exactly(filled(w.versions.rollBackOf, { number: 1 })));
  await page.getByText(filled(w.versions.done, { number: 1 })).waitFor();
  await page.keyboard.press('Escape');
  await tabBackTo(page, exactly(w.editor.back));
  await page.keyboard.press('Enter');
  await page.waitForSelector('.list--boards');
  expect(await findings(page)).toEqual([]);
});

test('[BRD32] a phone shows the list and the board, and says what needs a larger screen', async () => {
  const page = await openBoards('zh-CN', zhCn, { width: 390, height: 844 });
  await button(page, zhCn.boards.new.open).click();
  await button(page, zhCn.boards.new.create).click();
  await page.getByText(zhCn.boards.editor.narrow).waitFor();
  expect((await overflow(page)).x).toBe(0);
  expect(await findings(page)).toEqual([]);
  expect(await page.locator('[data-tile]').first().isDisabled()).toBe(true);
  await button(page, zhCn.boards.editor.preview).click();
  await page.waitForSelector('.tv .tile .figure');
  await page.keyboard.press('Escape');
  await page.locator('.designer__back').click();
  await page.waitForSelector('.list--boards');
  expect((await overflow(page)).x).toBe(0);
});

/** Backwards, as far as it takes. */
async function tabBackTo(page: Page, name: RegExp): Promise<void> {
  for (let stops = 0; stops < 120; stops++) {
    const here = await page.evaluate(() => {
      const element = document.activeElement;
      return (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim();
    });
    if (name.test(here)) return;
    await page.keyboard.press('Shift+Tab');
  }
  throw new Error(`Shift+Tab does not reach ${name}`);
}

import { expect, test } from 'vitest';
import { boardFileSchema } from '../../../shared/api-boards.ts';
import { boardSchema } from '../../../shared/board.ts';
import { isShown, readableToM } from '../../../shared/board-grid.ts';
import { createI18n } from '../i18n/i18n.ts';
import { placeText, readBoardFile } from './board-faults.ts';
import { differenceText } from './difference-words.ts';
import { afterDrag, drag, startDrag } from './drag.ts';
import { openEditor, type Step, step } from './editor-state.ts';
import { boardFrom, TEMPLATES } from './templates.ts';
import { A_BOARD } from './testing-board.ts';

const zh = createI18n('zh-CN').t;
const en = createI18n('en').t;
const WORDS = { now: '实时', day: '今日' };

test.each(TEMPLATES)('[BRD21] the template %s is a board whose figures can be read from six metres', (template) => {
  const board = boardFrom(template, WORDS);
  expect(boardSchema.safeParse(board).error).toBeUndefined();
  const tiles = board.pages.flatMap((page) => page.tiles);
  for (const tile of tiles) expect(readableToM(tile, 65) ?? 99, tile.kind).toBeGreaterThanOrEqual(6);
  for (const tile of tiles)
    if (tile.kind === 'number') expect(isShown(board.profile, tile.settings.metric), tile.settings.metric).toBe(true);
});

test('[BRD24] every fault of a file is told with its exact place, in both languages', () => {
  const [page] = A_BOARD.pages;
  const file = {
    ...{ site: 'main', name: '', extra: 1 },
    board: {
      ...A_BOARD,
      pages: [
        {
          ...{ ...page, seconds: 1 },
          tiles: [
            ...(page?.tiles ?? []),
            { ...{ id: 'c', x: 11, y: 0, w: 3, h: 2, kind: 'clock' }, settings: {} },
            { ...{ id: 'd', x: 1, y: 1, w: 1, h: 1, kind: 'clock' }, settings: {} },
          ],
        },
      ],
    },
  };
  const read = (t: typeof zh, value: unknown) => readBoardFile(t, JSON.stringify(value)).faults;
  const first = read(zh, file);
  expect(first).toEqual(
    expect.arrayContaining([
      { path: 'name', text: '不能少于 1 个' },
      { path: 'board.pages.0.seconds', text: '不能小于 5' },
      { path: 'extra', text: '不认识的字段' },
      { path: 'board.pages.0.tiles.2.x', text: '超出 12×8 的网格' },
      { path: 'board.pages.0.tiles.3.x', text: '与卡片 a 重叠' },
    ]),
  );
  const twice = { site: 'main', name: 'x', board: { ...A_BOARD, pages: [page, page] } };
  expect(read(en, twice)).toContainEqual({ path: 'board.pages.1.id', text: 'the id p1 is there twice' });
  const odd = structuredClone({ site: 'main', name: 'x', board: A_BOARD }) as {
    board: { pages: { tiles: unknown[] }[] };
  };
  odd.board.pages[0]?.tiles.push({ id: 'e', x: 0, y: 4, w: 1, h: 1, kind: 'pie', settings: {} });
  expect(read(en, odd)).toEqual([
    { path: 'board.pages.0.tiles.2.kind', text: 'there is no such kind of tile or scope' },
  ]);
  expect(placeText(en, 'board.pages.0.tiles.2.kind')).toBe('page 1 · tile 3');
  expect(readBoardFile(zh, '{').faults?.[0]?.text).toMatch(/^不是有效的 JSON/);
});

test('[BRD24] what goes out comes in', () => {
  const file = { site: 'main', name: '热线', board: boardFrom('queues', WORDS) };
  expect(readBoardFile(zh, JSON.stringify(file))).toEqual({ file: boardFileSchema.parse(file), faults: null });
});

test('[BRD25] what a publish changes is said in one line', () => {
  const sheet = { name: '热线', board: A_BOARD };
  const said = (...steps: readonly Step[]) => differenceText(en, sheet, steps.reduce(step, openEditor(sheet)).sheet);
  expect(said()).toBeNull();
  expect(said({ do: 'move', tile: 'a', dx: 0, dy: 3 }, { do: 'add', kind: 'clock' })).toBe(
    'tiles added: 1, tiles moved or resized: 1',
  );
  expect(said({ do: 'removePage' })).toBe('pages removed: 1, tiles removed: 2');
  expect(said({ do: 'movePage', by: 1 })).toBe('pages changed: 2');
  expect(said({ do: 'rename', name: 'x' }, { do: 'setProfile', profile: 'agents' })).toBe(
    'another name, for other people',
  );
});

test('[BRD26] a tile under the hand goes as far as there is room, and comes back when the hand does', () => {
  const tiles = A_BOARD.pages[0]?.tiles ?? [];
  const begun = startDrag('a', 'move');
  const down = drag(tiles, begun, { x: 0.01, y: 3 / 8 });
  expect(down).toMatchObject({ dx: 0, dy: 3, isBlocked: false });
  const onOther = drag(tiles, down, { x: 3 / 12, y: 0 });
  expect(onOther).toMatchObject({ dx: 0, dy: 3, isBlocked: true });
  expect(drag(tiles, onOther, { x: 0, y: 0 })).toMatchObject({ dx: 0, dy: 0, isBlocked: false });
  const wider = drag(tiles, startDrag('a', 'resize'), { x: 1 / 12, y: 1 / 8 });
  expect(afterDrag(tiles, wider)[0]).toMatchObject({ x: 0, y: 0, w: 4, h: 3 });
});

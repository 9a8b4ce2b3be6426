import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import type { StoredBoard } from '../../../shared/api-boards.ts';
import { sessionOf } from '../testing/given-session.tsx';
import { fakeApi, renderPage } from '../testing/render-access.tsx';
import { EditorPage } from './editor-page.tsx';
import { A_BOARD, A_STORED } from './testing-board.ts';

const api = fakeApi(sessionOf('manager'));
/** What the server has. */
let stored: StoredBoard;

beforeEach(() => {
  stored = A_STORED;
  api.answer('get', '/api/v1/sites/main/queues', { queues: [{ id: '600', name: '订单' }] });
  api.answer('get', '/api/v1/sites/main/groups', { groups: [{ id: 'g', name: '售后组' }] });
  api.use(
    http.get('/api/v1/boards/b1', () => HttpResponse.json(stored)),
    http.put('/api/v1/boards/b1', async ({ request }) => {
      const { version, name, board } = (await request.json()) as { version: number; name: string; board: never };
      if (version !== stored.version)
        return HttpResponse.json({ error: { code: 'board.conflict', message: 'x' } }, { status: 409 });
      stored = { ...stored, name, draft: board, version: version + 1 };
      return HttpResponse.json(stored);
    }),
  );
});

const open = async () => {
  const page = renderPage(<EditorPage board="b1" />);
  await screen.findByRole('group', { name: '画布' });
  return page;
};
const tiles = () => [...document.querySelectorAll<HTMLElement>('[data-tile]')];
const tile = (id: string) => document.querySelector<HTMLElement>(`[data-tile="${id}"]`) as HTMLElement;
const press = (key: string, more: object = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const label = (id: string) => tile(id).getAttribute('aria-label');
const button = (name: string) => screen.getByRole('button', { name });
const saved = () => screen.findByText('草稿已保存');

test('[BRD26] keys move, resize, duplicate and remove the tile that has the focus, and take it back', async () => {
  await open();
  act(() => tile('a').focus());
  press('ArrowDown');
  expect(label('a')).toBe('等待人数，第 1 列、第 2 行，宽 3、高 2');
  press('ArrowRight', { shiftKey: true });
  press('ArrowUp', { shiftKey: true });
  expect(label('a')).toMatch(/^等待人数，第 1 列、第 2 行，宽 4、高 1/);
  press('ArrowLeft');
  expect(screen.getByText('那里没有空位，未改变')).toBeDefined();
  press('d');
  expect(tiles()).toHaveLength(3);
  expect(document.activeElement).toBe(tiles()[2]);
  press('Delete');
  expect(tiles()).toHaveLength(2);
  expect(document.activeElement).toBe(tile('b'));
  for (let i = 0; i < 5; i++) press('z', { ctrlKey: true });
  expect(label('a')).toBe('等待人数，第 1 列、第 1 行，宽 3、高 2');
  press('Z', { ctrlKey: true, shiftKey: true });
  expect(label('a')).toBe('等待人数，第 1 列、第 2 行，宽 3、高 2');
  await saved();
  await waitFor(() => expect(stored.draft.pages[0]?.tiles[0]).toMatchObject({ y: 1, w: 3, h: 2 }));
});

test('[BRD26] every key has a button', async () => {
  await open();
  fireEvent.click(tile('a'));
  for (const name of ['下移', '加宽', '加高']) fireEvent.click(button(name));
  expect(label('a')).toBe('等待人数，第 1 列、第 2 行，宽 4、高 3');
  fireEvent.click(within(screen.getByRole('region', { name: '卡片' })).getByRole('button', { name: '复制' }));
  expect(tiles()).toHaveLength(3);
  fireEvent.click(within(screen.getByRole('region', { name: '卡片' })).getByRole('button', { name: '移除' }));
  fireEvent.click(button('撤销'));
  expect(tiles()).toHaveLength(3);
  fireEvent.click(button('重做'));
  expect(tiles()).toHaveLength(2);
  fireEvent.click(button('添加时钟'));
  expect(tiles()).toHaveLength(3);
  fireEvent.click(button('添加页面'));
  expect(tiles()).toHaveLength(0);
  expect(screen.getByText('这一页还是空的：从左侧添加卡片')).toBeDefined();
  await saved();
});

test('[BRD26] what is set of a tile is what a board may say', async () => {
  await open();
  fireEvent.click(tile('a'));
  fireEvent.change(screen.getByLabelText('范围'), { target: { value: 'group:g' } });
  const offered = () => [...(screen.getByLabelText('指标') as HTMLSelectElement).options].map(({ value }) => value);
  expect(offered()).not.toContain('free');
  fireEvent.click(screen.getByLabelText(/^座席/));
  expect(screen.getAllByText('座席看板不显示此指标').length).toBeGreaterThan(0);
  expect(offered()).not.toContain('longestWait');
  fireEvent.change(screen.getByLabelText('停留秒数'), { target: { value: '3' } });
  expect(screen.getByText('请填写 5 到 600 之间的整数')).toBeDefined();
  fireEvent.change(screen.getByLabelText('停留秒数'), { target: { value: '30' } });
  await waitFor(() => expect(stored.draft).toMatchObject({ profile: 'agents', pages: [{ seconds: 30 }, {}] }));
  expect(stored.draft.pages[0]?.tiles[0]?.settings).toMatchObject({ scope: { of: 'group', group: 'g' } });
});

test('[BRD27] what cannot be read from the farthest seat says from where it can', async () => {
  await open();
  expect(screen.getByText('所有数字在 6 米处都能看清')).toBeDefined();
  fireEvent.change(screen.getByLabelText('屏幕（英寸）'), { target: { value: '40' } });
  expect(screen.getByText('1 张卡片在 6 米处看不清')).toBeDefined();
  expect(label('b')).toContain('超过 4.6 米看不清');
  expect(label('a')).not.toContain('看不清');
  fireEvent.change(screen.getByLabelText('最远座位（米）'), { target: { value: '12' } });
  expect(screen.getByText('2 张卡片在 12 米处看不清')).toBeDefined();
});

test('[BRD23] a conflict shows both, loses nothing, and taking theirs can be undone', async () => {
  await open();
  stored = { ...stored, version: 4, updatedBy: '李强', draft: { ...A_BOARD, profile: 'agents' } };
  act(() => tile('a').focus());
  press('ArrowDown');
  expect(await screen.findByText(/^李强 于 .* 保存了此看板$/)).toBeDefined();
  expect(screen.getByText('他人已修改')).toBeDefined();
  expect(screen.getByText(/与对方版本相比：改了观看对象、移动或缩放 1 张/)).toBeDefined();
  expect(label('a')).toContain('第 2 行');
  fireEvent.click(button('采用对方的（可撤销）'));
  expect(label('a')).toContain('第 1 行');
  fireEvent.click(button('撤销'));
  expect(label('a')).toContain('第 2 行');
  await waitFor(() => expect(stored).toMatchObject({ version: 5, draft: { profile: 'supervisors' } }));
  await saved();
});

test('[BRD25] publishing says what it changes, and who may not is told why', async () => {
  stored = { ...stored, published: { number: 2, at: 1_000, by: '王芳', isDraft: false } };
  api.answer('get', '/api/v1/boards/b1/published', {
    ...{ id: 'b1', site: 'main', name: '热线', number: 2 },
    board: { ...A_BOARD, pages: A_BOARD.pages.slice(0, 1) },
  } as never);
  api.answer('get', '/api/v1/boards/b1/versions', {
    versions: [
      { number: 2, at: 1_000, by: '王芳', restores: null, pages: 1 },
      { number: 1, at: 500, by: '李强', restores: null, pages: 1 },
    ],
  });
  api.use(
    http.post('/api/v1/boards/b1/versions', async ({ request }) => {
      const { version } = (await request.json()) as { version: number };
      if (version !== stored.version)
        return HttpResponse.json({ error: { code: 'board.conflict', message: 'x' } }, { status: 409 });
      stored = { ...stored, published: { number: 3, at: 2_000, by: '王芳', isDraft: true } };
      return HttpResponse.json(stored);
    }),
    http.post('/api/v1/boards/b1/rollback', () => HttpResponse.json(stored)),
  );
  await open();
  // Published at once, although it is not saved yet.
  act(() => tile('a').focus());
  press('ArrowDown');
  fireEvent.click(button('发布'));
  expect(await screen.findByText(/与大屏现在显示的第 2 版相比：新增 1 页、移动或缩放 1 张/)).toBeDefined();
  fireEvent.click(button('发布第 3 版'));
  expect(await screen.findByText('已发布第 3 版')).toBeDefined();
  expect(stored.version).toBe(4);
  fireEvent.click(button('版本'));
  fireEvent.click(await screen.findByRole('button', { name: '恢复第 1 版' }));
  fireEvent.click(button('恢复第 1 版'));
  expect(await screen.findByText('已恢复第 1 版')).toBeDefined();
  expect(api.asked.find(({ path }) => path.endsWith('/rollback'))?.body).toEqual({ number: 1 });
});

test('[BRD28] without the right to publish it can be designed, and the reason stands beside the button', async () => {
  api.session = sessionOf('supervisor');
  await open();
  const publish = button('发布');
  expect(publish.getAttribute('aria-disabled')).toBe('true');
  expect(screen.getByText('您没有“发布看板”的权限；请联系管理员或主管经理').id).toBe(
    publish.getAttribute('aria-describedby'),
  );
  fireEvent.click(publish);
  expect(screen.queryByRole('dialog')).toBeNull();
});

import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { sessionOf } from '../testing/given-session.tsx';
import { fakeApi, renderPage } from '../testing/render-access.tsx';
import { BoardsPage } from './boards-page.tsx';
import { A_BOARD, A_STORED } from './testing-board.ts';

const api = fakeApi(sessionOf('manager'));
const { draft: _, ...stored } = A_STORED;
const SUMMARY = { ...stored, profile: 'supervisors' };
const PUBLIC = { ...SUMMARY, id: 'b2', name: '二楼', published: { number: 4, at: 1_000, by: '李强', isDraft: false } };

beforeEach(() => {
  api.answer('get', '/api/v1/sites', { sites: [{ id: 'main', name: '客服中心' }] });
  api.answer('get', '/api/v1/sites/main/queues', { queues: [] });
  api.answer('get', '/api/v1/sites/main/teams', { teams: [] });
  api.answer('get', '/api/v1/boards', { boards: [SUMMARY, PUBLIC] } as never);
  api.answer('post', '/api/v1/boards', { ...A_STORED, id: 'new' } as never);
});

const rowOf = async (name: string) => within((await screen.findByText(name)).closest('tr') as HTMLElement);
const button = (name: string) => screen.getByRole('button', { name });

test('[BRD29] the list says of each board what is public of it, and by whom', async () => {
  renderPage(<BoardsPage />);
  const draft = await rowOf('热线');
  expect(draft.getByText('未发布')).toBeDefined();
  expect(draft.getByText(/客服中心/).parentElement?.textContent).toContain('标准');
  const shown = await rowOf('二楼');
  expect(shown.getByText('第 4 版')).toBeDefined();
  expect(shown.getByText(/^李强 · /)).toBeDefined();
  expect(shown.getByText(/草稿有未发布的修改/)).toBeDefined();
});

test('[BRD21] a template becomes a board, and the editor opens', async () => {
  const { go } = renderPage(<BoardsPage />);
  await rowOf('热线');
  fireEvent.click(button('新建看板'));
  fireEvent.click(screen.getByLabelText(/^座席墙/));
  fireEvent.change(screen.getByLabelText('名称'), { target: { value: ' 一楼 ' } });
  await waitFor(() => expect(button('创建').getAttribute('aria-disabled')).toBeNull());
  fireEvent.click(button('创建'));
  await waitFor(() => expect(go).toHaveBeenCalledWith('/boards/new'));
  expect(api.asked.find(({ method }) => method === 'POST')?.body).toMatchObject({
    ...{ site: 'main', name: '一楼' },
    board: { profile: 'agents', pages: [{ name: '实时' }] },
  });
});

test('[BRD24] a file with faults is not imported, and its faults stand with their places', async () => {
  renderPage(<BoardsPage />);
  await rowOf('热线');
  fireEvent.click(button('导入'));
  const choose = (json: unknown) => {
    const file = new File([JSON.stringify(json)], 'b.json', { type: 'application/json' });
    // jsdom's files cannot be read.
    Object.assign(file, { text: async () => JSON.stringify(json) });
    fireEvent.change(screen.getByLabelText('看板文件（JSON）'), { target: { files: [file] } });
  };
  choose({ site: 'main', name: '热线', board: { ...A_BOARD, pages: [{ ...A_BOARD.pages[0], seconds: 1 }] } });
  expect(await screen.findByText('board.pages.0.seconds')).toBeDefined();
  expect(screen.getByText('第 1 页')).toBeDefined();
  const last = () => screen.getAllByRole('button', { name: '导入' }).at(-1) as HTMLElement;
  const submit = () => fireEvent.click(last());
  submit();
  choose({ site: 'elsewhere', name: '热线二', board: A_BOARD });
  expect(await screen.findByText(/文件来自中心“elsewhere”/)).toBeDefined();
  expect(api.asked.filter(({ method }) => method === 'POST')).toEqual([]);
  await waitFor(() => expect(last().getAttribute('aria-disabled')).toBeNull());
  submit();
  expect(await screen.findByText('“热线二”已导入')).toBeDefined();
  expect(api.asked.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([
    { site: 'main', name: '热线二', board: A_BOARD },
  ]);
});

test('[BRD29] duplicate, export and delete; deleting is asked first', async () => {
  api.answer('get', '/api/v1/boards/b2/file', { site: 'main', name: '二楼', board: A_BOARD } as never);
  api.answer('delete', '/api/v1/boards/b2', {});
  const saved = vi.fn();
  Object.assign(URL, { createObjectURL: (blob: Blob) => `blob:${saved(blob.type)}`, revokeObjectURL() {} });
  renderPage(<BoardsPage />);
  await rowOf('二楼');
  fireEvent.click(button('复制“二楼”'));
  expect(await screen.findByText('已复制为“二楼 副本”')).toBeDefined();
  fireEvent.click(button('导出“二楼”'));
  await waitFor(() => expect(saved).toHaveBeenCalledWith('application/json;charset=utf-8'));
  fireEvent.click(button('删除“二楼”'));
  expect(screen.getByText(/显示它的大屏会改为标准看板/)).toBeDefined();
  expect(api.asked.some(({ method }) => method === 'DELETE')).toBe(false);
  fireEvent.click(button('删除'));
  expect(await screen.findByText('“二楼”已删除')).toBeDefined();
});

test('[BRD28] who may not publish may not delete, and is told so', async () => {
  api.session = sessionOf('analyst');
  renderPage(<BoardsPage />);
  await rowOf('二楼');
  const remove = button('删除“二楼”');
  expect(remove.getAttribute('aria-disabled')).toBe('true');
  fireEvent.click(remove);
  expect(screen.queryByRole('dialog')).toBeNull();
});

import { fireEvent, screen, within } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import { sessionOf } from '../testing/given-session.tsx';
import { fakeApi, renderPage } from '../testing/render-access.tsx';
import { ScreensPage } from './screens-page.tsx';
import { A_SCREEN } from './testing-screen.ts';

const api = fakeApi(sessionOf('supervisor'));
const fleetOf = (...screens: readonly unknown[]) => ({ asOf: 1_000_000, build: 'a', screens }) as never;

beforeEach(() => {
  history.replaceState(null, '', '/screens');
  api.answer('get', '/api/v1/sites', { sites: [{ id: 'main', name: '客服中心' }] });
  api.answer('get', '/api/v1/sites/main/queues', { queues: [{ id: '600', name: '订单' }] });
  api.answer('get', '/api/v1/sites/main/teams', { teams: [] });
  api.answer('get', '/api/v1/boards', { boards: [] });
});

const rowOf = async (name: string) => within((await screen.findByText(name)).closest('tr') as HTMLElement);

test('[TV17] the fleet says of each TV how it is, and which one is silent', async () => {
  const off = { ...A_SCREEN, id: 's2', number: 4, name: '二楼', state: 'offline' };
  const waiting = { ...A_SCREEN, id: 's3', number: 5, name: '一楼', state: 'waiting', report: null };
  api.answer('get', '/api/v1/screens', fleetOf(A_SCREEN, off, waiting));
  renderPage(<ScreensPage />);
  const on = await rowOf('三楼东侧');
  for (const text of ['在线', '看板', '数据新鲜', '1920×1080 · 50 MB', '10.0.0.7', '王芳', '1 秒前绘制'])
    expect(on.getByText(text)).toBeDefined();
  expect((await rowOf('二楼')).getByText(/起离线$/)).toBeDefined();
  expect((await rowOf('一楼')).getByText('等待首次连接')).toBeDefined();
});

test('[TV17] an order is told as under way, not as done', async () => {
  api.answer('get', '/api/v1/screens', fleetOf(A_SCREEN));
  api.answer('post', '/api/v1/screens/s1/orders', A_SCREEN as never);
  renderPage(<ScreensPage />);
  await rowOf('三楼东侧');
  api.answer('get', '/api/v1/screens', fleetOf({ ...A_SCREEN, reload: { at: 999_999, doneAt: null } }));
  fireEvent.click(screen.getByRole('button', { name: '刷新“三楼东侧”' }));
  expect(await screen.findByText('等待刷新…')).toBeDefined();
  expect(api.asked).toContainEqual({ method: 'POST', path: '/api/v1/screens/s1/orders', body: { order: 'reload' } });
});

test('[TV19] a phone that read the code off the TV goes on at once, and says which TV it is', async () => {
  history.replaceState(null, '', '/screens?code=ACDEFG');
  api.answer('get', '/api/v1/screens', fleetOf());
  api.answer('get', '/api/v1/pairings/ACDEFG', {
    ...{ from: '10.0.0.7', width: 3840, height: 2160, language: 'en', expiresAt: 0 },
  });
  api.answer('post', '/api/v1/screens', A_SCREEN as never);
  renderPage(<ScreensPage />);
  expect(await screen.findByText('这台大屏来自 10.0.0.7，分辨率 3840×2160')).toBeDefined();
  fireEvent.click(await screen.findByRole('button', { name: '绑定' }));
  expect(await screen.findByText('请填写')).toBeDefined();
  fireEvent.change(screen.getByLabelText('名称'), { target: { value: ' 三楼东侧 ' } });
  fireEvent.click(screen.getByRole('button', { name: '绑定' }));
  expect(await screen.findByText('“三楼东侧”已绑定，数字马上显示')).toBeDefined();
  expect(api.asked.find(({ method, path }) => method === 'POST' && path === '/api/v1/screens')?.body).toMatchObject({
    ...{ code: 'ACDEFG', name: '三楼东侧', site: 'main', board: 'standard', queues: null, teams: null },
    options: { language: 'en', off: null, hasChime: false },
  });
  expect(location.search).toBe('');
});

test('[TV19] a code that no TV shows is refused in the words of the page', async () => {
  api.answer('get', '/api/v1/screens', fleetOf());
  api.refuse('get', '/api/v1/pairings/ACDEFG', 404, 'screen.codeWrong');
  renderPage(<ScreensPage />);
  fireEvent.click(await screen.findByRole('button', { name: '绑定大屏' }));
  fireEvent.change(screen.getByLabelText('绑定码'), { target: { value: 'acd' } });
  fireEvent.click(screen.getByRole('button', { name: '下一步' }));
  expect(await screen.findByText('请输入大屏上显示的六位字符')).toBeDefined();
  fireEvent.change(screen.getByLabelText('绑定码'), { target: { value: 'ACD EFG' } });
  fireEvent.click(screen.getByRole('button', { name: '下一步' }));
  expect(await screen.findByText(/没有大屏显示此绑定码/)).toBeDefined();
});

test('[TV18] a TV that somebody else changed meanwhile keeps what was typed', async () => {
  api.answer('get', '/api/v1/screens', fleetOf(A_SCREEN));
  api.refuse('put', '/api/v1/screens/s1', 409, 'access.conflict');
  renderPage(<ScreensPage />);
  fireEvent.click(await screen.findByRole('button', { name: '修改“三楼东侧”' }));
  fireEvent.change(screen.getByLabelText('名称'), { target: { value: '四楼' } });
  fireEvent.click(screen.getByRole('button', { name: '保存' }));
  expect(await screen.findByText('其间已被他人修改')).toBeDefined();
  expect((screen.getByLabelText('名称') as HTMLInputElement).value).toBe('四楼');
});

const boardOf = (id: string, name: string, over: object = {}) => ({
  ...{ id, name, site: 'main', version: 1, updatedAt: 0, updatedBy: '王芳' },
  published: { number: 1, at: 0, by: '王芳', isDraft: true },
  ...over,
});

test('[BRD17] a TV is offered the public boards of its site, and one that shows another board is told of', async () => {
  const boards = [
    boardOf('b1', '早班'),
    boardOf('b2', '草稿', { published: null }),
    boardOf('b3', '别处', { site: 'north' }),
  ];
  api.answer('get', '/api/v1/boards', { boards });
  const report = { ...A_SCREEN.report, board: 'standard' };
  api.answer('get', '/api/v1/screens', fleetOf({ ...A_SCREEN, board: 'b1', report }));
  api.answer('put', '/api/v1/screens/s1', A_SCREEN as never);
  renderPage(<ScreensPage />);
  const row = await rowOf('三楼东侧');
  expect(await row.findByText('早班')).toBeDefined();
  expect(row.getByText('实际显示：标准看板')).toBeDefined();
  fireEvent.click(row.getByRole('button', { name: '修改“三楼东侧”' }));
  const choice = (await screen.findByLabelText('看板')) as HTMLSelectElement;
  expect(choice.value).toBe('b1');
  expect([...choice.options].map(({ textContent }) => textContent)).toEqual(['标准看板', '早班']);
  fireEvent.change(choice, { target: { value: 'standard' } });
  fireEvent.change(choice, { target: { value: 'b1' } });
  fireEvent.click(screen.getByRole('button', { name: '保存' }));
  await screen.findByText('“三楼东侧”已保存');
  expect(api.asked.find(({ method }) => method === 'PUT')?.body).toMatchObject({ board: 'b1' });
});

import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import type { Token } from '../../../shared/api-access.ts';
import { EVERYWHERE } from '../../../shared/policy.ts';
import { sessionOf } from '../testing/given-session.tsx';
import { fakeApi, renderPage } from '../testing/render-access.tsx';
import { TokensPage } from './tokens-page.tsx';

const api = fakeApi(sessionOf('administrator'));
const DAY_MS = 86_400_000;

const token = (id: string, over: Partial<Token> = {}): Token => ({
  ...{ id, name: `脚本${id}`, rights: ['numbers.view'], scope: EVERYWHERE, createdAt: 0, createdBy: '王芳' },
  ...{ expiresAt: null, usedAt: null, ...over },
});

beforeEach(() => {
  api.answer('get', '/api/v1/tokens', {
    tokens: [
      token('1'),
      token('2', {
        expiresAt: Date.now() + 5.5 * DAY_MS,
        rights: ['numbers.view', 'agents.view', 'contacts.view', 'audit.view'],
      }),
      token('3', { expiresAt: Date.now() - 1, scope: { sites: null, queues: ['600'], teams: null } }),
    ],
  });
  api.answer('get', '/api/v1/sites', { sites: [{ id: 'main', name: '华东' }] });
  api.answer('get', '/api/v1/sites/main/queues', { queues: [{ id: '600', name: '订单查询' }] });
  api.answer('get', '/api/v1/sites/main/teams', { teams: [] });
});

const sent = (method: string) => api.asked.filter((one) => one.method === method);
const rows = () => [...document.querySelectorAll('.list tbody tr')].map((row) => row.textContent ?? '');

test('[ACC59] the list says what each may, where, and how long', async () => {
  renderPage(<TokensPage />);
  await waitFor(() => expect(rows()).toHaveLength(3));
  expect(rows()[0]).toContain('长期有效从未使用');
  expect(rows()[1]).toContain('数字、座席状态、来电 等，另有 1 项');
  expect(rows()[1]).toContain('6 天后到期');
  await waitFor(() => expect(rows()[2]).toContain('队列：订单查询'));
  expect(rows()[2]).toContain('已过期');
});

test('[ACC59] the secret is shown once, and goes only when somebody says they have it', async () => {
  api.answer('post', '/api/v1/tokens', { ...token('9'), secret: 'fct_secret' });
  renderPage(<TokensPage />);
  fireEvent.click(await screen.findByRole('button', { name: '新建令牌' }));
  fireEvent.change(screen.getByLabelText('用途'), { target: { value: '日报' } });
  fireEvent.change(screen.getByLabelText('有效期'), { target: { value: '365' } });
  fireEvent.click(screen.getByRole('checkbox', { name: /^座席状态/ }));
  fireEvent.click(screen.getByRole('button', { name: '创建令牌' }));
  const secret = await screen.findByLabelText('令牌密钥');
  expect(secret).toHaveProperty('value', 'fct_secret');
  expect(sent('POST').map(({ body }) => body)).toEqual([
    { name: '日报', rights: ['numbers.view', 'agents.view'], scope: EVERYWHERE, expiresInDays: 365 },
  ]);
  fireEvent.keyDown(secret, { key: 'Escape' });
  expect(screen.getByLabelText('令牌密钥')).toBeDefined();
  expect(screen.queryByRole('button', { name: '关闭' })).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: '已妥善保存' }));
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(document.body.textContent).not.toContain('fct_secret');
});

test('[ACC59] a token without a right or a purpose is not sent', async () => {
  renderPage(<TokensPage />);
  fireEvent.click(await screen.findByRole('button', { name: '新建令牌' }));
  fireEvent.click(screen.getByRole('checkbox', { name: /^数字/ }));
  fireEvent.click(screen.getByRole('button', { name: '创建令牌' }));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('用途')));
  expect(screen.getByText('至少选择一项权限')).toBeDefined();
  expect(sent('POST')).toEqual([]);
});

test('[ACC49] only rights that the maker has are offered', async () => {
  const { who } = sessionOf('viewer');
  api.session = { ...sessionOf('viewer'), who: who && { ...who, rights: ['numbers.view', 'token.manage'] } };
  renderPage(<TokensPage />);
  fireEvent.click(await screen.findByRole('button', { name: '新建令牌' }));
  await waitFor(() =>
    expect(within(screen.getByRole('group', { name: /^权限/ })).getAllByRole('checkbox')).toHaveLength(2),
  );
});

test('[ACC59] revoking asks first, and a failure leaves it as it is', async () => {
  api.refuse('delete', '/api/v1/tokens/1', 503, 'database.unreachable');
  renderPage(<TokensPage />);
  fireEvent.click(await screen.findByRole('button', { name: '吊销“脚本1”' }));
  const dialog = await screen.findByRole('dialog');
  expect(sent('DELETE')).toEqual([]);
  fireEvent.click(within(dialog).getByRole('button', { name: '吊销' }));
  await waitFor(() => expect(within(dialog).getByRole('alert').textContent).toContain('数据库暂时无法访问'));
  api.answer('delete', '/api/v1/tokens/1', {});
  fireEvent.click(within(dialog).getByRole('button', { name: '吊销' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(screen.getByText('“脚本1”已吊销')).toBeDefined();
});

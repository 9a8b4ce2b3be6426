import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { sessionOf } from '../testing/given-session.tsx';
import { fakeApi, renderPage } from '../testing/render-access.tsx';
import { AccountMenu } from './account-menu.tsx';

const api = fakeApi(sessionOf('administrator'));
const sent = (method: string) => api.asked.filter((one) => one.method === method).map(({ path, body }) => [path, body]);
const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

async function open() {
  const summary = (await screen.findByTitle('账号')).closest('summary') as HTMLElement;
  const menu = summary.closest('details') as HTMLDetailsElement;
  menu.open = true;
  return { menu, summary };
}

test('[ACC52] who, their role, and only the pages that are theirs', async () => {
  renderPage(<AccountMenu />);
  const { menu } = await open();
  expect(menu.textContent).toContain('管理员 · wangfang');
  expect(
    within(menu)
      .getAllByRole('link')
      .map((link) => link.getAttribute('href')),
  ).toEqual(['/breaks', '/people', '/tokens', '/audit', '/boards', '/screens']);
});

test('[ACC52] a team lead has the break desk and no pages of administration', async () => {
  api.session = sessionOf('teamLead');
  renderPage(<AccountMenu />);
  const { menu } = await open();
  expect(menu.textContent).toContain('班长');
  expect(
    within(menu)
      .queryAllByRole('link')
      .map((link) => link.getAttribute('href')),
  ).toEqual(['/breaks']);
});

test('[ACC52] Esc closes the menu and gives the focus back', async () => {
  renderPage(<AccountMenu />);
  const { menu, summary } = await open();
  fireEvent.keyDown(within(menu).getByText('退出登录'), { key: 'Escape' });
  expect(menu.open).toBe(false);
  expect(document.activeElement).toBe(summary);
});

test.each([
  ['退出登录', '/api/v1/session'],
  ['退出所有设备', '/api/v1/sessions'],
])('[ACC52] %s ends it on the server and goes to sign-in', async (name, path) => {
  api.answer('delete', path, {});
  const { go } = renderPage(<AccountMenu />);
  await open();
  fireEvent.click(screen.getByRole('button', { name }));
  await waitFor(() => expect(go).toHaveBeenCalledWith('/sign-in'));
  expect(sent('DELETE')).toEqual([[path, null]]);
});

test('[ACC52] a sign-out that failed is no sign-out', async () => {
  api.break('delete', '/api/v1/session');
  const { go } = renderPage(<AccountMenu />);
  await open();
  fireEvent.click(screen.getByRole('button', { name: '退出登录' }));
  expect((await screen.findByText(/服务器没有应答/)).getAttribute('role')).toBe('alert');
  expect(go).not.toHaveBeenCalled();
});

test('[ACC52] the own password is changed with the current one; a wrong one is told at its field', async () => {
  api.refuse('put', '/api/v1/session/password', 401, 'auth.wrong');
  renderPage(<AccountMenu />);
  await open();
  fireEvent.click(screen.getByRole('button', { name: '修改密码' }));
  await screen.findByLabelText('当前密码');
  type('当前密码', 'old one');
  type('新密码', 'correct horse battery');
  const change = () => fireEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: '修改密码' }));
  change();
  expect(await screen.findByText('密码不正确')).toBeDefined();
  expect(document.activeElement).toBe(screen.getByLabelText('当前密码'));
  expect(screen.getByLabelText('新密码')).toHaveProperty('value', 'correct horse battery');

  api.answer('put', '/api/v1/session/password', {});
  change();
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(screen.getByText(/密码已修改/)).toBeDefined();
  expect(sent('PUT').at(-1)).toEqual([
    '/api/v1/session/password',
    { current: 'old one', next: 'correct horse battery' },
  ]);
});

test('[ACC53] two-step sign-in is switched on with the code of the phone; the key is there as picture and text', async () => {
  const secret = 'JBSWY3DPEHPK3PXP';
  api.answer('post', '/api/v1/session/totp', { secret, uri: `otpauth://totp/Floorcast:wangfang?secret=${secret}` });
  api.refuse('put', '/api/v1/session/totp', 401, 'auth.wrong');
  renderPage(<AccountMenu />);
  await open();
  fireEvent.click(screen.getByRole('button', { name: /两步验证/ }));
  const picture = await screen.findByRole('img', { name: '两步验证二维码' });
  // 81 characters at level M need version 5, 37 modules, and four of white on each side.
  expect(picture.getAttribute('viewBox')).toMatch(/^0 0 (41|45) (41|45)$/);
  expect(screen.getByLabelText('无法扫码时，手动输入此密钥')).toHaveProperty('value', 'JBSW Y3DP EHPK 3PXP');
  type('六位验证码', '123456');
  type('密码', 'right');
  const on = screen.getByRole('button', { name: '开启两步验证' });
  fireEvent.click(on);
  expect(await screen.findByText(/密码或验证码不正确/)).toBeDefined();
  api.answer('put', '/api/v1/session/totp', {});
  type('六位验证码', '654321');
  fireEvent.click(on);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent('PUT').map(([, body]) => body)).toEqual([
    { password: 'right', code: '123456' },
    { password: 'right', code: '654321' },
  ]);
});

test('[ACC53] switched off with the password alone', async () => {
  api.session = {
    ...sessionOf('supervisor'),
    person: { login: 'wangfang', role: 'supervisor', isLocal: true, hasTotp: true, mustChangePassword: false },
  };
  api.answer('put', '/api/v1/session/totp', {});
  renderPage(<AccountMenu />);
  await open();
  fireEvent.click(screen.getByRole('button', { name: /两步验证.*已开启/ }));
  const off = await screen.findByRole('button', { name: '关闭两步验证' });
  fireEvent.click(off);
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('密码')));
  expect(sent('PUT')).toEqual([]);
  type('密码', 'right');
  fireEvent.click(off);
  await waitFor(() => expect(sent('PUT')).toEqual([['/api/v1/session/totp', { password: 'right', code: null }]]));
});

test('[ACC42] before it is set up there is the way to set it up instead', async () => {
  api.session = { ...sessionOf('administrator'), isSetUp: false, canSetUp: true, person: null };
  renderPage(<AccountMenu />);
  expect((await screen.findByRole('link', { name: '初始化' })).getAttribute('href')).toBe('/setup');
});

import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { EVERYWHERE, RIGHTS } from '../../../shared/policy.ts';
import { SIGNED_OUT, sessionOf } from '../testing/given-session.tsx';
import { fakeApi, renderPage } from '../testing/render-access.tsx';
import { SetUpPage } from './set-up-page.tsx';

const NEW = sessionOf('viewer', EVERYWHERE, {
  ...{ isSetUp: false, canSetUp: true, person: null },
  who: { kind: 'anybody', id: '', name: '', rights: [...RIGHTS], scope: EVERYWHERE },
});
const api = fakeApi(NEW);

const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });
const submit = () => fireEvent.click(screen.getByRole('button', { name: '创建管理员' }));
const sent = () => api.asked.filter(({ path }) => path === '/api/v1/setup').map(({ body }) => body);

async function fillIn() {
  await screen.findByLabelText('姓名');
  type('姓名', ' 王芳 ');
  type('登录名', 'WangFang');
  type('密码', 'correct horse battery');
}

test('[ACC40] on this machine the first administrator needs no code, and begins on the start page', async () => {
  api.answer('post', '/api/v1/setup', {});
  const { go } = renderPage(<SetUpPage />);
  await fillIn();
  expect(screen.queryByLabelText('初始化码')).toBeNull();
  expect(screen.getByLabelText('密码').getAttribute('autocomplete')).toBe('new-password');
  submit();
  await waitFor(() => expect(go).toHaveBeenCalledWith('/'));
  expect(sent()).toEqual([{ name: ' 王芳 ', login: 'WangFang', password: 'correct horse battery' }]);
});

test('[ACC40] from another machine it asks for the code of the log, and keeps everything when it is wrong', async () => {
  api.session = { ...NEW, needsSetUpCode: true };
  api.refuse('post', '/api/v1/setup', 403, 'setup.codeWrong');
  const { go } = renderPage(<SetUpPage />);
  await fillIn();
  submit();
  const code = screen.getByLabelText('初始化码');
  await waitFor(() => expect(document.activeElement).toBe(code));
  expect(sent()).toEqual([]);
  type('初始化码', ' abcd-1234 ');
  submit();
  await waitFor(() => expect(sent()).toHaveLength(1));
  expect(sent()[0]).toMatchObject({ code: 'abcd-1234' });
  await waitFor(() => expect(screen.getByText(/请查看服务器最近一次启动的日志/)).toBeDefined());
  expect(document.activeElement).toBe(code);
  expect(screen.getByLabelText('密码')).toHaveProperty('value', 'correct horse battery');
  expect(go).not.toHaveBeenCalled();
});

test('[ACC40] what does not fit is said at its field, the first of them has the keyboard', async () => {
  renderPage(<SetUpPage />);
  await screen.findByLabelText('姓名');
  type('登录名', 'two words');
  type('密码', 'short');
  submit();
  const name = screen.getByLabelText('姓名');
  await waitFor(() => expect(document.activeElement).toBe(name));
  const errorOf = (label: string) =>
    document.getElementById(screen.getByLabelText(label).getAttribute('aria-describedby')?.split(' ')[0] ?? '')
      ?.textContent;
  expect(['姓名', '登录名', '密码'].map(errorOf)).toEqual([
    '请填写',
    '2 到 64 个字符：文字、数字以及 . _ @ -',
    '至少 10 个字符',
  ]);
  expect(sent()).toEqual([]);
});

test('[ACC40] a password that everybody uses is refused at its field', async () => {
  api.refuse('post', '/api/v1/setup', 422, 'auth.passwordWeak');
  renderPage(<SetUpPage />);
  await fillIn();
  submit();
  expect(await screen.findByText(/^太常见/)).toBeDefined();
  expect(document.activeElement).toBe(screen.getByLabelText('密码'));
});

test('[ACC41] what is set up already is not set up again', async () => {
  api.session = SIGNED_OUT;
  renderPage(<SetUpPage />);
  expect((await screen.findByRole('link', { name: '登录' })).getAttribute('href')).toBe('/sign-in');
  expect(screen.queryByRole('textbox')).toBeNull();
});

test('[ACC41] somebody else was faster: the form says so and leads to sign-in', async () => {
  api.refuse('post', '/api/v1/setup', 409, 'setup.done');
  renderPage(<SetUpPage />);
  await fillIn();
  submit();
  await waitFor(() => expect(screen.getByRole('alert').querySelector('a')?.getAttribute('href')).toBe('/sign-in'));
});

test('[ACC41] from where it may not be set up there is no form', async () => {
  api.session = { ...NEW, canSetUp: false, who: null };
  renderPage(<SetUpPage />);
  expect(await screen.findByText('请在服务器上完成初始化')).toBeDefined();
  expect(screen.queryByRole('textbox')).toBeNull();
});

import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SIGNED_OUT, sessionOf } from '../testing/given-session.tsx';
import { fakeApi, renderPage } from '../testing/render-access.tsx';
import { nextAddress, signInAddress } from './go.ts';
import { SignInPage } from './sign-in-page.tsx';
import { SignOnReturnPage } from './single-sign-on.tsx';

const api = fakeApi(SIGNED_OUT);
const PATH = '/api/v1/session';
const SIGN_ON = '/api/v1/session/single-sign-on';

beforeEach(() => history.replaceState(null, '', '/sign-in?next=%2Ffloor%3Fsite%3Dmain'));
afterEach(() => vi.useRealTimers());

const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });
const submit = () => fireEvent.click(screen.getByRole('button', { name: '登录' }));
const sent = () => api.asked.filter(({ method }) => method === 'POST').map(({ body }) => body);

describe('[ACC43] next leads to a page of this server and nowhere else', () => {
  const origin = 'https://wall.example';
  test.each([
    ['/floor?site=main#x', `${origin}/floor?site=main#x`],
    ['/', `${origin}/`],
    ['', `${origin}/`],
    ['https://evil.example/', `${origin}/`],
    ['//evil.example/floor', `${origin}/`],
    ['/\\evil.example', `${origin}/`],
    ['/\t/evil.example', `${origin}/`],
    ['javascript:alert(1)', `${origin}/`],
    ['floor', `${origin}/`],
    ['/sign-in?next=/floor', `${origin}/`],
    // A path that begins with two slashes stays a path: the address is absolute.
    ['/.//evil.example', `${origin}//evil.example`],
  ])('%s', (next, address) => {
    expect(nextAddress(`?${new URLSearchParams({ next })}`, origin)).toBe(address);
    expect(new URL(nextAddress(`?${new URLSearchParams({ next })}`, origin)).origin).toBe(origin);
  });

  test('where somebody comes from is where they go back to', () => {
    const here = { pathname: '/floor', search: '?site=a%26b&lang=en', hash: '' };
    const address = new URL(signInAddress(here), origin);
    expect(address.pathname).toBe('/sign-in');
    expect(nextAddress(address.search, origin)).toBe(`${origin}/floor?site=a%26b&lang=en`);
    expect(signInAddress({ pathname: '/', search: '', hash: '' })).toBe('/sign-in');
  });
});

test('[ACC43] signs in with login and password and goes on', async () => {
  api.answer('post', PATH, {});
  const { go } = renderPage(<SignInPage />);
  expect(screen.getByLabelText('登录名').getAttribute('autocomplete')).toBe('username');
  expect(screen.getByLabelText('密码').getAttribute('autocomplete')).toBe('current-password');
  expect(document.activeElement).toBe(screen.getByLabelText('登录名'));
  type('登录名', 'wangfang');
  type('密码', 'correct horse');
  submit();
  await waitFor(() => expect(go).toHaveBeenCalledWith(`${location.origin}/floor?site=main`));
  expect(sent()).toEqual([{ login: 'wangfang', password: 'correct horse' }]);
});

test('[ACC43] who is signed in already goes on at once', async () => {
  api.session = sessionOf('viewer');
  const { go } = renderPage(<SignInPage />);
  await waitFor(() => expect(go).toHaveBeenCalledWith(`${location.origin}/floor?site=main`));
});

test('[ACC44] nothing is sent while a field is empty, and the keyboard stands in it', async () => {
  renderPage(<SignInPage />);
  type('登录名', 'wangfang');
  submit();
  const password = screen.getByLabelText('密码');
  await waitFor(() => expect(password.getAttribute('aria-invalid')).toBe('true'));
  expect(document.activeElement).toBe(password);
  expect(document.getElementById(password.getAttribute('aria-describedby') ?? '')?.textContent).toBe('请输入密码');
  expect(sent()).toEqual([]);
});

test('[ACC44] a wrong password is said and announced, what was typed stays', async () => {
  api.refuse('post', PATH, 401, 'auth.wrong');
  const { go } = renderPage(<SignInPage />);
  type('登录名', 'wangfang');
  type('密码', 'wrong');
  submit();
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('登录名或密码不正确'));
  expect(screen.getByLabelText('登录名')).toHaveProperty('value', 'wangfang');
  expect(screen.getByLabelText('密码')).toHaveProperty('value', 'wrong');
  expect(go).not.toHaveBeenCalled();
});

test('[ACC44] six digits are asked for only where the server asks; a wrong code is told from a missing one', async () => {
  api.refuse('post', PATH, 401, 'auth.codeNeeded');
  const { go } = renderPage(<SignInPage />);
  expect(screen.queryByLabelText('六位验证码')).toBeNull();
  type('登录名', 'wangfang');
  type('密码', 'right');
  submit();
  const code = await screen.findByLabelText('六位验证码');
  expect([code.getAttribute('autocomplete'), code.getAttribute('inputmode')]).toEqual(['one-time-code', 'numeric']);
  expect(document.activeElement).toBe(code);
  expect(screen.getByRole('alert').textContent).toBe('');
  expect(code.getAttribute('aria-invalid')).toBeNull();

  type('六位验证码', '12 34-56 7');
  expect(code).toHaveProperty('value', '123456');
  submit();
  await waitFor(() => expect(code.getAttribute('aria-invalid')).toBe('true'));
  expect(screen.getByText(/验证码不正确/)).toBeDefined();

  api.answer('post', PATH, {});
  type('六位验证码', '654321');
  submit();
  await waitFor(() => expect(go).toHaveBeenCalled());
  expect(sent()).toEqual([
    { login: 'wangfang', password: 'right' },
    { login: 'wangfang', password: 'right', code: '123456' },
    { login: 'wangfang', password: 'right', code: '654321' },
  ]);
});

/** What a shown page does of itself has begun: React puts effects off until after it has shown it. */
const effects = () => act(async () => {});

test('[ACC45] after too many attempts the seconds run down and nothing is sent before they are over', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  api.refuse('post', PATH, 429, 'auth.throttled', { retryAfterS: 65 });
  const { go } = renderPage(<SignInPage />);
  type('登录名', 'wangfang');
  type('密码', 'right');
  submit();
  const button = await screen.findByRole('button', { name: '请等待 1:05' });
  expect(screen.getByRole('alert').textContent).toContain('尝试次数过多');
  await effects();
  act(() => void vi.advanceTimersByTime(20_000));
  expect(button.textContent).toBe('请等待 0:45');
  fireEvent.submit(button.closest('form') as HTMLFormElement);
  expect(sent()).toHaveLength(1);

  act(() => void vi.advanceTimersByTime(45_000));
  expect(button.textContent).toBe('登录');
  api.answer('post', PATH, {});
  submit();
  await waitFor(() => expect(go).toHaveBeenCalled());
});

test('[ACC44] no answer is no verdict: it says so, and the second try goes through', async () => {
  api.break('post', PATH);
  const { go } = renderPage(<SignInPage />, 'en');
  type('Login', 'wangfang');
  type('Password', 'right');
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('What you typed is still here'));
  api.answer('post', PATH, {});
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(go).toHaveBeenCalled());
});

test('[ACC43] single sign-on is offered where there is one, and takes the way back along', async () => {
  api.session = { ...SIGNED_OUT, hasSingleSignOn: true };
  const { go } = renderPage(<SignInPage />);
  api.answer('post', SIGN_ON, { url: 'https://login.example.com/authorize?state=1' });
  fireEvent.click(await screen.findByRole('button', { name: '单点登录' }));
  await waitFor(() => expect(go).toHaveBeenCalledWith('https://login.example.com/authorize?state=1'));

  cleanup();
  history.replaceState(null, '', '/sign-in/return?code=c&state=1');
  api.answer('put', SIGN_ON, {});
  const back = renderPage(<SignOnReturnPage />);
  await waitFor(() => expect(back.go).toHaveBeenCalledWith(`${location.origin}/floor?site=main`));
  expect(api.asked.at(-1)).toMatchObject({ method: 'PUT', body: { query: 'code=c&state=1' } });
});

test('[ACC43] who comes back without being let in is told why, and can begin again', async () => {
  history.replaceState(null, '', '/sign-in/return?code=c&state=1');
  api.refuse('put', SIGN_ON, 403, 'signOn.unknown');
  renderPage(<SignOnReturnPage />, 'en');
  expect(await screen.findByText(/ask an administrator to add your login/)).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Back to sign-in' }).getAttribute('href')).toBe('/sign-in');
  expect(api.asked).toHaveLength(1);
});

test('[ACC44] a password can be looked at', () => {
  renderPage(<SignInPage />);
  const password = screen.getByLabelText('密码');
  const show = screen.getByRole('button', { name: '显示密码' });
  expect(password.getAttribute('type')).toBe('password');
  fireEvent.click(show);
  expect([password.getAttribute('type'), show.getAttribute('aria-pressed')]).toEqual(['text', 'true']);
});

import { act, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { Right } from '../../../shared/policy.ts';
import { SIGNED_OUT, sessionOf } from '../testing/given-session.tsx';
import { fakeApi, renderPage } from '../testing/render-access.tsx';
import { fetchPeople } from './access-api.ts';
import { Desk } from './desk.tsx';
import { useMay, useSession, useWho } from './session.tsx';
import { WallAccess } from './wall-signed-out.tsx';

const api = fakeApi(sessionOf('teamLead', { sites: ['main'], queues: null, teams: ['一组'] }));
afterEach(() => vi.useRealTimers());

let painted = 0;
function Probe({ right }: { right: Right }) {
  painted += 1;
  const may = useMay();
  const { hasFailed } = useSession();
  return (
    <p>
      {useWho()?.name ?? 'nobody'} {String(may(right))} {String(may(right, { site: 'west' }))} {String(hasFailed)}
    </p>
  );
}

test('[ACC49] rights hold where the scope says', async () => {
  renderPage(<Probe right="agents.view" />);
  expect(screen.getByText('nobody false false false')).toBeDefined();
  expect(await screen.findByText('王芳 true false false')).toBeDefined();
});

test('[ACC46] coming back to a page asks again, and the same answer paints nothing', async () => {
  renderPage(<Probe right="agents.view" />);
  await screen.findByText('王芳 true false false');
  const before = painted;
  const answered = vi.spyOn(JSON, 'stringify');
  act(() => void window.dispatchEvent(new Event('focus')));
  await waitFor(() => expect(answered).toHaveBeenCalled());
  expect(painted).toBe(before);

  api.session = sessionOf('viewer');
  act(() => void window.dispatchEvent(new Event('focus')));
  expect(await screen.findByText('王芳 false false false')).toBeDefined();
});

test('[ACC46] a refused request asks who is there', async () => {
  renderPage(<Probe right="agents.view" />);
  await screen.findByText('王芳 true false false');
  api.session = SIGNED_OUT;
  api.refuse('get', '/api/v1/people', 401, 'auth.needed');
  await act(() => expect(fetchPeople()).rejects.toMatchObject({ code: 'auth.needed' }));
  expect(await screen.findByText('nobody false false false')).toBeDefined();
});

test('[ACC46] a server that does not answer is asked again, what was known stays', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  renderPage(<Probe right="agents.view" />);
  await screen.findByText('王芳 true false false');
  api.break('get', '/api/v1/session');
  act(() => void window.dispatchEvent(new Event('focus')));
  await screen.findByText('王芳 true false true');
  api.answer('get', '/api/v1/session', JSON.parse(JSON.stringify(api.session)));
  act(() => void vi.advanceTimersByTime(5_000));
  expect(await screen.findByText('王芳 true false false')).toBeDefined();
});

const desk = (keepsPage: boolean) => (
  <Desk right="agents.view" keepsPage={keepsPage}>
    <input aria-label="draft" />
  </Desk>
);

test('[ACC47] a desk without a session signs in and comes back', async () => {
  history.replaceState(null, '', '/floor?site=main');
  api.session = SIGNED_OUT;
  const { go } = renderPage(desk(false));
  await waitFor(() => expect(go).toHaveBeenCalledWith('/sign-in?next=%2Ffloor%3Fsite%3Dmain'));
  expect(screen.queryByLabelText('draft')).toBeNull();
});

test('[ACC47] a session that ends over a draft is renewed over it', async () => {
  const { go } = renderPage(desk(true));
  const draft = await screen.findByLabelText('draft');
  (draft as HTMLInputElement).value = 'not saved yet';
  api.session = SIGNED_OUT;
  act(() => void window.dispatchEvent(new Event('focus')));
  expect(await screen.findByRole('dialog', { name: '请重新登录' })).toBeDefined();
  expect(screen.getByLabelText('draft')).toBe(draft);

  api.session = sessionOf('teamLead');
  act(() => void window.dispatchEvent(new Event('focus')));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(screen.getByLabelText('draft')).toHaveProperty('value', 'not saved yet');
  expect(go).not.toHaveBeenCalled();
});

test('[ACC47] before it is set up, who may not look begins on the start page', async () => {
  api.session = { ...SIGNED_OUT, isSetUp: false };
  const { go } = renderPage(desk(true));
  await waitFor(() => expect(go).toHaveBeenCalledWith('/'));
});

test('[ACC49] a page that is not theirs says so calmly', async () => {
  api.session = sessionOf('viewer');
  const { go } = renderPage(desk(false));
  expect(await screen.findByText('没有权限')).toBeDefined();
  expect(screen.queryByLabelText('draft')).toBeNull();
  expect(go).not.toHaveBeenCalled();
});

test('[ACC50] a password that an administrator chose is changed before anything is seen', async () => {
  const person = {
    login: 'wangfang',
    role: 'teamLead',
    isLocal: true,
    hasTotp: false,
    mustChangePassword: true,
  } as const;
  api.session = { ...sessionOf('teamLead'), person };
  renderPage(desk(false));
  expect(await screen.findByLabelText('当前密码')).toBeDefined();
  expect(screen.queryByLabelText('draft')).toBeNull();
});

test('[ACC46] a desk that knows nobody yet says that the server is away', async () => {
  api.break('get', '/api/v1/session');
  const { go } = renderPage(desk(false));
  expect(await screen.findByText('服务器没有应答')).toBeDefined();
  expect(go).not.toHaveBeenCalled();
});

test('[ACC48] a wall that may not look is quiet, goes nowhere, and is back by itself', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  api.session = { ...SIGNED_OUT, isSetUp: false };
  const { go } = renderPage(
    <WallAccess>
      <p>numbers</p>
    </WallAccess>,
  );
  // It does not wait for the question to show what it has.
  expect(screen.getByText('numbers')).toBeDefined();
  expect(await screen.findByText('此屏尚未登录')).toBeDefined();
  expect(screen.queryByText('numbers')).toBeNull();
  expect(go).not.toHaveBeenCalled();
  api.session = sessionOf('viewer');
  act(() => void vi.advanceTimersByTime(10_000));
  expect(await screen.findByText('numbers')).toBeDefined();
});

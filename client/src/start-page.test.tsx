import { act, renderHook, screen, waitFor } from '@testing-library/react';
import { HttpResponse, http, type JsonBodyType } from 'msw';
import { expect, test, vi } from 'vitest';
import { EVERYWHERE, RIGHTS } from '../../shared/policy.ts';
import { fetchSites } from './api.ts';
import { chooseSite, useSite } from './site-choice.ts';
import { StartPage } from './start-page.tsx';
import { SIGNED_OUT, sessionOf } from './testing/given-session.tsx';
import { fakeApi, renderPage } from './testing/render-access.tsx';

const server = fakeApi(sessionOf('viewer'));

const answer = (body: JsonBodyType, status = 200) =>
  server.use(http.get('/api/v1/sites', () => HttpResponse.json(body, { status })));
const addresses = () => screen.getAllByRole('link').map((link) => link.getAttribute('href'));

test('the site named main, else the first, else none', () => {
  expect(
    chooseSite([
      { id: 'a', name: 'A' },
      { id: 'main', name: 'M' },
    ]),
  ).toBe('main');
  expect(chooseSite([{ id: 'a', name: 'A' }])).toBe('a');
  expect(chooseSite([])).toBeNull();
});

test('an odd answer gives no sites, an error is an error', async () => {
  answer({ sites: [{ id: 'a', name: 'A' }, { id: 7 }, null, 'x'] });
  expect(await fetchSites()).toEqual([{ id: 'a', name: 'A' }]);
  answer([]);
  expect(await fetchSites()).toEqual([]);
  answer({}, 503);
  await expect(fetchSites()).rejects.toThrow('503');
  server.use(http.get('/api/v1/sites', () => HttpResponse.html('<h1>login</h1>')));
  await expect(fetchSites()).rejects.toThrow();
  server.use(http.get('/api/v1/sites', () => HttpResponse.error()));
  await expect(fetchSites()).rejects.toThrow();
});

test('a site in the address is not asked for', () => {
  const fetched = vi.spyOn(globalThis, 'fetch');
  const { result } = renderHook(() => useSite(new URLSearchParams('site=west')));
  expect(result.current).toBe('west');
  expect(fetched).not.toHaveBeenCalled();
});

test('a screen that started before the server asks until it is told a site', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    let asked = 0;
    server.use(
      http.get('/api/v1/sites', () => {
        asked += 1;
        if (asked === 1) return HttpResponse.error();
        if (asked === 2) return HttpResponse.json({ sites: [] });
        return HttpResponse.json({ sites: [{ id: 'north', name: '北' }] });
      }),
    );
    const query = new URLSearchParams();
    const { result } = renderHook(() => useSite(query));
    await vi.waitFor(async () => {
      await act(() => vi.advanceTimersByTimeAsync(5_000));
      expect(result.current).toBe('north');
    });
    await act(() => vi.advanceTimersByTimeAsync(20_000));
    expect(asked).toBe(3);
  } finally {
    vi.useRealTimers();
  }
});

test('links to both screens in both languages, also when the list of sites fails', async () => {
  answer({ sites: [{ id: 'north & east', name: '<b>华东</b>' }] });
  renderPage(<StartPage />);
  expect(addresses()).toEqual(['/wall?lang=zh-CN', '/wall?lang=en', '/floor?lang=zh-CN', '/floor?lang=en']);
  expect(await screen.findByText('<b>华东</b>')).toBeDefined();
  expect(addresses()[0]).toBe('/wall?site=north+%26+east&lang=zh-CN');
});

test('[ACC42] people, tokens and audit are there for those who may', async () => {
  answer({ sites: [] });
  server.session = sessionOf('administrator');
  renderPage(<StartPage />);
  await waitFor(() => expect(addresses()).toEqual(expect.arrayContaining(['/people', '/tokens', '/audit'])));
});

test('[ACC42] a manager reads the audit log and manages nobody', async () => {
  answer({ sites: [] });
  server.session = sessionOf('manager');
  renderPage(<StartPage />);
  await waitFor(() => expect(addresses()).toContain('/audit'));
  expect(addresses()).not.toContain('/people');
});

test('[ACC42] who is not signed in signs in', async () => {
  history.replaceState(null, '', '/');
  answer({ sites: [] });
  server.session = SIGNED_OUT;
  const { go } = renderPage(<StartPage />);
  await waitFor(() => expect(go).toHaveBeenCalledWith('/sign-in'));
  expect(screen.queryAllByRole('link')).toEqual([]);
});

test('[ACC42] before it is set up it works as ever, and invites', async () => {
  answer({ sites: [] });
  const who = { kind: 'anybody', id: '', name: '', rights: [...RIGHTS], scope: EVERYWHERE } as const;
  server.session = { ...SIGNED_OUT, isSetUp: false, canSetUp: true, who: { ...who, rights: [...RIGHTS] } };
  const { go } = renderPage(<StartPage />);
  await waitFor(() => expect(addresses()).toContain('/setup'));
  expect(addresses()).toContain('/wall?lang=zh-CN');
  expect(addresses()).not.toContain('/people');
  expect(go).not.toHaveBeenCalled();
});

test('[ACC42] before it is set up another machine is told where to go', async () => {
  answer({ sites: [] });
  server.session = { ...SIGNED_OUT, isSetUp: false };
  const { go } = renderPage(<StartPage />);
  expect(await screen.findByText(/请在运行 Floorcast 的电脑上打开本页/)).toBeDefined();
  expect(screen.queryAllByRole('link')).toEqual([]);
  expect(go).not.toHaveBeenCalled();
});

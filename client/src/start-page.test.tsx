import { act, render, renderHook, screen } from '@testing-library/react';
import { HttpResponse, http, type JsonBodyType } from 'msw';
import { setupServer } from 'msw/node';
import { I18nextProvider } from 'react-i18next';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { fetchSites } from './api.ts';
import { createI18n } from './i18n/i18n.ts';
import { chooseSite, useSite } from './site-choice.ts';
import { StartPage } from './start-page.tsx';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const answer = (body: JsonBodyType, status = 200) =>
  server.use(http.get('/api/v1/sites', () => HttpResponse.json(body, { status })));

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
  const page = render(
    <I18nextProvider i18n={createI18n('zh-CN')}>
      <StartPage />
    </I18nextProvider>,
  );
  expect(screen.getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual([
    '/wall?lang=zh-CN',
    '/wall?lang=en',
    '/floor?lang=zh-CN',
    '/floor?lang=en',
  ]);
  expect(await screen.findByText('<b>华东</b>')).toBeDefined();
  expect(screen.getAllByRole('link')[0]?.getAttribute('href')).toBe('/wall?site=north+%26+east&lang=zh-CN');
  page.unmount();
});

import { render, screen } from '@testing-library/react';
import { I18nextProvider } from 'react-i18next';
import { expect, test, vi } from 'vitest';
import { fetchSites } from './api.ts';
import { createI18n } from './i18n/i18n.ts';
import { chooseSite } from './site-choice.ts';
import { StartPage } from './start-page.tsx';

const answer = (body: unknown, status = 200) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(JSON.stringify(body), { status })),
  );

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

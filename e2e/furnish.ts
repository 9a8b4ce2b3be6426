/** What walks through a fresh installation begin with: its administrator, and a TV that asks to be paired. */
import type { Page } from 'playwright-core';
import { API } from '../shared/api.ts';
import type { browserForTests, Language, Screen } from './browser.ts';
import type { Product } from './product.ts';

export const ADMIN = { login: 'wangfang', name: '王芳', password: 'correct horse battery' };

/** PostgreSQL starts behind the boards. */
export const setUp = (product: Product): Promise<void> =>
  product.until(async ({ url }) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}${API.setUp.path}`, { method: 'POST', headers, body: JSON.stringify(ADMIN) });
    return answer.status === 200;
  });

/** Opens the wall as a TV does, and gives the code that it shows. */
export async function openTv(
  browser: ReturnType<typeof browserForTests>,
  url: string,
  language: Language,
): Promise<{ readonly tv: Screen; readonly code: string }> {
  const tv = await browser.open(`${url}/wall?site=main`, { language });
  const shown = await tv.page.waitForFunction(() => {
    const code = document.querySelector('.pairing__code')?.textContent ?? '';
    return /^\w{3} \w{3}$/.test(code) && code.replace(' ', '');
  });
  return { tv, code: String(await shown.jsonValue()) };
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** A text of the screens with its blanks filled. */
export const filled = (text: string, blanks: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(blanks[name] ?? ''));

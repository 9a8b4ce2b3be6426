/** Walks through a page as somebody without a mouse does. */
import type { Page } from 'playwright-core';

/** What a screen reader would call what has the focus, with the group it stands in before it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return '';
    const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
    const name = element.getAttribute('aria-label') ?? labels[0]?.textContent ?? element.textContent ?? '';
    const group = element.closest('fieldset')?.querySelector('legend')?.textContent;
    return `${group ? `${group} / ` : ''}${name}`.replaceAll(/\s+/g, ' ').trim();
  });

const MOST_STOPS = 120;

/** Presses Tab until what has the focus is called so. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    const here = await focused(page);
    if (name.test(here)) return;
    seen.push(here);
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${name}; it reaches ${[...new Set(seen)].join(' | ')}`);
}

export async function typeInto(page: Page, label: RegExp, text: string): Promise<void> {
  await tabTo(page, label);
  await page.keyboard.type(text);
}

export async function press(page: Page, name: RegExp, key = 'Enter'): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

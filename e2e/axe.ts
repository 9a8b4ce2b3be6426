import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** Serious and critical findings, each with its first places. */
export async function findings(page: Page): Promise<string[]> {
  // The page's own policy stays in force: axe comes through the debugger, not as a script of the page.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((): Promise<AxeResults> => Reflect.get(window, 'axe').run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${help} — ${html.slice(0, 200)} ${failureSummary}`),
    );
}

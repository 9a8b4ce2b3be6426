/** What a person reads off the screens. The only place of the tests that knows their markup. */
import type { Page } from 'playwright-core';

export const NOTHING = '--';

export interface QueueLine {
  readonly answered: string;
  readonly offered: string;
  readonly waiting: string;
}

/** The floor's table of queues by the name that it shows. Needs a window that is wide enough for today's counts. */
export function floorQueues(page: Page): Promise<Record<string, QueueLine>> {
  return page.evaluate(() => {
    const rows = document.querySelectorAll('.panel--queues .grid__row');
    return Object.fromEntries(
      [...rows].map((row) => {
        const text = (cell: string): string => row.querySelector(`.cell--${cell}`)?.textContent?.trim() ?? '';
        const [answered = '', offered = ''] = text('answered').split('/');
        const name = row.querySelector('.cell--name bdi')?.textContent ?? '';
        return [name, { answered: answered.trim(), offered: offered.trim(), waiting: text('waiting') }];
      }),
    );
  });
}

/** The floor's totals by their labels. */
export function floorTotals(page: Page): Promise<Record<string, string>> {
  return page.evaluate(() => {
    const totals = document.querySelectorAll('.total');
    return Object.fromEntries(
      [...totals].map((total) => [
        total.querySelector('.total__label')?.textContent ?? '',
        total.querySelector('.total__value .figure')?.textContent ?? '',
      ]),
    );
  });
}

/** The wall's page of queues; a wall shows several of them in turn, `?page=` holds one. */
export function wallQueues(page: Page): Promise<Record<string, QueueLine>> {
  return page.evaluate(() => {
    const rows = document.querySelectorAll('.queues__row:not(.queues__head)');
    return Object.fromEntries(
      [...rows].flatMap((row) => {
        const name = row.querySelector('.queues__name bdi')?.textContent;
        if (!name) return [];
        const [answered = '', offered = ''] = (row.querySelector('.queues__pair')?.textContent ?? '').split('/');
        const waiting = row.querySelector('.queues__figure')?.textContent?.trim() ?? '';
        return [[name, { answered: answered.trim(), offered: offered.trim(), waiting }]];
      }),
    );
  });
}

const FIGURES = ['.figure', '.grid__row .cell--waiting', '.grid__row .cell--free', '.grid__row .cell--since'].join();

/** Every large figure of the wall or the floor: none of them may be a number while the data cannot be trusted. */
export function figures(page: Page): Promise<string[]> {
  return page.evaluate(
    (selector) => [...document.querySelectorAll(selector)].map((figure) => figure.textContent?.trim() ?? ''),
    FIGURES,
  );
}

/** Resolves when every figure is withheld and the screen says this of the reason. */
export async function untilStale(page: Page, reason: string, withinMs: number): Promise<void> {
  await page.waitForFunction(
    ({ selector, nothing, why }) => {
      const shown = [...document.querySelectorAll(selector)];
      const alert = document.querySelector('[role="alert"]')?.textContent ?? '';
      return shown.length > 5 && shown.every((one) => one.textContent?.trim() === nothing) && alert.includes(why);
    },
    { selector: FIGURES, nothing: NOTHING, why: reason },
    { timeout: withinMs },
  );
}

/** Resolves when the screen trusts its numbers again and shows some. */
export async function untilFresh(page: Page, withinMs = 30_000): Promise<void> {
  const fresh = page.waitForFunction(
    () =>
      document.querySelector('[data-freshness="fresh"]') !== null &&
      document.querySelector('[role="alert"]') === null &&
      [...document.querySelectorAll('.figure')].some((one) => /\d/.test(one.textContent ?? '')),
    null,
    { timeout: withinMs },
  );
  await fresh.catch(async (cause: unknown) => {
    const shown = await page.evaluate(() => (document.body.textContent ?? '').replace(/\s+/g, ' ').slice(0, 600));
    throw new Error(`${page.url()} is not fresh after ${withinMs} ms; it shows: ${shown}`, { cause });
  });
}

/** How far the page reaches beyond its window, in pixels. */
export function overflow(page: Page): Promise<{ x: number; y: number }> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    return { x: scrollWidth - clientWidth, y: scrollHeight - clientHeight };
  });
}

export interface WallLook {
  /** What the wall says of its numbers; null while it shows no board. */
  readonly level: string | null;
  /** When this page was loaded; another one is another page. */
  readonly loadedAt: number;
  /** Figures by what they are: `waiting` of the site, `Sales.waiting` of a queue. */
  readonly figures: Readonly<Record<string, string>>;
}

/** Everything that a wall says in figures and somebody else can know, as of one moment. */
export function lookAtWall(page: Page): Promise<WallLook> {
  return page.evaluate(() => {
    const text = (within: ParentNode | null | undefined, selector: string): string =>
      within?.querySelector(selector)?.textContent?.trim() ?? '';
    const figures: Record<string, string> = {};
    const [waiting, level] = document.querySelectorAll('.headline .hero');
    const ledger = document.querySelectorAll('.headline .ledger__entry');
    if (waiting) figures.waiting = text(waiting, '.hero__value .figure');
    if (level) figures.serviceLevel = text(level, '.hero__value .figure');
    for (const [n, name] of ['free', 'answerRate', 'onBreak', 'internalCalls'].entries())
      if (ledger[n]) figures[name] = text(ledger[n], '.ledger__value .figure');
    for (const row of document.querySelectorAll('.queues__row:not(.queues__head)')) {
      const name = text(row, '.queues__name bdi');
      if (!name) continue;
      const cells = row.querySelectorAll('.queues__figure');
      const [answered = '', offered = ''] = text(row, '.queues__pair').split('/');
      figures[`${name}.waiting`] = cells[0]?.textContent?.trim() ?? '';
      figures[`${name}.free`] = cells[3]?.textContent?.trim() ?? '';
      figures[`${name}.answered`] = answered.trim();
      figures[`${name}.offered`] = offered.trim();
    }
    const wall = document.querySelector('.wall');
    return { level: wall?.getAttribute('data-freshness') ?? null, loadedAt: performance.timeOrigin, figures };
  });
}

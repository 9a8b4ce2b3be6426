/**
 * Screens in a real browser, and everything that must not happen on one: an error in the console (a violation of the
 * Content-Security-Policy is one), an exception, a request that fails or that leaves the site. Each fails its test.
 */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { readMessage } from '../shared/live-message.ts';

export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export const THEMES = ['dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

export interface ScreenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly language?: Language;
  readonly theme?: Theme;
  /** The list of sites, which an address without one asks for, comes later than the first word over the socket. */
  readonly hasSlowSites?: boolean;
}

export interface Screen {
  readonly page: Page;
  /** From now on such problems are expected: the server is about to be taken away. */
  tolerate(problem: RegExp): void;
  /** Nothing is expected any more. */
  tolerateNothing(): void;
}

/** What a browser says by itself about a server that is gone. */
export const SERVER_GONE = /ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED/;

const CHROMIUM = process.env.FLOORCAST_TEST_BROWSER ?? '/usr/bin/chromium';

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Two screens of one test are both in view, as on two TVs.
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
    ],
  });
}

/** For one test file: a browser that lives as long, screens that live as long as their test and are judged at its end. */
export function browserForTests(): { open(url: string, options?: ScreenOptions): Promise<Screen> } {
  let browser: Browser;
  let opened: { readonly context: BrowserContext; readonly problems: string[] }[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    const closing = opened;
    opened = [];
    for (const { context } of closing) await context.close();
    expect(closing.flatMap(({ problems }) => problems)).toEqual([]);
  });
  afterAll(() => browser.close());
  return {
    async open(url, options = {}) {
      const context = await newContext(browser, options);
      const page = await context.newPage();
      const watch = watchForProblems(page, new URL(url).origin);
      opened.push({ context, problems: watch.problems });
      if (options.hasSlowSites) await delaySites(page);
      await page.goto(url);
      return { page, tolerate: watch.tolerate, tolerateNothing: watch.tolerateNothing };
    },
  };
}

export async function newContext(browser: Browser, options: ScreenOptions): Promise<BrowserContext> {
  const { width = 1920, height = 1080, language = 'en', theme = 'dark' } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    locale: language,
    timezoneId: 'Asia/Shanghai',
    colorScheme: theme,
  });
  context.setDefaultTimeout(30_000);
  return context;
}

/** The first tip greets the socket, the second one comes when the screen has long asked for what it wants. */
async function delaySites(page: Page): Promise<void> {
  let tips = 0;
  const told = new Promise<void>((resolve) => {
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        if (typeof payload !== 'string' && readMessage(payload).is === 'tip' && ++tips === 2) resolve();
      });
    });
  });
  await page.route('**/api/v1/sites', async (route) => {
    await told;
    await route.continue();
  });
}

export function watchForProblems(page: Page, origin: string) {
  const problems: string[] = [];
  let tolerated: RegExp[] = [];
  const note = (problem: string): void => {
    if (!tolerated.some((pattern) => pattern.test(problem))) problems.push(problem);
  };
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    note(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => note(`page error: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    const { protocol } = new URL(request.url());
    if (protocol !== 'data:' && new URL(request.url()).origin !== origin) note(`left the site: ${request.url()}`);
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== new URL(origin).host) note(`left the site: ${socket.url()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // The page itself was left or loaded anew.
    if (why !== 'net::ERR_ABORTED') note(`request failed: ${request.url()} ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) note(`${response.status()}: ${response.url()}`);
  });
  return {
    problems,
    tolerate: (problem: RegExp) => void tolerated.push(problem),
    tolerateNothing: () => {
      tolerated = [];
    },
  };
}

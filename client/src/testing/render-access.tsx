/** Pages of people and rights against a fake of the server's API: what it is asked, and what it answers. */
import { configure, type RenderResult, render } from '@testing-library/react';
import { HttpResponse, http, type JsonBodyType, type RequestHandler } from 'msw';
import { setupServer } from 'msw/node';
import type { ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';
import { afterAll, afterEach, beforeAll, beforeEach, type Mock, vi } from 'vitest';
import type { SessionAnswer } from '../../../shared/api-access.ts';
import type { ErrorCode } from '../../../shared/error.ts';
import { GoContext } from '../access/go.ts';
import { SessionProvider } from '../access/session.tsx';
import { createI18n, type Language } from '../i18n/i18n.ts';
import { ToastProvider } from '../ui/toast.tsx';
import { fakeDialogs } from './given-browser.ts';

type Method = 'get' | 'post' | 'put' | 'delete';

export interface Request {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: unknown;
}

export interface FakeApi {
  /** What was asked, oldest first; without the questions about the session. */
  readonly asked: readonly Request[];
  session: SessionAnswer;
  answer(method: Method, path: string, body: JsonBodyType): void;
  refuse(method: Method, path: string, status: number, code: ErrorCode, more?: Refusal): void;
  use(...handlers: RequestHandler[]): void;
  /** The connection breaks. */
  break(method: Method, path: string): void;
}

interface Refusal {
  readonly retryAfterS?: number;
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
}

/** For one test file. Whatever nobody answers fails the test. */
export function fakeApi(session: SessionAnswer): FakeApi {
  const server = setupServer();
  // Forms of a hundred controls on a busy machine; what jsdom would compute to leave out hidden ones takes longest.
  configure({ asyncUtilTimeout: 10_000, defaultHidden: true });
  vi.setConfig({ testTimeout: 30_000 });
  let asked: Request[] = [];
  const api: FakeApi = {
    get asked() {
      return asked;
    },
    session,
    answer: (method, path, body) => server.use(http[method](path, () => HttpResponse.json(body))),
    refuse: (method, path, status, code, { retryAfterS, issues } = {}) =>
      server.use(
        http[method](path, () =>
          HttpResponse.json(
            { error: { code, message: code, ...(issues && { issues }) } },
            { status, ...(retryAfterS !== undefined && { headers: { 'retry-after': String(retryAfterS) } }) },
          ),
        ),
      ),
    use: (...handlers) => server.use(...handlers),
    break: (method, path) => server.use(http[method](path, () => HttpResponse.error())),
  };
  server.events.on('request:start', async ({ request }) => {
    const { pathname, search } = new URL(request.url);
    if (request.method === 'GET' && pathname === '/api/v1/session') return;
    const copy = request.clone();
    const entry = { method: request.method, path: `${pathname}${search}`, body: null as unknown };
    asked.push(entry);
    const text = await copy.text();
    entry.body = text === '' ? null : JSON.parse(text);
  });
  beforeAll(() => {
    server.listen({ onUnhandledFrame: 'error' });
    fakeDialogs();
  });
  beforeEach(() => {
    asked = [];
    api.session = session;
    localStorage.clear();
    server.use(http.get('/api/v1/session', () => HttpResponse.json(api.session)));
  });
  afterEach(() => server.resetHandlers());
  afterAll(() => server.close());
  return api;
}

export interface Page extends RenderResult {
  /** Where the page wanted to go. */
  readonly go: Mock<(address: string) => void>;
}

export function renderPage(page: ReactNode, language: Language = 'zh-CN'): Page {
  const go = vi.fn<(address: string) => void>();
  const result = render(
    <I18nextProvider i18n={createI18n(language)}>
      <GoContext value={go}>
        <SessionProvider>
          <ToastProvider>{page}</ToastProvider>
        </SessionProvider>
      </GoContext>
    </I18nextProvider>,
  );
  return { ...result, go };
}

import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { AUTH_NEEDED, RequestFailed, request } from './api.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const failure = async (asked: Promise<unknown>): Promise<RequestFailed> => {
  const error = await asked.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RequestFailed);
  return error as RequestFailed;
};

test('[CLI1] an address is filled and encoded; lists go separated by commas, what is not said stays away', async () => {
  const seen: string[] = [];
  server.use(
    http.get('/api/v1/sites/:site/contacts', ({ request: { url } }) => {
      seen.push(url);
      return HttpResponse.json({ contacts: [], next: null });
    }),
  );
  const answer = await request('GET /api/v1/sites/{site}/contacts', {
    params: { site: '售后/1' },
    query: { outcome: ['abandoned', 'timedOut'], queue: 'a&b', minWaitMs: 0, cursor: undefined },
  });
  expect(answer).toEqual({ contacts: [], next: null });
  const { pathname, search } = new URL(seen[0] ?? '');
  expect([pathname, search]).toEqual([
    `/api/v1/sites/${encodeURIComponent('售后/1')}/contacts`,
    '?outcome=abandoned%2CtimedOut&queue=a%26b&minWaitMs=0',
  ]);
});

test('[CLI1] a body goes as JSON', async () => {
  const bodies: unknown[] = [];
  server.use(
    http.post('/api/v1/sites/:site/contacts/:contact/caller', async ({ request: asked }) => {
      bodies.push(await asked.json());
      return HttpResponse.json({ number: '13800000001', name: null });
    }),
  );
  await request('POST /api/v1/sites/{site}/contacts/{contact}/caller', {
    params: { site: 'main', contact: 'a|b' },
    body: { reason: 'complaint' },
  });
  expect(bodies).toEqual([{ reason: 'complaint' }]);
});

test('[CLI2] a failure carries its code, its status and what does not fit', async () => {
  const error = { code: 'request.invalid', message: 'wrong', issues: [{ path: 'reason', message: 'too short' }] };
  server.use(http.get('/api/v1/sites', () => HttpResponse.json({ error }, { status: 400 })));
  expect(await failure(request('GET /api/v1/sites', {}))).toMatchObject({ ...error, status: 400 });
});

test('[CLI3] who has to sign in is told so, also by the page', async () => {
  let told = 0;
  const count = (): void => void told++;
  window.addEventListener(AUTH_NEEDED, count);
  const error = { code: 'auth.needed', message: 'sign in' };
  server.use(http.get('/api/v1/sites', () => HttpResponse.json({ error }, { status: 401 })));
  expect((await failure(request('GET /api/v1/sites', {}))).code).toBe('auth.needed');
  expect(told).toBe(1);
  const throttled = { code: 'auth.throttled', message: 'wait' };
  server.use(
    http.get('/api/v1/sites', () =>
      HttpResponse.json({ error: throttled }, { status: 429, headers: { 'retry-after': '7' } }),
    ),
  );
  expect((await failure(request('GET /api/v1/sites', {}))).retryAfterMs).toBe(7_000);
  expect(told).toBe(1);
  window.removeEventListener(AUTH_NEEDED, count);
});

test.each([
  ['no server', () => HttpResponse.error(), 0],
  ["a proxy's page", () => HttpResponse.html('<h1>Bad Gateway</h1>', { status: 502 }), 502],
  ['a page where JSON should be', () => HttpResponse.html('<h1>Sign in</h1>'), 200],
  ['an error that is not ours', () => HttpResponse.json({ error: 'no' }, { status: 418 }), 418],
])('[CLI2] %s is no answer', async (_, respond, status) => {
  server.use(http.get('/api/v1/sites', respond));
  expect(await failure(request('GET /api/v1/sites', {}))).toMatchObject({ code: 'request.unanswered', status });
});

test('[CLI2] whoever takes the question back hears no failure of ours', async () => {
  const abort = new AbortController();
  server.use(http.get('/api/v1/sites', () => HttpResponse.json({})));
  const asked = request('GET /api/v1/sites', { signal: abort.signal });
  abort.abort();
  await expect(asked).rejects.not.toBeInstanceOf(RequestFailed);
});

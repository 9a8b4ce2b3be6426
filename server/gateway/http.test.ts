import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { API } from '../../shared/api.ts';
import { errorBodySchema } from '../../shared/error.ts';
import { COUNTERS } from '../../shared/metric.ts';
import { createLogger } from '../log.ts';
import { createHttpApp } from './http.ts';
import { type Mirror, startMirror } from './mirror.ts';
import { openApi } from './openapi.ts';
import { type RouteOptions, route } from './route.ts';
import { healthRoutes } from './routes/health.ts';
import { liveRoutes } from './routes/live.ts';
import { EVERYTHING, testDoor } from './testing-door.ts';
import { TestFeed } from './testing-feed.ts';

const NOW = 1_700_000_000_000;
const SITE_AT = 1_700_000_100_000;

let lines: Record<string, unknown>[];
let anomalies: string[];
const log = createLogger({ level: 'info', format: 'json', write: (line) => void lines.push(JSON.parse(line)) });
let feed: TestFeed;
let mirror: Mirror;
let clientDir: string;
let server: Server;
let base: string;
let isRedisUp: boolean;
let isOwned: boolean;
let refusal: string | null;
const backlog = [{ site: 'main', entries: 3, ageMs: 900 }];

beforeEach(() => {
  lines = [];
  anomalies = [];
  isRedisUp = true;
  isOwned = true;
  refusal = null;
  clientDir = mkdtempSync(path.join(tmpdir(), 'floorcast-client-'));
  feed = new TestFeed(() => NOW);
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await mirror.stop();
  rmSync(clientDir, { recursive: true });
});

function setLiveSite(): void {
  feed.setView('board', 41, SITE_AT, {
    site: [
      [
        'main',
        {
          name: '演示中心',
          businessDate: '2023-11-14',
          dayStartAt: SITE_AT - 1,
          dayEndAt: SITE_AT + 1,
          timeZone: 'Asia/Shanghai',
          waiting: 2,
        },
      ],
    ],
    queues: [
      [
        '售后/上海',
        {
          name: '售后',
          thresholdMs: 20_000,
          shortAbandonMs: 5_000,
          waiting: 2,
          oldestWaitingSince: SITE_AT - 9_000,
          free: 3,
        },
      ],
      ['empty', { name: 'Empty', thresholdMs: 15_000, shortAbandonMs: 0 }],
    ],
    sources: [['ami:pbx:5038', { state: 'live', aliveAt: NOW - 700 }]],
  });
  feed.setView('counts', 7, SITE_AT, {
    today: [
      [
        '售后/上海',
        {
          offered: 10,
          answered: 8,
          handled: 8,
          answeredInThreshold: 6,
          talkMsSum: 80_000,
          onContactMs: 60,
          idleMs: 40,
          waitP50Ms: 4_000,
        },
      ],
    ],
  });
  feed.setView('agents', 12, SITE_AT, {
    agents: [
      [
        'PJSIP/1001',
        {
          name: '王芳',
          presence: 'available',
          presenceSince: 5,
          activity: 'idle',
          activitySince: 6,
          canTakeCall: true,
          queues: ['售后/上海'],
          pausedIn: [],
          presenceReason: '',
          talkMsSum: 7,
          countedTo: SITE_AT,
        },
      ],
    ],
  });
}

async function serve(
  extra: Partial<{ adminToken: string; options: Partial<RouteOptions>; broken: boolean }> = {},
): Promise<void> {
  mirror = startMirror({
    feeds: new Map([['main', feed]]),
    now: () => NOW,
    log,
    onCommit: () => {},
    onReset: () => {},
  });
  await feed.idle();
  const options: RouteOptions = {
    log,
    countAnomaly: (kind) => anomalies.push(kind),
    onBrokenAnswer: 'fail',
    door: testDoor({ s3cret: EVERYTHING }),
    ...extra.options,
  };
  const store = {
    ping: () => (isRedisUp ? Promise.resolve() : Promise.reject(new Error('down'))),
    hasOwner: async () => isOwned,
    refusalOf: async () => refusal,
    streamLagMs: async () => 40,
  };
  const brokenRoute = route({ ...API.health, path: '/api/v1/broken' }, options, () => ({ status: 'bad' }) as never);
  const app = createHttpApp({
    routes: [
      ...healthRoutes(mirror, store, { ...options, now: () => NOW, history: () => backlog }),
      ...liveRoutes(mirror, () => NOW, options),
      ...(extra.broken ? [brokenRoute] : []),
    ],
    metrics: { contentType: 'text/plain', text: async () => 'floorcast_sockets 0\n' },
    clientDir,
    adminToken: extra.adminToken ?? null,
    log,
  });
  server = createServer(app);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = (url: string, headers: Record<string, string> = {}) => fetch(base + url, { headers });

async function getError(url: string, headers: Record<string, string> = {}) {
  const response = await get(url, headers);
  return { status: response.status, ...errorBodySchema.parse(await response.json()).error };
}

test('[GW1] sites carry totals, freshness and the business day', async () => {
  setLiveSite();
  await serve();
  const body = API.sites.response.parse(await (await get('/api/v1/sites')).json());
  expect(body).toMatchObject({ asOf: SITE_AT, rev: 48, freshness: { state: 'live', ageMs: 700 } });
  expect(body.sites).toEqual([
    expect.objectContaining({
      id: 'main',
      name: '演示中心',
      businessDay: { date: '2023-11-14', startAt: SITE_AT - 1, endAt: SITE_AT + 1 },
      live: expect.objectContaining({ waiting: 2, longestWaitMs: null }),
    }),
  ]);
});

test('[GW1][GW3] queues carry live figures, raw counters and every ratio; without a denominator it is null', async () => {
  setLiveSite();
  await serve();
  const body = API.queues.response.parse(await (await get('/api/v1/sites/main/queues')).json());
  expect(body.freshness.sources).toEqual([{ id: 'ami:pbx:5038', state: 'live', ageMs: 700, cause: null }]);
  const [busy, empty] = body.queues;
  expect(busy).toMatchObject({
    id: '售后/上海',
    thresholdMs: 20_000,
    live: { waiting: 2, oldestWaitingSince: SITE_AT - 9_000, longestWaitMs: 9_000, free: 3 },
    today: { offered: 10, ratios: { slOfAnswered: 0.75, answerRate: 0.8, ahtMs: 10_000, occupancy: 0.6 } },
  });
  expect(Object.keys(busy?.today ?? {})).toEqual([
    ...COUNTERS,
    'ratios',
    'serviceLevelRatio',
    'isSampleEnough',
    'percentiles',
  ]);
  expect(new Set(Object.values(empty?.today.ratios ?? {}))).toEqual(new Set([null]));
});

test('[GW1] agents carry both axes of their state', async () => {
  setLiveSite();
  await serve();
  const body = API.agents.response.parse(await (await get('/api/v1/sites/main/agents')).json());
  expect(body.rev).toBe(12);
  expect(body.agents).toEqual([
    {
      id: 'PJSIP/1001',
      name: '王芳',
      team: null,
      presence: 'available',
      presenceReason: '',
      presenceSince: 5,
      activity: 'idle',
      activitySince: 6,
      canTakeCall: true,
      isSuspect: false,
      queues: ['售后/上海'],
      pausedIn: [],
      contactQueue: null,
      caller: null,
      today: expect.objectContaining({ answered: 0, talkMsSum: 7, ringNoAnswer: 0 }),
    },
  ]);
});

test('[MI4] before the first commit lists are empty and freshness is connecting', async () => {
  await serve();
  for (const [url, schema] of [
    ['/api/v1/sites', API.sites.response],
    ['/api/v1/sites/main/queues', API.queues.response],
    ['/api/v1/sites/main/groups', API.groups.response],
    ['/api/v1/sites/main/agents', API.agents.response],
    ['/api/v1/sites/main/teams', API.teams.response],
    ['/api/v1/sites/main/integrity', API.integrity.response],
  ] as const) {
    const response = await get(url);
    expect(response.status).toBe(200);
    expect(schema.parse(await response.json())).toMatchObject({
      rev: 0,
      asOf: NOW,
      freshness: { state: 'connecting', ageMs: null },
    });
  }
});

test.each([
  ['/api/v1/sites/nowhere/queues', 404, 'site.unknown'],
  ['/api/v1/sites/%E5%8C%97%2F1/agents', 404, 'site.unknown'],
  [`/api/v1/sites/${'x'.repeat(65)}/queues`, 400, 'request.invalid'],
  ['/api/v1/sites/%E0%A4%A/queues', 400, 'request.invalid'],
  ['/api/v2', 404, 'request.notFound'],
] as const)('[GW2] %s answers %i %s', async (url, status, code) => {
  await serve();
  expect(await getError(url)).toMatchObject({ status, code });
});

test('[GW1] a broken answer fails where tests look', async () => {
  await serve({ broken: true });
  expect(await getError('/api/v1/broken')).toMatchObject({ status: 500, code: 'server.failed' });
});

test('[GW1] a broken answer is served, logged and counted in production', async () => {
  await serve({ broken: true, options: { onBrokenAnswer: 'report' } });
  expect(await (await get('/api/v1/broken')).json()).toEqual({ status: 'bad' });
  expect(anomalies).toEqual(['api.brokenAnswer']);
  expect(lines.map(({ msg }) => msg)).toEqual(['api.brokenAnswer']);
});

test('[GW4] a wrong token is refused, also where none is needed; none or the right one reads', async () => {
  await serve({ adminToken: 's3cret' });
  expect(await getError('/api/v1/sites', { authorization: 'Bearer wrong' })).toMatchObject({
    status: 401,
    code: 'auth.tokenWrong',
  });
  expect(await getError('/metrics', { authorization: 'bearer s3cre' })).toMatchObject({ status: 401 });
  for (const headers of [{}, { authorization: 'Bearer s3cret' }])
    expect((await get('/api/v1/sites', headers as Record<string, string>)).status).toBe(200);
  expect((await get('/healthz', { authorization: 'Bearer wrong' })).status).toBe(200);
});

test('[GW5] screens and assets carry their cache rules and a policy without inline scripts', async () => {
  mkdirSync(path.join(clientDir, 'assets'));
  writeFileSync(path.join(clientDir, 'index.html'), '<div id="root">');
  writeFileSync(path.join(clientDir, 'assets/app-1a2b.js'), '1');
  writeFileSync(path.join(clientDir, 'plain.css'), '');
  await serve();
  for (const url of ['/', '/wall', '/floor', '/wall/main']) {
    const screen = await get(url);
    expect(await screen.text()).toBe('<div id="root">');
    expect(screen.headers.get('cache-control')).toBe('no-cache');
    const policy = screen.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain(`ws://${new URL(base).host} `);
    expect(screen.headers.get('x-content-type-options')).toBe('nosniff');
    expect(screen.headers.has('x-powered-by')).toBe(false);
  }
  expect((await get('/assets/app-1a2b.js')).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await get('/plain.css')).headers.get('cache-control')).toBe('no-cache');
  expect((await get('/assets/gone.js')).status).toBe(404);
  expect((await get('/nothing')).status).toBe(404);
});

test('[GW5] a host header cannot write into the policy', async () => {
  await serve();
  const { hostname, port } = new URL(base);
  const [response] = await once(
    request({ hostname, port, path: '/healthz', headers: { host: "x; script-src 'unsafe-inline'" } }).end(),
    'response',
  );
  response.resume();
  expect(response.headers['content-security-policy']).not.toContain('unsafe');
});

test('[GW5] without a built client the screens say what to do, and appear once it is built', async () => {
  await serve();
  const missing = await get('/wall');
  expect(missing.status).toBe(503);
  expect(await missing.text()).toMatch(/npm start/);
  writeFileSync(path.join(clientDir, 'index.html'), 'built');
  expect(await (await get('/wall')).text()).toBe('built');
});

test('[GW6] readiness names its reasons', async () => {
  setLiveSite();
  await serve();
  const ready = async () => {
    const response = await get('/readyz');
    return { status: response.status, ...API.readiness.response.parse(await response.json()) };
  };
  expect(await ready()).toEqual({
    status: 200,
    ready: true,
    reasons: [],
    redis: true,
    sites: [
      {
        id: 'main',
        hasOwner: true,
        isWritable: true,
        isInStep: true,
        newestCommitAgeMs: 0,
        streamLagMs: 40,
        freshness: 'live',
      },
    ],
    history: backlog,
  });
  refusal = 'MISCONF';
  expect(await ready()).toMatchObject({
    status: 503,
    redis: true,
    reasons: [expect.stringMatching(/^site main: Redis refuses writes \(MISCONF\)/)],
    sites: [{ isWritable: false }],
  });
  refusal = null;
  isOwned = false;
  expect(await ready()).toMatchObject({ status: 503, reasons: ['site main: no process owns it'] });
  isRedisUp = false;
  expect(await ready()).toMatchObject({ status: 503, redis: false, reasons: ['Redis does not answer'] });
  expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
});

test('[GW6] a site without a first commit is not ready', async () => {
  await serve();
  expect(await (await get('/readyz')).json()).toMatchObject({
    ready: false,
    reasons: ['site main: the site has no first commit yet'],
  });
});

test('[ACC23] metrics are served as Prometheus reads them, to this machine and to whoever has the admin token', async () => {
  await serve({ adminToken: 's3cret' });
  expect(await (await get('/metrics')).text()).toContain('floorcast_sockets 0');
  const forwarded = { 'x-forwarded-for': '192.0.2.7' };
  expect(await getError('/metrics', forwarded)).toMatchObject({ status: 401, code: 'auth.needed' });
  expect((await get('/metrics', { ...forwarded, authorization: 'Bearer s3cret' })).status).toBe(200);
  expect((await get('/healthz', forwarded)).status).toBe(200);
  expect(await (await get('/readyz', { ...forwarded, authorization: 'Bearer wrong' })).json()).toHaveProperty('ready');
});

test('[ACC23] without an admin token none is right', async () => {
  await serve();
  expect(await getError('/metrics', { authorization: 'Bearer null' })).toMatchObject({
    status: 401,
    code: 'auth.tokenWrong',
  });
});

test('[CF5] docs/openapi.json is what the contracts say, and is served', async () => {
  await serve();
  const text = `${JSON.stringify(openApi(), null, 2)}\n`;
  expect(await (await get('/api/v1/openapi.json')).json()).toEqual(JSON.parse(text));
  expect(
    z.object({ openapi: z.literal('3.1.0'), paths: z.record(z.string(), z.unknown()) }).safeParse(openApi()).success,
  ).toBe(true);
  await expect(text).toMatchFileSnapshot('../../docs/openapi.json');
});

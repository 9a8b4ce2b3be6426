import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { API } from '../../../shared/api.ts';
import { NO_CALL_BACK } from '../../../shared/call-back.ts';
import { errorBodySchema } from '../../../shared/error.ts';
import { AppError } from '../../errors.ts';
import { silentLog } from '../../redis/testing-redis.ts';
import { createHttpApp } from '../http.ts';
import { type Mirror, startMirror } from '../mirror.ts';
import { TestFeed } from '../testing-feed.ts';
import { type HistoryPort, historyRoutes } from './history.ts';

const NOW = Date.parse('2026-11-21T12:00:00+08:00');
const DAY = {
  date: '2026-11-21',
  startAt: Date.parse('2026-11-21T06:00:00+08:00'),
  endAt: Date.parse('2026-11-22T06:00:00+08:00'),
};
const AGENT = '/api/v1/sites/main/agents/PJSIP%2F1001/day';
const CONTACT = `/api/v1/sites/main/contacts/${encodeURIComponent('17.1|售后|1|5')}`;
const TOKEN = 's3cret';
const minute = (n: number): number => NOW - n * 60_000;
const worked = (from: number, to: number, activity: 'idle' | 'talking' = 'idle') => ({
  startAt: minute(from),
  endAt: minute(to),
  presence: 'available' as const,
  reason: '',
  activity,
});

let feed: TestFeed;
let mirror: Mirror;
let server: Server;
let base: string;
let asked: unknown[];
let recorded: unknown[];
let past: Awaited<ReturnType<HistoryPort['agentDay']>>;
let failure: Error | null;
let canRecord: boolean;

const answer = <T>(question: unknown, value: T): Promise<T> => {
  if (failure) return Promise.reject(failure);
  asked.push(question);
  return Promise.resolve(value);
};

const history: HistoryPort = {
  agentDay: (site, agent, day) => answer({ site, agent, day }, past),
  contacts: (site, filter, page) => answer({ site, filter, page }, { rows: [], next: 'there' }),
  caller: (site, contact) => answer({ site, contact }, { number: '13800000001', name: null }),
  callBack: (site, contact, change) =>
    answer(
      { site, contact, ...change },
      { ...NO_CALL_BACK, state: 'claimed', claimant: change.by, version: 1, steps: [] },
    ),
};

beforeEach(async () => {
  asked = [];
  recorded = [];
  failure = null;
  canRecord = true;
  past = { segments: [], contacts: [], gaps: [], unwrittenSince: null };
  feed = new TestFeed(() => NOW);
  setFloor();
  mirror = startMirror({
    feeds: new Map([['main', feed]]),
    now: () => NOW,
    log: silentLog,
    onCommit: () => {},
    onReset: () => {},
  });
  await feed.idle();
  const audit = {
    record: async (entry: unknown) => {
      if (!canRecord) throw new Error('the log is full');
      recorded.push(entry);
    },
  };
  const app = createHttpApp({
    routes: historyRoutes(mirror, history, audit, {
      log: silentLog,
      countAnomaly: () => {},
      onBrokenAnswer: 'fail',
      now: () => NOW,
      businessDay: { timeZone: 'UTC', start: '06:00' },
    }),
    metrics: { contentType: 'text/plain', text: async () => '' },
    clientDir: '/nowhere',
    adminToken: TOKEN,
    log: silentLog,
  });
  server = createServer(app);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await mirror.stop();
});

function setFloor(): void {
  feed.setView('board', 1, NOW, {
    site: [
      [
        'main',
        {
          businessDate: DAY.date,
          dayStartAt: DAY.startAt,
          dayEndAt: DAY.endAt,
          timeZone: 'Asia/Shanghai',
          clockOffsetMs: 2_000,
        },
      ],
    ],
    sources: [['ami', { state: 'live', aliveAt: NOW }]],
  });
  feed.setView('counts', 1, NOW, {
    gaps: [['ami|1', { source: 'ami', startAt: minute(30), endAt: minute(20), isFilled: true }]],
  });
  feed.setView('agents', 1, NOW, {
    agents: [
      ['PJSIP/1001', { presence: 'available', presenceReason: '', activity: 'talking', countedTo: minute(5) }],
      ['PJSIP/1002', { presence: 'signedOut', presenceReason: '', activity: 'idle', countedTo: minute(5) }],
    ],
  });
}

const get = (path: string) => fetch(base + path);
const post = (path: string, body: unknown) =>
  fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(body),
  });
const day = async (query = '') => API.agentDay.response.parse(await (await get(`${AGENT}${query}`)).json());
const refused = async (asked: Promise<Response>) => {
  const response = await asked;
  return { status: response.status, ...errorBodySchema.parse(await response.json()).error };
};

test('[HIS36] the running day: what is over from history, what goes on from the live view', async () => {
  past = { ...past, segments: [worked(60, 30), worked(30, 5)] };
  const { businessDay, isRunning, segments, gaps } = await day();
  expect(asked).toMatchObject([{ site: 'main', agent: 'PJSIP/1001', day: DAY }]);
  expect({ businessDay, isRunning }).toEqual({ businessDay: DAY, isRunning: true });
  expect(segments).toEqual([
    { ...worked(60, 30), isOpen: false },
    { ...worked(30, 5), isOpen: false },
    { ...worked(5, 0, 'talking'), isOpen: true },
  ]);
  expect(gaps).toEqual([{ source: 'ami', startAt: minute(30), endAt: minute(20), isFilled: true }]);
});

test('[HIS36] history that is ahead of the live view wins; signed out and idle is nothing', async () => {
  past = { ...past, segments: [worked(60, 5), worked(5, 1, 'talking')] };
  expect((await day()).segments.map(({ isOpen }) => isOpen)).toEqual([false, false]);
  past = { ...past, segments: [worked(60, 4)] };
  expect((await day()).segments.at(-1)).toMatchObject({ startAt: minute(4), isOpen: true });
  past = { ...past, segments: [worked(60, 5)] };
  const gone = await get(AGENT.replace('1001', '1002'));
  expect(API.agentDay.response.parse(await gone.json()).segments).toEqual([{ ...worked(60, 5), isOpen: false }]);
});

test('[HIS36] a day that is over has nothing open; its date is that of the site, whatever the server thinks', async () => {
  past = { ...past, segments: [worked(60, 30)], gaps: [{ source: 'ami', startAt: 1, endAt: 2 }] };
  const { isRunning, segments, gaps } = await day('?date=2026-11-20');
  expect(asked).toMatchObject([
    { day: { date: '2026-11-20', startAt: DAY.startAt - 86_400_000, endAt: DAY.endAt - 86_400_000 } },
  ]);
  expect({ isRunning, segments: segments.length }).toEqual({ isRunning: false, segments: 1 });
  expect(gaps).toEqual([{ source: 'ami', startAt: 1, endAt: 2, isFilled: null }]);
  expect(await refused(get(`${AGENT}?date=2026-02-30`))).toMatchObject({ status: 400, issues: [{ path: 'date' }] });
});

test('[HIS31] what is not written yet is told in the time of the site', async () => {
  past = { ...past, segments: [worked(60, 30)], unwrittenSince: minute(3) };
  expect((await day()).unwrittenSince).toBe(minute(3) + 2_000);
  expect((await day('?date=2026-11-20')).unwrittenSince).toBeNull();
});

test('[HIS37] an agent whom neither history nor the floor knows; a site that nobody knows', async () => {
  const unknown = '/api/v1/sites/main/agents/nobody/day';
  expect(await refused(get(unknown))).toMatchObject({ status: 404, code: 'agent.unknown' });
  past = { ...past, segments: [worked(60, 30)] };
  expect((await get(unknown)).status).toBe(200);
  expect(await refused(get('/api/v1/sites/nowhere/agents/a/day'))).toMatchObject({ code: 'site.unknown' });
  expect(await refused(get('/api/v1/sites/nowhere/contacts'))).toMatchObject({ code: 'site.unknown' });
});

test('[HIS38] contacts of the running day, of another day, or of any time', async () => {
  expect(await (await get('/api/v1/sites/main/contacts')).json()).toEqual({
    businessDay: DAY.date,
    contacts: [],
    next: 'there',
  });
  await get('/api/v1/sites/main/contacts?date=2026-11-20&limit=7&cursor=x');
  await get(
    `/api/v1/sites/main/contacts?from=5&to=9&queue=${encodeURIComponent('售后,1')}&agent=a&outcome=abandoned,timedOut&minWaitMs=0&callBack=open`,
  );
  expect(asked).toMatchObject([
    { filter: { from: DAY.startAt, to: DAY.endAt, queues: null }, page: { cursor: null, limit: 50 } },
    { filter: { from: DAY.startAt - 86_400_000, to: DAY.startAt }, page: { cursor: 'x', limit: 7 } },
    {
      filter: {
        from: 5,
        to: 9,
        queues: ['售后,1'],
        agent: 'a',
        outcomes: ['abandoned', 'timedOut'],
        minWaitMs: 0,
        callBack: ['open'],
      },
    },
  ]);
  for (const query of [
    'limit=0',
    'limit=201',
    'outcome=lost',
    'from=x',
    'minWaitMs=-1',
    'date=today',
    'queue=a&queue=b',
  ])
    expect(await refused(get(`/api/v1/sites/main/contacts?${query}`)), query).toMatchObject({ status: 400 });
});

test('[HIS39] a number is told only with a reason, and only when the look is written down', async () => {
  expect(await refused(post(`${CONTACT}/caller`, { reason: ' ' }))).toMatchObject({ status: 400 });
  canRecord = false;
  expect((await post(`${CONTACT}/caller`, { reason: '投诉' })).status).toBe(500);
  canRecord = true;
  const response = await post(`${CONTACT}/caller`, { reason: ' 投诉 ' });
  expect(await response.json()).toEqual({ number: '13800000001', name: null });
  expect(recorded).toEqual([
    { act: 'caller.revealed', site: 'main', subject: '17.1|售后|1|5', reason: '投诉', before: null, after: null },
  ]);
  failure = new AppError('contact.unknown');
  expect(await refused(post(`${CONTACT}/caller`, { reason: '投诉' }))).toMatchObject({ status: 404 });
  expect(recorded).toHaveLength(1);
});

test('[HIS42] a step is taken in the name of who asks, and written down', async () => {
  const response = await post(`${CONTACT}/call-back`, { do: 'claim', version: 0 });
  expect(API.callBack.response.parse(await response.json())).toMatchObject({
    version: 1,
    claimant: { name: 'admin token', isYou: true },
  });
  expect(asked).toMatchObject([{ contact: '17.1|售后|1|5', step: 'claim', base: 0, by: { name: 'admin token' } }]);
  expect(recorded).toMatchObject([{ act: 'callBack.changed', after: { step: 'claim', state: 'claimed' } }]);
  expect(await refused(post(`${CONTACT}/call-back`, { do: 'steal', version: 0 }))).toMatchObject({ status: 400 });
  failure = new AppError('callBack.conflict');
  expect(await refused(post(`${CONTACT}/call-back`, { do: 'claim', version: 0 }))).toMatchObject({
    status: 409,
    code: 'callBack.conflict',
  });
});

test('[HIS44] PostgreSQL away is 503 with a code', async () => {
  failure = new AppError('database.unreachable');
  for (const path of [AGENT, '/api/v1/sites/main/contacts'])
    expect(await refused(get(path))).toMatchObject({ status: 503, code: 'database.unreachable' });
});

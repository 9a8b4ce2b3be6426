import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { API } from '../../../shared/api.ts';
import { claimantOf, NO_CALL_BACK } from '../../../shared/call-back.ts';
import { errorBodySchema } from '../../../shared/error.ts';
import { EVERYWHERE, RIGHTS, type Scope, type Subject } from '../../../shared/policy.ts';
import { AppError } from '../../errors.ts';
import { silentLog } from '../../redis/testing-redis.ts';
import { createHttpApp } from '../http.ts';
import { type Mirror, startMirror } from '../mirror.ts';
import { testDoor } from '../testing-door.ts';
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
const ADMIN_TOKEN = 's3cret';
const subject = (id: string, scope: Partial<Scope> = {}, rights: Subject['rights'] = RIGHTS): Subject => ({
  kind: 'person',
  id,
  name: id,
  rights,
  scope: { ...EVERYWHERE, ...scope },
});
const SUBJECTS = {
  li: subject('li'),
  'of 售后': subject('of 售后', { queues: ['售后'] }),
  'of team b': subject('of team b', { teams: ['b'] }),
  'without agents': subject('without agents', {}, ['contacts.view']),
};
const minute = (n: number): number => NOW - n * 60_000;
const worked = (from: number, to: number, activity: 'idle' | 'talking' = 'idle') => ({
  startAt: minute(from),
  endAt: minute(to),
  presence: 'available' as const,
  reason: '',
  activity,
});

const AGENT_ROW = { presenceReason: '', countedTo: minute(5), queues: ['售后'], pausedIn: [] };

const ANSWERED = {
  queue: '售后',
  offeredAt: minute(9),
  answeredAt: minute(8),
  endedAt: minute(7),
  outcome: 'answered' as const,
  waitMs: 60_000,
  talkMs: 60_000,
  holdMs: 0,
  acwMs: 0,
  isTransferred: false,
  isEndInferred: false,
  caller: null,
  cameBackAt: null,
  callBack: null,
};

let feed: TestFeed;
let mirror: Mirror;
let server: Server;
let base: string;
let asked: unknown[];
let rows: Awaited<ReturnType<HistoryPort['contacts']>>['rows'];
let past: Awaited<ReturnType<HistoryPort['agentDay']>>;
let failure: Error | null;

const answer = <T>(question: unknown, value: T): Promise<T> => {
  if (failure) return Promise.reject(failure);
  asked.push(question);
  return Promise.resolve(value);
};

const history: HistoryPort = {
  agentDay: (site, agent, day, { queues }) => answer({ site, agent, day, queues }, past),
  contacts: (site, filter, page) => answer({ site, filter, page }, { rows, next: 'there' }),
  caller: (site, contact, look) => answer({ site, contact, ...look }, { number: '13800000001', name: null }),
  callBack: (site, contact, change) =>
    answer(
      { site, contact, ...change },
      { ...NO_CALL_BACK, state: 'claimed', claimant: claimantOf(change.by.subject), version: 1, steps: [] },
    ),
};

beforeEach(async () => {
  asked = [];
  failure = null;
  rows = [];
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
  const app = createHttpApp({
    routes: historyRoutes(mirror, history, {
      door: testDoor(Object.fromEntries(Object.entries(SUBJECTS).map(([by, one]) => [encodeURIComponent(by), one]))),
      log: silentLog,
      countAnomaly: () => {},
      onBrokenAnswer: 'fail',
      now: () => NOW,
      businessDay: { timeZone: 'UTC', start: '06:00' },
    }),
    metrics: { contentType: 'text/plain', text: async () => '' },
    clientDir: '/nowhere',
    adminToken: ADMIN_TOKEN,
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
      ['PJSIP/1001', { ...AGENT_ROW, presence: 'available', activity: 'talking', team: 'a' }],
      ['PJSIP/1002', { ...AGENT_ROW, presence: 'signedOut', activity: 'idle', team: 'b' }],
    ],
  });
}

type By = keyof typeof SUBJECTS;
const get = (path: string, by: By = 'li') =>
  fetch(base + path, { headers: { authorization: `Bearer ${encodeURIComponent(by)}` } });
const post = (path: string, body: unknown, by: By = 'li') =>
  fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${encodeURIComponent(by)}` },
    body: JSON.stringify(body),
  });
const day = async (query = '') => API.agentDay.response.parse(await (await get(`${AGENT}${query}`)).json());
const refused = async (answered: Promise<Response>) => {
  const response = await answered;
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
    `/api/v1/sites/main/contacts?from=5&to=9&queue=${encodeURIComponent('售后,1')}&agent=PJSIP%2F1001&outcome=abandoned,timedOut&minWaitMs=0&callBack=open`,
  );
  expect(asked).toMatchObject([
    { filter: { from: DAY.startAt, to: DAY.endAt, queues: null }, page: { cursor: null, limit: 50 } },
    { filter: { from: DAY.startAt - 86_400_000, to: DAY.startAt }, page: { cursor: 'x', limit: 7 } },
    {
      filter: {
        from: 5,
        to: 9,
        queue: '售后,1',
        queues: null,
        agent: 'PJSIP/1001',
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

test('[HIS39] a number is asked for with a reason, in the name of who asks', async () => {
  expect(await refused(post(`${CONTACT}/caller`, { reason: ' ' }))).toMatchObject({ status: 400 });
  expect(asked).toEqual([]);
  const response = await post(`${CONTACT}/caller`, { reason: ' 投诉 ' }, 'of 售后');
  expect(await response.json()).toEqual({ number: '13800000001', name: null });
  expect(asked).toMatchObject([
    {
      contact: '17.1|售后|1|5',
      queues: ['售后'],
      reason: '投诉',
      by: { subject: { id: 'of 售后' }, from: '127.0.0.1' },
    },
  ]);
  failure = new AppError('contact.unknown');
  expect(await refused(post(`${CONTACT}/caller`, { reason: '投诉' }))).toMatchObject({ status: 404 });
});

test('[HIS42] a step is taken in the name of who asks', async () => {
  const response = await post(`${CONTACT}/call-back`, { do: 'claim', version: 0 });
  expect(API.callBack.response.parse(await response.json())).toMatchObject({
    version: 1,
    claimant: { name: 'li', isYou: true },
  });
  expect(asked).toMatchObject([
    {
      contact: '17.1|售后|1|5',
      queues: null,
      step: 'claim',
      base: 0,
      by: { subject: { id: 'li' }, from: '127.0.0.1' },
    },
  ]);
  expect(await refused(post(`${CONTACT}/call-back`, { do: 'steal', version: 0 }))).toMatchObject({ status: 400 });
  failure = new AppError('callBack.conflict');
  expect(await refused(post(`${CONTACT}/call-back`, { do: 'claim', version: 0 }))).toMatchObject({
    status: 409,
    code: 'callBack.conflict',
  });
});

test('[HIS45] an agent of another team does not exist: neither the day, nor as a filter, nor in a contact', async () => {
  past = { ...past, segments: [worked(60, 30)] };
  rows = ['PJSIP/1001', 'PJSIP/1002', 'gone'].map((agent) => ({ ...ANSWERED, id: agent, agent }));
  const list = '/api/v1/sites/main/contacts';
  const agents = async (by: By) =>
    API.contacts.response.parse(await (await get(list, by)).json()).contacts.map(({ agent }) => agent);
  const unknown = { status: 404, code: 'agent.unknown' };
  for (const agent of ['PJSIP/1001', 'gone', 'nobody']) {
    const name = encodeURIComponent(agent);
    expect(await refused(get(`/api/v1/sites/main/agents/${name}/day`, 'of team b'))).toMatchObject(unknown);
    expect(await refused(get(`${list}?agent=${name}`, 'of team b'))).toMatchObject(unknown);
  }
  expect(asked).toEqual([]);
  expect((await get(AGENT.replace('1001', '1002'), 'of team b')).status).toBe(200);
  expect(await agents('of team b')).toEqual([null, 'PJSIP/1002', null]);
  expect(await agents('li')).toEqual(['PJSIP/1001', 'PJSIP/1002', 'gone']);
  expect(await agents('without agents')).toEqual([null, null, null]);
  expect(await refused(get(`${list}?agent=gone`, 'without agents'))).toMatchObject(unknown);
});

test('[HIS45] whoever sees some queues is answered of these alone', async () => {
  await get(AGENT, 'of 售后');
  await get('/api/v1/sites/main/contacts', 'of 售后');
  expect(asked).toMatchObject([{ queues: ['售后'] }, { filter: { queues: ['售后'], queue: null } }]);
  expect(await refused(get('/api/v1/sites/main/contacts?queue=other', 'of 售后'))).toMatchObject({
    status: 403,
    code: 'auth.forbidden',
  });
});

test('[HIS44] PostgreSQL away is 503 with a code', async () => {
  failure = new AppError('database.unreachable');
  for (const path of [AGENT, '/api/v1/sites/main/contacts'])
    expect(await refused(get(path))).toMatchObject({ status: 503, code: 'database.unreachable' });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { API } from '../../../shared/api.ts';
import { errorBodySchema } from '../../../shared/error.ts';
import { EVERYWHERE, RIGHTS_OF, type Scope, type Subject } from '../../../shared/policy.ts';
import { NO_AGENT_SETTINGS, NO_QUEUE_SETTINGS } from '../../../shared/setting.ts';
import { AppError } from '../../errors.ts';
import { silentLog } from '../../redis/testing-redis.ts';
import { createHttpApp } from '../http.ts';
import { EVERYTHING, testDoor } from '../testing-door.ts';
import { type SettingsPort, settingsRoutes } from './settings.ts';

const TOKEN = 's3cret';
const QUEUE = `/api/v1/sites/main/queues/${encodeURIComponent('售后/上海')}/settings`;
const AGENT = `/api/v1/sites/main/agents/${encodeURIComponent('PJSIP/1001')}/settings`;
let server: Server;
let base: string;
let written: unknown[];
let failure: Error | null;

const port: SettingsPort = {
  list: async () => ({
    queues: [{ subject: 'q', version: 3, settings: NO_QUEUE_SETTINGS, updatedAt: 5 }],
    agents: [
      { subject: 'a', version: 4, settings: { name: null, team: 'A' }, updatedAt: 6 },
      { subject: 'b', version: 5, settings: NO_AGENT_SETTINGS, updatedAt: 6 },
    ],
  }),
  read: async (_site, kind, subject) =>
    ({
      subject,
      version: 7,
      settings: kind === 'queue' ? NO_QUEUE_SETTINGS : { name: null, team: subject === 'a' ? 'A' : null },
      updatedAt: 5,
    }) as never,
  async write(site, kind, subject, change) {
    if (failure) throw failure;
    written.push({ site, kind, subject, ...change });
    return { subject, version: 8, settings: change.settings, updatedAt: 9 };
  },
};

beforeEach(() => {
  written = [];
  failure = null;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const manager = (scope: Partial<Scope>): Subject => ({
  kind: 'person',
  id: 'p1',
  name: '王经理',
  rights: RIGHTS_OF.manager,
  scope: { ...EVERYWHERE, ...scope },
});

const BY_TOKEN: Record<string, Subject> = {
  [TOKEN]: EVERYTHING,
  viewer: { ...manager({}), rights: RIGHTS_OF.viewer },
  queueQ: manager({ queues: ['q'] }),
  teamA: manager({ teams: ['A'] }),
  elsewhere: manager({ sites: ['north'] }),
};
const READER: Subject = { kind: 'anybody', id: '', name: '', rights: ['settings.view'], scope: EVERYWHERE };

async function serve(): Promise<void> {
  const door = testDoor(BY_TOKEN, READER);
  const options = { log: silentLog, countAnomaly: () => {}, onBrokenAnswer: 'fail' as const, door };
  const floor = {
    hasSite: (site: string) => site === 'main',
    queuesOfAgents: () =>
      new Map([
        ['a', ['q', 'r']],
        ['b', ['r']],
      ]),
  };
  const app = createHttpApp({
    routes: settingsRoutes(floor, port, options),
    metrics: { contentType: 'text/plain', text: async () => '' },
    clientDir: '/nowhere',
    adminToken: null,
    log: silentLog,
  });
  server = createServer(app);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const withToken = bearer(TOKEN);

const put = (url: string, body: unknown, headers: Record<string, string> = withToken) =>
  fetch(base + url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

async function refused(answer: Promise<Response>) {
  const response = await answer;
  return { status: response.status, ...errorBodySchema.parse(await response.json()).error };
}

test('[SET11] settings are read by those who hold the right, with their version as ETag', async () => {
  await serve();
  const response = await fetch(base + QUEUE);
  expect(response.headers.get('etag')).toBe('"7"');
  expect(API.queueSettings.response.parse(await response.json())).toMatchObject({ queue: '售后/上海', version: 7 });
  expect(API.agentSettings.response.parse(await (await fetch(base + AGENT)).json()).agent).toBe('PJSIP/1001');
  const list = API.settings.response.parse(await (await fetch(`${base}/api/v1/sites/main/settings`)).json());
  expect(list).toMatchObject({ queues: [{ queue: 'q', version: 3 }], agents: [{ agent: 'a' }, { agent: 'b' }] });
});

test('[SET11] a change is whole: what is left out goes back to its default', async () => {
  await serve();
  const response = await put(QUEUE, { version: 7, settings: { thresholdMs: 15_000 } });
  expect(response.status).toBe(200);
  expect(response.headers.get('etag')).toBe('"8"');
  expect(API.changeQueueSettings.response.parse(await response.json())).toMatchObject({ version: 8 });
  await put(AGENT, { version: 7, settings: { team: ' 一组 ' } });
  expect(written).toEqual([
    {
      site: 'main',
      kind: 'queue',
      subject: '售后/上海',
      base: 7,
      settings: { ...NO_QUEUE_SETTINGS, thresholdMs: 15_000 },
      by: { subject: EVERYTHING, from: '127.0.0.1' },
    },
    {
      site: 'main',
      kind: 'agent',
      subject: 'PJSIP/1001',
      base: 7,
      settings: { name: null, team: '一组' },
      by: { subject: EVERYTHING, from: '127.0.0.1' },
    },
  ]);
});

test('[SET12] the version stands in If-Match or in the body; without one nothing is changed', async () => {
  await serve();
  for (const tag of ['"7"', 'W/"7"'])
    expect((await put(QUEUE, { settings: {} }, { ...withToken, 'if-match': tag })).status).toBe(200);
  expect(written).toMatchObject([{ base: 7 }, { base: 7 }]);
  expect(await refused(put(QUEUE, { settings: {} }))).toMatchObject({ status: 428, code: 'settings.versionMissing' });
  expect(await refused(put(QUEUE, { settings: {} }, { ...withToken, 'if-match': '*' }))).toMatchObject({ status: 400 });
  failure = new AppError('settings.conflict');
  expect(await refused(put(QUEUE, { version: 6, settings: {} }))).toMatchObject({
    status: 409,
    code: 'settings.conflict',
  });
  expect(written).toHaveLength(2);
});

test('[SET13] whoever holds the right changes settings, nobody else does', async () => {
  await serve();
  const body = { version: 0, settings: {} };
  expect(await refused(put(QUEUE, body, {}))).toMatchObject({ status: 401, code: 'auth.needed' });
  expect(await refused(put(QUEUE, body, bearer('wrong')))).toMatchObject({ status: 401, code: 'auth.tokenWrong' });
  expect(await refused(put(QUEUE, body, bearer('viewer')))).toMatchObject({ status: 403, code: 'auth.forbidden' });
  expect(await refused(put(QUEUE, body, bearer('elsewhere')))).toMatchObject({ status: 404, code: 'site.unknown' });
  expect(written).toEqual([]);
});

test('[SET16] who sees some queues or teams reads and changes only their settings, and moves nobody out of sight', async () => {
  await serve();
  const list = async (token: string) => {
    const response = await fetch(`${base}/api/v1/sites/main/settings`, { headers: bearer(token) });
    const { queues, agents } = API.settings.response.parse(await response.json());
    return [...queues.map(({ queue }) => queue), ...agents.map(({ agent }) => agent)];
  };
  expect(await list('queueQ')).toEqual(['q', 'a']);
  expect(await list('teamA')).toEqual(['q', 'a']);
  const at = (kind: 'queues' | 'agents', id: string) => `/api/v1/sites/main/${kind}/${id}/settings`;
  const change = (token: string, url: string, settings: unknown = {}) =>
    put(url, { version: 7, settings }, bearer(token)).then(({ status }) => status);
  const read = (token: string, url: string) =>
    fetch(base + url, { headers: bearer(token) }).then(({ status }) => status);
  expect(await change('queueQ', at('queues', 'q'))).toBe(200);
  expect(await change('queueQ', at('queues', 'r'))).toBe(403);
  expect(await change('queueQ', at('agents', 'b'))).toBe(403);
  expect(await read('queueQ', at('queues', 'r'))).toBe(403);
  expect(await read('queueQ', at('agents', 'b'))).toBe(403);
  expect(await change('teamA', at('agents', 'a'), { team: 'A' })).toBe(200);
  expect(await change('teamA', at('agents', 'a'), { team: 'B' })).toBe(403);
  expect(await change('teamA', at('agents', 'b'), { team: 'A' })).toBe(403);
  expect(await read('teamA', at('agents', 'b'))).toBe(403);
  // A version that was not looked at may be of another team.
  expect(
    await put(at('agents', 'a'), { version: 8, settings: { team: 'A' } }, bearer('teamA')).then((r) => r.status),
  ).toBe(409);
  expect(written).toHaveLength(2);
});

test('[SET14] what does not fit is refused field by field, a name that nobody knows too', async () => {
  await serve();
  const settings = { thresholdMs: 0, colour: 'red', treshold: 1 };
  const answer = await refused(put(QUEUE, { version: 0, settings }));
  expect(answer).toMatchObject({ status: 400, code: 'request.invalid' });
  expect(answer.issues?.map(({ path }) => path).sort()).toEqual([
    'settings',
    'settings.colour',
    'settings.thresholdMs',
  ]);
  for (const body of ['{', '"text"', 'null', { version: 0 }, { version: -1, settings: {} }, `"${'x'.repeat(70_000)}"`])
    expect(await refused(put(QUEUE, body))).toMatchObject({ status: 400, code: 'request.invalid' });
  expect(await refused(put(QUEUE, 'version=1', { ...withToken, 'content-type': 'text/plain' }))).toMatchObject({
    status: 400,
  });
  expect(await refused(put('/api/v1/sites/nowhere/queues/q/settings', { version: 0, settings: {} }))).toMatchObject({
    status: 404,
    code: 'site.unknown',
  });
  expect(written).toEqual([]);
});

test('[SET9] PostgreSQL away is 503 with a code', async () => {
  await serve();
  failure = new AppError('database.unreachable', 'postgres://user:hunter2@db');
  const answer = await refused(put(QUEUE, { version: 0, settings: {} }));
  expect(answer).toMatchObject({ status: 503, code: 'database.unreachable' });
  expect(JSON.stringify(answer)).not.toContain('hunter2');
});

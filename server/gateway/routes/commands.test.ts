/** Rules: docs/spec/commands.md. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { API } from '../../../shared/api.ts';
import type { CommandStatus, Order } from '../../../shared/command.ts';
import type { Row } from '../../../shared/delta.ts';
import { errorBodySchema } from '../../../shared/error.ts';
import { EVERYWHERE, RIGHTS, RIGHTS_OF, type Role, type Scope, type Subject } from '../../../shared/policy.ts';
import { AppError } from '../../errors.ts';
import { silentLog } from '../../redis/testing-redis.ts';
import { createHttpApp } from '../http.ts';
import type { Views } from '../site-rows.ts';
import { testDoor } from '../testing-door.ts';
import { rowOf } from '../testing-feed.ts';
import { type AuditRecord, type CommandPort, commandRoutes } from './commands.ts';

const TOKEN = 's3cret';
const ADMIN: Subject = { kind: 'token', id: 'admin', name: 'admin token', rights: RIGHTS, scope: EVERYWHERE };
const BASE = '/api/v1/sites/main/commands';
let server: Server | null;
let base: string;
let placed: Order[];
let statuses: Map<string, CommandStatus>;
let records: AuditRecord[];
/** What happens to a command once it is placed. */
let outcome: (status: CommandStatus) => CommandStatus | null;
let auditFailure: Error | null;

const AGENTS = [
  ['PJSIP/8001', { name: '王伟', team: 'red', queues: ['q1', 'q2'], pausedIn: [], contactQueue: 'q2' }],
  ['PJSIP/8002', { name: '李娜', team: 'blue', queues: ['q1'], pausedIn: ['q1'] }],
  ['PJSIP/8003', { name: '赵敏', team: null, queues: ['q1'], pausedIn: [] }],
] as const;
const ROWS = new Map<string, Row>(
  AGENTS.map(([id, cells]) => [id, rowOf('agents', { presence: 'available', activity: 'idle', ...cells })]),
);
const views: Views = {
  sites: ['main'],
  view: (site, channel) =>
    site !== 'main'
      ? null
      : {
          rev: 1,
          at: 1,
          committedAt: 1,
          rows: (table) => (channel === 'agents' && table === 'agents' ? ROWS : []),
          row: (table, id) => (channel === 'agents' && table === 'agents' ? ROWS.get(id) : undefined),
        },
};

const commands: CommandPort = {
  async place(_site, order) {
    const { command, by, undoes } = order;
    if (statuses.has(command.id)) return 'known';
    const undone = undoes === null ? null : statuses.get(undoes);
    if (undone && (undone.undoUntil ?? 0) < 100) return 'tooLate';
    placed.push(order);
    const none = { cause: null, detail: null, endedAt: null, before: [], after: [], undoUntil: null, undoneBy: null };
    const status: CommandStatus = { command, by, at: 1, state: 'pending', undoes, ...none };
    statuses.set(command.id, outcome(status) ?? status);
    return 'placed';
  },
  read: async (_site, id) => statuses.get(id) ?? null,
  acting: async () => ({ isAway: false, can: ['pause', 'unpause'], lacks: ['write = call'] }),
};

const row = { queue: 'q1', isMember: true, paused: false, reason: '', penalty: 0 };
const confirm = (status: CommandStatus): CommandStatus => ({
  ...status,
  state: 'confirmed',
  endedAt: 2,
  before: [row],
  after: [{ ...row, paused: true, reason: '小休' }],
  undoUntil: 200,
});

beforeEach(() => {
  placed = [];
  statuses = new Map();
  records = [];
  outcome = confirm;
  auditFailure = null;
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

async function serve(as: Subject = ADMIN): Promise<void> {
  server?.close();
  const options = {
    log: silentLog,
    countAnomaly: () => {},
    onBrokenAnswer: 'fail' as const,
    door: testDoor({ [TOKEN]: as }, null),
    waitMs: 40,
  };
  const audit = {
    record: async (record: AuditRecord) => {
      if (auditFailure) throw auditFailure;
      records.push(record);
    },
  };
  const app = createHttpApp({
    routes: commandRoutes(views, commands, audit, options),
    metrics: { contentType: 'text/plain', text: async () => '' },
    clientDir: '/nowhere',
    adminToken: TOKEN,
    log: silentLog,
  });
  server = createServer(app);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const person = (role: Role, scope: Partial<Scope> = {}, id = 'p1'): Subject => ({
  kind: 'person',
  id,
  name: 'Wang',
  rights: RIGHTS_OF[role],
  scope: { ...EVERYWHERE, ...scope },
});

const withToken = { authorization: `Bearer ${TOKEN}` };
const post = (path: string, body?: unknown, headers: Record<string, string> = withToken) =>
  fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const get = (path: string) => fetch(base + path, { headers: withToken });

async function accepted(answer: Promise<Response>): Promise<CommandStatus> {
  const response = await answer;
  expect(response.status).toBe(202);
  return API.placeCommand.response.parse(await response.json());
}
async function refused(answer: Promise<Response>) {
  const response = await answer;
  return { status: response.status, code: errorBodySchema.parse(await response.json()).error.code };
}

const pause = (over: Record<string, unknown> = {}) => ({
  id: randomUUID(),
  do: 'pause',
  agent: 'PJSIP/8001',
  queue: null,
  reason: '小休',
  ...over,
});

test('[CMD70] a command is answered with its end where that comes soon, else with what is known so far', async () => {
  await serve();
  const command = pause();
  expect(await accepted(post(BASE, command))).toMatchObject({ command, state: 'confirmed', undoUntil: 200 });
  expect(placed).toMatchObject([{ command, agentName: '王伟', by: { kind: 'token', name: 'admin token' } }]);
  outcome = () => null;
  const slow = pause();
  expect(await accepted(post(BASE, slow))).toMatchObject({ state: 'pending', endedAt: null });
  statuses.set(slow.id, confirm(statuses.get(slow.id) as CommandStatus));
  const later = await get(`${BASE}/${slow.id}`);
  expect(API.command.response.parse(await later.json())).toMatchObject({ state: 'confirmed' });
  expect(await refused(get(`${BASE}/${randomUUID()}`))).toEqual({ status: 404, code: 'command.unknown' });
});

test('[CMD71] the same command again is the same one; another with its id is refused', async () => {
  await serve();
  const command = pause();
  const [one, two] = await Promise.all([accepted(post(BASE, command)), accepted(post(BASE, command))]);
  expect(two).toEqual(one);
  expect(await accepted(post(BASE, command))).toEqual(one);
  expect(placed).toHaveLength(1);
  expect(await refused(post(BASE, { ...command, reason: '会议' }))).toEqual({ status: 409, code: 'command.conflict' });
  await serve(person('supervisor', {}, 'somebody else'));
  expect(await refused(post(BASE, command))).toEqual({ status: 409, code: 'command.conflict' });
});

test('[CMD72] an undo is another command, with the rows that it brings back', async () => {
  await serve();
  const { command } = await accepted(post(BASE, pause()));
  const undo = await accepted(post(`${BASE}/${command.id}/undo`));
  expect(undo).toMatchObject({ command: { do: 'unpause', agent: 'PJSIP/8001' }, undoes: command.id });
  expect(placed[1]?.restores).toEqual({ rows: [row], expected: [{ ...row, paused: true, reason: '小休' }] });
  // Asked twice, it is undone once.
  expect((await accepted(post(`${BASE}/${command.id}/undo`))).command.id).toBe(undo.command.id);
  expect(placed).toHaveLength(2);
});

test('[CMD72] what is too late, failed, or was never there cannot be undone', async () => {
  await serve();
  const { command } = await accepted(post(BASE, pause()));
  statuses.set(command.id, { ...(statuses.get(command.id) as CommandStatus), undoUntil: 50 });
  expect(await refused(post(`${BASE}/${command.id}/undo`))).toEqual({ status: 409, code: 'command.notUndoable' });
  outcome = (status) => ({ ...status, state: 'failed', cause: 'unconfirmed', endedAt: 2 });
  const failing = await accepted(post(BASE, pause()));
  expect(await refused(post(`${BASE}/${failing.command.id}/undo`))).toMatchObject({ code: 'command.notUndoable' });
  expect(await refused(post(`${BASE}/${randomUUID()}/undo`))).toEqual({ status: 404, code: 'command.unknown' });
});

test('[CMD73] who may not is refused by the server, whatever the screen shows', async () => {
  const monitor = { id: randomUUID(), do: 'monitor', agent: 'PJSIP/8001', mode: 'listen', phone: '9101', reason: 'x' };
  const hangUp = { id: randomUUID(), do: 'hang-up', agent: 'PJSIP/8001', call: null, reason: 'x' };
  const join = { id: randomUUID(), do: 'join-queue', agent: 'PJSIP/8001', queue: 'q9', penalty: 0 };
  const cases: [Role, Partial<Scope>, object, number][] = [
    ['analyst', {}, pause(), 403],
    ['teamLead', {}, pause(), 202],
    ['teamLead', {}, monitor, 403],
    ['teamLead', {}, hangUp, 403],
    ['supervisor', {}, monitor, 202],
    ['teamLead', { teams: ['red'] }, pause(), 202],
    ['teamLead', { teams: ['red'] }, pause({ agent: 'PJSIP/8002' }), 404],
    ['teamLead', { teams: ['red'] }, pause({ agent: 'PJSIP/8003' }), 404],
    ['teamLead', { sites: ['north'] }, pause(), 404],
    ['teamLead', { queues: ['q1'] }, pause({ queue: 'q1' }), 202],
    ['teamLead', { queues: ['q1'] }, pause(), 403],
    ['teamLead', { queues: ['q1', 'q2'] }, join, 403],
    ['supervisor', { queues: ['q1'] }, hangUp, 403],
  ];
  await serve(person('viewer'));
  expect(await refused(post(BASE, pause()))).toEqual({ status: 403, code: 'auth.forbidden' });
  for (const [role, scope, command, status] of cases) {
    await serve(person(role, scope));
    expect([role, scope, command, (await post(BASE, { ...command, id: randomUUID() })).status]).toEqual([
      role,
      scope,
      command,
      status,
    ]);
  }
});

test('[CMD73] a command of another team can be neither read nor undone', async () => {
  await serve(person('supervisor', {}, 'chief'));
  const { command } = await accepted(post(BASE, pause({ agent: 'PJSIP/8002', queue: 'q1' })));
  await serve(person('teamLead', { teams: ['red'] }, 'lead'));
  expect(await refused(get(`${BASE}/${command.id}`))).toEqual({ status: 404, code: 'command.unknown' });
  expect(await refused(post(`${BASE}/${command.id}/undo`))).toEqual({ status: 404, code: 'command.unknown' });
  expect(placed).toHaveLength(1);
});

test('[CMD73] without a token nothing is done; an unknown site or agent is not guessed at', async () => {
  await serve();
  expect(await refused(post(BASE, pause(), {}))).toMatchObject({ status: 401 });
  expect(await refused(post('/api/v1/sites/nowhere/commands', pause()))).toEqual({ status: 404, code: 'site.unknown' });
  expect(await refused(post(BASE, pause({ agent: 'PJSIP/4711' })))).toEqual({ status: 404, code: 'agent.unknown' });
  expect(placed).toEqual([]);
});

test('[CMD74] what was asked is on record before it is placed, and its end after', async () => {
  await serve(person('supervisor'));
  const { command } = await accepted(post(BASE, pause()));
  await expect.poll(() => records.length).toBe(2);
  const { queue: _, ...state } = row;
  const common = {
    who: { kind: 'person', id: 'p1', name: 'Wang' },
    site: 'main',
    subject: 'PJSIP/8001',
    reason: '小休',
    from: expect.stringMatching(/127\.0\.0\.1$/),
  };
  expect(records[0]).toEqual({
    ...common,
    act: 'command.asked',
    before: null,
    after: {
      do: 'pause',
      name: '王伟',
      command: command.id,
      asked: { queue: null },
      floor: expect.objectContaining({ queues: ['q1', 'q2'], pausedIn: [] }),
    },
  });
  expect(records[1]).toEqual({
    ...common,
    act: 'agent.paused',
    before: { rows: { q1: state } },
    after: { do: 'pause', name: '王伟', command: command.id, rows: { q1: { ...state, paused: true, reason: '小休' } } },
  });
  outcome = (status) => ({ ...status, state: 'failed', cause: 'right.missing', endedAt: 2 });
  await accepted(post(BASE, pause()));
  await expect.poll(() => records[3]?.act).toBe('command.failed');
  // Too late to be undone: that it was asked stays on record, and that it was not done.
  statuses.set(command.id, { ...(statuses.get(command.id) as CommandStatus), undoUntil: 50 });
  await refused(post(`${BASE}/${command.id}/undo`));
  await expect.poll(() => records.length).toBe(6);
  expect(records.slice(4).map(({ act }) => act)).toEqual(['command.asked', 'command.failed']);
  expect(records[5]?.after).toMatchObject({ state: 'refused', cause: 'command.notUndoable' });
  auditFailure = new AppError('database.unreachable');
  expect(await refused(post(BASE, pause()))).toEqual({ status: 503, code: 'database.unreachable' });
  expect(placed).toHaveLength(2);
});

test('[CMD75] a screen is told what can be done', async () => {
  await serve(person('analyst'));
  const answer = await get('/api/v1/sites/main/acting');
  expect(API.acting.response.parse(await answer.json())).toEqual({
    isAway: false,
    can: ['pause', 'unpause'],
    lacks: ['write = call'],
  });
  expect(await refused(fetch(`${base}/api/v1/sites/main/acting`))).toEqual({ status: 401, code: 'auth.needed' });
});

test('[CMD76] what does not fit is refused field by field', async () => {
  await serve();
  const response = await post(BASE, { ...pause(), reason: '', agent: 'a\r\nAction: Originate', extra: 1 });
  const { error } = errorBodySchema.parse(await response.json());
  expect([response.status, error.code]).toEqual([400, 'request.invalid']);
  expect(error.issues?.map(({ path }) => path).sort()).toEqual(['', 'agent', 'reason']);
  expect(placed).toEqual([]);
});

test('[CMD94] a message has its text on record, and goes to whom the asker sees, whatever call they are on', async () => {
  outcome = (status) => ({ ...status, state: 'confirmed', endedAt: 2 });
  await serve(person('teamLead', { teams: ['red'], queues: ['q1'] }));
  const message = { id: randomUUID(), do: 'message', agent: 'PJSIP/8001', text: '请到 3 楼 <b>' };
  expect(await accepted(post(BASE, message))).toMatchObject({ state: 'confirmed', undoUntil: null, command: message });
  await expect.poll(() => records.map(({ act }) => act)).toEqual(['command.asked', 'agent.messaged']);
  expect(records[0]).toMatchObject({ subject: 'PJSIP/8001', reason: null, after: { asked: { text: message.text } } });
  const other = { ...message, id: randomUUID(), agent: 'PJSIP/8002' };
  expect(await refused(post(BASE, other))).toEqual({ status: 404, code: 'agent.unknown' });
  await serve(person('analyst'));
  expect(await refused(post(BASE, { ...message, id: randomUUID() }))).toEqual({ status: 403, code: 'auth.forbidden' });
  expect(placed).toHaveLength(1);
});

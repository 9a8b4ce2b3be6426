/** The break desk through HTTP, on real stores, with a floor and a PBX that the test plays. Rules: docs/spec/breaks.md. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { API } from '../../shared/api.ts';
import { breakSettingsSchema } from '../../shared/break-setting.ts';
import type { Outcome } from '../../shared/command.ts';
import { PRESENCES } from '../../shared/presence.ts';
import { type Cell, CHANNELS, type Channel, type Table } from '../../shared/view.ts';
import { rowOf } from '../gateway/testing-feed.ts';
import { claimCommand, readPlaced, settleCommand } from '../redis/commands.ts';
import { atField, revField, siteKeys } from '../redis/keys.ts';
import { acquireLease } from '../redis/lease.ts';
import { STREAM_START } from '../redis/stream.ts';
import {
  type AccessApp,
  type AccessStores,
  type Client,
  signedIn,
  startAccessApp,
  startAccessStores,
} from './access-app.ts';

const MIN = 60_000;
const SITE = { site: 'main' };
const NO_RULES = { ...breakSettingsSchema.parse({}), noRestMs: 0, minFree: 0 };
let stores: AccessStores;
let app: AccessApp;
let admin: Client;

beforeAll(async () => {
  stores = await startAccessStores();
});
afterAll(() => stores.stop());
beforeEach(async () => {
  await stores.empty();
  await putFloor(Date.now());
  app = await startAccessApp(stores);
  admin = await app.setUp();
});
afterEach(() => app.stop());

async function putView(
  channel: Channel,
  at: number,
  rows: Readonly<Partial<Record<Table, readonly (readonly [string, Record<string, Cell>])[]>>>,
) {
  const command = await stores.redis.connect();
  const keys = siteKeys('main');
  for (const table of CHANNELS[channel]) {
    for (const [index, [id, cells]] of (rows[table] ?? []).entries())
      await command.hset(keys.view(channel), `${table}:${index}`, JSON.stringify([id, ...rowOf(table, cells)]));
  }
  await command.hset(keys.meta, revField(channel), 1, atField(channel), at);
}

/** Signed in since two hours, on the seat since one; the clock of the server stands, so the source stays alive. */
async function putFloor(at: number): Promise<void> {
  const presenceMs = PRESENCES.map((one) => (one === 'available' ? 120 * MIN : 0));
  const agent = (name: string, team: string, queues: readonly string[]) => ({
    ...{ name, team, queues, presence: 'available', presenceSince: at - 60 * MIN, presenceReason: '', presenceMs },
    ...{ activity: 'idle', activitySince: at, canTakeCall: true, pausedIn: [], countedTo: at },
  });
  await putView('board', at, {
    site: [['main', { name: 'Main', timeZone: 'Asia/Shanghai' }]],
    queues: ['q1', 'q2'].map((id) => [id, { name: id, thresholdMs: 20_000, shortAbandonMs: 5_000 }] as const),
    sources: [['pbx', { state: 'live', aliveAt: at }]],
  });
  await putView('agents', at, {
    agents: [
      ['a1', agent('王伟', 'red', ['q1', 'q2'])],
      ['a2', agent('李娜', 'red', ['q1'])],
      ['a3', agent('赵敏', 'blue', ['q1'])],
    ],
  });
}

const set = (settings: object, version = 0) => admin.ok(API.changeBreakSettings, SITE, { version, settings });
const request = (client: Client, agent: string, over: object = {}) =>
  client.ok(API.requestBreak, SITE, { id: randomUUID(), agent, reason: '小休', ...over });

test('[BRK40] the desk: quota, queue in grant order, who is unrested for how long and what rest they have earned', async () => {
  await set({ ...NO_RULES, quota: 1, minFree: 2 });
  const { id } = await request(admin, 'a2');
  const desk = await admin.ok(API.breaks, SITE);
  expect(desk).toMatchObject({ used: 0, free: 3, minFree: 2, breaks: [], freshness: { state: 'live' } });
  expect(desk.quota.map(({ people }) => people)).toEqual([1, 1, 1]);
  expect(desk.requests).toMatchObject([
    { agent: 'a2', name: '李娜', whyNot: null, request: { id, requestedBy: '管理员' } },
  ]);
  expect(desk.unrested.map(({ agent, hasRequest }) => [agent, hasRequest])).toEqual([
    ['a1', false],
    ['a2', true],
    ['a3', false],
  ]);
  const [first] = desk.unrested;
  expect(Math.round((first?.earnedMs ?? 0) / MIN)).toBe(10);
  expect(Math.round((desk.asOf - (first?.unrestedSince ?? 0)) / MIN)).toBe(120);
});

test('[BRK41] a grant is a command to the PBX; it holds once the PBX has confirmed it, and the audit log has each step', async () => {
  await set({ ...NO_RULES, isAutoGranting: true });
  const { id } = await request(admin, 'a1');
  const redis = await stores.redis.connect();
  const lease = await acquireLease(redis, siteKeys('main').sourceLease, 'pbx', 60_000);
  if ('heldForMs' in lease) throw new Error('held');
  const placedIds = async () => (await readPlaced(redis, 'main', STREAM_START, { count: 10, blockMs: 5 })).ids;
  await expect.poll(async () => (await placedIds()).length).toBe(1);
  const [command = ''] = await placedIds();
  const shown = async () =>
    (await admin.ok(API.breaks, SITE)).breaks.map(({ agent, request: one }) => [agent, one?.state]);
  expect(await shown()).toEqual([['a1', 'granted']]);
  const order = await claimCommand(redis, 'main', command, lease.owner, 'claim');
  expect(order?.command).toMatchObject({ do: 'pause', agent: 'a1', queue: null, reason: '小休' });
  const row = { queue: 'q1', isMember: true, paused: false, reason: '', penalty: 0 };
  const outcome: Outcome = {
    state: 'confirmed',
    cause: null,
    detail: null,
    before: [row],
    after: [{ ...row, paused: true }],
  };
  await settleCommand(redis, 'main', command, 'claim', outcome);
  await expect.poll(shown).toEqual([['a1', 'onBreak']]);
  const { entries } = await admin.ok(API.audit);
  const own = entries.filter(({ act }) => act.startsWith('break'));
  expect(own.map(({ act, who }) => [act, who.name])).toEqual([
    ['break.started', 'Break desk'],
    ['break.granted', 'Break desk'],
    ['break.requested', '管理员'],
    ['breakSettings.changed', '管理员'],
  ]);
  expect(own[0]).toMatchObject({ subject: 'a1', after: { request: id, rows: { q1: { paused: true } } } });
});

test('[BRK42] people of another team are neither shown nor asked for; the counts are of the site', async () => {
  await set(NO_RULES);
  const { id } = await request(admin, 'a3');
  const { client: lead } = await signedIn(app, admin, 'lead', 'teamLead', { teams: ['red'] });
  const desk = await lead.ok(API.breaks, SITE);
  expect(desk).toMatchObject({ free: 3, requests: [] });
  expect(JSON.stringify(desk)).not.toContain('赵敏');
  expect(desk.unrested.map(({ agent }) => agent)).toEqual(['a1', 'a2']);
  const body = { id: randomUUID(), agent: 'a3', reason: '小休' };
  expect(await lead.refused(API.requestBreak, SITE, body)).toBe('agent.unknown');
  expect(await lead.refused(API.stepBreak, { ...SITE, request: id }, { step: 'refuse' })).toBe('break.unknown');
  expect(await lead.refused(API.changeBreakSettings, SITE, { version: 1, settings: NO_RULES })).toBe('auth.forbidden');
  expect((await request(lead, 'a2')).requestedBy).toBe('lead');
});

test('[BRK43] a break takes its agent out of every queue, so all of them must be in scope; to look is another right than to act', async () => {
  await set(NO_RULES);
  const { client: supervisor } = await signedIn(app, admin, 'supervisor', 'supervisor', { queues: ['q1'] });
  const body = { id: randomUUID(), agent: 'a1', reason: '小休' };
  expect(await supervisor.refused(API.requestBreak, SITE, body)).toBe('auth.forbidden');
  const { id } = await request(supervisor, 'a2');
  const { client: analyst } = await signedIn(app, admin, 'analyst', 'analyst');
  expect((await analyst.ok(API.breaks, SITE)).requests).toHaveLength(1);
  expect(await analyst.refused(API.stepBreak, { ...SITE, request: id }, { step: 'refuse' })).toBe('auth.forbidden');
  const { client: manager } = await signedIn(app, admin, 'manager', 'manager', { teams: ['red'] });
  expect(await manager.refused(API.changeBreakSettings, SITE, { version: 1, settings: {} })).toBe('auth.forbidden');
});

test('[BRK44] settings are changed whole and by version, and refused where they contradict themselves', async () => {
  expect((await admin.ok(API.breakSettings, SITE)).settings).toMatchObject({
    ...{ quota: 3, restMsPerHour: 5 * MIN, noRestMs: 30 * MIN, minFree: 1, isAutoGranting: false },
  });
  const stored = await set({ ...NO_RULES, quota: 7 });
  expect(stored.settings.quota).toBe(7);
  expect(await admin.refused(API.changeBreakSettings, SITE, { version: 0, settings: {} })).toBe('settings.conflict');
  for (const bad of [
    { quotaByHalfHour: [{ from: '11:15', people: 1 }] },
    { quotaByHalfHour: [1, 2].map((people) => ({ from: '11:30', people })) },
    { reasons: [] },
    { reasons: [{ reason: 'a\nb', maxMs: 5_000 }] },
    { qouta: 1 },
  ])
    expect(await admin.refused(API.changeBreakSettings, SITE, { version: stored.version, settings: bad })).toBe(
      'request.invalid',
    );
});

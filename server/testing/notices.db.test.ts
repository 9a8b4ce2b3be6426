/** Notices through HTTP and the socket, on real stores. Rules: docs/spec/notices.md. */
import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { API } from '../../shared/api.ts';
import { type CreateNotice, NOTICES_AT_ONCE } from '../../shared/api-notices.ts';
import { liveParser } from '../../shared/live-parser.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../../shared/protocol.ts';
import {
  type AccessApp,
  type AccessStores,
  type Client,
  signedIn,
  startAccessApp,
  startAccessStores,
} from './access-app.ts';

const MAIN = { site: 'main' };
const MINUTE_MS = 60_000;
const ENV = { FLOORCAST_PROXIES: '127.0.0.1' };

let stores: AccessStores;
let app: AccessApp;
let admin: Client;
let ends: (() => unknown)[] = [];

beforeAll(async () => {
  stores = await startAccessStores();
});
afterAll(() => stores.stop());
beforeEach(async () => {
  await stores.empty();
  app = await startAccessApp(stores, ENV);
  admin = await app.setUp();
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
  await app.stop();
});

const noticeOf = (over: Partial<CreateNotice> = {}): CreateNotice => ({
  ...{ id: randomUUID(), text: '今晚系统升级', level: 'info', queues: null, teams: null, minutes: 30 },
  ...over,
});
const write = (client: Client, over: Partial<CreateNotice> = {}) => client.ok(API.createNotice, MAIN, noticeOf(over));
const textsOf = async (client: Client, site = 'main') =>
  (await client.ok(API.notices, { site })).notices.map(({ text }) => text);
const auditOf = async (act: string) => (await admin.ok(API.audit)).entries.filter((entry) => entry.act === act);
const soon = <T>(found: () => T) => expect.poll(found, { timeout: 15_000 });

/** A screen of the site `main`, and for which sites it was told to ask again. */
async function screenOf(client: Client, url = app.url, site = 'main'): Promise<string[]> {
  const heard: string[] = [];
  const socket = io(url, {
    ...{ path: SOCKET_PATH, parser: liveParser, transports: ['websocket'], reconnection: false },
    auth: { version: PROTOCOL_VERSION, subscribe: [{ site, channel: 'board' }] },
    extraHeaders: { cookie: client.cookie, origin: url },
  });
  ends.push(() => socket.close());
  socket.on('notices', (told: string) => heard.push(told));
  await new Promise<void>((resolve, reject) => {
    socket.on('connect', resolve).on('connect_error', reject);
  });
  return heard;
}

test('[NOT1] a notice is there for all who see the site, until it ends, also after a restart', async () => {
  const { client: viewer } = await signedIn(app, admin, 'viewer', 'viewer');
  const made = await write(admin, { text: '第一行\n第二行', level: 'important' });
  expect(made).toEqual({
    ...{ id: made.id, text: '第一行\n第二行', level: 'important', queues: null, teams: null },
    ...{ by: '管理员', at: app.now(), endsAt: app.now() + 30 * MINUTE_MS, canTakeBack: true },
  });
  expect(await viewer.ok(API.notices, MAIN)).toEqual({
    isKnown: true,
    notices: [{ ...made, by: null, canTakeBack: false }],
  });
  expect(await textsOf(admin, 'north')).toEqual([]);
  await app.stop();
  app = await startAccessApp(stores, ENV);
  const again = app.browser();
  await again.signIn('admin', 'correct horse battery');
  expect(await textsOf(again)).toEqual(['第一行\n第二行']);
  app.pass(29 * MINUTE_MS);
  expect(await textsOf(again)).toHaveLength(1);
  app.pass(MINUTE_MS);
  expect(await textsOf(again)).toEqual([]);
});

test('[NOT2] important ones stand first, then the newest; more than can be read are refused', async () => {
  for (const [text, level] of [
    ['a', 'info'],
    ['b', 'important'],
    ['c', 'info'],
  ] as const) {
    await write(admin, { text, level });
    app.pass(1_000);
  }
  expect(await textsOf(admin)).toEqual(['b', 'c', 'a']);
  for (let n = 3; n < NOTICES_AT_ONCE; n++) await write(admin);
  expect(await admin.refused(API.createNotice, MAIN, noticeOf())).toBe('notice.tooMany');
  expect(await admin.ok(API.createNotice, { site: 'north' }, noticeOf())).toMatchObject({ text: '今晚系统升级' });
});

test('[NOT3] the same id is the same notice, for the same words of the same author alone', async () => {
  const body = noticeOf();
  const first = await admin.ok(API.createNotice, MAIN, body);
  app.pass(5_000);
  expect(await admin.ok(API.createNotice, MAIN, body)).toEqual(first);
  expect(await textsOf(admin)).toHaveLength(1);
  expect(await auditOf('notice.created')).toHaveLength(1);
  expect(await admin.refused(API.createNotice, MAIN, { ...body, text: 'another' })).toBe('notice.conflict');
  expect(await admin.refused(API.createNotice, { site: 'north' }, body)).toBe('notice.conflict');
  const { client } = await signedIn(app, admin, 'lead', 'teamLead');
  expect(await client.refused(API.createNotice, MAIN, body)).toBe('notice.conflict');
});

test('[NOT4] it is written for those alone over whom its author is set, and seen by those alone whom it is for', async () => {
  const { client: red } = await signedIn(app, admin, 'red', 'teamLead', { teams: ['red'] });
  const { client: blue } = await signedIn(app, admin, 'blue', 'teamLead', { teams: ['blue'] });
  const { client: q1 } = await signedIn(app, admin, 'queues', 'teamLead', { queues: ['q1'] });
  for (const reach of [{}, { teams: ['blue'] }, { teams: ['red', 'blue'] }, { queues: ['q1'] }])
    expect(await red.refused(API.createNotice, MAIN, noticeOf(reach))).toBe('access.tooMuch');
  expect(await q1.refused(API.createNotice, MAIN, noticeOf({ teams: ['red'] }))).toBe('access.tooMuch');
  await write(red, { text: 'of red', teams: ['red'] });
  const both = await write(admin, { text: 'of both', teams: ['red', 'blue'] });
  await write(admin, { text: 'of q2', queues: ['q2'] });
  expect((await textsOf(red)).toSorted()).toEqual(['of both', 'of q2', 'of red']);
  expect((await textsOf(blue)).toSorted()).toEqual(['of both', 'of q2']);
  expect((await textsOf(q1)).toSorted()).toEqual(['of both', 'of red']);
  expect((await textsOf(admin)).toSorted()).toEqual(['of both', 'of q2', 'of red']);
  // The names of others' teams are not told, and what reaches others is not theirs to take back.
  const seen = (await blue.ok(API.notices, MAIN)).notices.find(({ text }) => text === 'of both');
  expect(seen).toMatchObject({ teams: ['blue'], canTakeBack: false });
  expect(await blue.refused(API.takeBackNotice, { ...MAIN, notice: both.id })).toBe('auth.forbidden');
});

test('[NOT5] a TV shows what is for its view, and not who wrote it', async () => {
  const tv = app.browser('192.0.2.50');
  await tv.pairBy(admin, { teams: ['red'] });
  await write(admin, { text: 'for all' });
  await write(admin, { text: 'for blue', teams: ['blue'] });
  await write(admin, { text: 'for red', teams: ['red'] });
  const { notices } = await tv.ok(API.notices, MAIN);
  expect(notices.map(({ text, by, canTakeBack }) => [text, by, canTakeBack]).toSorted()).toEqual([
    ['for all', null, false],
    ['for red', null, false],
  ]);
  expect(await tv.refused(API.createNotice, MAIN, noticeOf())).toBe('auth.forbidden');
});

test('[NOT6] taken back it is gone, once; what is over or elsewhere is not there to be taken back', async () => {
  const { id } = await write(admin, { text: 'mistake' });
  expect(await admin.refused(API.takeBackNotice, { site: 'north', notice: id })).toBe('notice.unknown');
  expect(await admin.refused(API.takeBackNotice, { ...MAIN, notice: randomUUID() })).toBe('notice.unknown');
  await admin.ok(API.takeBackNotice, { ...MAIN, notice: id });
  expect(await textsOf(admin)).toEqual([]);
  await admin.ok(API.takeBackNotice, { ...MAIN, notice: id });
  const [taken, ...more] = await auditOf('notice.takenBack');
  expect(more).toEqual([]);
  expect(taken).toMatchObject({
    site: 'main',
    subject: 'mistake',
    who: { name: '管理员' },
    before: { id },
    after: null,
  });
  expect(await auditOf('notice.created')).toMatchObject([{ subject: 'mistake', after: { id, level: 'info' } }]);
});

test('[NOT7] screens of the site are told, in every process, and those of another site are not', async () => {
  const other = await startAccessApp(stores, ENV);
  ends.push(() => other.stop());
  const [mine, theirs, north] = [
    await screenOf(admin),
    await screenOf(admin, other.url),
    await screenOf(admin, app.url, 'north'),
  ];
  const { id } = await write(admin, { text: 'hello' });
  await soon(() => [mine.length, theirs.length]).toEqual([1, 1]);
  const elsewhere = other.browser();
  elsewhere.cookie = admin.cookie;
  expect(await textsOf(elsewhere)).toEqual(['hello']);
  await admin.ok(API.takeBackNotice, { ...MAIN, notice: id });
  await soon(() => [mine.length, theirs.length]).toEqual([2, 2]);
  expect(await textsOf(elsewhere)).toEqual([]);
  expect([...mine, ...theirs]).toEqual(['main', 'main', 'main', 'main']);
  expect(north).toEqual([]);
});

test.each([
  ['nothing', ''],
  ['blanks', ' \n '],
  ['three lines', 'a\nb\nc'],
  ['201 characters', '字'.repeat(201)],
  ['a carriage return', 'a\rb'],
  ['a control character', 'a\u0000b'],
  ['a line separator', 'a\u2028b'],
  ['a turned direction', 'a\u202Eb'],
  ['half a character', 'a\uD83Db'],
])('[NOT8] %s is no text of a notice', async (_, text) => {
  expect(await admin.refused(API.createNotice, MAIN, noticeOf({ text }))).toBe('request.invalid');
});

test('[NOT8] markup and symbols are text like any other', async () => {
  const text = `<img src=x onerror=alert(1)> {{who}} '; DROP TABLE notices; -- 👩‍💻\n${'字'.repeat(100)}`;
  await write(admin, { text });
  expect(await textsOf(admin)).toEqual([text]);
});

test('[NOT8] it ends within a day', async () => {
  for (const minutes of [0, 1.5, 24 * 60 + 1])
    expect(await admin.refused(API.createNotice, MAIN, noticeOf({ minutes }))).toBe('request.invalid');
});

/** TVs through HTTP, on real stores: pairing, tokens, the fleet. Rules: docs/spec/screens.md. */
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { API, type Endpoint } from '../../shared/api.ts';
import { liveParser } from '../../shared/live-parser.ts';
import { SCREEN_RIGHTS } from '../../shared/policy.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../../shared/protocol.ts';
import { CODE_ALPHABET } from '../../shared/screen.ts';
import {
  type AccessApp,
  type AccessStores,
  ADMIN_TOKEN,
  type Client,
  REPORT,
  SCREEN_OPTIONS,
  signedIn,
  startAccessApp,
  startAccessStores,
} from './access-app.ts';

const TV = '192.0.2.50';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const TV_PAGE = { width: 3840, height: 2160, language: 'en' };
const PAIRED = { name: '一楼东', site: 'main', queues: null, teams: null, board: 'standard', options: SCREEN_OPTIONS };

let stores: AccessStores;
let app: AccessApp;
let admin: Client;
let tv: Client;

beforeAll(async () => {
  stores = await startAccessStores();
});
afterAll(() => stores.stop());

beforeEach(async () => {
  await stores.empty();
  app = await startAccessApp(stores, { FLOORCAST_PROXIES: '127.0.0.1' });
  admin = await app.setUp();
  tv = app.browser(TV);
});
afterEach(() => app.stop());

const soon = <T>(found: () => T) => expect.poll(found, { timeout: 15_000 });
const report = (over: Partial<typeof REPORT> = {}) => tv.ok(API.reportScreen, {}, { ...REPORT, ...over });
const whoOf = async (client: Client) => (await client.ok(API.session)).who;

test('[TV1] a TV shows a code, somebody who may pairs it, and it fetches its token with a secret that it did not show', async () => {
  const { code, secret, expiresAt } = await tv.ok(API.startPairing, {}, TV_PAGE);
  expect(code).toMatch(new RegExp(`^[${CODE_ALPHABET}]{6}$`));
  expect(expiresAt).toBe(app.now() + 10 * MINUTE_MS);
  expect(await tv.ok(API.claimPairing, {}, { secret })).toEqual({ state: 'waiting' });
  const typed = `${code.slice(0, 3)} ${code.slice(3)}`.toLowerCase();
  expect(await admin.ok(API.pairing, { code: typed })).toMatchObject({ from: TV, width: 3840, language: 'en' });

  const paired = await admin.ok(API.pairScreen, {}, { ...PAIRED, code: typed });
  expect(paired).toMatchObject({ name: '一楼东', site: 'main', state: 'waiting', pairedBy: '管理员', report: null });
  // Whoever saw the code has nothing of it.
  const thief = app.browser('192.0.2.66');
  expect(await thief.ok(API.claimPairing, {}, { secret: code })).toEqual({ state: 'gone' });
  expect(await tv.ok(API.claimPairing, {}, { secret })).toEqual({ state: 'paired' });
  expect(tv.setCookie).toMatch(/^floorcast-screen=[\w-]{22}\.[\w-]{43}; Path=\/; .*HttpOnly; SameSite=Strict$/);
  expect(await whoOf(tv)).toMatchObject({ kind: 'screen', name: '一楼东', rights: SCREEN_RIGHTS });
  const { sites } = await tv.ok(API.sites);
  expect(sites.map(({ id }) => id)).toEqual(['main']);
  expect((await admin.ok(API.audit)).entries[0]).toMatchObject({
    ...{ act: 'screen.paired', site: 'main', subject: '一楼东', who: { name: '管理员' } },
    after: { name: '一楼东', board: 'standard' },
  });
});

test('[TV1] whoever waits for it hears of the pairing in the same answer', async () => {
  const { code, secret } = await tv.ok(API.startPairing, {}, TV_PAGE);
  const claimed = tv.ok(API.claimPairing, {}, { secret, waitMs: 25_000 });
  await admin.ok(API.pairScreen, {}, { ...PAIRED, code });
  expect(await claimed).toEqual({ state: 'paired' });
});

test('[TV1] a TV that looks while it is being paired goes on waiting, and gets its token', async () => {
  const { code, secret } = await tv.ok(API.startPairing, {}, TV_PAGE);
  const { database } = stores.db;
  const pairing = await database.transaction(async (sql) => {
    // Holds up the transaction that pairs it, after the code is taken.
    await sql.query('LOCK TABLE audit_log IN SHARE MODE');
    const paired = admin.ok(API.pairScreen, {}, { ...PAIRED, code });
    await soon(() => database.query('SELECT 1 FROM pg_locks WHERE NOT granted')).toHaveLength(1);
    expect(await tv.ok(API.claimPairing, {}, { secret })).toEqual({ state: 'waiting' });
    return { paired };
  });
  await pairing.paired;
  expect(await tv.ok(API.claimPairing, {}, { secret })).toEqual({ state: 'paired' });
});

test('[TV1] a TV that was taken out before it fetched its token asks for a new code', async () => {
  const { code, secret } = await tv.ok(API.startPairing, {}, TV_PAGE);
  const { id } = await admin.ok(API.pairScreen, {}, { ...PAIRED, code });
  await admin.ok(API.revokeScreen, { screen: id });
  expect(await tv.ok(API.claimPairing, {}, { secret })).toEqual({ state: 'gone' });
});

test('[TV2] a code pairs once, also when two pair at the same moment, and ends', async () => {
  const { code } = await tv.ok(API.startPairing, {}, TV_PAGE);
  const answers = await Promise.all([1, 2, 3].map(() => admin.ask(API.pairScreen, {}, { ...PAIRED, code })));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404, 404]);
  expect(await admin.refused(API.pairing, { code })).toBe('screen.codeWrong');
  expect((await admin.ok(API.screens)).screens).toHaveLength(1);
  const { code: late, secret } = await tv.ok(API.startPairing, {}, TV_PAGE);
  const command = await stores.redis.connect();
  const keys = await command.keys('*:pairing*');
  for (const key of keys) if (!key.endsWith('pairings')) expect(await command.pttl(key)).toBeGreaterThan(0);
  await command.del(keys);
  expect(await admin.refused(API.pairScreen, {}, { ...PAIRED, code: late })).toBe('screen.codeWrong');
  expect(await tv.ok(API.claimPairing, {}, { secret })).toEqual({ state: 'gone' });
});

test('[TV2] an answer that was lost is given again within a minute, and the token before does not hold', async () => {
  const { code, secret } = await tv.ok(API.startPairing, {}, TV_PAGE);
  await admin.ok(API.pairScreen, {}, { ...PAIRED, code });
  await tv.ok(API.claimPairing, {}, { secret });
  const { cookie: lost } = tv;
  await tv.ok(API.claimPairing, {}, { secret });
  await report();
  tv.cookie = lost;
  expect(await whoOf(tv)).toBeNull();
});

test('[TV3] guessing codes is slowed down by person and address, and a right one does not wipe out wrong ones', async () => {
  const { code } = await tv.ok(API.startPairing, {}, TV_PAGE);
  const wrong = () => admin.refused(API.pairing, { code: 'AAAAAA' });
  for (let i = 0; i < 5; i++) expect(await wrong()).toBe('screen.codeWrong');
  await admin.ask(API.pairing, { code });
  expect(await wrong()).toBe('screen.codeWrong');
  expect(await admin.refused(API.pairScreen, {}, { ...PAIRED, code })).toBe('auth.throttled');
  expect(admin.retryAfterS).toBeGreaterThan(0);
  app.pass(MINUTE_MS);
  await admin.ok(API.pairScreen, {}, { ...PAIRED, code });
});

test('[TV3] an address that asks for code after code is slowed down', async () => {
  const codes = new Set<string>();
  for (let i = 0; i < 100; i++) codes.add((await tv.ok(API.startPairing, {}, TV_PAGE)).code);
  expect(codes.size).toBe(100);
  await tv.ask(API.startPairing, {}, TV_PAGE);
  expect(await tv.refused(API.startPairing, {}, TV_PAGE)).toBe('auth.throttled');
  expect(await app.browser('192.0.2.51').ok(API.startPairing, {}, TV_PAGE)).toHaveProperty('code');
});

test('[TV4] nobody pairs a TV for more than is theirs, and a token pairs none', async () => {
  const { client: supervisor } = await signedIn(app, admin, 'supervisor', 'supervisor', {
    ...{ sites: ['main'], queues: ['600'] },
  });
  const { client: lead } = await signedIn(app, admin, 'lead', 'teamLead');
  const { code } = await tv.ok(API.startPairing, {}, TV_PAGE);
  const body = { ...PAIRED, code };
  expect(await lead.refused(API.pairScreen, {}, body)).toBe('auth.forbidden');
  expect(await supervisor.refused(API.pairScreen, {}, body)).toBe('access.tooMuch');
  expect(await supervisor.refused(API.pairScreen, {}, { ...body, site: 'north' })).toBe('site.unknown');
  expect(await admin.refused(API.pairScreen, {}, { ...body, site: 'nowhere' })).toBe('site.unknown');
  expect(await admin.refused(API.pairScreen, {}, { ...body, board: 'mine' })).toBe('board.unknown');
  const { secret } = await admin.createToken({ rights: ['screen.manage', 'numbers.view'] });
  expect(await app.script(secret).refused(API.pairScreen, {}, body)).toBe('auth.forbidden');
  await supervisor.ok(API.pairScreen, {}, { ...body, queues: ['600'] });
});

test('[TV5] a TV reads numbers of its site and does nothing else', async () => {
  await tv.pairBy(admin);
  const params = { site: 'main', queue: '600', agent: '1', person: 'p', token: 't', screen: 's', code: 'AAAAAA' };
  for (const [name, endpoint] of Object.entries(API) as [string, Endpoint][]) {
    const { right, method } = endpoint;
    if (right === 'anybody' || right === 'screen') continue;
    const { status } = await tv.ask(endpoint, params, method === 'get' ? undefined : {});
    const isOpen = SCREEN_RIGHTS.some((one) => one === right) && method === 'get';
    // Of boards its own alone is there (BRD8).
    const answer = name === 'publishedBoard' ? 404 : isOpen ? 200 : 403;
    expect([name, status]).toEqual([name, answer]);
  }
  expect(await tv.refused(API.queues, { site: 'north' })).toBe('site.unknown');
});

test('[TV5] only a TV reports, and what does not fit is refused', async () => {
  await tv.pairBy(admin);
  expect(await admin.refused(API.reportScreen, {}, REPORT)).toBe('auth.forbidden');
  expect(await app.script(ADMIN_TOKEN).refused(API.reportScreen, {}, REPORT)).toBe('auth.forbidden');
  for (const wrong of [{ width: 1e9 }, { build: 'x'.repeat(65) }, { shows: 'cat' }, { more: 1 }, { heapBytes: -1 }])
    expect(await tv.refused(API.reportScreen, {}, { ...REPORT, ...wrong })).toBe('request.invalid');
  const elsewhere = { 'sec-fetch-site': 'cross-site' };
  expect(await tv.refused(API.reportScreen, {}, REPORT, elsewhere)).toBe('auth.crossSite');
});

test('[TV6] a revoked TV is out at once, and forged tokens hold nothing', async () => {
  const { id } = await tv.pairBy(admin);
  await report();
  const { cookie } = tv;
  tv.cookie = `floorcast-screen=${id}.${'A'.repeat(43)}`;
  expect(await whoOf(tv)).toBeNull();
  tv.cookie = cookie;
  await admin.ok(API.revokeScreen, { screen: id });
  await soon(() => tv.refused(API.sites).catch(() => null)).toBe('auth.needed');
  expect((await admin.ok(API.screens)).screens).toEqual([]);
  expect(await admin.refused(API.revokeScreen, { screen: id })).toBe('screen.unknown');
  expect((await admin.ok(API.audit)).entries[0]).toMatchObject({ act: 'screen.revoked', subject: '一楼东' });
});

test('[TV7] the token is renewed every week; the old one holds until the TV has used the new one, and a moment longer', async () => {
  await tv.pairBy(admin);
  await report();
  expect(tv.setCookie).toBe('');
  const { cookie: first } = tv;
  app.pass(7 * DAY_MS);
  await report();
  const { cookie: second } = tv;
  expect(second).not.toBe(first);
  // The answer was lost: the first goes on, and no other is offered while it may be on its way.
  tv.cookie = first;
  await report();
  expect([tv.setCookie, tv.cookie]).toEqual(['', first]);
  tv.cookie = second;
  await report();
  tv.cookie = first;
  expect(await whoOf(tv)).toMatchObject({ kind: 'screen' });
  app.pass(3 * MINUTE_MS);
  expect(await whoOf(tv)).toBeNull();
  tv.cookie = second;
  expect(await whoOf(tv)).toMatchObject({ kind: 'screen' });
});

test('[TV7] a TV that never hears of a newer token keeps the one it has', async () => {
  await tv.pairBy(admin);
  const { cookie } = tv;
  for (let week = 0; week < 4; week++) {
    app.pass(7 * DAY_MS);
    tv.cookie = cookie;
    await report();
    expect(tv.setCookie).not.toBe('');
  }
});

test('[TV8] a TV outlives a restart of the server, also one without PostgreSQL', async () => {
  await tv.pairBy(admin);
  await report();
  const { cookie } = tv;
  await app.stop();
  await stores.db.cut();
  await soon(() => stores.db.database.isUp).toBe(false);
  app = await startAccessApp(stores, { FLOORCAST_PROXIES: '127.0.0.1' });
  tv = app.browser(TV);
  tv.cookie = cookie;
  expect(await whoOf(tv)).toMatchObject({ kind: 'screen', name: '一楼东' });
  expect(await report()).toMatchObject({ name: '一楼东', site: 'main' });
  await stores.db.mend();
  await soon(() => stores.db.database.isUp).toBe(true);
});

test('[TV9] the fleet says what each TV reported, and when it has fallen silent', async () => {
  const { id } = await tv.pairBy(admin);
  const at = app.now();
  expect(await report({ upMs: 60_000, paintAgeMs: 300 })).toMatchObject({
    ...{ id, number: expect.any(Number), version: 1, site: 'main', isBlank: false, identify: null, reload: false },
  });
  const { screens } = await admin.ok(API.screens);
  expect(screens).toMatchObject([
    {
      ...{ id, state: 'online' },
      report: { at, from: TV, startedAt: at - 60_000, lastPaintAt: at - 300, heapBytes: 40_000_000, assignment: 1 },
    },
  ]);
  app.pass(41_000);
  expect((await admin.ok(API.screens)).screens).toMatchObject([{ state: 'offline', report: { at } }]);
});

test('[TV10] an order is done when the TV says so', async () => {
  const { id } = await tv.pairBy(admin);
  await report();
  const order = (name: string) => admin.ok(API.orderScreen, { screen: id }, { order: name });
  const at = app.now();
  expect(await order('identify')).toMatchObject({ identify: { at, doneAt: null } });
  expect(await order('reload')).toMatchObject({ reload: { at, doneAt: null } });
  expect(await report()).toMatchObject({ identify: at, reload: true });
  app.pass(2_000);
  expect(await report({ identified: at, upMs: 1_000 })).toMatchObject({ identify: null, reload: false });
  const doneAt = app.now();
  const shown = { identify: { at, doneAt }, reload: { at, doneAt } };
  expect((await admin.ok(API.screens)).screens).toMatchObject([shown]);

  expect(await order('blank')).toMatchObject({ isBlank: true, version: 2 });
  await soon(() => report().then(({ isBlank, version }) => [isBlank, version])).toEqual([true, 2]);
  expect(await order('unblank')).toMatchObject({ isBlank: false, version: 3 });
  const { entries } = await admin.ok(API.audit);
  expect(entries.slice(0, 4).map(({ act }) => act)).toEqual([
    ...['screen.unblanked', 'screen.blanked', 'screen.reloaded', 'screen.identified'],
  ]);
});

test('[TV10] nobody stands any more in front of a TV that comes back after a minute', async () => {
  const { id } = await tv.pairBy(admin);
  await admin.ok(API.orderScreen, { screen: id }, { order: 'identify' });
  app.pass(61_000);
  expect(await report()).toMatchObject({ identify: null });
});

test('[TV11] a TV is changed whole and by version, and follows to another site', async () => {
  const { id } = await tv.pairBy(admin);
  await report();
  const change = { ...PAIRED, version: 1, name: '二楼', site: 'north', options: { ...SCREEN_OPTIONS, hasChime: true } };
  expect(await admin.ok(API.changeScreen, { screen: id }, change)).toMatchObject({ version: 2, name: '二楼' });
  expect(await admin.refused(API.changeScreen, { screen: id }, change)).toBe('access.conflict');
  await soon(() => report().then(({ site, options }) => [site, options.hasChime])).toEqual(['north', true]);
  const { sites } = await tv.ok(API.sites);
  expect(sites.map((site) => site.id)).toEqual(['north']);
  expect((await admin.ok(API.audit)).entries[0]).toMatchObject({
    ...{ act: 'screen.changed', before: { name: '一楼东', site: 'main' }, after: { name: '二楼', site: 'north' } },
  });
});

test('[TV12] a TV that shows more than somebody sees is neither seen nor changed by them', async () => {
  const { id } = await tv.pairBy(admin);
  for (const [login, scope] of [
    ['north', { sites: ['north'] }],
    ['queue', { queues: ['600'] }],
    ['team', { teams: ['A'] }],
  ] as const) {
    const { client } = await signedIn(app, admin, login, 'administrator', scope as object);
    expect((await client.ok(API.screens)).screens).toEqual([]);
    const params = { screen: id };
    expect(await client.refused(API.orderScreen, params, { order: 'blank' })).toBe('screen.unknown');
    expect(await client.refused(API.revokeScreen, params)).toBe('screen.unknown');
    const site = scope === undefined ? '' : 'sites' in scope ? 'north' : 'main';
    const body = { ...PAIRED, version: 1, site, queues: ['600'], teams: ['A'] };
    expect(await client.refused(API.changeScreen, params, body)).toBe('screen.unknown');
  }
  expect(await report()).toMatchObject({ version: 1, isBlank: false });
});

test('[TV13] whoever signs in on a TV sees what is theirs, and the TV is itself again afterwards', async () => {
  await tv.pairBy(admin);
  const { cookie } = tv;
  const session = app.browser(TV);
  await session.signIn('admin', 'correct horse battery');
  tv.cookie = `${cookie}; ${session.cookie}`;
  expect(await whoOf(tv)).toMatchObject({ kind: 'person' });
  expect(await tv.refused(API.reportScreen, {}, REPORT)).toBe('auth.forbidden');
  tv.cookie = cookie;
  expect(await whoOf(tv)).toMatchObject({ kind: 'screen' });
});

/** The socket of a TV, as its browser opens it. */
async function socketOf(client: Client, site = 'main') {
  const heard: string[] = [];
  const socket = io(app.url, {
    ...{ path: SOCKET_PATH, parser: liveParser, transports: ['websocket'], reconnection: false },
    extraHeaders: { cookie: client.cookie },
    auth: { version: PROTOCOL_VERSION, subscribe: [{ site, channel: 'board' }] },
  });
  socket.on('wish', () => heard.push('wish'));
  socket.on('refused', (_, { code }: { code: string }) => heard.push(code));
  socket.on('disconnect', () => heard.push('disconnect'));
  await new Promise<void>((resolve, reject) => socket.on('connect', resolve).on('connect_error', reject));
  return { heard, close: () => socket.close() };
}

test('[TV10] a wish reaches the socket of the TV that it is for, and of no other', async () => {
  const { id } = await tv.pairBy(admin);
  const other = app.browser('192.0.2.51');
  await other.pairBy(admin, { name: '二楼' });
  const [mine, theirs] = [await socketOf(tv), await socketOf(other)];
  await admin.ok(API.orderScreen, { screen: id }, { order: 'identify' });
  await soon(() => mine.heard).toEqual(['wish']);
  expect(theirs.heard).toEqual([]);
  mine.close();
  theirs.close();
});

test('[TV6] the socket of a revoked TV ends at once, and that of one that moved to another site', async () => {
  const { id } = await tv.pairBy(admin);
  const first = await socketOf(tv);
  await admin.ok(API.changeScreen, { screen: id }, { ...PAIRED, version: 1, site: 'north' });
  await soon(() => first.heard.at(-1)).toBe('disconnect');
  const second = await socketOf(tv, 'main');
  await soon(() => second.heard).toEqual(['site.unknown']);
  await admin.ok(API.revokeScreen, { screen: id });
  await soon(() => second.heard.at(-1)).toBe('disconnect');
  await expect(socketOf(tv)).rejects.toThrow('auth.needed');
});

/** Set-up, sign-in and sessions through HTTP, on real stores. Rules: docs/spec/access.md. */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { API } from '../../shared/api.ts';
import { codeAt } from '../auth/totp.ts';
import { ACCESS_KEYS } from '../redis/keys.ts';
import {
  type AccessApp,
  type AccessStores,
  ADMIN_TOKEN,
  type Client,
  NEW_PASSWORD,
  PASSWORD,
  signedIn,
  startAccessApp,
  startAccessStores,
} from './access-app.ts';

const HOUR_MS = 3_600_000;
const ELSEWHERE = '192.0.2.7';
const SET_UP = { login: 'admin', name: '管理员', password: PASSWORD };
let stores: AccessStores;
let app: AccessApp;

beforeAll(async () => {
  stores = await startAccessStores();
});
afterAll(() => stores.stop());

beforeEach(async () => {
  await stores.empty();
  app = await startAccessApp(stores);
});
afterEach(() => app.stop());

/** A busy machine takes its time. */
const soon = <T>(found: () => T) => expect.poll(found, { timeout: 15_000 });

const wrong = (client: Client, login = 'admin') =>
  client.refused(API.signIn, {}, { login, password: 'wrong horse battery' });

async function codeInLog(): Promise<string> {
  const line = () => app.lines.find(({ msg }) => msg.startsWith('not set up yet'));
  await soon(line).toBeTruthy();
  return String(line()?.code);
}

/** A browser names the host that it was led to; `fetch` cannot. */
async function statusOf(place: string, host: string): Promise<number | undefined> {
  const { hostname, port } = new URL(app.url);
  const [answer] = await once(request({ hostname, port, path: place, headers: { host } }).end(), 'response');
  answer.resume();
  return answer.statusCode;
}

test('[ACC1] before the set-up this machine reads, changes nothing, and other machines see the set-up page only', async () => {
  const here = app.browser();
  expect(await here.ok(API.session)).toMatchObject({
    isSetUp: false,
    canSetUp: true,
    needsSetUpCode: false,
    who: { kind: 'anybody', rights: expect.arrayContaining(['numbers.view', 'agents.view', 'settings.view']) },
    person: null,
  });
  for (const endpoint of [API.sites, API.agents, API.integrity, API.settings]) {
    const params = { site: 'main' };
    await here.ok(endpoint as typeof API.agents, params);
    expect(await app.browser(ELSEWHERE).refused(endpoint, params)).toBe('auth.needed');
  }
  expect(await statusOf('/api/v1/sites', new URL(app.url).host)).toBe(200);
  expect(await statusOf('/api/v1/sites', 'rebound.example')).toBe(401);
  expect(await here.refused(API.people)).toBe('auth.needed');
  expect(await here.refused(API.changeQueueSettings, { site: 'main', queue: 'q' }, { version: 0, settings: {} })).toBe(
    'auth.needed',
  );
  expect(await app.browser(ELSEWHERE).ok(API.session)).toMatchObject({
    canSetUp: true,
    needsSetUpCode: true,
    who: null,
  });
});

test('[ACC1] the set-up makes an administrator, signs in, and closes what was open', async () => {
  const admin = await app.setUp();
  expect(await admin.ok(API.session)).toMatchObject({
    isSetUp: true,
    canSetUp: false,
    person: { login: 'admin', role: 'administrator' },
    who: { kind: 'person', name: '管理员', scope: { sites: null } },
  });
  expect(await app.browser().refused(API.sites)).toBe('auth.needed');
  expect(await app.browser().refused(API.setUp, {}, { ...SET_UP, login: 'second' })).toBe('setup.done');
  expect((await admin.ok(API.audit)).entries).toMatchObject([
    { act: 'installation.setUp', subject: 'admin', who: { name: '管理员' }, from: '127.0.0.1' },
  ]);
});

test('[ACC3] of several who set up at once one succeeds', async () => {
  const answers = await Promise.all(
    [1, 2, 3, 4].map((n) => app.browser().ask(API.setUp, {}, { ...SET_UP, login: `admin${n}` })),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
  expect((await app.script(ADMIN_TOKEN).ok(API.people)).people).toHaveLength(1);
});

test('[ACC3] from another machine the set-up needs the code in the log; guessing it is slowed down', async () => {
  const far = app.browser(ELSEWHERE);
  expect(await far.refused(API.setUp, {}, SET_UP)).toBe('setup.codeWrong');
  const code = await codeInLog();
  for (let i = 0; i < 5; i++)
    expect(await far.refused(API.setUp, {}, { ...SET_UP, code: 'AAAA-BBBB-CCCC' })).toBe('setup.codeWrong');
  expect(await far.refused(API.setUp, {}, { ...SET_UP, code })).toBe('auth.throttled');
  app.pass(61_000);
  await far.ok(API.setUp, {}, { ...SET_UP, code: code.toLowerCase().replaceAll('-', ' ') });
  expect(await far.isIn()).toBe(true);
});

test('[ACC3] a weak password sets nothing up', async () => {
  expect(await app.browser().refused(API.setUp, {}, { ...SET_UP, password: 'password123' })).toBe('auth.passwordWeak');
  expect(await app.browser().refused(API.setUp, {}, { ...SET_UP, password: 'short' })).toBe('request.invalid');
  expect((await app.browser().ok(API.session)).isSetUp).toBe(false);
});

test('[ACC11] the cookie is out of reach of scripts and of other sites, over TLS also of plain connections', async () => {
  const admin = await app.setUp();
  expect(admin.setCookie).toMatch(/^floorcast=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/);
  const tls = { 'x-forwarded-proto': 'https' };
  const proxied = app.browser();
  await proxied.ask(API.signIn, {}, { login: 'admin', password: PASSWORD }, tls);
  expect(proxied.setCookie).toMatch(/^__Host-floorcast=[\w-]{43}; .*; Secure$/);
  expect((await proxied.ask(API.people, {}, undefined, tls)).status).toBe(200);
  // A cookie that a plain connection has set is none over TLS.
  expect((await admin.ask(API.people, {}, undefined, tls)).status).toBe(401);
});

test('[ACC10] every sign-in gets a session of its own, and ends the one that the browser brought along', async () => {
  const admin = await app.setUp();
  const first = admin.cookie;
  await admin.signIn('admin', PASSWORD);
  expect(admin.cookie).not.toBe(first);
  const thief = app.browser();
  thief.cookie = first;
  expect(await thief.refused(API.people)).toBe('auth.needed');
  // One that a page made up is none.
  thief.cookie = `floorcast=${'A'.repeat(43)}`;
  expect(await thief.refused(API.people)).toBe('auth.needed');
});

test('[ACC10] only the hash of a session is stored, and it lives for as long as it may be idle', async () => {
  const admin = await app.setUp();
  const command = await stores.redis.connect();
  const keys = await command.keys('*');
  const stored = await Promise.all(keys.map((key) => command.dump(key)));
  const id = admin.cookie.split('=')[1] ?? 'none';
  expect(keys.join() + stored.join()).not.toContain(id);
  const [session = ''] = keys.filter((key) => key.startsWith(ACCESS_KEYS.sessions));
  const lifeMs = () => command.pttl(session);
  expect(await lifeMs()).toBeGreaterThan(11.9 * HOUR_MS);
  expect(await lifeMs()).toBeLessThanOrEqual(12 * HOUR_MS);
  await command.pexpire(session, HOUR_MS);
  await admin.ok(API.people);
  expect(await lifeMs()).toBeLessThanOrEqual(HOUR_MS);
  app.pass(61_000);
  await admin.ok(API.people);
  expect(await lifeMs()).toBeGreaterThan(11.9 * HOUR_MS);
  await command.del(session);
  expect(await admin.refused(API.people)).toBe('auth.needed');
});

test('[ACC10] a session ends after seven days, however busy', async () => {
  const admin = await app.setUp();
  app.pass(7 * 24 * HOUR_MS - 60_000);
  await admin.ok(API.people);
  app.pass(60_000);
  expect(await admin.refused(API.people)).toBe('auth.needed');
});

test('[ACC10] sign-out ends this session, sign-out everywhere all of the person', async () => {
  const admin = await app.setUp();
  const others = [app.browser(), app.browser()];
  for (const other of others) await other.signIn('admin', PASSWORD);
  const { cookie } = admin;
  expect(await admin.ok(API.signOut)).toMatchObject({ who: null, person: null });
  expect(admin.setCookie).toMatch(/^floorcast=; .*Max-Age=0/);
  admin.cookie = cookie;
  expect(await admin.isIn()).toBe(false);
  const [first, second] = others as [Client, Client];
  await first.ok(API.signOutEverywhere);
  expect(await second.isIn()).toBe(false);
  // Whoever is out already may say so again.
  await admin.ok(API.signOut);
});

test('[ACC10] a person has at most twenty sessions; the oldest goes', async () => {
  const admin = await app.setUp();
  const browsers = Array.from({ length: 20 }, () => app.browser());
  for (const browser of browsers) {
    app.pass(1_000);
    await browser.signIn('admin', PASSWORD);
  }
  expect(await admin.isIn()).toBe(false);
  expect(await browsers[0]?.isIn()).toBe(true);
});

test('[ACC12] a change with a cookie must come from a page of this server and be JSON', async () => {
  const admin = await app.setUp();
  const body = {
    login: 'anna',
    name: 'Anna',
    password: PASSWORD,
    role: 'viewer',
    scope: { sites: null, queues: null, teams: null },
  };
  const as = (headers: Record<string, string>) => admin.refused(API.createPerson, {}, body, headers);
  expect(await as({ 'sec-fetch-site': 'cross-site' })).toBe('auth.crossSite');
  expect(await as({ 'sec-fetch-site': 'same-site' })).toBe('auth.crossSite');
  expect(await as({ 'content-type': 'text/plain' })).toBe('request.invalid');
  expect(await as({ 'content-type': 'application/x-www-form-urlencoded' })).toBe('request.invalid');
  const old = app.script('none');
  const bare = (headers: Record<string, string>) =>
    old.refused(API.createPerson, {}, body, { authorization: '', cookie: admin.cookie, ...headers });
  expect(await bare({})).toBe('auth.crossSite');
  expect(await bare({ origin: 'http://evil.example' })).toBe('auth.crossSite');
  expect(await bare({ origin: 'null' })).toBe('auth.crossSite');
  const ours = await old.ask(API.createPerson, {}, body, { authorization: '', cookie: admin.cookie, origin: app.url });
  expect(ours.status).toBe(200);
  // Nor may another page sign somebody in, or set up.
  const page = { 'sec-fetch-site': 'cross-site' };
  expect(await app.browser().refused(API.signIn, {}, { login: 'admin', password: PASSWORD }, page)).toBe(
    'auth.crossSite',
  );
  expect(await app.browser().refused(API.setUp, {}, SET_UP, page)).toBe('auth.crossSite');
  expect(await admin.refused(API.signOut, {}, undefined, page)).toBe('auth.crossSite');
  expect(await admin.isIn()).toBe(true);
});

test('[ACC7] an answer does not tell whether the login exists, is active, or has another password', async () => {
  const admin = await app.setUp();
  const anna = await admin.createPerson('anna', 'viewer');
  await admin.changePerson(anna, { isActive: false });
  const bodies = ['admin', 'nobody', 'anna', '\0', 'x'.repeat(256)].map((login) => ({
    login,
    password: 'wrong horse battery',
  }));
  bodies.push({ login: 'anna', password: PASSWORD });
  const answers = new Set<string>();
  for (const body of bodies) answers.add(JSON.stringify(await app.browser().ask(API.signIn, {}, body)));
  expect(answers.size).toBe(1);
  expect([...answers][0]).toContain('auth.wrong');
});

test('[ACC8] whoever guesses waits longer each time, the same for a login that nobody has, and nobody is locked out', async () => {
  await app.setUp();
  for (const login of ['admin', 'nobody']) {
    const guesser = app.browser(`192.0.2.${login.length}`);
    for (let i = 0; i < 6; i++) expect(await wrong(guesser, login)).toBe('auth.wrong');
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      expect(await wrong(guesser, login)).toBe('auth.throttled');
      waits.push(guesser.retryAfterS);
      app.pass(guesser.retryAfterS * 1_000);
      expect(await wrong(guesser, login)).toBe('auth.wrong');
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  }
  // Spelt otherwise it is the same login, and the right password must wait too.
  expect(await wrong(app.browser('198.51.100.2'))).toBe('auth.wrong');
  expect(await app.browser('198.51.100.1').refused(API.signIn, {}, { login: ' ADMIN', password: PASSWORD })).toBe(
    'auth.throttled',
  );
  app.pass(60_000);
  await app.browser('198.51.100.1').signIn('admin', PASSWORD);
  expect(await wrong(app.browser('198.51.100.1'))).toBe('auth.wrong');
});

test('[ACC8] many guesses at once gain nothing', async () => {
  await app.setUp();
  const guesses = await Promise.all(Array.from({ length: 30 }, (_, i) => wrong(app.browser(`192.0.2.${i}`))));
  expect(guesses.filter((code) => code === 'auth.wrong')).toHaveLength(6);
});

test('[ACC8] an address that tries many logins waits, another address does not', async () => {
  await app.setUp();
  for (let i = 0; i < 31; i++) expect(await wrong(app.browser(ELSEWHERE), `user${i}`)).toBe('auth.wrong');
  expect(await wrong(app.browser(ELSEWHERE), 'user99')).toBe('auth.throttled');
  expect(await wrong(app.browser('2001:db8::1'), 'user99')).toBe('auth.wrong');
  // Of IPv6 the network counts.
  for (let i = 0; i < 31; i++) await wrong(app.browser(`2001:db8:1:2::${i}`), `other${i}`);
  expect(await wrong(app.browser('2001:db8:1:2:3:4:5:6'), 'other99')).toBe('auth.throttled');
});

test('[ACC9] with the second step on, sign-in asks for a code, takes each once, and slows down guessing it', async () => {
  const admin = await app.setUp();
  const { secret, uri } = await admin.ok(API.startTotp);
  expect(uri).toContain(secret);
  expect(await admin.refused(API.changeTotp, {}, { password: PASSWORD, code: '000000' })).toBe('auth.wrong');
  expect(
    await admin.refused(API.changeTotp, {}, { password: 'wrong horse battery', code: codeAt(secret, app.now()) }),
  ).toBe('auth.wrong');
  expect(await admin.ok(API.changeTotp, {}, { password: PASSWORD, code: codeAt(secret, app.now()) })).toMatchObject({
    person: { hasTotp: true },
  });
  const browser = app.browser();
  const body = (code?: string) => ({ login: 'admin', password: PASSWORD, ...(code && { code }) });
  expect(await browser.refused(API.signIn, {}, body())).toBe('auth.codeNeeded');
  // The code that switched it on is used up.
  expect(await browser.refused(API.signIn, {}, body(codeAt(secret, app.now())))).toBe('auth.wrong');
  app.pass(30_000);
  const code = codeAt(secret, app.now());
  await browser.signIn('admin', PASSWORD, code);
  expect(await app.browser().refused(API.signIn, {}, body(code))).toBe('auth.wrong');
  // A right password alone does not wipe out wrong codes.
  for (let i = 0; i < 5; i++) {
    await app.browser().ask(API.signIn, {}, body());
    expect(await app.browser().refused(API.signIn, {}, body('000000'))).toBe('auth.wrong');
  }
  expect(await app.browser().refused(API.signIn, {}, body())).toBe('auth.throttled');
  app.pass(61_000);
  expect(await browser.ok(API.changeTotp, {}, { password: PASSWORD, code: null })).toMatchObject({
    person: { hasTotp: false },
  });
  await app.browser().signIn('admin', PASSWORD);
  const acts = (await browser.ok(API.audit)).entries.map(({ act }) => act);
  expect(acts).toEqual(expect.arrayContaining(['person.totpSwitchedOn', 'person.totpSwitchedOff', 'session.refused']));
});

test('[ACC9] of several sign-ins with one code at once one succeeds', async () => {
  const admin = await app.setUp();
  const { secret } = await admin.ok(API.startTotp);
  await admin.ok(API.changeTotp, {}, { password: PASSWORD, code: codeAt(secret, app.now()) });
  app.pass(30_000);
  const body = { login: 'admin', password: PASSWORD, code: codeAt(secret, app.now()) };
  const answers = await Promise.all([1, 2, 3, 4].map(() => app.browser().ask(API.signIn, {}, body)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('[ACC6] a changed password ends every other session and the old password', async () => {
  const admin = await app.setUp();
  const other = app.browser();
  await other.signIn('admin', PASSWORD);
  const old = admin.cookie;
  expect(await admin.refused(API.changePassword, {}, { current: 'wrong horse battery', next: NEW_PASSWORD })).toBe(
    'auth.wrong',
  );
  expect(await admin.refused(API.changePassword, {}, { current: PASSWORD, next: PASSWORD })).toBe('auth.passwordWeak');
  expect(await admin.refused(API.changePassword, {}, { current: PASSWORD, next: 'qwertyuiop' })).toBe(
    'auth.passwordWeak',
  );
  await admin.ok(API.changePassword, {}, { current: PASSWORD, next: NEW_PASSWORD });
  expect(await admin.isIn()).toBe(true);
  expect(admin.cookie).not.toBe(old);
  expect(await other.isIn()).toBe(false);
  expect(await app.browser().refused(API.signIn, {}, { login: 'admin', password: PASSWORD })).toBe('auth.wrong');
  await app.browser().signIn('admin', NEW_PASSWORD);
});

test('[ACC6] whoever got a password from somebody else can do nothing but change it', async () => {
  const admin = await app.setUp();
  await admin.createPerson('anna', 'supervisor');
  const anna = app.browser();
  expect(await anna.signIn('anna', PASSWORD)).toMatchObject({
    who: { rights: [] },
    person: { mustChangePassword: true },
  });
  expect(await anna.refused(API.sites)).toBe('auth.forbidden');
  expect(await anna.ok(API.changePassword, {}, { current: PASSWORD, next: NEW_PASSWORD })).toMatchObject({
    who: { rights: expect.arrayContaining(['numbers.view']) },
    person: { mustChangePassword: false },
  });
  await anna.ok(API.sites);
});

test('[ACC14] while PostgreSQL is away sessions go on, sign-in is told to wait, and sign-out works', async () => {
  const admin = await app.setUp();
  const { client } = await signedIn(app, admin, 'anna', 'viewer');
  await stores.db.cut();
  await soon(() => app.browser().refused(API.signIn, {}, { login: 'admin', password: PASSWORD })).toBe(
    'database.unreachable',
  );
  await client.ok(API.sites);
  expect(await admin.refused(API.people)).toBe('database.unreachable');
  expect(await app.browser().refused(API.sites)).toBe('auth.needed');
  await client.ok(API.signOut);
  expect(await client.isIn()).toBe(false);
  await stores.db.mend();
  await soon(() =>
    app
      .browser()
      .ask(API.signIn, {}, { login: 'admin', password: PASSWORD })
      .then(({ status }) => status),
  ).toBe(200);
});

test('[ACC17] bodies that are too large, not JSON or hold unknown fields are refused before anything is looked up', async () => {
  await app.setUp();
  const sign = (body: unknown) => app.browser().refused(API.signIn, {}, body);
  expect(await sign(JSON.stringify({ login: 'admin', password: 'x'.repeat(5_000) }))).toBe('request.invalid');
  expect(await sign('{"login":')).toBe('request.invalid');
  expect(await sign({ login: 'admin', password: PASSWORD, isAdmin: true })).toBe('request.invalid');
  expect(await sign('{"login":"admin","password":"x","__proto__":{"role":"administrator"}}')).toBe('request.invalid');
  expect(await sign({ login: ['admin'], password: PASSWORD })).toBe('request.invalid');
  const large = JSON.stringify({ name: 'x'.repeat(70_000) });
  expect(await app.script(ADMIN_TOKEN).refused(API.createToken, {}, large)).toBe('request.invalid');
});

test('[ACC17] an address makes at most 120 changes a minute without being known', async () => {
  const codes: string[] = [];
  for (let i = 0; i < 121; i++) codes.push(await app.browser(ELSEWHERE).refused(API.setUp, {}, {}));
  expect(codes.filter((code) => code === 'request.tooMany')).toHaveLength(1);
  app.pass(60_000);
  expect(await app.browser(ELSEWHERE).refused(API.setUp, {}, {})).toBe('request.invalid');
});

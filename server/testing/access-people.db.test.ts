/** People, tokens and the audit log through HTTP, on real stores. Rules: docs/spec/access.md. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { API } from '../../shared/api.ts';
import { EVERYWHERE, RIGHTS, RIGHTS_OF } from '../../shared/policy.ts';
import { codeAt } from '../auth/totp.ts';
import {
  type AccessApp,
  type AccessStores,
  ADMIN_TOKEN,
  type Client,
  changeOf,
  PASSWORD,
  signedIn,
  startAccessApp,
  startAccessStores,
} from './access-app.ts';

const DAY_MS = 24 * 3_600_000;
const MAIN = { site: 'main' };
let stores: AccessStores;
let app: AccessApp;
let admin: Client;

beforeAll(async () => {
  stores = await startAccessStores();
});
afterAll(() => stores.stop());

beforeEach(async () => {
  await stores.empty();
  app = await startAccessApp(stores);
  admin = await app.setUp();
});
afterEach(() => app.stop());

const person = (login: string, change: Readonly<Record<string, unknown>> = {}) => ({
  login,
  name: login,
  password: PASSWORD,
  role: 'viewer',
  scope: EVERYWHERE,
  ...change,
});

/** A busy machine takes its time. */
const soon = <T>(found: () => T) => expect.poll(found, { timeout: 15_000 });

test('[ACC15] a login is one whatever its case, and is never given twice', async () => {
  expect(await admin.createPerson('Wang.Fang', 'viewer')).toMatchObject({
    login: 'wang.fang',
    version: 1,
    isActive: true,
  });
  expect(await admin.refused(API.createPerson, {}, person('WANG.FANG'))).toBe('access.loginTaken');
  expect(await admin.refused(API.createPerson, {}, person('wang fang'))).toBe('request.invalid');
  expect(await admin.refused(API.createPerson, {}, person('anna', { name: 'a\0b' }))).toBe('request.invalid');
  expect(await admin.refused(API.createPerson, {}, person('anna.ostermann', { password: 'Anna.Ostermann' }))).toBe(
    'auth.passwordWeak',
  );
});

test('[ACC15] a change is whole and by version: of several to the same one gets through', async () => {
  const anna = await admin.createPerson('anna', 'viewer');
  const answers = await Promise.all(
    ['a', 'b', 'c'].map((name) => admin.ask(API.changePerson, { person: anna.id }, changeOf(anna, { name }))),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
  expect(await admin.refused(API.changePerson, { person: anna.id }, changeOf(anna, {}))).toBe('access.conflict');
  expect(await admin.refused(API.changePerson, { person: 'nobody' }, changeOf(anna, {}))).toBe('access.unknown');
});

test('[ACC13] what a person may changes in open sessions at once', async () => {
  const { client, person: anna } = await signedIn(app, admin, 'anna', 'viewer');
  await client.ok(API.sites);
  expect(await client.refused(API.agents, MAIN)).toBe('auth.forbidden');
  const promoted = await admin.changePerson(anna, { role: 'supervisor' });
  await client.ok(API.agents, MAIN);
  await admin.changePerson(promoted, { role: 'supervisor', scope: { ...EVERYWHERE, sites: ['north'] } });
  expect(await client.refused(API.agents, MAIN)).toBe('site.unknown');
  await client.ok(API.agents, { site: 'north' });
});

test('[ACC13] who is deactivated, gets another password or is signed out by somebody is out at once', async () => {
  for (const change of [{ isActive: false }, { password: 'yet another horse' }]) {
    const login = `p${Object.keys(change)[0]?.toLowerCase()}`;
    const { client, person: anna } = await signedIn(app, admin, login, 'viewer');
    await admin.changePerson(anna, change);
    expect(await client.isIn()).toBe(false);
  }
  const { client, person: carl } = await signedIn(app, admin, 'carl', 'viewer');
  await admin.ok(API.signOutPerson, { person: carl.id });
  expect(await client.isIn()).toBe(false);
  await client.signIn('carl', 'another horse battery');
});

test('[ACC13] somebody else can take the second step away, which ends the sessions', async () => {
  const { client, person: anna } = await signedIn(app, admin, 'anna', 'viewer');
  const { secret } = await client.ok(API.startTotp);
  await client.ok(API.changeTotp, {}, { password: 'another horse battery', code: codeAt(secret, app.now()) });
  const { people } = await admin.ok(API.people);
  const now = people.find(({ id }) => id === anna.id) ?? anna;
  expect(now.hasTotp).toBe(true);
  expect(await admin.changePerson(now, { resetTotp: true })).toMatchObject({ hasTotp: false });
  expect(await client.isIn()).toBe(false);
  await client.signIn('anna', 'another horse battery');
});

test('[ACC16] nobody can give what they do not have, nor touch somebody who has more', async () => {
  const north = { scope: { ...EVERYWHERE, sites: ['north'] } };
  const { client: local } = await signedIn(app, admin, 'local', 'administrator', { sites: ['north'] });
  expect(await local.refused(API.createPerson, {}, person('wide'))).toBe('access.tooMuch');
  expect(
    await local.refused(API.createPerson, {}, person('far', { scope: { ...EVERYWHERE, sites: ['north', 'main'] } })),
  ).toBe('access.tooMuch');
  await local.ok(API.createPerson, {}, person('near', north));
  const anna = await admin.createPerson('anna', 'viewer');
  const logins = (await local.ok(API.people)).people.map(({ login }) => login);
  expect(logins).toEqual(['local', 'near']);
  for (const endpoint of [API.changePerson, API.signOutPerson])
    expect(await local.refused(endpoint, { person: anna.id }, changeOf(anna, { password: PASSWORD }))).toBe(
      'access.unknown',
    );
  const near = (await local.ok(API.people)).people.find(({ login }) => login === 'near');
  if (!near) throw new Error('nobody is near');
  expect(await local.refused(API.changePerson, { person: near.id }, changeOf(near, { scope: EVERYWHERE }))).toBe(
    'access.tooMuch',
  );
  expect(
    await local.refused(
      API.createToken,
      {},
      { name: 't', rights: ['numbers.view'], scope: EVERYWHERE, expiresInDays: null },
    ),
  ).toBe('access.tooMuch');
});

test('[ACC16] a token with the right to manage people gives no more than it has, and makes no tokens', async () => {
  const { secret } = await admin.createToken({ rights: ['people.manage', 'token.manage', 'numbers.view'] });
  const script = app.script(secret);
  await script.ok(API.createPerson, {}, person('viewer'));
  expect(await script.refused(API.createPerson, {}, person('boss', { role: 'administrator' }))).toBe('access.tooMuch');
  const token = { name: 't', rights: ['numbers.view'], scope: EVERYWHERE, expiresInDays: null };
  expect(await script.refused(API.createToken, {}, token)).toBe('auth.forbidden');
});

test('[ACC16] the last active administrator can be neither removed nor demoted, also not by two at once', async () => {
  const [self] = (await admin.ok(API.people)).people;
  if (!self) throw new Error('no administrator');
  for (const change of [{ isActive: false }, { role: 'manager' }, { scope: { ...EVERYWHERE, sites: ['main'] } }])
    expect(await admin.refused(API.changePerson, { person: self.id }, changeOf(self, change))).toBe(
      'access.lastAdministrator',
    );
  const { client: second, person: other } = await signedIn(app, admin, 'second', 'administrator');
  const out = { isActive: false };
  const answers = await Promise.all([
    admin.ask(API.changePerson, { person: other.id }, changeOf(other, out)),
    second.ask(API.changePerson, { person: self.id }, changeOf(self, out)),
  ]);
  // Whoever came second was out already, or would have been the last.
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect((await app.browser().ok(API.session)).isSetUp).toBe(true);
});

test('[ACC16] with the admin token somebody who lost every password comes in again', async () => {
  const script = app.script(ADMIN_TOKEN);
  const [self] = (await script.ok(API.people)).people;
  if (!self) throw new Error('no administrator');
  await script.changePerson(self, { password: 'a third horse battery' });
  expect(await app.browser().signIn('admin', 'a third horse battery')).toMatchObject({
    person: { mustChangePassword: true },
  });
});

test('[ACC18] a token opens what it is for, is shown once, and only its hash is stored', async () => {
  const { secret, ...token } = await admin.createToken({ scope: { ...EVERYWHERE, sites: ['main'] } });
  expect((await admin.ok(API.tokens)).tokens).toEqual([{ ...token, usedAt: null }]);
  expect(secret).toMatch(/^fc_[\w-]{43}$/);
  const script = app.script(secret);
  await script.ok(API.queues, MAIN);
  expect(await script.refused(API.queues, { site: 'north' })).toBe('site.unknown');
  expect(await script.refused(API.agents, MAIN)).toBe('auth.forbidden');
  expect(await script.refused(API.signOutEverywhere)).toBe('auth.forbidden');
  expect(await script.ok(API.session)).toMatchObject({ who: { kind: 'token', name: 'reports' }, person: null });
  app.pass(60_000);
  await script.ok(API.queues, MAIN);
  await soon(() => admin.ok(API.tokens).then(({ tokens }) => tokens[0]?.usedAt)).toBe(app.now());
  const rows = await stores.db.database.query('SELECT * FROM api_tokens');
  expect(JSON.stringify(rows)).not.toContain(secret.slice(3));
});

test('[ACC18] a forged, expired or revoked token is refused', async () => {
  const { secret, id } = await admin.createToken({ expiresInDays: 1 });
  const script = app.script(secret);
  await script.ok(API.sites);
  for (const forged of [`${secret.slice(0, -1)}_`, 'fc_', 'fc_x', secret.slice(3), `${secret} `.repeat(2)])
    expect(await app.script(forged).refused(API.sites)).toBe('auth.tokenWrong');
  app.pass(DAY_MS);
  expect(await script.refused(API.sites)).toBe('auth.tokenWrong');
  const { secret: other, id: otherId } = await admin.createToken();
  await app.script(other).ok(API.sites);
  await admin.ok(API.revokeToken, { token: otherId });
  await soon(() =>
    app
      .script(other)
      .ask(API.sites)
      .then(({ status }) => status),
  ).toBe(401);
  expect(await admin.refused(API.revokeToken, { token: otherId })).toBe('access.unknown');
  expect((await admin.ok(API.tokens)).tokens.map((token) => token.id)).toEqual([id]);
});

test('[ACC18] a token never reaches further than its maker does now', async () => {
  const { client: local, person: maker } = await signedIn(app, admin, 'local', 'administrator', { sites: ['main'] });
  const { secret } = await local.createToken({ scope: { ...EVERYWHERE, sites: ['main'] } });
  const script = app.script(secret);
  const status = () => script.ask(API.queues, MAIN).then((answer) => answer.status);
  expect(await status()).toBe(200);
  const moved = await admin.changePerson(maker, { scope: { ...EVERYWHERE, sites: ['north'] } });
  await soon(status).toBe(401);
  const back = await admin.changePerson(moved, { scope: { ...EVERYWHERE, sites: ['main'] } });
  await soon(status).toBe(200);
  await admin.changePerson(back, { isActive: false });
  await soon(status).toBe(401);
});

test('[ACC18] while PostgreSQL is away a token that was seen goes on, one that was not is told to wait', async () => {
  const [seen, unseen] = [await admin.createToken(), await admin.createToken()];
  await app.script(seen.secret).ok(API.sites);
  await stores.db.cut();
  app.pass(60_000);
  await soon(() => app.script(unseen.secret).refused(API.sites)).toBe('database.unreachable');
  await app.script(seen.secret).ok(API.sites);
  await app.script(ADMIN_TOKEN).ok(API.sites);
  await stores.db.mend();
  await soon(() =>
    app
      .script(unseen.secret)
      .ask(API.sites)
      .then(({ status }) => status),
  ).toBe(200);
});

test('[ACC19] every act on people and tokens is in the audit log: who, what, before, after, from where, without secrets', async () => {
  const anna = await admin.createPerson('anna', 'viewer');
  await admin.changePerson(anna, { role: 'supervisor', password: 'yet another horse' });
  const { id, secret } = await admin.createToken();
  await admin.ok(API.revokeToken, { token: id });
  await admin.ok(API.signOutPerson, { person: anna.id });
  await app.browser('192.0.2.7').refused(API.signIn, {}, { login: 'anna', password: 'wrong horse battery' });
  await app.script(ADMIN_TOKEN).ok(API.createPerson, {}, person('carl'));
  const entries = () => admin.ok(API.audit).then((answer) => answer.entries);
  await soon(() => entries().then((all) => all.length)).toBe(8);
  const told = (await entries()).toSorted((a, b) => (a.act < b.act ? -1 : 1));
  expect(told).toMatchObject([
    { act: 'installation.setUp', subject: 'admin' },
    {
      act: 'person.changed',
      subject: 'anna',
      before: { role: 'viewer' },
      after: { role: 'supervisor', isPasswordNew: true },
    },
    { act: 'person.created', after: { role: 'viewer' } },
    { act: 'person.created' },
    { act: 'session.refused', subject: 'anna', reason: 'password', who: { kind: 'anybody' }, from: '192.0.2.7' },
    { act: 'sessions.ended', subject: 'anna', who: { kind: 'person', name: '管理员' }, from: '127.0.0.1' },
    { act: 'token.created', subject: 'reports', after: { rights: ['numbers.view'] } },
    { act: 'token.revoked', subject: 'reports' },
  ]);
  expect(told.filter(({ subject }) => subject === 'carl')).toMatchObject([
    { who: { kind: 'token', name: 'admin token' } },
  ]);
  const rows = JSON.stringify(await stores.db.database.query('SELECT * FROM audit_log'));
  for (const hidden of [PASSWORD, 'yet another horse', 'wrong horse', secret, 'argon2'])
    expect(rows).not.toContain(hidden);
});

test('[ACC19] an act that does not happen leaves no entry, a change of settings leaves one', async () => {
  const count = async () => (await admin.ok(API.audit)).entries.length;
  const before = await count();
  const anna = await admin.createPerson('anna', 'viewer');
  await admin.refused(API.createPerson, {}, person('anna'));
  await admin.refused(API.changePerson, { person: anna.id }, changeOf(anna, { version: 9 }));
  expect(await count()).toBe(before + 1);
  const place = { site: 'main', queue: 'q' };
  await admin.ok(API.changeQueueSettings, place, { version: 0, settings: { thresholdMs: 15_000 } });
  await admin.refused(API.changeQueueSettings, place, { version: 0, settings: { thresholdMs: 1_000 } });
  expect((await admin.ok(API.audit)).entries.slice(0, -before - 1)).toMatchObject([
    { act: 'queueSettings.changed', site: 'main', subject: 'q', before: null, after: { thresholdMs: 15_000 } },
  ]);
});

test('[ACC19] the audit log is only ever added to', async () => {
  for (const change of ['UPDATE audit_log SET act = $1', 'DELETE FROM audit_log WHERE act = $1'])
    await expect(stores.db.database.query(change, ['installation.setUp'])).rejects.toThrow('never changed');
  await expect(stores.db.database.query('TRUNCATE audit_log')).rejects.toThrow('never changed');
  expect((await admin.ok(API.audit)).entries).toHaveLength(1);
});

test('[ACC19] the audit log is read in pages and searched', async () => {
  for (const login of ['anna', 'berta', 'carl', 'd_ra', 'dora']) await admin.createPerson(login, 'viewer');
  const first = await admin.ok(API.audit, { limit: '4' });
  expect(first.entries.map(({ subject }) => subject)).toEqual(['dora', 'd_ra', 'carl', 'berta']);
  const second = await admin.ok(API.audit, { limit: '4', before: String(first.next) });
  expect(second).toMatchObject({ entries: [{ subject: 'anna' }, { act: 'installation.setUp' }], next: null });
  const subjects = async (text: string) => (await admin.ok(API.audit, { text })).entries.map(({ subject }) => subject);
  expect(await subjects('BERT')).toEqual(['berta']);
  expect(await subjects('d_ra')).toEqual(['d_ra']);
  expect(await subjects('%')).toEqual([]);
  expect(await subjects('installation.')).toEqual(['admin']);
  expect(await subjects('管理员')).toHaveLength(6);
  for (const query of [{ limit: '0' }, { limit: '201' }, { before: 'x' }])
    expect(await admin.refused(API.audit, query)).toBe('request.invalid');
});

test('[ACC20] who sees some sites reads their entries, who sees some queues or teams the own ones', async () => {
  for (const site of ['main', 'north'])
    await admin.ok(API.changeQueueSettings, { site, queue: 'q' }, { version: 0, settings: {} });
  const { client: local } = await signedIn(app, admin, 'local', 'manager', { sites: ['north'] });
  expect((await local.ok(API.audit)).entries.map(({ site, act }) => [site, act])).toEqual([
    [null, 'person.passwordChanged'],
    [null, 'session.opened'],
    ['north', 'queueSettings.changed'],
  ]);
  const { client: part } = await signedIn(app, admin, 'part', 'manager', { queues: ['q'] });
  const place = { site: 'main', queue: 'q' };
  const { version } = await part.ok(API.queueSettings, place);
  await part.ok(API.changeQueueSettings, place, { version, settings: { order: 1 } });
  expect((await part.ok(API.audit)).entries.map(({ act, who }) => [act, who.name])).toEqual([
    ['queueSettings.changed', 'part'],
    ['person.passwordChanged', 'part'],
    ['session.opened', 'part'],
  ]);
});

test('[ACC4] each role has the rights that the policy says', async () => {
  for (const role of ['viewer', 'teamLead', 'supervisor', 'analyst', 'manager', 'administrator'] as const) {
    const { client } = await signedIn(app, admin, role.toLowerCase(), role);
    expect((await client.ok(API.session)).who?.rights).toEqual(RIGHTS_OF[role]);
  }
  expect((await app.script(ADMIN_TOKEN).ok(API.session)).who?.rights).toEqual(RIGHTS);
});

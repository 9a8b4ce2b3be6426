/** Several gateways on the same stores: what one decides, all of them keep to. Rules: docs/spec/access.md. */
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Person } from '../../shared/api-access.ts';
import { EVERYWHERE, RIGHTS_OF } from '../../shared/policy.ts';
import { createTestDatabase, type TestDatabase } from '../db/testing-database.ts';
import type { Redis } from '../redis/client.ts';
import { ACCESS_KEYS } from '../redis/keys.ts';
import { silentLog, startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import type { Asker } from './administration.ts';
import { type Auth, type AuthOptions, startAuth } from './auth.ts';
import { hashPassword } from './password.ts';

const PASSWORD = 'correct horse battery';
const DAY_MS = 24 * 3_600_000;
let redisServer: TestRedis;
let redis: Redis;
let db: TestDatabase;
let running: Auth[];
let clock: number;

beforeAll(async () => {
  redisServer = await startTestRedis();
  redis = await redisServer.connect();
});
afterAll(() => redisServer.stop());

beforeEach(async () => {
  running = [];
  clock = 1_795_380_000_000;
  await redis.flushall();
  db = await createTestDatabase();
});
afterEach(async () => {
  for (const auth of running) await auth.stop();
  await db.drop();
});

async function start(options: Partial<AuthOptions> = {}): Promise<Auth> {
  const auth = await startAuth({
    database: db.database,
    redis,
    connect: (purpose) => redisServer.connect(purpose),
    adminToken: 'secret',
    identityProvider: null,
    now: () => clock,
    log: silentLog,
    lookEveryMs: 20,
    ...options,
  });
  running.push(auth);
  return auth;
}

function request(headers: Readonly<Record<string, string>> = {}): IncomingMessage {
  const host = { host: 'localhost:3000' };
  return { headers: { ...host, ...headers }, socket: { remoteAddress: '127.0.0.1' }, httpVersion: '1.1' } as never;
}

const withCookie = (cookie: string) => request({ cookie: cookie.split(';')[0] ?? '' });
const withToken = (token: string) => request({ authorization: `Bearer ${token}` });
const own = (from: IncomingMessage) => ({ request: from, from: '127.0.0.1' });

/** The administrator: as the one who asks, and the cookie. */
async function setUp(auth: Auth): Promise<{ asker: Asker; cookie: string }> {
  const { cookie } = await auth.own.setUp(own(request()), { login: 'admin', name: 'Admin', password: PASSWORD });
  const identity = await auth.identity.identify(withCookie(cookie));
  if (!identity) throw new Error('nobody is signed in');
  return { asker: { subject: identity.subject, from: '127.0.0.1' }, cookie };
}

async function addPerson(auth: Auth, asker: Asker): Promise<{ person: Person; cookie: string; credential: string }> {
  const fields = { name: 'Anna', role: 'viewer', scope: EVERYWHERE } as const;
  const made = await auth.administration.createPerson(asker, { login: 'anna', password: PASSWORD, ...fields });
  await db.database.query('UPDATE people SET must_change_password = false WHERE id = $1', [made.id]);
  const { cookie } = await auth.own.signIn(own(request()), { login: 'anna', password: PASSWORD });
  const identity = await auth.identity.identify(withCookie(cookie));
  return { person: made, cookie, credential: identity?.credential ?? '' };
}

const change = ({ version, name, role, scope, isActive }: Person) => ({ version, name, role, scope, isActive });

/** The credentials that a gateway was told to have ended. */
function endsOf(auth: Auth): string[] {
  const ends: string[] = [];
  auth.identity.onEnded((credential) => void ends.push(credential));
  return ends;
}

/** A busy machine takes its time. */
const soon = <T>(found: () => T) => expect.poll(found, { timeout: 15_000 });

test('[ACC13] every gateway is told when a session ends or its person changes, and asks anew', async () => {
  const [here, there] = [await start(), await start()];
  const { asker } = await setUp(here);
  const { person, cookie, credential } = await addPerson(here, asker);
  const ends = endsOf(there);
  expect((await there.identity.identify(withCookie(cookie)))?.subject.rights).toEqual(RIGHTS_OF.viewer);
  const promoted = await here.administration.changePerson(asker, person.id, { ...change(person), role: 'manager' });
  await soon(() => ends).toEqual([credential]);
  expect((await there.identity.identify(withCookie(cookie)))?.subject.rights).toEqual(RIGHTS_OF.manager);
  await here.administration.changePerson(asker, person.id, { ...change(promoted), isActive: false });
  await soon(() => ends).toEqual([credential, credential]);
  expect(await there.identity.identify(withCookie(cookie))).toBeNull();
});

test('[ACC13] a sign-out and a revoked token are told to every gateway', async () => {
  const [here, there] = [await start(), await start()];
  const { asker, cookie } = await setUp(here);
  const spec = { name: 't', rights: ['numbers.view' as const], scope: EVERYWHERE, expiresInDays: null };
  const { id, secret } = await here.administration.createToken(asker, spec);
  const session = await there.identity.identify(withCookie(cookie));
  const token = await there.identity.identify(withToken(secret));
  const ends = endsOf(there);
  await here.administration.revokeToken(asker, id);
  await soon(() => ends).toContain(token?.credential);
  expect(await there.identity.identify(withToken(secret))).toBeNull();
  await here.own.signOut(own(withCookie(cookie)));
  await soon(() => ends).toContain(session?.credential);
});

test('[ACC1] the set-up at one gateway closes all of them', async () => {
  const [here, there] = [await start(), await start({ lookEveryMs: 60_000 })];
  const open = await there.identity.identify(request());
  expect(open).toMatchObject({ subject: { kind: 'anybody' }, credential: 'anybody' });
  const ends = endsOf(there);
  await setUp(here);
  await soon(() => ends).toEqual(['anybody']);
  expect(await there.identity.identify(request())).toBeNull();
});

test('[ACC13] a crash between a change and its telling is found out within moments', async () => {
  const auth = await start();
  const { asker } = await setUp(auth);
  const { person, cookie, credential } = await addPerson(auth, asker);
  const ends = endsOf(auth);
  const rights = async () => (await auth.identity.identify(withCookie(cookie)))?.subject.rights;
  await rights();
  // As a process does that dies between the two.
  await db.database.query("UPDATE people SET role = 'analyst', version = version + 1 WHERE id = $1", [person.id]);
  await soon(() => ends).toContain(credential);
  await soon(rights).toEqual(RIGHTS_OF.analyst);
  await db.database.query('UPDATE people SET is_active = false, version = version + 1 WHERE id = $1', [person.id]);
  await soon(rights).toBeUndefined();
});

test('[ACC13] a restored backup ends the sessions of those who were changed since', async () => {
  const auth = await start();
  const { asker } = await setUp(auth);
  const { person, cookie } = await addPerson(auth, asker);
  await auth.administration.changePerson(asker, person.id, { ...change(person), role: 'manager' });
  await auth.identity.identify(withCookie(cookie));
  await db.database.query("UPDATE people SET role = 'viewer', version = 1 WHERE id = $1", [person.id]);
  await soon(() => auth.identity.identify(withCookie(cookie))).toBeNull();
});

test('[ACC10] what time ends is told too: idle sessions, old ones, expired tokens', async () => {
  const auth = await start();
  const { asker, cookie } = await setUp(auth);
  const { cookie: idleCookie, credential: idle } = await addPerson(auth, asker);
  const spec = { name: 't', rights: ['numbers.view' as const], scope: EVERYWHERE, expiresInDays: 1 };
  const { secret } = await auth.administration.createToken(asker, spec);
  const token = await auth.identity.identify(withToken(secret));
  const old = await auth.identity.identify(withCookie(cookie));
  const ends = endsOf(auth);
  const hash = idle.slice('session:'.length);
  await redis.pexpire(ACCESS_KEYS.session(hash), 1);
  await soon(() => ends).toEqual([idle]);
  expect(await auth.identity.identify(withCookie(idleCookie))).toBeNull();
  clock += DAY_MS;
  await soon(() => ends).toEqual([idle, token?.credential]);
  clock += 6 * DAY_MS;
  await soon(() => ends).toContain(old?.credential);
  await soon(() => redis.keys(`${ACCESS_KEYS.sessions}*`)).toEqual([]);
});

test('[ACC2] without PostgreSQL there are no accounts: this machine reads, the admin token does everything', async () => {
  const auth = await start({ database: null });
  expect(await auth.identity.identify(request())).toMatchObject({ subject: { kind: 'anybody' } });
  expect(await auth.identity.identify(request({ host: 'rebound.example' }))).toBeNull();
  expect(await auth.identity.identify(request({ 'x-forwarded-for': '192.0.2.7' }))).toBeNull();
  expect(await auth.identity.identify(withToken('secret'))).toMatchObject({ subject: { name: 'admin token' } });
  for (const token of ['secreT', 'fc_x', '']) expect(await auth.identity.identify(withToken(token))).toBeNull();
  expect(await auth.own.session(own(request()))).toMatchObject({ isSetUp: false, canSetUp: false });
  const body = { login: 'admin', name: 'Admin', password: PASSWORD };
  await expect(auth.own.setUp(own(request()), body)).rejects.toMatchObject({ code: 'database.unreachable' });
  await expect(auth.own.signIn(own(request()), body)).rejects.toMatchObject({ code: 'database.unreachable' });
});

test('[ACC2] a gateway without PostgreSQL keeps to the set-up and the sessions of one that has it', async () => {
  const other = await start();
  const without = await start({ database: null });
  const { cookie } = await setUp(other);
  await soon(() => without.identity.identify(request())).toBeNull();
  expect(await without.identity.identify(withCookie(cookie))).toMatchObject({ subject: { name: 'Admin' } });
});

test('[ACC2] a start while PostgreSQL is away does not open what was closed', async () => {
  await setUp(await start());
  await db.cut();
  const auth = await start();
  expect(await auth.identity.identify(request())).toBeNull();
  await db.mend();
});

test('[ACC2] an empty PostgreSQL, as after a restore of an older one, is open to be set up again', async () => {
  const auth = await start();
  await setUp(auth);
  await db.database.query('DELETE FROM people');
  await soon(() => auth.identity.identify(request())).toMatchObject({ subject: { kind: 'anybody' } });
  await setUp(auth);
});

test('[ACC14] while Redis is away a session that this process knows goes on, one that it does not is told to wait', async () => {
  const ownRedis = await startTestRedis();
  const connect: AuthOptions['connect'] = (purpose) => ownRedis.connect(purpose);
  const auth = await start({ redis: await ownRedis.connect(), connect, lookEveryMs: 60_000 });
  const { cookie } = await setUp(auth);
  await ownRedis.server.stop();
  expect(await auth.identity.identify(withCookie(cookie))).toMatchObject({ subject: { name: 'Admin' } });
  const other = `floorcast=${'A'.repeat(43)}`;
  await expect(auth.identity.identify(withCookie(other))).rejects.toMatchObject({ code: 'redis.unreachable' });
  await expect(auth.own.signIn(own(request()), { login: 'admin', password: PASSWORD })).rejects.toMatchObject({
    code: 'redis.unreachable',
  });
  expect(await auth.identity.identify(withToken('secret'))).not.toBeNull();
  clock += 7 * DAY_MS;
  await expect(auth.identity.identify(withCookie(cookie))).rejects.toMatchObject({ code: 'redis.unreachable' });
  await running.pop()?.stop();
  await ownRedis.stop();
});

test('[ACC5] a hash of old parameters is made anew at the next sign-in', async () => {
  const auth = await start();
  await setUp(auth);
  const hashOf = async () =>
    (await db.database.query<{ hash: string }>('SELECT password_hash AS hash FROM people'))[0]?.hash;
  const old = await hashPassword(PASSWORD, { memoryKib: 1_024, passes: 1, lanes: 1 });
  await db.database.query('UPDATE people SET password_hash = $1', [old]);
  await auth.own.signIn(own(request()), { login: 'admin', password: PASSWORD });
  expect(await hashOf()).toMatch(/^\$argon2id\$v=19\$m=19456,/);
  await auth.own.signIn(own(request()), { login: 'admin', password: PASSWORD });
});

test('[ACC19] other features write their acts with the audit port, in their own transaction where they have one', async () => {
  const auth = await start();
  const { asker } = await setUp(auth);
  const entry = { who: asker.subject, act: 'agent.paused', site: 'main', subject: 'PJSIP/1', reason: 'a\0b', from: '' };
  const states = {
    before: { isPaused: false },
    after: { isPaused: true, password: 'hunter2', deep: [{ apiToken: 'hunter2' }] },
  };
  await auth.audit.record({ ...entry, ...states });
  const failing = db.database.transaction(async (sql) => {
    await auth.audit.record({ ...entry, ...states, act: 'agent.unpaused' }, sql);
    throw new Error('the act failed');
  });
  await expect(failing).rejects.toThrow('the act failed');
  const { entries } = await auth.administration.audit(asker, { limit: 1 });
  expect(entries).toMatchObject([
    { act: 'agent.paused', site: 'main', reason: 'ab', before: { isPaused: false }, after: { isPaused: true } },
  ]);
  expect(JSON.stringify(entries)).not.toContain('hunter2');
  const without = await start({ database: null });
  await expect(without.audit.record({ ...entry, ...states })).rejects.toMatchObject({ code: 'database.unreachable' });
});

/** Signing in through a real identity provider: who gets in, who does not, and what nobody can forge. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { API } from '../../shared/api.ts';
import { EVERYWHERE } from '../../shared/policy.ts';
import {
  type AccessApp,
  type AccessStores,
  type Client,
  changeOf,
  PASSWORD,
  startAccessApp,
  startAccessStores,
} from './access-app.ts';
import { CLIENT, startIdentityProvider, type TestIdentityProvider } from './identity-provider.ts';

const PUBLIC_URL = 'https://floor.example';
let stores: AccessStores;
let provider: TestIdentityProvider;
let app: AccessApp;
let admin: Client;

const settings = () => ({
  FLOORCAST_PUBLIC_URL: PUBLIC_URL,
  FLOORCAST_OIDC_ISSUER: provider.issuer,
  FLOORCAST_OIDC_CLIENT_ID: CLIENT.id,
  FLOORCAST_OIDC_CLIENT_SECRET: CLIENT.secret,
});

beforeAll(async () => {
  stores = await startAccessStores();
  provider = await startIdentityProvider(`${PUBLIC_URL}/sign-in/return`);
});
afterAll(async () => {
  await provider.stop();
  await stores.stop();
});
beforeEach(async () => {
  await stores.empty();
  provider.accounts.clear();
  provider.accounts.set('sub-1', { preferred_username: 'liuyang', email: 'liu@example.com' });
  app = await startAccessApp(stores, settings());
  admin = await app.setUp();
});
afterEach(() => app.stop());

const add = (login: string) =>
  admin.ok(API.createPerson, {}, { login, name: login, password: null, role: 'teamLead', scope: EVERYWHERE });

/** The query that a browser comes back with. */
async function signInThere(client: Client, account = 'sub-1'): Promise<string> {
  const { url } = await client.ok(API.startSignOn, {}, {});
  const back = await provider.signIn(url, account);
  return back.search.slice(1);
}

async function comeIn(account?: string): Promise<Client> {
  const client = app.browser();
  const query = await signInThere(client, account);
  await client.ok(API.finishSignOn, {}, { query });
  return client;
}

async function refusal(account?: string): Promise<string> {
  const client = app.browser();
  const query = await signInThere(client, account);
  return client.refused(API.finishSignOn, {}, { query });
}

test('[ACC24] who was let in by an administrator gets in, with the rights given here', async () => {
  await add('liuyang');
  const client = await comeIn();
  const { person, who, hasSingleSignOn } = await client.ok(API.session);
  expect(person).toMatchObject({ login: 'liuyang', role: 'teamLead', isLocal: false, mustChangePassword: false });
  expect([who?.name, hasSingleSignOn]).toEqual(['liuyang', true]);
  const { entries } = await admin.ok(API.audit);
  expect(entries[0]).toMatchObject({ act: 'session.opened', subject: 'liuyang', after: { through: 'singleSignOn' } });
  const { people } = await admin.ok(API.people);
  expect(people.find(({ login }) => login === 'liuyang')).toMatchObject({ isLocal: false, signedInAt: app.now() });
});

test('[ACC24] nobody gets in whom nobody let in, nor who was deactivated, and nothing is made of them', async () => {
  expect(await refusal()).toBe('signOn.unknown');
  const person = await add('liuyang');
  const client = await comeIn();
  const { people } = await admin.ok(API.people);
  const now = people.find(({ id }) => id === person.id) ?? person;
  await admin.ok(API.changePerson, { person: person.id }, changeOf(now, { isActive: false }));
  expect(await client.isIn()).toBe(false);
  expect(await refusal()).toBe('signOn.unknown');
  expect((await admin.ok(API.people)).people.map(({ login }) => login)).toEqual(['admin', 'liuyang']);
});

test('[ACC25] whoever has a password here is not taken over by a name elsewhere', async () => {
  provider.accounts.set('sub-2', { preferred_username: 'admin' });
  expect(await refusal('sub-2')).toBe('signOn.unknown');
});

test('[ACC25] after the first time only the same account gets in, whatever it is called by then', async () => {
  await add('liuyang');
  await comeIn();
  provider.accounts.set('sub-2', { preferred_username: 'liuyang' });
  expect(await refusal('sub-2')).toBe('signOn.unknown');
  provider.accounts.set('sub-1', { preferred_username: 'renamed' });
  expect((await (await comeIn()).ok(API.session)).person?.login).toBe('liuyang');
});

test('[ACC25] an e-mail address counts only where the provider has seen that it is theirs', async () => {
  await add('liu@example.com');
  provider.accounts.set('sub-1', { preferred_username: 'x y', email: 'liu@example.com', email_verified: false });
  expect(await refusal()).toBe('signOn.unknown');
  provider.accounts.set('sub-1', { preferred_username: 'x y', email: 'liu@example.com', email_verified: true });
  expect((await (await comeIn()).ok(API.session)).person?.login).toBe('liu@example.com');
});

test('[ACC26] an answer counts once, only for the browser that asked, and only as it was given', async () => {
  await add('liuyang');
  const client = app.browser();
  const query = await signInThere(client);
  // Somebody else makes a browser sign in as them.
  expect(await app.browser().refused(API.finishSignOn, {}, { query })).toBe('signOn.refused');
  const other = app.browser();
  await signInThere(other);
  expect(await other.refused(API.finishSignOn, {}, { query })).toBe('signOn.refused');

  const { cookie } = client;
  await client.ok(API.finishSignOn, {}, { query });
  const replay = app.browser();
  replay.cookie = cookie;
  expect(await replay.refused(API.finishSignOn, {}, { query })).toBe('signOn.refused');
  const forged = app.browser();
  const given = new URLSearchParams(await signInThere(forged));
  given.set('code', 'forged');
  expect(await forged.refused(API.finishSignOn, {}, { query: given.toString() })).toBe('signOn.refused');
});

test('[ACC26] neither the sign-in elsewhere nor its way back can be begun by a page elsewhere', async () => {
  const elsewhere = { 'sec-fetch-site': 'cross-site' };
  const client = app.browser();
  expect(await client.refused(API.startSignOn, {}, {}, elsewhere)).toBe('auth.crossSite');
  expect(await client.refused(API.finishSignOn, {}, { query: 'code=1' }, elsewhere)).toBe('auth.crossSite');
});

test('[ACC24] an administrator can give a password instead, which ends the sign-in elsewhere', async () => {
  const person = await add('liuyang');
  const client = await comeIn();
  await admin.ok(API.changePerson, { person: person.id }, changeOf(person, { password: PASSWORD }));
  expect(await client.isIn()).toBe(false);
  expect(await refusal()).toBe('signOn.unknown');
  expect((await app.browser().signIn('liuyang', PASSWORD)).person?.isLocal).toBe(true);
});

test('[ACC24] no password opens the account of somebody who signs in elsewhere', async () => {
  await add('liuyang');
  expect(await app.browser().refused(API.signIn, {}, { login: 'liuyang', password: PASSWORD })).toBe('auth.wrong');
});

test('[ACC24] without a provider there is none; with one that is away everything else goes on', async () => {
  const plain = await startAccessApp(stores);
  expect((await plain.browser().ok(API.session)).hasSingleSignOn).toBe(false);
  expect(await plain.browser().refused(API.startSignOn, {}, {})).toBe('signOn.off');
  await plain.stop();
  const cut = await startAccessApp(stores, { ...settings(), FLOORCAST_OIDC_ISSUER: 'http://127.0.0.1:9/none' });
  expect(await cut.browser().refused(API.startSignOn, {}, {})).toBe('signOn.unreachable');
  expect((await cut.browser().signIn('admin', PASSWORD)).person?.login).toBe('admin');
  await cut.stop();
});

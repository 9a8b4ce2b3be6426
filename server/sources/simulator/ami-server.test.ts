import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { type AmiServer, type AmiServerOptions, startAmiServer } from './ami-server.ts';
import { createCentre } from './centre.ts';
import type { Pbx } from './pbx.ts';
import { connectClient, type TestClient } from './testing-client.ts';

const NOW = Date.UTC(2026, 10, 22, 9, 30);
const SECRET = 's: e/cret@1';
const opened: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const centre = createCentre({ seed: 1, startAtMs: NOW - 3_600_000 });
centre.advance(NOW);

function centrePbx(overrides: Partial<Pbx> = {}): Pbx {
  return {
    encoding: 'utf8',
    isBooted: () => true,
    bootedAtMs: () => NOW - 7200_000,
    nowMs: () => NOW,
    snapshot: centre.snapshot,
    ...overrides,
  };
}

async function start(options: Partial<AmiServerOptions> = {}): Promise<AmiServer> {
  const server = await startAmiServer({ pbx: centrePbx(), secret: SECRET, ...options });
  opened.push(server.stop);
  return server;
}

async function client(server: AmiServer): Promise<TestClient> {
  const connected = await connectClient(server.port);
  opened.push(connected.close);
  return connected;
}

async function loggedIn(server: AmiServer): Promise<TestClient> {
  const connected = await client(server);
  expect(await connected.login(SECRET)).toBe('Response: Success\r\nMessage: Authentication accepted');
  await connected.until(/FullyBooted/);
  return connected;
}

const block = (n: number): string => `Event: Test\r\nPrivilege: agent,all\r\nNumber: ${n}\r\nName: 王小明\r\n\r\n`;

test('[SIM10] banner, login, FullyBooted with the uptime; the URL carries the login', async () => {
  const server = await start();
  const c = await client(server);
  expect(await c.next()).toBe('Asterisk Call Manager/12.0.0');
  const { username, password, port } = new URL(server.url);
  c.send(
    `Action: Login\r\nUsername: ${username}\r\nSecret: ${decodeURIComponent(password)}\r\nEvents: on\r\nActionID: 1\r\n\r\n`,
  );
  expect(await c.next()).toBe('Response: Success\r\nActionID: 1\r\nMessage: Authentication accepted');
  expect(await c.next()).toBe(
    'Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 7200\r\nLastReload: 7200\r\nStatus: Fully Booted',
  );
  expect(Number(port)).toBe(server.port);
});

test('[SIM11] MD5 login; a key without a challenge is worth nothing', async () => {
  const server = await start({ challenge: () => '961479748' });
  const c = await client(server);
  expect(await c.ask('Challenge', 'AuthType: MD5')).toEqual([
    'Response: Success\r\nActionID: t-1\r\nChallenge: 961479748',
  ]);
  const key = createHash('md5').update(`961479748${SECRET}`).digest('hex');
  const [answer] = await c.ask('Login', 'AuthType: MD5', 'Username: floorcast', `Key: ${key}`);
  expect(answer).toContain('Authentication accepted');

  const other = await client(server);
  const [refused] = await other.ask('Login', 'AuthType: MD5', 'Username: floorcast', `Key: ${key}`);
  expect(refused).toContain('Response: Error');
});

test('[SIM12] a wrong secret and an unknown user are refused and closed; nothing is done before login', async () => {
  const server = await start();
  const early = await client(server);
  expect(await early.ask('QueueStatus')).toEqual(['Response: Error\r\nActionID: t-1\r\nMessage: Permission denied']);
  for (const headers of [
    ['Username: floorcast', 'Secret: nope'],
    ['Username: nobody', `Secret: ${SECRET}`],
  ]) {
    const c = await client(server);
    expect(await c.ask('Login', ...headers)).toEqual([
      'Response: Error\r\nActionID: t-1\r\nMessage: Authentication failed',
    ]);
    await c.closed;
  }
  expect(server.clients()).toBe(0);
});

test('[SIM13] the small actions answer in the words of a real Asterisk', async () => {
  const server = await start();
  const c = await loggedIn(server);
  expect(await c.ask('Ping')).toEqual([
    `Response: Success\r\nActionID: t-1\r\nPing: Pong\r\nTimestamp: ${NOW / 1000}.000000`,
  ]);
  expect(await c.ask('Foo')).toEqual([
    'Response: Error\r\nActionID: t-2\r\nMessage: Invalid/unknown command: Foo. Use Action: ListCommands to show available commands.',
  ]);
  expect((await c.ask('CoreStatus'))[0]).toMatch(/CoreStartupDate: 2026-11-2\d\r\nCoreStartupTime: \d\d:30:00\r\n/);
  c.send('\r\nAction: Ping\r\nActionID: 坐席 "1": a|b\r\n\r\n');
  expect(await c.next()).toBe('Response: Error\r\nMessage: Missing action in request');
  expect(await c.next()).toContain('ActionID: 坐席 "1": a|b\r\n');
  expect(await c.ask('Logoff')).toEqual(['Response: Goodbye\r\nActionID: t-4\r\nMessage: Thanks for all the fish.']);
  await c.closed;
});

test('[SIM14] lists: counted, own ActionID, filtered by queue without regard to case, empty for an unknown one', async () => {
  const server = await start();
  const c = await loggedIn(server);
  const status = await c.ask('QueueStatus');
  expect(status.at(-1)).toBe(
    `Event: QueueStatusComplete\r\nActionID: t-1\r\nEventList: Complete\r\nListItems: ${status.length - 2}`,
  );
  expect(status.filter((m) => m.startsWith('Event: QueueParams'))).toHaveLength(6);
  expect(status.filter((m) => m.includes('\r\nName: 王小明\r\n'))).toHaveLength(3);
  expect((await c.ask('QueueStatus', 'Queue: INTERNATIONAL'))[1]).toContain('Queue: international');
  expect((await c.ask('QueueStatus', 'Queue: vip专席'))[1]).toContain('Queue: VIP专席');
  expect((await c.ask('QueueStatus', 'Queue: nope')).at(-1)).toContain('ListItems: 0');
  const one = await c.ask('QueueStatus', 'Queue: 订单查询', 'Member: PJSIP/8001');
  expect(one.filter((m) => m.startsWith('Event: QueueMember'))).toHaveLength(1);
  expect(await c.ask('QueueSummary')).toHaveLength(8);
  expect((await c.ask('CoreShowChannels')).length).toBeGreaterThan(10);
});

test('[SIM15] before Asterisk is up: no FullyBooted, list actions are unknown commands, channels are there', async () => {
  const server = await start({ pbx: centrePbx({ isBooted: () => false }) });
  const c = await client(server);
  await c.login(SECRET);
  expect((await c.ask('QueueStatus'))[0]).toContain('Invalid/unknown command: QueueStatus.');
  expect((await c.ask('CoreShowChannels')).at(-1)).toContain('Complete');
  expect(c.bytes().toString()).not.toContain('FullyBooted');
});

test('[SIM16] events go to logged-in clients alone, and by their mask', async () => {
  const server = await start();
  const [all, some, stranger] = [await loggedIn(server), await loggedIn(server), await client(server)];
  expect((await some.ask('Events', 'EventMask: call,system'))[0]).toContain('Events: On');
  server.broadcast([block(1), block(2).replace('agent', 'call')]);
  expect(await all.next()).toContain('Number: 1');
  expect(await all.next()).toContain('Number: 2');
  expect(await some.next()).toContain('Number: 2');
  expect((await some.ask('Events', 'EventMask: nonsense'))[0]).toContain('Events: Off');
  server.broadcast([block(3)]);
  expect(await all.next()).toContain('Name: 王小明');
  await some.ask('Ping');
  await stranger.ask('Ping');
  expect(some.bytes().toString()).not.toContain('Number: 3');
  expect(stranger.bytes().toString()).not.toContain('Number');
});

test('[SIM17] a client that does not read is dropped at the limit; ready() waits for one that reads slowly', async () => {
  const server = await start({ maxQueuedBytes: 1024 * 1024 });
  const slow = await loggedIn(server);
  slow.socket.pause();
  const many = [Buffer.alloc(256 * 1024, block(1))];
  for (let i = 0; server.clients() > 0 && i < 500; i++) {
    server.broadcast(many);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(server.clients()).toBe(0);
  slow.socket.resume();
  await slow.closed;

  const patient = await loggedIn(server);
  let sent = 0;
  for (let i = 0; i < 30; i++) {
    server.broadcast(many);
    sent += many[0]?.length ?? 0;
    await server.ready();
  }
  server.dropAll('end');
  await patient.closed;
  expect(patient.bytes().length).toBeGreaterThan(sent);
}, 30_000);

test('[SIM18] greetings: silence, banner and then silence, reset before the banner', async () => {
  const server = await start();
  server.faults.greeting = 'silent';
  const silent = await client(server);
  server.faults.greeting = 'banner-only';
  const bannerOnly = await client(server);
  expect(await bannerOnly.next()).toContain('Asterisk');
  server.faults.greeting = 'reset';
  // Where the reset is fast enough, connect() itself fails.
  const bytesBeforeReset = client(server).then(
    (c) => c.closed.then(() => c.bytes().length),
    () => 0,
  );
  expect(await bytesBeforeReset).toBe(0);
  for (const deaf of [silent, bannerOnly]) {
    deaf.send(`Action: Login\r\nUsername: floorcast\r\nSecret: ${SECRET}\r\n\r\n`);
  }
  server.faults.greeting = 'normal';
  // Another client's whole conversation later, still nothing has come.
  await (await loggedIn(server)).ask('Ping');
  expect(silent.bytes()).toHaveLength(0);
  expect(bannerOnly.bytes().toString()).toBe('Asterisk Call Manager/12.0.0\r\n');
});

test('[SIM19] mute holds everything back without closing, and lets it go in order', async () => {
  const answered = Promise.withResolvers<void>();
  const server = await start({ onAnswered: (action) => action.name === 'Ping' && answered.resolve() });
  const c = await loggedIn(server);
  const before = c.bytes().length;
  server.faults.mute = true;
  server.broadcast([block(1)]);
  const pong = c.ask('Ping');
  await answered.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(c.bytes()).toHaveLength(before);
  server.faults.mute = false;
  await pong;
  const text = c.bytes().subarray(before).toString();
  expect(text.indexOf('Number: 1')).toBeLessThan(text.indexOf('Pong'));
});

test('[SIM20] refuse closes the door, live connections stay; accept opens the same port; drop and inject', async () => {
  const server = await start();
  const c = await loggedIn(server);
  await server.refuse();
  await expect(connectClient(server.port)).rejects.toThrow('ECONNREFUSED');
  await c.ask('Ping');
  await server.accept();
  const again = await loggedIn(server);
  server.inject('Event: Ha');
  server.inject('lf\r\n\r\n');
  expect(await again.next()).toBe('Event: Half');
  server.dropAll();
  await Promise.all([c.closed, again.closed]);
  expect(server.clients()).toBe(0);
});

test('[SIM21] cut writes change no byte; duplicated blocks are whole and repeatable by seed', async () => {
  const blocks = Array.from({ length: 400 }, (_, n) => block(n));
  const receive = async (seed: number): Promise<string> => {
    const server = await start();
    const c = await loggedIn(server);
    const before = c.bytes().length;
    let reads = 0;
    c.socket.on('data', () => reads++);
    server.faults.setCuts(seed);
    server.broadcast(blocks);
    server.faults.setDuplicates({ seed, probability: 0.3 });
    server.broadcast(blocks);
    server.dropAll('end');
    await c.closed;
    expect(reads).toBeGreaterThan(10);
    return c.bytes().subarray(before).toString();
  };
  const once = blocks.join('');
  const [first, same, other] = [await receive(7), await receive(7), await receive(8)];
  expect(first.startsWith(once)).toBe(true);
  const doubled = first.slice(once.length).split('\r\n\r\n').slice(0, -1);
  expect(doubled.length).toBeGreaterThan(400);
  expect([...new Set(doubled)].map((text) => `${text}\r\n\r\n`)).toEqual(blocks);
  expect(same).toBe(first);
  expect(other).not.toBe(first);
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DomainEvent } from '../../shared/event.ts';
import { NO_AGENT_SETTINGS, NO_QUEUE_SETTINGS, type QueueSettings } from '../../shared/setting.ts';
import { createTestDatabase, startOwnServer, type TestDatabase } from '../db/testing-database.ts';
import type { Redis } from '../redis/client.ts';
import { readSettingsCursor } from '../redis/settings-cursor.ts';
import { readBatches, STREAM_START } from '../redis/stream.ts';
import { recordingLog, silentLog, startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import { announce } from './announce.ts';
import { type Settings, type SettingsOptions, startSettings } from './settings.ts';
import { writeSettings } from './store.ts';

const SITE = 'main';
const NOW = 1_795_380_000_000;
let redisServer: TestRedis;
let redis: Redis;
let db: TestDatabase;
let running: Settings[];

beforeAll(async () => {
  redisServer = await startTestRedis();
  redis = await redisServer.connect();
});

afterAll(() => redisServer.stop());

beforeEach(async () => {
  running = [];
  await redis.flushall();
  db = await createTestDatabase();
});

afterEach(async () => {
  for (const settings of running) await settings.stop();
  await db.drop();
});

async function start(options: Partial<SettingsOptions> = {}): Promise<Settings> {
  const settings = await startSettings({
    database: db.database,
    connect: (purpose) => redisServer.connect(purpose),
    now: () => NOW,
    log: silentLog,
    lookEveryMs: 20,
    ...options,
  });
  running.push(settings);
  settings.join(SITE);
  return settings;
}

const of = (change: Partial<QueueSettings>): QueueSettings => ({ ...NO_QUEUE_SETTINGS, ...change });

/** Changes a queue without telling the site, as a process does that dies between the two. */
const writeUntold = (queue: string, base: number, settings: QueueSettings) =>
  writeSettings(db.database, SITE, 'queue', queue, { base, settings, by: 'test' });

async function told(): Promise<DomainEvent[]> {
  const entries = await readBatches(redis, SITE, STREAM_START, { count: 10_000, blockMs: 0 });
  expect(entries.flatMap(({ rejected }) => rejected)).toEqual([]);
  expect(new Set(entries.map(({ batch }) => batch?.source)).difference(new Set(['settings']))).toEqual(new Set());
  return entries.flatMap(({ batch }) => batch?.events ?? []);
}

const toldOf = async (queue: string): Promise<unknown[]> =>
  (await told()).flatMap((event) =>
    event.type === 'queue.configured' && event.queue === queue ? [event.settings] : [],
  );

/** A busy machine takes its time. */
const soon = <T>(found: () => T) => expect.poll(found, { timeout: 15_000 });

test('[SET1] what was never set has version 0 and the defaults', async () => {
  const settings = await start();
  expect(await settings.read(SITE, 'queue', '售后/上海')).toEqual({
    subject: '售后/上海',
    version: 0,
    settings: NO_QUEUE_SETTINGS,
    updatedAt: null,
  });
  expect((await settings.read(SITE, 'agent', 'PJSIP/1001')).settings).toEqual(NO_AGENT_SETTINGS);
  expect(await settings.list(SITE)).toEqual({ queues: [], agents: [] });
});

test('[SET2] a change is kept whole, with a higher version, and every change stays on record', async () => {
  const settings = await start();
  const bands = [{ from: '09:00', serviceLevel: 'slOfAnswered' as const, targetRatio: 0.8 }];
  const first = await settings.write(SITE, 'queue', 'q', {
    base: 0,
    settings: of({ thresholdMs: 15_000, bands }),
    by: 'a',
  });
  const second = await settings.write(SITE, 'queue', 'q', {
    base: first.version,
    settings: of({ name: '售后' }),
    by: 'b',
  });
  expect(second.version).toBeGreaterThan(first.version);
  expect(await settings.read(SITE, 'queue', 'q')).toEqual(second);
  expect(second.settings).toEqual(of({ name: '售后' }));
  await settings.write(SITE, 'agent', 'PJSIP/1', { base: 0, settings: { name: '王芳', team: 'A' }, by: 'a' });
  expect(await settings.list(SITE)).toMatchObject({
    queues: [{ subject: 'q', version: second.version }],
    agents: [{ subject: 'PJSIP/1', settings: { name: '王芳', team: 'A' } }],
  });
  expect(await settings.list('other')).toEqual({ queues: [], agents: [] });
  expect(
    await db.database.query('SELECT kind, subject, before, after, changed_by FROM setting_changes ORDER BY id'),
  ).toEqual([
    { kind: 'queue', subject: 'q', before: null, after: first.settings, changed_by: 'a' },
    { kind: 'queue', subject: 'q', before: first.settings, after: second.settings, changed_by: 'b' },
    { kind: 'agent', subject: 'PJSIP/1', before: null, after: { name: '王芳', team: 'A' }, changed_by: 'a' },
  ]);
});

test('[SET3] of changes to the same version one gets through', async () => {
  const settings = await start();
  const answers = await Promise.allSettled(
    [1, 2, 3, 4, 5].map((order) => settings.write(SITE, 'queue', 'q', { base: 0, settings: of({ order }), by: 't' })),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const answer of answers)
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'settings.conflict' });
  expect(await db.database.query('SELECT count(*)::int AS n FROM setting_changes')).toEqual([{ n: 1 }]);
});

test('[SET4] a change is told to the site, whole, with its version, once, in order', async () => {
  const settings = await start({ lookEveryMs: 60_000 });
  await soon(() => readSettingsCursor(redis, SITE)).toBe(0);
  const first = await settings.write(SITE, 'queue', 'q', { base: 0, settings: of({ order: 1 }), by: 't' });
  const second = await settings.write(SITE, 'agent', 'a', { base: 0, settings: { name: null, team: '一组' }, by: 't' });
  const third = await settings.write(SITE, 'queue', 'q', { base: first.version, settings: of({ order: 2 }), by: 't' });
  await soon(told).toEqual([
    { type: 'queue.configured', at: NOW, queue: 'q', version: first.version, settings: of({ order: 1 }) },
    { type: 'agent.configured', at: NOW, agent: 'a', version: second.version, settings: { name: null, team: '一组' } },
    { type: 'queue.configured', at: NOW, queue: 'q', version: third.version, settings: of({ order: 2 }) },
  ]);
});

test('[SET5] a crash between the change and its telling loses nothing: the next one to look tells it', async () => {
  const { version } = await writeUntold('q', 0, of({ order: 1 }));
  expect(await told()).toEqual([]);
  const settings = await start();
  await soon(() => toldOf('q')).toEqual([of({ order: 1 })]);
  await writeUntold('q', version, of({ order: 2 }));
  await soon(() => toldOf('q')).toEqual([of({ order: 1 }), of({ order: 2 })]);
  await settings.stop();
  await start();
  await writeUntold('r', 0, of({ order: 3 }));
  await soon(() => toldOf('r')).toHaveLength(1);
  expect(await toldOf('q')).toHaveLength(2);
});

test('[SET6] several processes tell each change once', async () => {
  const settings = await Promise.all(
    Array.from({ length: 4 }, async () => start({ database: await db.open(), lookEveryMs: 1 })),
  );
  await soon(() => readSettingsCursor(redis, SITE)).toBe(0);
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      settings[i % 4]?.write(SITE, 'queue', `q${i}`, { base: 0, settings: of({ order: i }), by: 't' }),
    ),
  );
  await soon(async () => (await told()).length).toBe(40);
  const versions = (await told()).map((event) => ('version' in event ? event.version : 0));
  expect(versions).toEqual(versions.toSorted((a, b) => a - b));
});

test('[SET7] a Redis that lost its memory is told everything that holds', async () => {
  for (let i = 0; i < 250; i++) await writeUntold(`q${i}`, 0, of({ order: i }));
  const { version } = await writeUntold('last', 0, of({ order: 1 }));
  await writeUntold('last', version, of({ order: 2 }));
  const options = { site: SITE, database: db.database, redis, now: () => NOW, log: silentLog };
  await announce(options);
  expect(await told()).toHaveLength(251);
  expect(await toldOf('last')).toEqual([of({ order: 2 })]);
  await redis.flushall();
  await announce(options);
  expect(await told()).toHaveLength(251);
  expect(await announce(options)).toBe(0);
});

test('[SET8] a PostgreSQL restored to an older state wins over what the site was told since', async () => {
  const { log, lines } = recordingLog();
  const options = { site: SITE, database: db.database, redis, now: () => NOW, log };
  const old = await writeUntold('q', 0, of({ order: 1 }));
  await announce(options);
  await db.database.query('CREATE TABLE backup AS SELECT * FROM queue_settings');
  const newer = await writeUntold('q', old.version, of({ order: 2 }));
  const unknown = await writeUntold('r', 0, of({ order: 3 }));
  await announce(options);
  // The restore.
  await db.database.query(
    'TRUNCATE queue_settings; INSERT INTO queue_settings SELECT * FROM backup; DELETE FROM setting_changes WHERE id > 1; ALTER SEQUENCE setting_changes_id_seq RESTART WITH 2',
  );
  await announce(options);
  const [back] = (await told()).slice(-1);
  expect(back).toMatchObject({ queue: 'q', settings: of({ order: 1 }) });
  expect((back as { version: number }).version).toBeGreaterThan(Math.max(newer.version, unknown.version));
  const restored = await writeUntold('r', 0, of({ order: 4 }));
  expect(restored.version).toBeGreaterThan(unknown.version);
  expect(await announce(options)).toBe(1);
  expect(lines.filter(({ msg }) => msg === 'settings.databaseIsOlder')).toHaveLength(1);
});

test('[SET15] of two PostgreSQLs on one Redis one tells the site its settings, the other says that it may not', async () => {
  const other = await createTestDatabase();
  const options = { site: SITE, redis, now: () => NOW, log: silentLog };
  await writeUntold('q', 0, of({ order: 1 }));
  await announce({ ...options, database: db.database });
  await writeSettings(other.database, SITE, 'queue', 'q', { base: 0, settings: of({ order: 9 }), by: 't' });
  await expect(announce({ ...options, database: other.database })).rejects.toThrow('DATABASE_URL');
  expect(await toldOf('q')).toEqual([of({ order: 1 })]);
  await other.drop();
});

test('[SET9] while PostgreSQL is away a change is refused and nothing is half done; afterwards it works', async () => {
  const own = await startOwnServer();
  const settings = await start({ database: own.database });
  const change = { base: 0, settings: of({ order: 1 }), by: 't' };
  await own.database
    .query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = $1', ['client backend'])
    .catch(() => {});
  if (own.database.isUp) throw new Error('the outage was not noticed');
  await expect(settings.write(SITE, 'queue', 'q', change)).rejects.toMatchObject({ code: 'database.unreachable' });
  await expect(settings.read(SITE, 'queue', 'q')).rejects.toMatchObject({ code: 'database.unreachable' });
  await own.database.whenUp(new AbortController().signal);
  expect((await settings.read(SITE, 'queue', 'q')).version).toBe(0);
  await settings.write(SITE, 'queue', 'q', change);
  await soon(() => toldOf('q')).toEqual([of({ order: 1 })]);
  await running.pop()?.stop();
  await own.stop();
});

test('[SET10] what PostgreSQL cannot hold is the caller’s mistake', async () => {
  const settings = await start();
  const change = { base: 0, settings: of({ name: 'a\0b' }), by: 't' };
  await expect(settings.write(SITE, 'queue', 'q', change)).rejects.toMatchObject({ code: 'request.invalid' });
});

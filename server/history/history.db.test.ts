import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../db/database.ts';
import { createTestDatabase, startOwnServer, type TestDatabase } from '../db/testing-database.ts';
import type { Redis } from '../redis/client.ts';
import { factsRange } from '../redis/facts.ts';
import { siteKeys } from '../redis/keys.ts';
import { recordingLog, startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import { type History, type HistoryOptions, startHistory } from './history.ts';
import { AT, contact, correction, tell } from './testing-facts.ts';

const SITE = 'main';
const KEEP = { contactDays: 9_999, segmentDays: 9_999, intervalDays: 9_999, correctionDays: 9_999, callerDays: 9_999 };
let redisServer: TestRedis;
let redis: Redis;
let db: TestDatabase;
let running: History[];

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
  for (const history of running) await history.stop();
  await db.drop();
});

async function start(options: Partial<HistoryOptions> = {}): Promise<History> {
  const history = await startHistory({
    database: db.database,
    connect: (purpose) => redisServer.connect(purpose),
    retention: KEEP,
    now: Date.now,
    log: recordingLog().log,
    gatherMs: 5,
    ...options,
  });
  running.push(history);
  await history.join(SITE);
  return history;
}

async function correctionsIn(database: Database): Promise<number[]> {
  const rows = await database.query<{ number: number }>('SELECT number FROM corrections ORDER BY number');
  return rows.map(({ number }) => number);
}

const corrections = () => correctionsIn(db.database);

/** A busy machine takes its time. */
const soon = <T>(found: () => T) => expect.poll(found, { timeout: 15_000 });

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

async function tellCorrections(from: number, to: number): Promise<void> {
  const pipeline = redis.pipeline();
  for (let number = from; number <= to; number++)
    pipeline.xadd(siteKeys(SITE).facts, '*', 'f', JSON.stringify([correction({ number })]));
  await pipeline.exec();
}

test('[HIS8] facts are written as they come, and those from before the start', async () => {
  await tellCorrections(1, 300);
  await start();
  await soon(corrections).toEqual(upTo(300));
  await tellCorrections(301, 302);
  await soon(corrections).toEqual(upTo(302));
});

test('[HIS8] a restart goes on at the cursor, in another process too', async () => {
  await tellCorrections(1, 10);
  const first = await start();
  await soon(corrections).toEqual(upTo(10));
  await first.stop();
  await tellCorrections(11, 20);
  const written: number[] = [];
  await start({ database: await db.open(), onWritten: (_site, facts) => written.push(facts) });
  await soon(corrections).toEqual(upTo(20));
  expect(written.reduce((sum, one) => sum + one, 0)).toBe(10);
});

test('[HIS9] one process writes a site at a time; when its connection ends another goes on', async () => {
  const written = { a: 0, b: 0 };
  const count = (who: 'a' | 'b') => (_site: string, facts: number) => {
    written[who] += facts;
  };
  const other = await db.open();
  await start({ onWritten: count('a') });
  await tellCorrections(1, 1);
  await soon(corrections).toEqual([1]);
  const standby = await start({ database: other, onWritten: count('b') });
  await tellCorrections(2, 50);
  await soon(corrections).toEqual(upTo(50));
  expect(await standby.backlog()).toEqual([]);
  expect(written).toEqual({ a: 50, b: 0 });
  await running[0]?.stop();
  await tellCorrections(51, 60);
  await soon(corrections).toEqual(upTo(60));
  expect(written).toEqual({ a: 50, b: 10 });
});

test('[HIS17] of two PostgreSQLs on one Redis one is written, the other waits and says so', async () => {
  const other = await createTestDatabase();
  const { log, lines } = recordingLog();
  await start();
  await tellCorrections(1, 5);
  await soon(corrections).toEqual(upTo(5));
  await start({ database: other.database, log });
  await soon(() => lines).toContainEqual(
    expect.objectContaining({ msg: expect.stringContaining('history.otherDatabase') }),
  );
  await tellCorrections(6, 10);
  await soon(corrections).toEqual(upTo(10));
  expect(await correctionsIn(other.database)).toEqual([]);
  // As if the first had been silent for half a minute.
  await running.shift()?.stop();
  await redis.del(siteKeys(SITE).database);
  await soon(() => correctionsIn(other.database)).toEqual(upTo(10));
  await running.pop()?.stop();
  await other.drop();
});

test('[HIS10] what does not parse is set aside and counted, and holds up nobody', async () => {
  const rejected: number[] = [];
  await redis.xadd(siteKeys(SITE).facts, '*', 'f', 'no JSON\0');
  await redis.xadd(siteKeys(SITE).facts, '*', 'x', '[]');
  await tell(redis, SITE, [correction({ number: 1 }), { type: 'novelty' }, contact({ holdMs: -1 }), null]);
  await start({ onRejected: (_site, facts) => rejected.push(facts) });
  await soon(corrections).toEqual([1]);
  const rows = await db.database.query(
    'SELECT position, reason FROM rejected_facts ORDER BY entry_ms, entry_seq, position',
  );
  expect(rows).toEqual([
    { position: 0, reason: 'not JSON' },
    { position: 0, reason: 'not JSON' },
    { position: 1, reason: expect.stringContaining('type') },
    { position: 2, reason: expect.stringContaining('holdMs') },
    { position: 3, reason: expect.any(String) },
  ]);
  expect(rejected).toEqual([5]);
});

test('[HIS10] a NUL in a name, and counters that an older version did not know, cost no fact', async () => {
  const { offered, answered } = { offered: 3, answered: 2 };
  await tell(redis, SITE, [
    contact({ callerName: 'a\0b\ud800' }),
    { type: 'interval', queue: 'q', startAt: AT, counters: { offered, answered }, waits: [] },
  ]);
  await start();
  await soon(() => db.database.query('SELECT caller_name FROM contacts')).toEqual([{ caller_name: 'a\ufffdb\ufffd' }]);
  expect(await db.database.query('SELECT offered, answered, handled FROM intervals')).toEqual([
    { offered, answered, handled: 0 },
  ]);
});

test('[HIS11] the stream is trimmed behind the cursor and never ahead of it', async () => {
  const old = Date.now() - 3_600_000;
  for (let n = 1; n <= 500; n++) await tell(redis, SITE, [correction({ number: n })], `${old + n}-0`);
  const history = await start();
  await soon(corrections).toEqual(upTo(500));
  // The entry at the cursor stays: by it the next reader knows that nothing is missing.
  await soon(() => factsRange(redis, SITE)).toMatchObject({ length: 1, firstId: `${old + 500}-0` });
  expect(await history.backlog()).toEqual([{ site: SITE, entries: 0, ageMs: 0 }]);
  await history.stop();
  await tellCorrections(501, 510);
  await start();
  await soon(corrections).toEqual(upTo(510));
  // Young ones are kept for a PostgreSQL that comes back as it was a while ago.
  await soon(() => factsRange(redis, SITE)).toMatchObject({ length: 10 });
});

test('[HIS12] a stream that is another one is read from its start, and told', async () => {
  const { log, lines } = recordingLog();
  await tell(redis, SITE, [correction({ number: 1 })], '9000000000000-0');
  await start({ log });
  await soon(corrections).toEqual([1]);
  await redis.flushall();
  await tellCorrections(2, 3);
  await running[0]?.stop();
  await start({ log });
  await soon(corrections).toEqual([1, 2, 3]);
  await tellCorrections(4, 4);
  await soon(corrections).toEqual([1, 2, 3, 4]);
  expect(lines.map(({ msg }) => msg)).toContain('history.streamReplaced');
});

test('[HIS12] a hole between cursor and stream is told, and what is there is written', async () => {
  const { log, lines } = recordingLog();
  await tellCorrections(1, 3);
  const first = await start({ log });
  await soon(corrections).toEqual([1, 2, 3]);
  await first.stop();
  await redis.xtrim(siteKeys(SITE).facts, 'MAXLEN', 0);
  await tellCorrections(5, 6);
  await start({ log });
  await soon(corrections).toEqual([1, 2, 3, 5, 6]);
  expect(lines.map(({ msg }) => msg)).toContain('history.mayMissFacts');
});

test('[HIS13] PostgreSQL killed and away under load: nothing is lost, the backlog is told and drains', async () => {
  const { log } = recordingLog();
  const own = await startOwnServer(log);
  const backlogs: number[] = [];
  const pid = () => {
    const pidFile = join(own.dataDir, 'postgres', 'cluster', 'postmaster.pid');
    return existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : 0;
  };
  await start({
    database: own.database,
    log,
    backlogEveryMs: 10,
    onBacklog: (_site, entries, ageMs) => {
      backlogs.push(entries);
      expect(ageMs).toBeGreaterThanOrEqual(0);
    },
  });
  let told = 0;
  for (let round = 0; round < 3; round++) {
    const victim = pid();
    for (let i = 0; i < 5; i++) {
      await tellCorrections(told + 1, told + 200);
      told += 200;
      if (i === 2) process.kill(victim, 'SIGKILL');
    }
    await soon(() => ![0, victim].includes(pid()) && own.database.isUp).toBe(true);
  }
  await soon(() => correctionsIn(own.database)).toEqual(upTo(told));
  expect(Math.max(...backlogs)).toBeGreaterThan(200);
  await soon(() => backlogs.at(-1)).toBe(0);
  await running.pop()?.stop();
  await own.stop();
});

test('[HIS14] Redis that comes and goes changes nothing', async () => {
  const second = await startTestRedis();
  const command = await second.connect();
  await tell(command, SITE, [correction({ number: 1 })]);
  const history = await start({ connect: (purpose) => second.connect(purpose) });
  await soon(corrections).toEqual([1]);
  await second.server.stop();
  await history.stop();
  running = [];
  await second.stop();
});

test('[HIS15] old rows go, callers earlier; at the start and without holding up what comes in', async () => {
  const now = 1_795_000_000_000;
  const days = (n: number) => now - n * 86_400_000;
  const contacts = [1, 89, 91, 399, 401].map((age) => contact({ id: `age-${age}`, endedAt: days(age) }));
  await tell(redis, SITE, contacts);
  await db.database.query(
    `INSERT INTO corrections SELECT $1, n, to_timestamp($2::bigint / 1000.0), '', '', '', '', 1, 1 FROM generate_series(1, 2500) n`,
    [SITE, days(31)],
  );
  await db.database.query(
    `INSERT INTO gaps SELECT $1, 's', to_timestamp(($2::bigint - n) / 1000.0), CASE WHEN n = 1 THEN NULL ELSE to_timestamp($2::bigint / 1000.0) END, '', 1, 1 FROM generate_series(1, 3) n`,
    [SITE, days(31)],
  );
  await db.database.query(`INSERT INTO rejected_facts SELECT $1, 1, 1, 1, '', '', to_timestamp($2::bigint / 1000.0)`, [
    SITE,
    days(91),
  ]);
  const first = await start();
  await soon(() => db.database.query('SELECT id FROM contacts')).toHaveLength(5);
  await first.stop();
  await start({
    now: () => now,
    retention: { contactDays: 400, segmentDays: 400, intervalDays: 400, correctionDays: 30, callerDays: 90 },
  });
  await soon(corrections).toEqual([]);
  await soon(() => db.database.query('SELECT id, caller_number FROM contacts ORDER BY ended_at DESC')).toEqual([
    { id: 'age-1', caller_number: '13800000001' },
    { id: 'age-89', caller_number: '13800000001' },
    { id: 'age-91', caller_number: null },
    { id: 'age-399', caller_number: null },
  ]);
  // A gap that goes on is never old.
  expect(await db.database.query('SELECT end_at FROM gaps')).toEqual([{ end_at: null }]);
  expect(await db.database.query('SELECT * FROM rejected_facts')).toEqual([]);
});

test('[HIS16] a stop is bounded while PostgreSQL is deaf', async () => {
  const other = await db.open({ silentMs: 60_000 });
  const history = await start({ database: other });
  await tellCorrections(1, 1);
  await soon(corrections).toEqual([1]);
  const locker = await db.database.openSession();
  await locker.query('BEGIN; LOCK TABLE corrections IN ACCESS EXCLUSIVE MODE');
  await tellCorrections(2, 2);
  await soon(() =>
    db.database.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%corrections%'"),
  ).not.toEqual([]);
  const before = performance.now();
  await history.stop();
  expect(performance.now() - before).toBeLessThan(1_200);
  await locker.close();
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { recordingLog, silentLog } from '../redis/testing-redis.ts';
import { type Database, openDatabase } from './database.ts';
import { type Migration, readMigrations } from './migrate.ts';
import { createTestDatabase, type OwnServer, startOwnServer, type TestDatabase, urlOf } from './testing-database.ts';

const forever = new AbortController().signal;
let atEnd: (() => Promise<unknown>)[];

beforeEach(() => {
  atEnd = [];
});

afterEach(async () => {
  for (const end of atEnd.reverse()) await end();
});

async function empty(migrations: readonly Migration[] = []): Promise<TestDatabase> {
  const test = await createTestDatabase({ migrations });
  atEnd.push(test.drop);
  return test;
}

async function ownServer(options: Parameters<typeof startOwnServer>[1] = {}, log = silentLog): Promise<OwnServer> {
  const server = await startOwnServer(log, options);
  atEnd.push(server.stop);
  return server;
}

const migration = (number: number, sql: string): Migration => ({
  number,
  name: `step-${number}`,
  checksum: `checksum of ${sql}`,
  sql,
});

const ONE = migration(1, 'CREATE TABLE one (n integer)');
const TWO = migration(2, 'CREATE TABLE two (n integer); INSERT INTO two VALUES (2);');

async function fatalOf(test: TestDatabase, migrations: readonly Migration[]): Promise<string> {
  const fatal = Promise.withResolvers<string>();
  const database = await openDatabase({
    url: test.url,
    dataDir: '/nowhere',
    log: silentLog,
    onFatal: fatal.resolve,
    migrations,
  });
  try {
    return await fatal.promise;
  } finally {
    expect(database.isUp).toBe(false);
    await database.stop();
  }
}

test('[DB11] migrations are applied once, in order, those that are missing', async () => {
  const test = await empty([ONE]);
  const { log, lines } = recordingLog();
  const database = await test.open({ migrations: [ONE, TWO], log });
  expect(await database.query('SELECT n FROM two')).toEqual([{ n: 2 }]);
  expect(await database.query('SELECT number, name FROM schema_migrations ORDER BY number')).toEqual([
    { number: 1, name: 'step-1' },
    { number: 2, name: 'step-2' },
  ]);
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'database.migrated', applied: ['step-2'] }));
});

test('[DB11] several processes that start at once apply each migration once', async () => {
  const test = await empty([]);
  await Promise.all(Array.from({ length: 5 }, () => test.open({ migrations: [ONE, TWO] })));
  expect(await test.database.query('SELECT n FROM two')).toEqual([{ n: 2 }]);
});

test('[DB12] a migration that fails leaves nothing of any', async () => {
  const test = await empty([]);
  const { log, lines } = recordingLog();
  const broken = migration(2, 'CREATE TABLE two (n integer); SELECT nonsense');
  const database = await openDatabase({
    url: test.url,
    dataDir: '/nowhere',
    log,
    onFatal: () => {},
    migrations: [ONE, broken],
  });
  await expect.poll(() => lines.map(({ reason }) => reason)).toContain('column "nonsense" does not exist');
  await database.stop();
  expect(await test.database.query("SELECT to_regclass('one') AS one, to_regclass('two') AS two")).toEqual([
    { one: null, two: null },
  ]);
});

test('[DB13] an applied migration that changed, and a database of a newer version, are clear start errors', async () => {
  const test = await empty([ONE, TWO]);
  expect(await fatalOf(test, [ONE, { ...TWO, checksum: 'another' }])).toMatch(/Migration 2 \(step-2\).*Restore/);
  expect(await fatalOf(test, [ONE])).toMatch(/migration 2 \(step-2\).*newer Floorcast/);
});

test('[DB13] the checksum does not depend on the ends of lines; files are numbered without holes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fc-migrations-'));
  writeFileSync(join(folder, '0001-first.sql'), 'SELECT 1;\nSELECT 2;\n');
  const [unix] = readMigrations(folder);
  writeFileSync(join(folder, '0001-first.sql'), 'SELECT 1;\r\nSELECT 2;\r\n');
  const [windows] = readMigrations(folder);
  expect(windows?.checksum).toBe(unix?.checksum);
  writeFileSync(join(folder, '0003-third.sql'), 'SELECT 3;');
  expect(() => readMigrations(folder)).toThrow('0003-third.sql is not migration 2');
  rmSync(folder, { recursive: true });
});

test('[DB14] PostgreSQL that is away at the start is waited for in the background, and told once', async () => {
  const { host } = inject('postgres');
  const { log, lines } = recordingLog();
  const database = await openDatabase({
    url: `postgres:///floorcast?${new URLSearchParams({ host, port: '5433', user: 'floorcast', password: 'x' })}`,
    dataDir: '/nowhere',
    log,
    onFatal: () => {},
  });
  await expect.poll(() => lines.length).toBe(1);
  expect(lines[0]).toMatchObject({ msg: 'database.away', reason: expect.stringContaining('ENOENT') });
  expect(JSON.stringify(lines)).not.toContain('password=x');
  await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'database.unreachable' });
  await database.stop();
});

test('[DB6] a second process on one folder waits without a database and goes on when the first has ended', async () => {
  const first = await ownServer();
  await first.database.query('CREATE TABLE kept AS SELECT 1 AS n');
  const { log, lines } = recordingLog();
  const second = await openDatabase({ url: null, dataDir: first.dataDir, log, onFatal: () => {} });
  await expect
    .poll(() => lines)
    .toMatchObject([{ msg: 'database.away', reason: expect.stringContaining('already runs') }]);
  expect(second.isUp).toBe(false);
  await first.database.stop();
  await second.whenUp(forever);
  expect(await second.query('SELECT n FROM kept')).toEqual([{ n: 1 }]);
  expect(second.id).toBe(first.database.id);
  await second.stop();
});

test('[DB19] a database is told from every other', async () => {
  const [one, two] = [await empty(), await empty()];
  expect(one.database.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(one.database.id).not.toBe(two.database.id);
  expect((await one.open()).id).toBe(one.database.id);
});

test('[DB15] a killed server is started again; statements fail at once meanwhile and go on afterwards', async () => {
  const { log, lines } = recordingLog();
  const { database, dataDir } = await ownServer({}, log);
  await database.query('CREATE TABLE kept AS SELECT 1::bigint AS n');
  const pidFile = join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
  process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL');
  await expect.poll(() => database.isUp).toBe(false);
  await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'database.unreachable' });
  await database.whenUp(forever);
  expect(await database.query('SELECT n FROM kept')).toEqual([{ n: 1 }]);
  const told = lines.map(({ msg }) => msg).filter((msg) => /lost|back/.test(msg));
  expect(told).toEqual(['database.lost', 'database.back']);
});

test('[DB15] a server that is stopped and says nothing counts as away, and as back when it goes on', async () => {
  const { database, dataDir } = await ownServer({ silentMs: 200 });
  await database.query('SELECT 1');
  const pids = freeze(dataDir);
  await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'database.unreachable' });
  expect(database.isUp).toBe(false);
  for (const pid of pids) process.kill(pid, 'SIGCONT');
  await database.whenUp(forever);
  expect(await database.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

/** Stops the server, which then starts no more processes, and every process of it. Tells which. */
function freeze(dataDir: string): number[] {
  const pidFile = join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
  const main = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  process.kill(main, 'SIGSTOP');
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === String(main));
  return [main, ...others.map(Number).filter(isStopped)];
}

/** False for a worker that ended by itself in the meantime. */
function isStopped(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGSTOP');
  } catch {
    return false;
  }
}

const parentOf = (pid: string): string | undefined => {
  try {
    return /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
};

test('[DB16] a mistake in a statement is no outage', async () => {
  const { database } = await empty();
  await expect(database.query('SELECT nonsense')).rejects.toThrow('nonsense');
  await expect(
    database.transaction(async (sql) => {
      await sql.query('CREATE TABLE half (n integer)');
      throw new Error('thought better of it');
    }),
  ).rejects.toThrow('thought better of it');
  expect(database.isUp).toBe(true);
  expect(await database.query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
});

test('[DB16] what a transaction did in a cut connection is not there', async () => {
  const test = await empty();
  const { database } = test;
  await database.query('CREATE TABLE rows (n integer)');
  await expect(
    database.transaction(async (sql) => {
      await sql.query('INSERT INTO rows VALUES (1)');
      const [self] = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const other = new pg.Client(urlOf(new URL(test.url).pathname.slice(1)));
      await other.connect();
      await other.query('SELECT pg_terminate_backend($1)', [self?.pid]);
      await other.end();
      await sql.query('INSERT INTO rows VALUES (2)');
    }),
  ).rejects.toMatchObject({ code: 'database.unreachable' });
  await database.whenUp(forever);
  expect(await database.query('SELECT n FROM rows')).toEqual([]);
});

test('[DB17] a stop is bounded and wakes who waits, with a deaf server too', async () => {
  const { database, dataDir } = await ownServer({ silentMs: 60_000 });
  freeze(dataDir);
  const stuck = database.query('SELECT 1').catch(() => 'rejected');
  const before = performance.now();
  await database.stop();
  expect(performance.now() - before).toBeLessThan(2_500);
  expect(await stuck).toBe('rejected');
  await database.whenUp(AbortSignal.abort());
});

test('[DB18] types: bigint as number, instants as Date, text in any script', async () => {
  const { database }: { database: Database } = await empty();
  const rows = await database.query(
    'SELECT 9007199254740991::bigint AS n, to_timestamp($1 / 1000.0) AS at, $2::text AS t',
    [1_795_380_278_429, '售后/上海 😀'],
  );
  expect(rows).toEqual([{ n: Number.MAX_SAFE_INTEGER, at: new Date(1_795_380_278_429), t: '售后/上海 😀' }]);
});

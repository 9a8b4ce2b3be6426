import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordingLog, silentLog } from '../redis/testing-redis.ts';
import { type EmbeddedPostgres, embedPostgres } from './embedded.ts';
import { restoreLinks } from './postgres-binaries.ts';
import { copyCluster } from './testing-database.ts';

let dataDir: string;
let remove: () => void;
let started: EmbeddedPostgres[];

beforeEach(() => {
  ({ dataDir, remove } = copyCluster());
  started = [];
});

afterEach(async () => {
  for (const server of started) await server.stop();
  remove();
});

async function start(folder = dataDir): Promise<EmbeddedPostgres> {
  const server = embedPostgres({ dataDir: folder, log: silentLog });
  started.push(server);
  await server.ensureRunning();
  return server;
}

async function ask(server: EmbeddedPostgres, statement: string): Promise<unknown[][]> {
  const client = new pg.Client(await server.ensureRunning());
  await client.connect();
  try {
    return (await client.query({ text: statement, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

/** A zombie counts as dead: nobody reaps the orphans of a container without an init. */
const isAlive = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};

const isRoot = process.getuid?.() === 0;

/** Another process that starts the server, tells its pid and waits to be killed. */
async function startElsewhere(endsWithParent: boolean): Promise<{ kill: () => Promise<void>; serverPid: number }> {
  const script = `
    const { embedPostgres } = await import(${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)});
    const log = { info() {}, warn() {} };
    const server = embedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log, endsWithParent: ${endsWithParent} });
    await server.ensureRunning();
    console.log(server.pid);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await once(child.stdout, 'data');
  return {
    serverPid: Number(output),
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

test('[DB1] the embedded server listens on a private unix socket only, with a password', async () => {
  const server = await start();
  expect(await ask(server, 'SHOW listen_addresses')).toEqual([['']]);
  const connection = await server.ensureRunning();
  const socket = join(connection.host, '.s.PGSQL.5432');
  expect(statSync(socket).mode & 0o777).toBe(0o700);
  expect(statSync(join(dataDir, 'postgres', 'cluster')).mode & 0o777).toBe(0o700);
  expect(statSync(join(dataDir, 'postgres', 'password')).mode & 0o777).toBe(0o600);
  const stranger = new pg.Client({ ...connection, password: 'guess' });
  await expect(stranger.connect()).rejects.toThrow(/password/);
});

test.runIf(isRoot)(
  '[DB2] as root the server runs as a system user, also in a folder that is closed for him',
  async () => {
    chmodSync(dataDir, 0o700);
    const server = await start();
    const owner = statSync(`/proc/${server.pid}`).uid;
    expect(owner).not.toBe(0);
    expect(statSync(join(dataDir, 'postgres', 'cluster', 'PG_VERSION')).uid).toBe(owner);
  },
);

test.runIf(isRoot)('[DB2] in an open folder the system user has no right of root', async () => {
  chmodSync(dataDir, 0o755);
  const server = await start();
  expect(readFileSync(`/proc/${server.pid}/status`, 'utf8')).toMatch(/CapEff:\s+0+\n/);
});

test('[DB3] a first start makes the cluster; an unfinished one is made anew', async () => {
  const fresh = mkdtempSync(join(tmpdir(), 'fc-fresh-'));
  mkdirSync(join(fresh, 'postgres', 'cluster.new'), { recursive: true });
  writeFileSync(join(fresh, 'postgres', 'cluster.new', 'PG_VERSION'), 'torn');
  const server = await start(fresh);
  expect(await ask(server, 'SELECT current_database(), current_user')).toEqual([['floorcast', 'floorcast']]);
  const [[provider, encoding] = []] = await ask(
    server,
    "SELECT datlocprovider, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'floorcast'",
  );
  expect([provider, encoding]).toEqual(['b', 'UTF8']);
  expect(existsSync(join(fresh, 'postgres', 'cluster.new'))).toBe(false);
  await server.stop();
  rmSync(fresh, { recursive: true });
});

test('[DB4] a stop leaves no process; the next start has the data', async () => {
  const first = await start();
  await ask(first, 'CREATE TABLE kept AS SELECT 1 AS n');
  const pid = first.pid as number;
  await first.stop();
  expect(isAlive(pid)).toBe(false);
  const second = await start();
  expect(await ask(second, 'SELECT n FROM kept')).toEqual([[1]]);
  await second.stop();
  await second.stop();
});

test('[DB4] a deaf server is stopped within 1.5 s', async () => {
  const server = await start();
  const pid = server.pid as number;
  process.kill(pid, 'SIGSTOP');
  const before = performance.now();
  await server.stop();
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(isAlive(pid)).toBe(false);
});

test('[DB4] a stop in the middle of the very first start does not wait for it, and leaves no process', async () => {
  const fresh = mkdtempSync(join(tmpdir(), 'fc-fresh-'));
  const server = embedPostgres({ dataDir: fresh, log: silentLog });
  const starting = server.ensureRunning().catch((error: unknown) => error);
  const making = () => pidsOf(join(fresh, 'postgres', 'cluster.new'));
  await expect.poll(making, { interval: 5 }).not.toEqual([]);
  for (const pid of making()) process.kill(pid, 'SIGSTOP');
  const before = performance.now();
  await server.stop();
  expect(performance.now() - before).toBeLessThan(1_000);
  await starting;
  await expect.poll(making).toEqual([]);
  rmSync(fresh, { recursive: true });
});

/** Living processes whose command line names a folder. */
function pidsOf(folder: string): number[] {
  const { stdout } = spawnSync('ps', ['-axww', '-o', 'pid=,stat=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes(folder) && !/^ *\d+ Z/.test(line))
    .map((line) => Number.parseInt(line, 10));
}

test('[DB5] a server left behind by a killed process is ended before our own starts, and its data is kept', async () => {
  const elsewhere = await startElsewhere(false);
  const { connection } = embeddedLater();
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  await client.query('CREATE TABLE kept AS SELECT 1 AS n');
  await elsewhere.kill();
  expect(isAlive(elsewhere.serverPid)).toBe(true);
  const server = await start();
  expect(server.pid).not.toBe(elsewhere.serverPid);
  expect(isAlive(elsewhere.serverPid)).toBe(false);
  expect(await ask(server, 'SELECT n FROM kept')).toEqual([[1]]);
});

/** How to reach the server of `dataDir` without owning the folder. */
function embeddedLater() {
  const folder = join(dataDir, 'postgres');
  const password = readFileSync(join(folder, 'password'), 'utf8');
  return {
    connection: { host: join(folder, 'socket'), port: 5432, user: 'floorcast', database: 'floorcast', password },
  };
}

test('[DB5] a pid file that names somebody else’s process does not hold up the start', async () => {
  const file = join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
  writeFileSync(file, `${process.pid}\n${join(dataDir, 'postgres', 'cluster')}\n1\n5432\n\n\n 1 1\nready\n`);
  expect(await ask(await start(), 'SELECT 1')).toEqual([[1]]);
});

test.runIf(process.platform === 'linux' && spawnSync('setpriv', ['--version']).status === 0)(
  '[DB5] where the system can do it, the server ends with its killed parent',
  async () => {
    const elsewhere = await startElsewhere(true);
    const client = new pg.Client(embeddedLater().connection);
    client.on('error', () => {});
    await client.connect();
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    await elsewhere.kill();
    await ended;
  },
);

test('[DB6] a data folder that a living Floorcast uses is refused to a second one, until it is free', async () => {
  const first = await start();
  const second = embedPostgres({ dataDir, log: silentLog });
  started.push(second);
  await expect(second.ensureRunning()).rejects.toMatchObject({
    code: 'database.inUse',
    message: expect.stringContaining(String(process.pid)),
  });
  expect(second.pid).toBeNull();
  await ask(first, 'CREATE TABLE kept AS SELECT 1 AS n');
  await first.stop();
  expect(await ask(second, 'SELECT n FROM kept')).toEqual([[1]]);
});

test('[DB7] a cluster of another version of PostgreSQL is refused untouched', () => {
  writeFileSync(join(dataDir, 'postgres', 'cluster', 'PG_VERSION'), '17\n');
  expect(() => embedPostgres({ dataDir, log: silentLog })).toThrow(
    expect.objectContaining({
      code: 'database.unsupported',
      message: expect.stringContaining('made by PostgreSQL 17'),
    }),
  );
});

test('[DB8] a server that cannot start is told with its own last words, and may be tried again', async () => {
  const conf = join(dataDir, 'postgres', 'cluster', 'postgresql.conf');
  const whole = readFileSync(conf, 'utf8');
  writeFileSync(conf, `${whole}\nnonsense = 1\n`);
  const server = embedPostgres({ dataDir, log: silentLog });
  started.push(server);
  await expect(server.ensureRunning()).rejects.toMatchObject({
    code: 'database.unreachable',
    message: expect.stringContaining('nonsense'),
  });
  writeFileSync(conf, whole);
  await server.ensureRunning();
  expect(await ask(server, 'SELECT 1')).toEqual([[1]]);
});

test('[DB9] a server that dies by itself is told and started again on demand', async () => {
  const { log, lines } = recordingLog();
  const server = embedPostgres({ dataDir, log });
  started.push(server);
  await server.ensureRunning();
  const pid = server.pid as number;
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => server.pid).toBeNull();
  await server.ensureRunning();
  expect(server.pid).not.toBe(pid);
  expect(lines.filter(({ msg }) => msg === 'database.serverEnded')).toHaveLength(1);
});

test('[DB10] links that an install without scripts left out are made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fc-links-'));
  mkdirSync(join(folder, 'native', 'lib'), { recursive: true });
  writeFileSync(join(folder, 'native', 'lib', 'libpq.so.5.18'), 'library');
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  writeFileSync(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  restoreLinks(join(folder, 'native'));
  restoreLinks(join(folder, 'native'));
  expect(readFileSync(join(folder, 'native', 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
  rmSync(folder, { recursive: true });
});

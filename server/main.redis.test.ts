import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const MAIN = path.join(import.meta.dirname, 'main.ts');
let dataDir: string;
let children: ChildProcess[];

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'floorcast-main-'));
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
  /** Resolves with the address when it serves. */
  readonly serving: Promise<string>;
}

function run(env: Record<string, string>, args: string[] = []): Run {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: {
      // biome-ignore lint/style/noProcessEnv: the child looks for redis-server where we do
      PATH: process.env.PATH,
      FLOORCAST_PORT: '0',
      FLOORCAST_DATA_DIR: dataDir,
      FLOORCAST_SOURCES: 'ami://u:p@127.0.0.1:1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  const serving = new Promise<string>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const wall = /wall=(\S+)\/wall/.exec(stdout)?.[1];
      if (wall) resolve(wall);
    });
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    exited: once(child, 'close').then(([code]) => code as number | null),
    serving,
  };
}

/** The embedded server writes its pid there and takes it away when it ends in order. */
function isRedisRunning(folder: string): boolean {
  const file = path.join(folder, 'redis/redis.pid');
  if (!existsSync(file)) return false;
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

test('[ST1][CF1] a bad config is one line per problem and exit code 1', async () => {
  const { exited, stderr, stdout } = run({ FLOORCAST_PORT: 'x', FLOORCAST_TIME_ZONE: 'Mars' });
  expect(await exited).toBe(1);
  expect(stderr()).toMatch(/^floorcast: FLOORCAST_PORT: .*\nfloorcast: FLOORCAST_TIME_ZONE: .*\n$/);
  expect(stdout()).toBe('');
});

test('[ST1] a port in use is one line and exit code 1, and no Redis stays behind', async () => {
  const taken = createServer();
  await once(taken.listen(0, '127.0.0.1'), 'listening');
  const { port } = taken.address() as AddressInfo;
  const { exited, stderr } = run({ FLOORCAST_PORT: String(port) });
  expect(await exited).toBe(1);
  expect(stderr()).toBe(
    `floorcast: Port ${port} on 127.0.0.1 is in use by another process; stop it or set another FLOORCAST_PORT.\n`,
  );
  expect(isRedisRunning(path.join(dataDir, 'live'))).toBe(false);
  taken.close();
});

test('[ST1] an unreachable Redis is one line without the password, and exit code 1', async () => {
  const { exited, stderr } = run({ REDIS_URL: 'redis://:hunter2@127.0.0.1:1' });
  expect(await exited).toBe(1);
  expect(stderr()).toMatch(/^floorcast: .*ECONNREFUSED.*REDIS_URL.*\n$/);
  expect(stderr().split('\n')).toHaveLength(2);
  expect(stderr()).not.toContain('hunter2');
});

test('[ST1] an unwritable data folder is one line and exit code 1', async () => {
  const file = path.join(dataDir, 'file');
  writeFileSync(file, '');
  const { exited, stderr } = run({ FLOORCAST_DATA_DIR: path.join(file, 'inside') });
  expect(await exited).toBe(1);
  expect(stderr()).toMatch(
    /^floorcast: The data folder .*inside\/live cannot be written \(ENOTDIR\); correct FLOORCAST_DATA_DIR.*\n$/,
  );
});

test('[ST1] a second process on the same data folder is refused in one line', async () => {
  const first = run({});
  await first.serving;
  const second = run({});
  expect(await second.exited).toBe(1);
  expect(second.stderr()).toMatch(/^floorcast: Floorcast already runs on .*\n$/);
  first.child.kill('SIGTERM');
  expect(await first.exited).toBe(0);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '[ST2] %s stops in order within three seconds and leaves no child',
  async (signal) => {
    const { child, exited, serving, stdout, stderr } = run({ FLOORCAST_SOURCES: '', FLOORCAST_ADMIN_TOKEN: 'hunter2' });
    const url = await serving;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(stdout()).toMatch(
      /INFO {2}serving the demo centre wall=http:\/\/localhost:\d+\/wall floor=http:\/\/localhost:\d+\/floor\n/,
    );
    expect(isRedisRunning(path.join(dataDir, 'demo'))).toBe(true);
    const since = performance.now();
    child.kill(signal);
    expect(await exited).toBe(0);
    expect(performance.now() - since).toBeLessThan(3_000);
    expect(isRedisRunning(path.join(dataDir, 'demo'))).toBe(false);
    expect(stderr()).toBe('');
  },
);

test('[ST1] a Redis of our own that dies ends the process with one line', async () => {
  const { exited, serving, stderr } = run({});
  await serving;
  process.kill(Number(readFileSync(path.join(dataDir, 'live/redis/redis.pid'), 'utf8')), 'SIGKILL');
  expect(await exited).toBe(1);
  expect(stderr()).toMatch(/^floorcast: redis-server ended by itself.*\n/);
});

test('[CF1][CF3] --print-config shows what is in force without secrets, and warnings', async () => {
  const { exited, stdout, stderr } = run(
    { FLOORCAST_ADMIN_TOKEN: 'hunter2', FLOORCAST_SOURCES: 'ami://u:hunter2@pbx', FLOORCAST_PROT: '1' },
    ['--print-config'],
  );
  expect(await exited).toBe(0);
  expect(JSON.parse(stdout())).toMatchObject({
    port: 0,
    dataDir,
    adminToken: '***',
    sources: [{ site: 'main', url: 'ami://u@pbx:5038' }],
  });
  expect(stdout()).not.toContain('hunter2');
  expect(stderr()).toMatch(/^floorcast: FLOORCAST_PROT is not a setting/);
});

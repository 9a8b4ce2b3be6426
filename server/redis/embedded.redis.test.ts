import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectRedis } from './client.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from './embedded.ts';
import { newDataDir, silentLog } from './testing-redis.ts';

let dataDir: string;
let started: EmbeddedRedis[];

beforeEach(() => {
  dataDir = newDataDir();
  started = [];
});

afterEach(async () => {
  for (const server of started) await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<Parameters<typeof startEmbeddedRedis>[0]> = {}): Promise<EmbeddedRedis> {
  const server = await startEmbeddedRedis({ dataDir, log: silentLog, ...options });
  started.push(server);
  return server;
}

async function ask(server: EmbeddedRedis, command: string, ...args: string[]): Promise<unknown> {
  const redis = await connectRedis(server.url, 'command', silentLog);
  try {
    return await redis.call(command, args);
  } finally {
    redis.disconnect();
  }
}

const socketOf = (server: EmbeddedRedis): string => server.url.slice('unix://'.length);

/** A zombie counts as dead: nobody reaps the orphans of a container without an init. */
const isAlive = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};

/** Another process that starts the server, tells its pid and waits to be killed. */
async function startElsewhere(endsWithParent: boolean): Promise<{ kill: () => Promise<void>; serverPid: number }> {
  const script = `
    const { startEmbeddedRedis } = await import(${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)});
    const { pid } = await startEmbeddedRedis({ dataDir: ${JSON.stringify(dataDir)}, log: console, endsWithParent: ${endsWithParent} });
    console.log(pid);`;
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

test('[RED1] serves on a private unix socket only, with an append-only file and no snapshots', async () => {
  const server = await start();
  expect(await ask(server, 'PING')).toBe('PONG');
  const settings = ['port', 'appendonly', 'appendfsync', 'save', 'maxmemory-policy'];
  const values = await Promise.all(settings.map((name) => ask(server, 'CONFIG', 'GET', name)));
  expect(values.map((pair) => (pair as string[])[1])).toEqual(['0', 'yes', 'everysec', '', 'noeviction']);
  expect(statSync(socketOf(server)).mode & 0o777).toBe(0o700);
  expect(statSync(join(dataDir, 'redis')).mode & 0o777).toBe(0o700);
});

test('[RED2] a stopped server leaves no process and no socket; the next one has its data', async () => {
  const first = await start();
  await ask(first, 'SET', 'kept', '1');
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);
  expect(existsSync(socketOf(first))).toBe(false);
  const second = await start({ fsync: 'always' });
  expect(await ask(second, 'GET', 'kept')).toBe('1');
  expect(await ask(second, 'CONFIG', 'GET', 'appendfsync')).toEqual(['appendfsync', 'always']);
  await second.stop();
  await second.stop();
});

test('[RED3] a server left behind by a killed process is shut down before our own starts, and its data is kept', async () => {
  const elsewhere = await startElsewhere(false);
  const leftover = connect(join(dataDir, 'redis', 'redis.sock'));
  leftover.write('SET kept 1\r\n');
  await once(leftover, 'data');
  const closed = once(leftover, 'close');
  await elsewhere.kill();
  expect(isAlive(elsewhere.serverPid)).toBe(true);
  const server = await start();
  await closed;
  expect(server.pid).not.toBe(elsewhere.serverPid);
  expect(await ask(server, 'GET', 'kept')).toBe('1');
  expect(isAlive(elsewhere.serverPid)).toBe(false);
});

test('[RED3] a leftover server that is deaf is killed', async () => {
  const elsewhere = await startElsewhere(false);
  await elsewhere.kill();
  process.kill(elsewhere.serverPid, 'SIGSTOP');
  const server = await start();
  expect(await ask(server, 'PING')).toBe('PONG');
  expect(isAlive(elsewhere.serverPid)).toBe(false);
}, 40_000);

test.runIf(process.platform === 'linux' && existsSync('/usr/bin/setpriv'))(
  '[RED4] where the system can do it, the server ends with its killed parent',
  async () => {
    const elsewhere = await startElsewhere(true);
    const watching = connect(join(dataDir, 'redis', 'redis.sock'));
    await once(watching, 'connect');
    const closed = once(watching.resume(), 'close');
    await elsewhere.kill();
    await closed;
    await start();
  },
);

test('[RED5] a data folder in use is refused, also within one process, and free again after a stop', async () => {
  const elsewhere = await startElsewhere(true);
  await expect(start()).rejects.toThrow(/already runs on .* \(pid \d+\)/);
  expect(isAlive(elsewhere.serverPid)).toBe(true);
  await elsewhere.kill();
  const server = await start();
  await expect(start()).rejects.toMatchObject({ code: 'redis.inUse' });
  await server.stop();
  await start();
});

test('[RED6] a data folder too deep for a socket path gets a private temporary folder', async () => {
  const deep = join(dataDir, 'd'.repeat(120));
  mkdirSync(deep);
  const server = await start({ dataDir: deep });
  expect(await ask(server, 'PING')).toBe('PONG');
  const socket = socketOf(server);
  expect(Buffer.byteLength(socket)).toBeLessThan(104);
  expect(statSync(join(socket, '..')).mode & 0o777).toBe(0o700);
  await server.stop();
  rmSync(join(socket, '..'), { recursive: true });
});

test('[RED7] without a server program the error names the command to run', async () => {
  await expect(start({ binaries: ['no-such-redis', 'no-such-valkey'] })).rejects.toMatchObject({
    code: 'redis.missing',
    message: expect.stringMatching(/Run: .*install/),
  });
});

test('[RED8] a server that cannot start tells its own last words and frees the folder', async () => {
  const first = await start();
  await ask(first, 'SET', 'kept', '1');
  await first.stop();
  const manifest = join(dataDir, 'redis', 'appendonlydir', 'appendonly.aof.manifest');
  const broken = `${manifest}.away`;
  renameSync(manifest, broken);
  writeFileSync(manifest, 'nonsense');
  await expect(start()).rejects.toThrow(/embedded redis-server failed: it ended with exit code 1.*manifest/i);
  renameSync(broken, manifest);
  expect(await ask(await start(), 'GET', 'kept')).toBe('1');
});

test('[RED9] a server that dies is reported once and can be started again at once', async () => {
  const reports: string[] = [];
  const died = new Promise<void>((resolve) => {
    void start({
      onExit: (reason) => {
        reports.push(reason);
        resolve();
      },
    }).then((server) => process.kill(server.pid, 'SIGKILL'));
  });
  await died;
  expect(reports).toEqual([expect.stringContaining('SIGKILL')]);
  expect(await ask(await start(), 'PING')).toBe('PONG');
});

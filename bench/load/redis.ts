/** A Redis of our own with the durability of the embedded one: append-only file, synced every second. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endChild, endWithUs, pause } from './processes.ts';

const run = promisify(execFile);
const START_MS = 10_000;
const POLL_MS = 20;
/** One event of 400 bytes an entry, as the goal was set by; 20 connections, 16 commands under way on each. */
const BENCHMARK = ['-c', '20', '-P', '16', '-q', '--csv'];
const ENTRY = ['XADD', 'bench', '*', 'e', 'x'.repeat(400)];

export interface BenchRedis {
  readonly url: string;
  readonly pid: number;
  /** What `redis-benchmark` adds to a stream, entries a second. The stream is gone afterwards. */
  xaddPerSecond(entries: number): Promise<number>;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<BenchRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'floorcast-bench-redis-'));
  const port = await freePort();
  const server = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const redis = spawn('redis-server', [...server, '--appendonly', 'yes', '--appendfsync', 'everysec'], {
    stdio: 'ignore',
  });
  endWithUs(redis);
  const at = ['-h', '127.0.0.1', '-p', String(port)];
  const deadline = performance.now() + START_MS;
  const answers = () =>
    run('redis-cli', [...at, 'PING']).then(
      ({ stdout }) => stdout.includes('PONG'),
      () => false,
    );
  while (!(await answers())) {
    if (performance.now() > deadline) throw new Error('redis-server did not start');
    await pause(POLL_MS);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: redis.pid as number,
    async xaddPerSecond(entries) {
      const { stdout } = await run('redis-benchmark', [...at, ...BENCHMARK, '-n', String(entries), ...ENTRY]);
      const rate = Number(/^"XADD[^"]*","([\d.]+)"/m.exec(stdout)?.[1]);
      if (!(rate > 0)) throw new Error(`redis-benchmark said: ${stdout}`);
      await run('redis-cli', [...at, 'DEL', 'bench']);
      return rate;
    },
    async stop() {
      await endChild(redis);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

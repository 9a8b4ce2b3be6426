/** The Redis of a round: a real server with an append-only file, which may die, stall, or find its disk full. */
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../server/log.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from '../server/redis/embedded.ts';

/** How often the append-only file is synced, or a cluster of six servers that sync it every second. */
export type RedisKind = 'everysec' | 'always' | 'cluster';

export interface RoundStore {
  readonly url: string;
  start(): Promise<void>;
  /** SIGTERM: the file is written and synced. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  /** The append-only file cannot grow any more: what a full disk is to the server, for this process alone. */
  fillDisk(): Promise<void>;
  freeDisk(): void;
}

/** A limit on file size ends a process by signal unless it ignores that; then a write fails as on a full disk. */
const SERVER = `#!/bin/sh\ntrap '' XFSZ\nexec redis-server "$@"\n`;

export async function startStore(folder: string, fsync: 'everysec' | 'always', log: Logger): Promise<RoundStore> {
  const server = path.join(folder, 'redis-server.sh');
  writeFileSync(server, SERVER, { mode: 0o755 });
  let tellEnd = () => {};
  const open = (): Promise<EmbeddedRedis> =>
    startEmbeddedRedis({ dataDir: folder, log, fsync, binaries: [server], onExit: () => tellEnd() });
  let redis = await open();
  const limit = (bytes: number | 'unlimited') =>
    execFileSync('prlimit', ['--pid', String(redis.pid), `--fsize=${bytes}:unlimited`]);
  return {
    url: redis.url,
    async start() {
      redis = await open();
    },
    stop: () => redis.stop(),
    async kill() {
      const ended = new Promise<void>((resolve) => {
        tellEnd = resolve;
      });
      process.kill(redis.pid, 'SIGKILL');
      await ended;
    },
    pause: () => void process.kill(redis.pid, 'SIGSTOP'),
    resume: () => void process.kill(redis.pid, 'SIGCONT'),
    async fillDisk() {
      const files = path.join(folder, 'redis', 'appendonlydir');
      const sizes = (await readdir(files)).map((name) => statSync(path.join(files, name)).size);
      limit(Math.max(...sizes) + 1);
    },
    freeDisk: () => limit('unlimited'),
  };
}

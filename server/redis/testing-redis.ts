/** A real Redis for one test file: private socket, empty folder, gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, type Logger } from '../log.ts';
import { connectRedis, type Redis, type RedisPurpose } from './client.ts';
import { type EmbeddedRedis, type EmbeddedRedisOptions, startEmbeddedRedis } from './embedded.ts';

export interface TestRedis {
  readonly dataDir: string;
  readonly server: EmbeddedRedis;
  /** A connection that ends with the test file. */
  connect(purpose?: RedisPurpose): Promise<Redis>;
  stop(): Promise<void>;
}

export const newDataDir = (): string => mkdtempSync(join(tmpdir(), 'fc-redis-'));

export const silentLog: Logger = createLogger({ level: 'silent', format: 'json', write: () => {} });

/** A log that can be read back, one object per line. */
export function recordingLog(): { log: Logger; lines: { msg: string; [field: string]: unknown }[] } {
  const lines: { msg: string }[] = [];
  return {
    lines,
    log: createLogger({ level: 'trace', format: 'json', write: (line) => void lines.push(JSON.parse(line)) }),
  };
}

export async function startTestRedis(options: Partial<EmbeddedRedisOptions> = {}): Promise<TestRedis> {
  const dataDir = options.dataDir ?? newDataDir();
  const server = await startEmbeddedRedis({ log: silentLog, ...options, dataDir });
  const connections: Redis[] = [];
  return {
    dataDir,
    server,
    async connect(purpose = 'command') {
      const redis = await connectRedis(server.url, purpose, silentLog);
      connections.push(redis);
      return redis;
    },
    async stop() {
      for (const redis of connections) redis.disconnect();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

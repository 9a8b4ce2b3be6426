/** The whole app in this process, on free ports and a folder of its own, with a log that can be read. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, type AppOverrides, createApp } from '../app.ts';
import { parseConfig } from '../config.ts';
import { createLogger } from '../log.ts';

export interface TestApp {
  readonly app: App;
  /** Every line logged so far, of all levels. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** `env` overrides what suits tests. Resolves when it serves. */
export async function startTestApp(
  env: Readonly<Record<string, string>> = {},
  overrides: Pick<AppOverrides, 'hasThreads' | 'onFatal' | 'now'> = {},
): Promise<TestApp> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'floorcast-app-'));
  const lines: string[] = [];
  const { config } = parseConfig(
    { FLOORCAST_PORT: '0', FLOORCAST_DATA_DIR: dataDir, ...env },
    { timeZone: 'Asia/Shanghai', resolve: path.resolve },
  );
  const log = createLogger({ level: 'trace', format: 'json', write: (line) => void lines.push(line) });
  const app = createApp(config, { log, onBrokenAnswer: 'fail', ...overrides });
  const stop = async () => {
    await app.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  await app.start().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { app, lines, stop };
}

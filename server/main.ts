/**
 * The process: environment, signals, exit codes. A start that fails says why in one line on stderr and exits with 1;
 * SIGINT and SIGTERM stop in order within STOP_MS; a second signal stops at once.
 */
import path from 'node:path';
import { createApp } from './app.ts';
import { ConfigError, type ParsedConfig, parseConfig, printableConfig } from './config.ts';
import { AppError } from './errors.ts';
import { createLogger } from './log.ts';

const STOP_MS = 3_000;
const PROJECT = path.join(import.meta.dirname, '..');

function complain(message: string): void {
  process.stderr.write(`floorcast: ${message.replace(/\s*\n\s*/g, ' ')}\n`);
}

function readConfig(): ParsedConfig {
  try {
    return parseConfig(process.env, {
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      resolve: (folder) => path.resolve(PROJECT, folder),
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) complain(problem);
    process.exit(1);
  }
}

/** For what nobody expected: the one line says where, because there may be nothing else to go by. */
function describeBug(error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (!(error instanceof Error)) return `unexpected failure: ${String(error)}`;
  const place = /\n\s+at (.*)/.exec(error.stack ?? '')?.[1];
  return `unexpected failure: ${error.message}${place ? ` (at ${place})` : ''}`;
}

function die(error: unknown): never {
  complain(describeBug(error));
  process.exit(1);
}

process.on('uncaughtException', die);
process.on('unhandledRejection', die);

const { config, warnings } = readConfig();
if (process.argv.includes('--print-config')) {
  process.stdout.write(`${JSON.stringify(printableConfig(config), null, 2)}\n`);
  for (const warning of warnings) complain(warning);
  process.exit(0);
}

const log = createLogger({
  level: config.logLevel,
  format: config.logFormat,
  write: (line) => process.stdout.write(line),
});
for (const warning of warnings) log.warn(warning);

const app = createApp(config, {
  log,
  hasThreads: true,
  onFatal: (reason) => {
    complain(reason);
    void shutDown(1);
  },
});

let isStopping = false;
async function shutDown(exitCode: number): Promise<void> {
  if (isStopping) process.exit(exitCode || 1);
  isStopping = true;
  setTimeout(() => {
    complain(`did not stop within ${STOP_MS / 1000} s; ended by force, nothing committed is lost`);
    process.exit(1);
  }, STOP_MS).unref();
  await app.stop();
  process.exit(exitCode);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void shutDown(0));
}

try {
  await app.start();
} catch (error) {
  if (!isStopping) die(error);
}

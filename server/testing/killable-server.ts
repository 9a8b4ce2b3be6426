/**
 * The product as its users run it: `node server/main.ts` in a process of its own, which may be killed. Tests wait for
 * what it says in its log, never for time.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const PROJECT = path.join(import.meta.dirname, '../..');
/** Long enough for a machine that is busy with something else; a start takes about a second. */
const START_MS = 60_000;
const KEPT_LINES = 40;

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface KillableServer {
  readonly pid: number;
  /** By address, so that the browser need not decide what `localhost` means. Empty, and port 0, without the gateway role. */
  readonly url: string;
  readonly port: number;
  /** Resolves with the first line, also an earlier one, for which this is so. Rejects when the process ends before. */
  logged(isIt: (line: LogLine) => boolean): Promise<LogLine>;
  /** SIGKILL: no handler runs, nothing is flushed. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM, as a service manager stops it; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** `env` is all that the server sees beside PATH. Resolves when it serves, or without the gateway role when it works. */
export async function startKillableServer(env: Readonly<Record<string, string>>): Promise<KillableServer> {
  const child = spawn(process.execPath, ['server/main.ts'], {
    cwd: PROJECT,
    env: {
      PATH: process.env.PATH ?? '',
      FLOORCAST_LOG_FORMAT: 'json',
      FLOORCAST_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  // A test file that ends without its last hook must not leave a server behind.
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  const log = followLog(child, exited);
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  const { wall } = await log.logged(({ msg }) => msg.startsWith('serving') || msg === 'started');
  clearTimeout(timer);
  const port = wall === undefined ? 0 : Number(new URL(String(wall)).port);
  return {
    pid: child.pid as number,
    url: port === 0 ? '' : `http://127.0.0.1:${port}`,
    port,
    logged: log.logged,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

function followLog(child: ChildProcess, exited: Promise<unknown>): Pick<KillableServer, 'logged'> {
  const lines: LogLine[] = [];
  const complaints: string[] = [];
  let waiting: { readonly isIt: (line: LogLine) => boolean; readonly resolve: (line: LogLine) => void }[] = [];
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as LogLine;
      lines.push(line);
      const found = waiting.filter(({ isIt }) => isIt(line));
      waiting = waiting.filter((waiter) => !found.includes(waiter));
      for (const { resolve } of found) resolve(line);
    });
  }
  child.stderr?.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const ended = exited.then(() => {
    const told = lines.slice(-KEPT_LINES).map((line) => JSON.stringify(line));
    throw new Error(['the server ended; it said:', ...told, ...complaints].join('\n'));
  });
  // Nobody may be waiting when it ends.
  ended.catch(() => {});
  return {
    logged: async (isIt) => {
      const told = lines.find(isIt);
      if (told) return told;
      return Promise.race([new Promise<LogLine>((resolve) => waiting.push({ isIt, resolve })), ended]);
    },
  };
}

/** Living processes that work in a folder: what a killed parent has left behind. Empty on systems without /proc. */
export function processesIn(folder: string): { pid: number; title: string }[] {
  return pids().flatMap((pid) => {
    try {
      const isThere = readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      return isThere ? [{ pid, title: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }] : [];
    } catch {
      // Gone between the two looks, or another user's.
      return [];
    }
  });
}

function pids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

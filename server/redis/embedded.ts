/**
 * A Redis of our own: a child process on a private unix socket, its append-only file in the data folder.
 *
 * What must hold: never two servers on one append-only file. So a folder has one living owner, named in `owner.json`
 * (a second Floorcast on the same folder is refused), and a server left over from an owner that was killed is shut down
 * cleanly before our own starts. Where the system can end a child with its parent (Linux, setpriv) it is asked to, but
 * nothing depends on it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '../errors.ts';
import { claimFolder, releaseFolder } from '../folder-owner.ts';
import type { Logger } from '../log.ts';
import { askServer, isServing, retireLeftover, socketPathFor } from './server-socket.ts';

export interface EmbeddedRedisOptions {
  readonly dataDir: string;
  readonly log: Logger;
  /** `everysec` may lose the last second when the machine loses power, `always` nothing. A killed process loses nothing either way. */
  readonly fsync?: 'everysec' | 'always';
  /** The server ended without `stop`; the caller decides what to do. */
  readonly onExit?: (reason: string) => void;
  /** Names or paths to try, first found wins. */
  readonly binaries?: readonly string[];
  readonly endsWithParent?: boolean;
}

export interface EmbeddedRedis {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const STOP_MS = 3_000;
/** Loading a large append-only file takes its time; a server that needs longer than this is broken. */
const LOAD_MS = 120_000;
const POLL_MS = 15;

export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const { dataDir, log, fsync = 'everysec', onExit, binaries = ['redis-server', 'valkey-server'] } = options;
  const binary = findServer(binaries);
  const folder = resolve(dataDir, 'redis');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  claimFolder(folder, 'redis.inUse');
  let child: ChildProcess | undefined;
  try {
    const socket = socketPathFor(folder);
    const pidFile = join(folder, 'redis.pid');
    if (await retireLeftover(socket, pidFile)) log.warn({ folder }, 'redis.leftoverRetired');
    const args = serverArguments(folder, socket, pidFile, fsync);
    child = spawnServer(binary, args, options.endsWithParent ?? true);
    const lastLines = keepLastLines(child);
    await served(child, socket, lastLines);
    return owned(child, folder, socket, lastLines, onExit);
  } catch (error) {
    child?.kill('SIGKILL');
    releaseFolder(folder);
    throw error;
  }
}

function owned(
  child: ChildProcess,
  folder: string,
  socket: string,
  lastLines: () => string,
  onExit: EmbeddedRedisOptions['onExit'],
): EmbeddedRedis {
  let isStopping = false;
  const exited = once(child, 'exit');
  child.once('exit', (code, signal) => {
    if (isStopping) return;
    // The folder is free for a new start, also from within the callback.
    releaseFolder(folder);
    onExit?.(`redis-server ended by itself (${signal ?? `exit code ${code}`}): ${lastLines()}`);
  });
  return {
    url: `unix://${socket}`,
    pid: child.pid as number,
    async stop() {
      if (isStopping || child.exitCode !== null || child.signalCode !== null) return;
      isStopping = true;
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      // Nothing to save: the append-only file is written and synced as part of the shutdown.
      await askServer(socket, 'SHUTDOWN NOSAVE', STOP_MS);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(killer);
      rmSync(socket, { force: true });
      releaseFolder(folder);
    },
  };
}

function serverArguments(folder: string, socket: string, pidFile: string, fsync: string): string[] {
  const settings: Record<string, string> = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir: folder,
    pidfile: pidFile,
    daemonize: 'no',
    save: '',
    appendonly: 'yes',
    appendfsync: fsync,
    'aof-use-rdb-preamble': 'yes',
    // A torn last write is what a power cut leaves; it is cut off, not fatal.
    'aof-load-truncated': 'yes',
    'maxmemory-policy': 'noeviction',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

function findServer(binaries: readonly string[]): string {
  for (const name of binaries) {
    const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
    if (status !== 0) continue;
    const version = /v=(\d+)\.(\d+)/.exec(stdout);
    // Trimming a stream by id came with 6.2.
    if (version === null || Number(version[1]) * 100 + Number(version[2]) >= 602) return name;
  }
  const install = process.platform === 'darwin' ? 'brew install redis' : 'sudo apt-get install -y redis-server';
  throw new AppError(
    'redis.missing',
    `No redis-server or valkey-server (6.2 or newer) is on the PATH. Run: ${install} - or set REDIS_URL.`,
  );
}

function spawnServer(binary: string, args: string[], endsWithParent: boolean): ChildProcess {
  // A process group of its own: Ctrl-C in a terminal reaches every process of the group, and Redis must outlive the commits
  // that this process still makes while it stops.
  const options = { stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'], detached: true };
  const setpriv = ['--pdeathsig', 'TERM'];
  // Asked for each time because not every setpriv knows the option.
  if (endsWithParent && process.platform === 'linux' && spawnSync('setpriv', [...setpriv, 'true']).status === 0) {
    return spawn('setpriv', [...setpriv, binary, ...args], options);
  }
  return spawn(binary, args, options);
}

/** The server's own words are wanted only when it fails. */
function keepLastLines(child: ChildProcess): () => string {
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-2_000);
    });
  }
  return () => tail.trim().split('\n').slice(-4).join(' / ');
}

async function served(child: ChildProcess, socket: string, lastLines: () => string): Promise<void> {
  const deadline = performance.now() + LOAD_MS;
  let failure: string | null = null;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure = `it ended with ${signal ?? `exit code ${code}`}`;
  });
  while (!(await isServing(socket))) {
    if (performance.now() > deadline) failure = `it did not answer within ${LOAD_MS / 1_000} s`;
    if (failure !== null)
      throw new AppError('redis.failed', `The embedded redis-server failed: ${failure}. ${lastLines()}`);
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
}

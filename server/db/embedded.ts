/**
 * A PostgreSQL of our own: a child process on a private unix socket, its cluster in the data folder.
 *
 *   postgres/            owner.json, password (ours alone)
 *   postgres/cluster/    what initdb made; belongs to the user who runs PostgreSQL
 *   postgres/socket/     the socket, where its path is short enough
 *
 * What must hold: never two servers on one cluster. A folder has one living owner, and what a killed owner left behind is
 * ended before our own starts. A cluster is made beside its place and moved there when it is whole.
 */
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '../errors.ts';
import { claimFolder, releaseFolder } from '../folder-owner.ts';
import type { Logger } from '../log.ts';
import { socketFolderFor } from '../socket-folder.ts';
import {
  claimCluster,
  draftOf,
  giveTo,
  keepPassword,
  LOCALE,
  PORT,
  requireVersion,
  serverSettings,
} from './cluster.ts';
import { findPostgres, type PostgresBinaries } from './postgres-binaries.ts';
import { retireServer } from './server-processes.ts';
import { type RunAs, runAs } from './system-user.ts';

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly log: Logger;
  readonly endsWithParent?: boolean;
}

export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface EmbeddedPostgres {
  /** Of the running server; null while there is none. */
  readonly pid: number | null;
  /**
   * Starts the server if it does not run, and tells how to reach it. May be called again and again. Rejects with the
   * server's own last words, or with `database.inUse` while another Floorcast lives on the folder.
   */
  ensureRunning(): Promise<Connection>;
  /** Ends the server within about 1.5 s; the folder is free afterwards. */
  stop(): Promise<void>;
}

const USER = 'floorcast';
const DATABASE = 'floorcast';
/** A cluster that was cut off recovers by replaying its log; longer than this is broken. */
const START_MS = 120_000;
const POLL_MS = 10;
/** In order, else at once: recovery at the next start costs less than a service manager that loses patience. */
const STOP_IN_ORDER_MS = 1_000;
const STOP_AT_ONCE_MS = 400;

/** Nothing runs yet. Throws an AppError for what waiting does not mend: no PostgreSQL here, a cluster of another version. */
export function embedPostgres({ dataDir, log, endsWithParent = true }: EmbeddedPostgresOptions): EmbeddedPostgres {
  const binaries = findPostgres();
  const folder = resolve(dataDir, 'postgres');
  requireVersion(join(folder, 'cluster'), binaries.major);
  return new Embedded(folder, binaries, log, endsWithParent);
}

/** What is known once the folder is ours. */
interface Claim {
  readonly user: RunAs;
  readonly connection: Connection;
}

class Embedded implements EmbeddedPostgres {
  readonly #folder: string;
  readonly #cluster: string;
  readonly #binaries: PostgresBinaries;
  readonly #log: Logger;
  readonly #endsWithParent: boolean;
  readonly #name: string;
  #claim: Claim | null = null;
  #child: ChildProcess | null = null;
  /** What makes the cluster, before there is a server. */
  #maker: ChildProcess | null = null;
  #starting: Promise<void> | null = null;
  #isStopped = false;

  constructor(folder: string, binaries: PostgresBinaries, log: Logger, endsWithParent: boolean) {
    this.#folder = folder;
    this.#cluster = join(folder, 'cluster');
    this.#binaries = binaries;
    this.#log = log;
    this.#endsWithParent = endsWithParent;
    this.#name = `floorcast-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async ensureRunning(): Promise<Connection> {
    this.#claim ??= this.#claimFolder();
    if (this.#starting === null && this.#child === null && !this.#isStopped) {
      this.#starting = this.#start(this.#claim).finally(() => {
        this.#starting = null;
      });
    }
    await this.#starting;
    return this.#claim.connection;
  }

  #claimFolder(): Claim {
    const folder = this.#folder;
    // Others pass through it to what is theirs in it, and see nothing.
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    claimFolder(folder, 'database.inUse');
    try {
      const user = runAs(folder, this.#cluster, this.#binaries.postgres, this.#endsWithParent);
      const wanted = join(folder, 'socket');
      const host = socketFolderFor(wanted, `.s.PGSQL.${PORT}`, 'database.missing', user.ids ?? undefined);
      const password = keepPassword(join(folder, 'password'));
      return { user, connection: { host, port: PORT, user: USER, password, database: DATABASE } };
    } catch (error) {
      releaseFolder(folder);
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const child = this.#child;
    if (child) {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      const impatient = setTimeout(() => child.kill('SIGQUIT'), STOP_IN_ORDER_MS);
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_IN_ORDER_MS + STOP_AT_ONCE_MS);
      if (child.exitCode === null && child.signalCode === null) await exited;
      clearTimeout(impatient);
      clearTimeout(killer);
    }
    // An unfinished cluster is made anew at the next start.
    if (this.#maker) killGroup(this.#maker);
    // A start that was under way finds that it is no longer wanted, and ends what it began.
    await this.#starting?.catch(() => {});
    if (this.#claim) releaseFolder(this.#folder);
  }

  async #start({ user, connection }: Claim): Promise<void> {
    const cluster = this.#cluster;
    const socket = connection.host;
    const log = this.#log;
    const startedAt = performance.now();
    if (await retireServer([this.#name, draftOf(cluster)], () => this.#isStopped))
      log.warn({ folder: this.#folder }, 'database.leftoverRetired');
    if (this.#isStopped) return;
    const isNew = !existsSync(join(cluster, 'PG_VERSION'));
    if (isNew) await this.#createCluster(user, connection.password);
    else claimCluster(user, cluster);
    mkdirSync(socket, { recursive: true, mode: 0o700 });
    giveTo(user, socket);
    // Written by a server that is surely gone: its pid may be another process by now, which PostgreSQL would take for it.
    rmSync(join(cluster, 'postmaster.pid'), { force: true });
    if (this.#isStopped) return;
    const child = user.spawn(this.#binaries.postgres, ['-D', cluster, ...serverSettings(this.#name, socket)], {
      cwd: '/',
      env: CHILD_ENV,
      stdio: ['ignore', 'ignore', 'pipe'],
      // A process group of its own: Ctrl-C in a terminal must not end it before what is committed is written.
      detached: true,
    });
    this.#child = child;
    const lastLines = keepLastLines(child);
    child.once('exit', (code, signal) => {
      this.#child = null;
      if (this.#isStopped) return;
      log.warn({ reason: signal ?? `exit code ${code}`, lastLines: lastLines() }, 'database.serverEnded');
    });
    try {
      await ready(child, join(cluster, 'postmaster.pid'), lastLines);
    } catch (error) {
      child.kill('SIGKILL');
      this.#child = null;
      throw error;
    }
    log.info({ isNew, ms: Math.round(performance.now() - startedAt) }, 'database.serverStarted');
  }

  async #createCluster(user: RunAs, password: string): Promise<void> {
    const binaries = this.#binaries;
    const draft = draftOf(this.#cluster);
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { mode: 0o700 });
    giveTo(user, draft);
    const run = async (program: string, args: string[], input: string) => {
      if (this.#isStopped) throw unreachable('it was stopped while the cluster was made');
      // A group of its own, which ends as one: initdb has children.
      const child = user.spawn(program, args, {
        cwd: '/',
        env: CHILD_ENV,
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
      });
      this.#maker = child;
      const lastLines = keepLastLines(child);
      child.stdin?.on('error', () => {});
      child.stdin?.end(input);
      const [code] = (await once(child, 'close')) as [number | null];
      this.#maker = null;
      if (code !== 0) throw unreachable(`the cluster could not be made: ${lastLines()}`);
    };
    await run(binaries.initdb, ['-D', draft, '-U', USER, '-A', 'trust', ...LOCALE], '');
    const statements = [`CREATE DATABASE ${DATABASE}`, `ALTER ROLE ${USER} PASSWORD '${password}'`];
    await run(binaries.postgres, ['--single', '-D', draft, 'postgres'], statements.map((one) => `${one};\n`).join(''));
    writeFileSync(join(draft, 'pg_hba.conf'), 'local all all scram-sha-256\n', { mode: 0o600 });
    giveTo(user, join(draft, 'pg_hba.conf'));
    renameSync(draft, this.#cluster);
  }
}

const CHILD_ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** The server's own words are wanted only when it fails. */
function keepLastLines(child: ChildProcess): () => string {
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-2_000);
    });
  }
  return () => tail.trim().split('\n').slice(-3).join(' / ');
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended this moment.
  }
}

/** The server writes into its pid file when it is ready, after any recovery. */
async function ready(child: ChildProcess, pidFile: string, lastLines: () => string): Promise<void> {
  const deadline = performance.now() + START_MS;
  let failure: string | null = null;
  child.once('error', (error) => {
    failure = error.message;
  });
  while (!isReady(pidFile, child.pid)) {
    if (child.exitCode !== null || child.signalCode !== null)
      failure ??= `it ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`;
    if (performance.now() > deadline) failure ??= `it was not ready within ${START_MS / 1_000} s`;
    if (failure !== null) throw unreachable(`${failure}. ${lastLines()}`);
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
}

function isReady(pidFile: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(pidFile, 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

const unreachable = (reason: string): AppError =>
  new AppError('database.unreachable', `The embedded PostgreSQL failed: ${reason}`);

/**
 * The product under test, as its operators run it: `node server/main.ts`, all roles in one process with its own Redis, or
 * one process a role beside a Redis of ours. And a PBX under load in front of it.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROLES } from '../../server/config-table.ts';
import type { PbxOrder, PbxReport } from './pbx.ts';
import { endChild, endWithUs, type Helper, startHelper } from './processes.ts';
import type { TrafficPlan } from './traffic.ts';

/** The role that holds the PBX connections, where it is one of its own. Without it the owner of the site holds them. */
const SOURCE_ROLE = 'source';
export const SITE = 'main';
/** The product's commit tick (`tickMs` of the site runner). */
export const TICK_MS = 50;
const START_MS = 20_000;

export const hasSourceRole = (ROLES as readonly string[]).includes(SOURCE_ROLE);

interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface ServerProcess {
  readonly pid: number;
  /** Empty without the gateway role. */
  readonly url: string;
  /** Resolves with the first line, also an earlier one, that says so. */
  logged(msg: string): Promise<LogLine>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export type Environment = Readonly<Record<string, string>>;

/** Half a day from now: no benchmark meets the roll of the business day. */
const CALM_DAY: Environment = {
  FLOORCAST_TIME_ZONE: 'UTC',
  FLOORCAST_BUSINESS_DAY_START: `${String((new Date().getUTCHours() + 12) % 24).padStart(2, '0')}:00`,
};

/** Resolves when it serves, or, without the gateway role, when it has started. */
export async function startServer(env: Environment): Promise<ServerProcess> {
  const main = new URL('../../server/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...CALM_DAY, FLOORCAST_PORT: '0', FLOORCAST_LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithUs(child);
  const lines: LogLine[] = [];
  const waiting = new Set<{ readonly msg: string; readonly resolve: (line: LogLine) => void }>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as LogLine;
    if (line.level === 'error') process.stderr.write(`${text}\n`);
    lines.push(line);
    for (const waiter of waiting) {
      if (!line.msg.startsWith(waiter.msg)) continue;
      waiting.delete(waiter);
      waiter.resolve(line);
    }
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => reject(new Error(`a server ended (${signal ?? `code ${code}`})`)));
  });
  // Whoever waits for nothing must not be told.
  ended.catch(() => {});
  const logged = (msg: string): Promise<LogLine> => {
    const told = lines.find((line) => line.msg.startsWith(msg));
    if (told) return Promise.resolve(told);
    return Promise.race([new Promise<LogLine>((resolve) => waiting.add({ msg, resolve })), ended]);
  };
  const roles = env.FLOORCAST_ROLES ?? '';
  let url = '';
  if (roles === '' || roles.includes('gateway')) {
    const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
    const { wall } = await logged('serving');
    clearTimeout(timer);
    // By address, so that nobody has to decide what `localhost` means.
    url = `http://127.0.0.1:${new URL(String(wall)).port}`;
  }
  return { pid: child.pid as number, url, logged, kill: () => endChild(child, 'SIGKILL'), stop: () => endChild(child) };
}

export interface PbxUnderLoad extends Helper<PbxOrder, PbxReport> {
  readonly url: string;
  /** Resolves when a server has taken the first snapshot. */
  readonly synced: Promise<unknown>;
}

async function startPbx(plan: TrafficPlan): Promise<PbxUnderLoad> {
  const helper = startHelper<PbxOrder, PbxReport>('./pbx.ts', [JSON.stringify(plan)]);
  const synced = helper.next('synced');
  synced.catch(() => {});
  const { url } = await helper.next('listening');
  return { ...helper, url, synced };
}

export interface Floor {
  readonly pbx: PbxUnderLoad;
  readonly server: ServerProcess;
  stop(): Promise<void>;
}

/** A PBX and the product in one process, as `npm start` runs it. Resolves when the first snapshot was taken. */
export async function startFloor(plan: TrafficPlan): Promise<Floor> {
  const dataDir = await mkdtemp(join(tmpdir(), 'floorcast-bench-'));
  const pbx = await startPbx(plan);
  const server = await startServer({ FLOORCAST_SOURCES: pbx.url, FLOORCAST_DATA_DIR: dataDir });
  await pbx.synced;
  return {
    pbx,
    server,
    async stop() {
      await server.stop();
      await pbx.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export interface SplitFloor {
  readonly pbx: PbxUnderLoad;
  readonly redisUrl: string;
  readonly gateway: ServerProcess;
  /** One more process that may own the site. */
  startSite(): Promise<ServerProcess>;
  stop(): Promise<void>;
}

/** A PBX and the product, one process a role. No site process yet, but where sources have a role of their own, that one. */
export async function startSplitFloor(plan: TrafficPlan, redisUrl: string): Promise<SplitFloor> {
  const pbx = await startPbx(plan);
  const env = { FLOORCAST_SOURCES: pbx.url, REDIS_URL: redisUrl };
  const started: ServerProcess[] = [];
  const start = async (role: string): Promise<ServerProcess> => {
    const server = await startServer({ ...env, FLOORCAST_ROLES: role });
    started.push(server);
    return server;
  };
  if (hasSourceRole) await start(SOURCE_ROLE);
  const gateway = await start('gateway');
  return {
    pbx,
    redisUrl,
    gateway,
    startSite: () => start('site'),
    async stop() {
      for (const server of started.reverse()) await server.stop();
      await pbx.stop();
    },
  };
}

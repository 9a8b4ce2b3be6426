/** The PostgreSQL of a round: the embedded one, run by the suite, so that it may die, stall and come back. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Database, openDatabase } from '../server/db/database.ts';
import { type Connection, embedPostgres } from '../server/db/embedded.ts';
import type { Sql } from '../server/db/sql.ts';
import type { Logger } from '../server/log.ts';

export interface RoundDatabase {
  /** For DATABASE_URL. */
  readonly url: string;
  /** A way in that no fault is asked of: read when nothing is wrong any more. */
  readonly sql: Sql;
  /** `kill -9` of the server; its processes end with it. */
  kill(): Promise<void>;
  start(): Promise<void>;
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

const POLL_MS = 20;

export async function startDatabase(folder: string, log: Logger): Promise<RoundDatabase> {
  const server = embedPostgres({ dataDir: folder, log });
  const url = urlOf(await server.ensureRunning());
  const onFatal = (reason: string): void => log.error({ reason }, 'the database of the round is of no use');
  const database: Database = await openDatabase({ url, dataDir: folder, log, onFatal });
  await database.whenUp(new AbortController().signal);
  let paused: number[] = [];
  const resume = (): void => {
    for (const pid of paused.splice(0)) signalIfThere(pid, 'SIGCONT');
  };
  return {
    url,
    sql: database,
    async kill() {
      const { pid } = server;
      if (pid !== null) process.kill(pid, 'SIGKILL');
      while (server.pid !== null) await new Promise((wake) => setTimeout(wake, POLL_MS));
    },
    start: async () => void (await server.ensureRunning()),
    pause() {
      const { pid } = server;
      if (pid === null) return;
      // First the one that starts others.
      process.kill(pid, 'SIGSTOP');
      paused = [pid, ...childrenOf(pid).filter((child) => signalIfThere(child, 'SIGSTOP'))];
    },
    resume,
    async stop() {
      resume();
      await database.stop();
      await server.stop();
    },
  };
}

function urlOf({ host, port, user, password, database }: Connection): string {
  return `postgres:///${database}?${new URLSearchParams({ host, port: String(port), user, password })}`;
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) === parent;
      } catch {
        // Gone between the two looks.
        return false;
      }
    });
}

/** False for a process that has ended by itself meanwhile. */
function signalIfThere(pid: number, signal: 'SIGSTOP' | 'SIGCONT'): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

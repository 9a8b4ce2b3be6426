/** Databases for tests: an empty one of the run's server, or a server of the test's own that it may kill. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import type { Logger } from '../log.ts';
import { silentLog } from '../redis/testing-redis.ts';
import { type Database, type DatabaseOptions, openDatabase } from './database.ts';

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Another way into the same database, as another process would have. */
  open(options?: Partial<DatabaseOptions>): Promise<Database>;
  /** Ends every connection and lets nobody in, as an outage does. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  drop(): Promise<void>;
}

const neverFatal = (reason: string): void => {
  throw new Error(`unexpected: ${reason}`);
};
const forever = new AbortController().signal;
let made = 0;

/** Migrated and empty. */
export async function createTestDatabase(options: Partial<DatabaseOptions> = {}): Promise<TestDatabase> {
  const name = `test_${process.pid}_${++made}`;
  await administer(`CREATE DATABASE ${name}`);
  const url = urlOf(name);
  const opened: Database[] = [];
  const open = async (more: Partial<DatabaseOptions> = {}): Promise<Database> => {
    const database = await openDatabase({
      url,
      dataDir: '/nowhere',
      log: silentLog,
      onFatal: neverFatal,
      ...options,
      ...more,
    });
    opened.push(database);
    await database.whenUp(forever);
    return database;
  };
  return {
    url,
    database: await open(),
    open,
    async cut() {
      await administer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    },
    mend: () => administer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`),
    async drop() {
      for (const database of opened) await database.stop();
      await administer(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

export function urlOf(name: string): string {
  const { host, port, user, password } = inject('postgres');
  const query = new URLSearchParams({ host, port: String(port), user, password });
  return `postgres:///${name}?${query}`;
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client(inject('postgres'));
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** A data folder with a cluster that was never used. */
export function copyCluster(): { dataDir: string; remove(): void } {
  const dataDir = mkdtempSync(join(tmpdir(), 'fc-own-'));
  cpSync(inject('clusterAtRest'), dataDir, { recursive: true });
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
}

export interface OwnServer {
  readonly database: Database;
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** An embedded server of the test's own. */
export async function startOwnServer(log: Logger = silentLog, more: Partial<DatabaseOptions> = {}): Promise<OwnServer> {
  const { dataDir, remove } = copyCluster();
  const database = await openDatabase({ url: null, dataDir, log, onFatal: neverFatal, ...more });
  await database.whenUp(forever);
  return {
    database,
    dataDir,
    async stop() {
      await database.stop();
      remove();
    },
  };
}

/** One PostgreSQL for a run of the `db` tests, and a cluster at rest that tests which kill their server may copy. */
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { silentLog } from '../redis/testing-redis.ts';
import { type Connection, embedPostgres } from './embedded.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: Connection;
    readonly clusterAtRest: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'fc-db-'));
  // Closed for others, as a data folder may be.
  chmodSync(folder, 0o700);
  const dataDir = join(folder, 'shared');
  const start = async () => {
    const server = embedPostgres({ dataDir, log: silentLog });
    return { server, connection: await server.ensureRunning() };
  };
  await (await start()).server.stop();
  const clusterAtRest = join(folder, 'at-rest');
  cpSync(join(dataDir, 'postgres'), join(clusterAtRest, 'postgres'), { recursive: true });
  const { server, connection } = await start();
  project.provide('postgres', connection);
  project.provide('clusterAtRest', clusterAtRest);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

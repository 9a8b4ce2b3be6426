/** The whole product beside a PBX of ours: `node server/main.ts` on an empty data folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { type KillableServer, processesIn, startKillableServer } from '../server/testing/killable-server.ts';
import { API } from '../shared/api.ts';

export interface Product {
  /** Stays the same over a restart. */
  readonly url: string;
  kill(): Promise<void>;
  /** On the same port and the same data. */
  restart(): Promise<void>;
  /** In order, and nothing is left of it. */
  stop(): Promise<void>;
  queues(): Promise<ReturnType<typeof API.queues.response.parse>>;
  agents(): Promise<ReturnType<typeof API.agents.response.parse>>;
  site(): Promise<ReturnType<typeof API.sites.response.parse>['sites'][number]>;
  /** Asks the API, with the admin token where there is one; `path` without `/api/v1`. */
  ask(method: string, path: string, body?: object): Promise<Response>;
  /** Live, and the demo centre's day is in a PostgreSQL that was just made: until then that may not answer in time. */
  untilSettled(): Promise<void>;
  /** Asks until it is so. Each request takes its time, so this is no busy loop. */
  until(isSo: (product: Product) => Promise<boolean>): Promise<void>;
}

interface ProductOptions {
  /** Without any the demo centre. */
  readonly sources?: string;
  /** What the product is asked with, also once it is set up. */
  readonly adminToken?: string;
}

export async function startProduct({ sources, adminToken }: ProductOptions = {}): Promise<Product> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'floorcast-e2e-'));
  const env = {
    FLOORCAST_DATA_DIR: dataDir,
    FLOORCAST_TIME_ZONE: 'UTC',
    FLOORCAST_BUSINESS_DAY_START: farFromNow(),
    ...(sources && { FLOORCAST_SOURCES: sources }),
    ...(adminToken && { FLOORCAST_ADMIN_TOKEN: adminToken }),
  };
  let server: KillableServer = await startKillableServer(env);
  const { url, port } = server;
  const headers = adminToken ? { authorization: `Bearer ${adminToken}` } : {};
  const ask: Product['ask'] = (method, path, body) =>
    fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const told = async (address: string): Promise<unknown> => (await ask('GET', `/sites${address}`)).json();
  const product: Product = {
    url,
    kill: () => server.kill(),
    async restart() {
      server = await startKillableServer({ ...env, FLOORCAST_PORT: String(port) });
    },
    async stop() {
      await server.stop();
      expect(processesIn(dataDir)).toEqual([]);
      rmSync(dataDir, { recursive: true, force: true });
    },
    queues: async () => API.queues.response.parse(await told('/main/queues')),
    agents: async () => API.agents.response.parse(await told('/main/agents')),
    async site() {
      const [site] = API.sites.response.parse(await told('')).sites;
      if (!site) throw new Error('no site');
      return site;
    },
    ask,
    async untilSettled() {
      await product.until(async ({ site }) => (await site()).freshness.state === 'live');
      await product.until(async () => {
        const { history } = API.readiness.response.parse(await (await fetch(`${url}/readyz`)).json());
        return history.length > 0 && history.every(({ entries }) => entries === 0);
      });
    },
    async until(isSo) {
      while (!(await isSo(product)));
    },
  };
  return product;
}

/** Half a day away: no test sees the business day change under its hands. */
function farFromNow(): string {
  const hour = (new Date().getUTCHours() + 12) % 24;
  return `${String(hour).padStart(2, '0')}:00`;
}

/** A real Redis Cluster on loopback for one test file: three masters, a replica each. Needs Redis 7. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';

const MASTERS = 3;
const SLOTS = 16_384;
/** A node that is silent for so long is replaced; the default of Redis is 15 s. */
const NODE_TIMEOUT_MS = 500;
const POLL_MS = 20;

export interface TestCluster {
  readonly url: string;
  /** Kills the master that serves a key now; resolves when another one does. */
  killMasterOf(key: string): Promise<void>;
  /** Stalls the master that serves a key now, as SIGSTOP does; resolves when another one serves it, with what resumes it. */
  stallMasterOf(key: string): Promise<() => void>;
  /** All nodes at once; none comes back. */
  killAll(): Promise<void>;
  stop(): Promise<void>;
}

interface Node {
  readonly port: number;
  readonly busPort: number;
  readonly child: ChildProcess;
  readonly redis: Redis;
}

export async function startTestCluster(): Promise<TestCluster> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fc-cluster-'));
  const ports = await freePorts(4 * MASTERS);
  const nodes = Array.from({ length: 2 * MASTERS }, (_, n) =>
    startNode(path.join(folder, String(n)), ports[2 * n] ?? 0, ports[2 * n + 1] ?? 0),
  );
  await Promise.all(nodes.map(({ redis }) => new Promise<void>((resolve) => redis.once('ready', () => resolve()))));
  await join(nodes);

  const isAlive = ({ child }: Node) => child.exitCode === null && child.signalCode === null;
  /** As the first of them knows it that answers; null while none knows a master. */
  const masterOf = async (key: string, asked: readonly Node[]): Promise<Node | null> => {
    for (const { redis } of asked) {
      const slot = await redis.cluster('KEYSLOT', key);
      const ranges = await redis.cluster('SLOTS');
      const port = ranges.find(([first, last]) => first <= slot && slot <= last)?.[2]?.[1];
      const master = nodes.find((node) => node.port === port);
      if (master) return master;
    }
    return null;
  };
  const replace = async (key: string, signal: 'SIGKILL' | 'SIGSTOP'): Promise<Node> => {
    const old = await masterOf(key, nodes.filter(isAlive));
    if (old === null) throw new Error(`no master serves ${key}`);
    old.child.kill(signal);
    const others = nodes.filter((node) => node !== old && isAlive(node));
    await until(async () => {
      const master = await masterOf(key, others);
      return master !== null && master !== old;
    });
    return old;
  };
  const killAll = async (): Promise<void> => {
    const exits = nodes.filter(isAlive).map(({ child }) => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      return exited;
    });
    await Promise.all(exits);
  };
  return {
    url: `redis+cluster://${nodes
      .slice(0, MASTERS)
      .map(({ port }) => `127.0.0.1:${port}`)
      .join(',')}`,
    async killMasterOf(key) {
      (await replace(key, 'SIGKILL')).redis.disconnect();
    },
    async stallMasterOf(key) {
      const { child } = await replace(key, 'SIGSTOP');
      return () => void child.kill('SIGCONT');
    },
    killAll,
    async stop() {
      for (const { redis } of nodes) redis.disconnect();
      await killAll();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startNode(dir: string, port: number, busPort: number): Node {
  mkdirSync(dir);
  const settings: Record<string, string> = {
    port: String(port),
    'cluster-port': String(busPort),
    bind: '127.0.0.1',
    dir,
    'cluster-enabled': 'yes',
    'cluster-node-timeout': String(NODE_TIMEOUT_MS),
    // A replica takes over however long it was cut off before: there is no other.
    'cluster-replica-validity-factor': '0',
    'repl-diskless-sync-delay': '0',
    // A replica that has heard nothing yet does not count as one.
    'repl-ping-replica-period': '1',
    appendonly: 'yes',
    save: '',
    'maxmemory-policy': 'noeviction',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  // A test file that ends without its last hook must not leave a server behind.
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  const redis = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  redis.on('error', () => {});
  return { port, busPort, child, redis };
}

async function join(nodes: readonly Node[]): Promise<void> {
  const [first, ...others] = nodes;
  for (const { port, busPort } of others) await first?.redis.cluster('MEET', '127.0.0.1', port, busPort);
  for (let n = 0; n < MASTERS; n++) {
    const [from, to] = [n, n + 1].map((part) => Math.floor((part * SLOTS) / MASTERS)) as [number, number];
    await nodes[n]?.redis.cluster('ADDSLOTSRANGE', from, to - 1);
  }
  await all(nodes, async ({ redis }) => /cluster_known_nodes:6\b/.test(String(await redis.cluster('INFO'))));
  for (const [n, { redis }] of nodes.entries()) {
    if (n < MASTERS) continue;
    const master = String(await nodes[n - MASTERS]?.redis.cluster('MYID'));
    await until(() =>
      redis.cluster('REPLICATE', master).then(
        () => true,
        () => false,
      ),
    );
  }
  await all(nodes, async ({ redis }) => /cluster_state:ok/.test(String(await redis.cluster('INFO'))));
  await all(nodes.slice(MASTERS), async ({ redis }) => /master_link_status:up/.test(await redis.info('replication')));
  await all(nodes, async ({ redis }) => {
    const ranges = await redis.cluster('SLOTS');
    return ranges.length === MASTERS && ranges.every((range) => range.length === 4);
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(POLL_MS);
}

async function all(nodes: readonly Node[], isSo: (node: Node) => Promise<boolean>): Promise<void> {
  for (const node of nodes) await until(() => isSo(node));
}

/** Held all at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

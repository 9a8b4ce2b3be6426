import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DomainEvent } from '../../shared/event.ts';
import { logSourceId } from '../../shared/source.ts';
import { dropRedis, type Redis } from '../redis/client.ts';
import { siteKeys } from '../redis/keys.ts';
import { readBatches, STREAM_START } from '../redis/stream.ts';
import { stallingConnect } from '../redis/testing-connect.ts';
import { recordingLog, silentLog, startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import { type SourceHost, type SourceHostOptions, startSourceHost } from './host.ts';
import type { Source, SourceContext } from './source.ts';

const TTL_MS = 200;

let store: TestRedis;
let redis: Redis;
let site: string;
let siteCount = 0;
let hosts: SourceHost[];

beforeAll(async () => {
  store = await startTestRedis();
  redis = await store.connect();
});
afterAll(() => store.stop());

beforeEach(() => {
  site = `host-${siteCount++}`;
  hosts = [];
  return async () => {
    for (const host of hosts) await end(host);
  };
});

async function end(host: SourceHost): Promise<void> {
  await host.stop();
  await host.close();
}

/** A PBX that says what the test says, and farewell when it is left. */
class FakeSource implements Source {
  readonly kind = 'fake';
  runs = 0;
  context: SourceContext | null = null;
  #changed = () => {};

  async run(context: SourceContext): Promise<void> {
    this.runs++;
    this.context = context;
    this.#changed();
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    this.context = null;
    this.#changed();
    await context.append([alive(99), { type: 'source.lost', at: 99, cause: 'stopped' }], 99);
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  connected = () => this.until(() => this.context !== null);
  left = () => this.until(() => this.context === null);
}

const alive = (at: number): DomainEvent => ({ type: 'source.alive', at });

async function start(source: Source, options: Partial<SourceHostOptions> = {}): Promise<SourceHost> {
  const host = await startSourceHost({
    site,
    sources: [{ id: 'pbx', source }],
    connect: store.connect,
    now: () => 1,
    random: () => 0.5,
    log: silentLog,
    leaseTtlMs: TTL_MS,
    ...options,
  });
  hosts.push(host);
  return host;
}

async function told(): Promise<string[]> {
  const entries = await readBatches(redis, site, STREAM_START, { count: 1_000, blockMs: 0 });
  return entries.flatMap(({ batch }) => batch?.events ?? []).map(({ type, at }) => `${type} ${at}`);
}

test('[SRC1] of two hosts one is connected; when it stops, the other follows and no outage is told', async () => {
  const [first, second] = [new FakeSource(), new FakeSource()];
  const host = await start(first);
  await first.connected();
  await start(second);
  await first.context?.append([alive(1)], 1);
  expect(second.runs).toBe(0);
  await host.stop();
  expect(first.context).toBeNull();
  await second.connected();
  await second.context?.append([alive(2)], 2);
  await host.close();
  expect(await told()).toEqual(['source.alive 1', 'source.alive 99', 'source.alive 2']);
});

test('[SRC6] a log does not overtake live events that Redis has refused for a while', async () => {
  const [pbx, log] = [new FakeSource(), new FakeSource()];
  await start(pbx, {
    sources: [
      { id: 'pbx', source: pbx },
      { id: logSourceId('/queue_log'), source: log },
    ],
    leaseTtlMs: 60_000,
    now: () => 10_000,
  });
  await Promise.all([pbx.connected(), log.connected()]);
  const [live, ofLog] = [pbx.context, log.context];
  await redis.config('SET', 'maxmemory', '1');
  await expect(live?.append([alive(1)], 1)).rejects.toThrow('OOM');
  await redis.config('SET', 'maxmemory', '0');
  const later = ofLog?.append([alive(3)], 9_999);
  await live?.append([alive(1)], 1);
  await live?.append([alive(2)], 2);
  await later;
  expect(await told()).toEqual(['source.alive 1', 'source.alive 2', 'source.alive 3']);
});

test('[SRC1] when nobody takes over, the outage is told', async () => {
  const source = new FakeSource();
  const host = await start(source, { handOverMs: 50 });
  await source.connected();
  await host.stop();
  await host.close();
  expect(await told()).toEqual(['source.alive 99', 'source.lost 99']);
  expect(await redis.exists(siteKeys(site).sourceLease.lease)).toBe(0);
});

test('[SRC2] a host whose process dies is replaced when its lease has run out', async () => {
  const [first, second] = [new FakeSource(), new FakeSource()];
  let connection: Redis | undefined;
  await start(first, {
    connect: async (purpose) => {
      connection = await store.connect(purpose);
      return connection;
    },
  });
  await first.connected();
  await start(second);
  const diedAt = performance.now();
  if (connection) dropRedis(connection);
  await second.connected();
  expect(performance.now() - diedAt).toBeLessThan(TTL_MS + 500);
});

test('[SRC3] a host that was stalled past its lease adds nothing, leaves its PBX and stands by', async () => {
  const { log, lines } = recordingLog();
  const [first, second] = [new FakeSource(), new FakeSource()];
  const stalling = stallingConnect(store);
  await start(first, { connect: stalling.connect, log });
  await first.connected();
  await first.context?.append([alive(1)], 1);
  stalling.stall();
  // Heard before the stall, sent after it.
  const late = first.context?.append([alive(2)], 2);
  const successor = await start(second);
  await second.connected();
  await second.context?.append([alive(3)], 3);
  stalling.resume();
  await late;
  await first.left();
  await second.context?.append([alive(4)], 4);
  expect(await told()).toEqual(['source.alive 1', 'source.alive 3', 'source.alive 4']);
  expect(lines.filter(({ msg }) => msg === 'source.fenced')).toHaveLength(1);
  await successor.stop();
  await first.connected();
  expect(first.runs).toBe(2);
});

test('[SRC4] when Redis has lost what is no longer remembered, the source connects anew', async () => {
  const source = new FakeSource();
  const anomalies: string[] = [];
  await start(source, { onAnomaly: (kind) => void anomalies.push(kind) });
  await source.connected();
  const anomaly = { type: 'anomaly.seen', at: 1, kind: 'x'.repeat(50), count: 1 } as const;
  for (let n = 0; n < 3; n++) await source.context?.append(Array(50_000).fill(anomaly), 1);
  for (const key of await redis.keys(siteKeys(site).appended('*'))) await redis.del(key);
  await source.context?.append([alive(5)], 5);
  await source.until(() => source.runs === 2 && source.context !== null);
  expect(anomalies).toEqual(['source.eventsLost']);
});

test('[SRC5] a stop takes a bounded time when Redis is away', async () => {
  const own = await startTestRedis();
  const source = new FakeSource();
  const host = await start(source, { connect: own.connect });
  await source.connected();
  const watching = await own.connect();
  const away = new Promise<void>((resolve) => watching.once('reconnecting', () => resolve()));
  await own.server.stop();
  await away;
  const since = performance.now();
  await end(host);
  expect(performance.now() - since).toBeLessThan(1_500);
  await own.stop();
});

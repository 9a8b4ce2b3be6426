import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventBatch } from '../../shared/event.ts';
import { openAppender } from './append.ts';
import { closeRedis, connectRedis, type Redis } from './client.ts';
import { siteKeys } from './keys.ts';
import { acquireLease, releaseLease, renewLease } from './lease.ts';
import { readSites, registerSite } from './registry.ts';
import { readBatches, readView, STREAM_START } from './stream.ts';
import { startTestCluster, type TestCluster } from './testing-cluster.ts';
import { recordingLog, silentLog } from './testing-redis.ts';

let cluster: TestCluster;
let redis: Redis;

beforeAll(async () => {
  cluster = await startTestCluster();
  redis = await connectRedis(cluster.url, 'command', silentLog);
}, 60_000);
afterAll(async () => {
  await closeRedis(redis);
  await cluster.stop();
});

const alive = (at: number): EventBatch => ({
  v: 1,
  source: 'pbx',
  receivedAt: at,
  events: [{ type: 'source.alive', at }],
});
const appended = async (site: string) => {
  const entries = await readBatches(redis, site, STREAM_START, { count: 10_000, blockMs: 0 });
  return entries.map(({ batch }) => batch?.receivedAt);
};

test('[CLU1] sites of every master: registry, lease, append, view and blocking read work as on one Redis', async () => {
  const sites = Array.from({ length: 12 }, (_, n) => `site-${n}`);
  const reader = await connectRedis(cluster.url, 'reader', silentLog);
  for (const site of sites) {
    await registerSite(redis, site, { name: site.toUpperCase() });
    const { sourceLease, meta } = siteKeys(site);
    const lease = await acquireLease(redis, sourceLease, 'token', 60_000);
    if ('heldForMs' in lease) throw new Error('held');
    expect(await renewLease(redis, sourceLease, lease, 60_000)).toBe(true);
    const waiting = readBatches(reader, site, STREAM_START, { count: 1, blockMs: 10_000 });
    await openAppender(redis, site, { owner: lease.owner }).append([alive(1)]);
    expect((await waiting).map(({ batch }) => batch)).toEqual([alive(1)]);
    await redis.hset(meta, 'rev:board', 7, 'at', 1);
    expect((await readView(redis, site, 'board'))?.snapshot.rev).toBe(7);
    await releaseLease(redis, sourceLease, lease);
  }
  expect([...(await readSites(redis)).keys()]).toEqual(sites.toSorted());
  await closeRedis(reader);
});

test('[CLU2] appends go on through the death of a master, in order, and none is missing or doubled', async () => {
  const own = await connectRedis(cluster.url, 'command', silentLog);
  const appender = openAppender(own, 'failover');
  let isReplaced = false;
  let count = 0;
  let replaced = Promise.resolve();
  while (!isReplaced || count < 2_000) {
    await appender.append([alive(count++)]);
    if (count === 500) {
      replaced = cluster.killMasterOf(siteKeys('failover').events).then(() => {
        isReplaced = true;
      });
    }
  }
  await replaced;
  await appender.append([alive(count++)]);
  expect(await appended('failover')).toEqual(Array.from({ length: count }, (_, n) => n));
  await closeRedis(own);
});

test('[CLU3] one node of a cluster as a plain address is refused with what to write', async () => {
  let refused = 0;
  for (const host of cluster.url.replace('redis+cluster://', '').split(',')) {
    const failure = await connectRedis(`redis://${host}`, 'command', silentLog, { firstConnectMs: 500 }).catch(
      (e) => e,
    );
    // The killed one is among them.
    if (/ECONNREFUSED|no answer/.test(failure.message)) continue;
    expect(failure).toMatchObject({ code: 'redis.unreachable', message: expect.stringContaining('redis+cluster://') });
    refused++;
  }
  expect(refused).toBeGreaterThan(0);
});

test('[RED11] a wrong password is told at once by a cluster too, without the password', async () => {
  const url = cluster.url.replace('://', '://nobody:hunter2@');
  const failure = await connectRedis(url, 'command', silentLog, { firstConnectMs: 60_000 }).catch((e) => e);
  expect(failure.message).toMatch(/WRONGPASS/);
  expect(failure.message).toContain('redis+cluster://nobody:***@127.0.0.1');
  expect(failure.message).not.toContain('hunter2');
});

test('[CLU4] a cluster that is wholly away is told once, and closing then rejects what waits, at once', async () => {
  const { log, lines } = recordingLog();
  const own = await connectRedis(cluster.url, 'command', log);
  const away = new Promise<void>((resolve) => own.once('reconnecting', () => resolve()));
  await cluster.killAll();
  // Nodes that nobody has spoken to yet are missed only when they are needed.
  const waiting = own.get('x').catch((error: Error) => error.message);
  await away;
  const since = performance.now();
  await closeRedis(own);
  expect(performance.now() - since).toBeLessThan(500);
  expect(await waiting).toMatch(/closed|ended|None of startup nodes/);
  expect(lines.map(({ msg }) => msg)).toEqual(['redis.lost']);
  const failure = await connectRedis(cluster.url, 'command', silentLog, { firstConnectMs: 300 }).catch((e) => e);
  expect(failure).toMatchObject({ code: 'redis.unreachable', message: expect.stringContaining('no answer') });
});

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DomainEvent, EventBatch } from '../../shared/event.ts';
import { channelNames } from '../../shared/view.ts';
import { countersOf } from '../core/tally.ts';
import { appendBatches } from '../redis/append.ts';
import type { Redis } from '../redis/client.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from '../redis/embedded.ts';
import { siteKeys } from '../redis/keys.ts';
import { readFrames, readView, STREAM_START } from '../redis/stream.ts';
import { mortalConnect, stallingConnect } from '../redis/testing-connect.ts';
import { recordingLog, silentLog, startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import { openCoreFold } from './fold.ts';
import { openToyFold, toyBatches, toyState } from './testing-fold.ts';
import { expireLease, FrameMirror, startToyRunner, viewOf } from './testing-runner.ts';

let store: TestRedis;
let redis: Redis;
let siteCount = 0;

beforeAll(async () => {
  store = await startTestRedis();
  redis = await store.connect();
});
afterAll(() => store.stop());

const newSite = (): string => `fail-${siteCount++}`;
const storedOf = (site: string) => redis.hgetall(siteKeys(site).state);

/** But for `m`, the longest wait of what is forgotten: how much that is, the clock decides. */
async function memorylessOf(site: string): Promise<Record<string, unknown>> {
  const fields = Object.entries(await storedOf(site));
  return Object.fromEntries(
    fields.map(([field, json]) => [field, JSON.stringify({ ...JSON.parse(json), m: undefined })]),
  );
}

async function followedFrames(site: string): Promise<FrameMirror> {
  const mirror = new FrameMirror();
  const frames = await readFrames(redis, site, STREAM_START, { count: 10_000, blockMs: 0 });
  await mirror.apply(frames, (channel) => readView(redis, site, channel));
  return mirror;
}

const deaths = fc.array(
  fc.record({
    dieAt: fc.integer({ min: 0, max: 12 }),
    isAnswerLost: fc.boolean(),
    appended: fc.integer({ min: 0, max: 300 }),
  }),
  { minLength: 2, maxLength: 6 },
);

test('[COM1] owners that die anywhere, one after the other, lose nothing and count nothing twice', async () => {
  let deathsSeen = 0;
  await fc.assert(
    fc.asyncProperty(deaths, async (lives) => {
      const site = newSite();
      let appended = 0;
      for (const { dieAt, isAnswerLost, appended: more } of lives) {
        await appendBatches(redis, site, toyBatches(more, appended));
        appended += more;
        const mortal = mortalConnect(store, dieAt, isAnswerLost);
        const runner = await startToyRunner(store, site, { connect: mortal.connect });
        // Few exchanges may be enough for few events: then it lives on until it is cut off here.
        const drained = runner.drain().then(
          () => 'drained',
          () => 'died',
        );
        if ((await Promise.race([mortal.died.then(() => 'died'), drained])) === 'died') deathsSeen++;
        await runner.stop();
        await expireLease(redis, site);
      }
      await appendBatches(redis, site, toyBatches(100, appended));
      const last = await startToyRunner(store, site);
      await last.drain();
      expect(await storedOf(site)).toEqual(toyState(toyBatches(appended + 100)));
      const mirror = await followedFrames(site);
      expect(mirror.complaints).toEqual([]);
      for (const channel of channelNames) expect(mirror.contents(channel)).toEqual(await viewOf(redis, site, channel));
      await last.stop();
    }),
    { numRuns: 20, seed: 20_261_122 },
  );
  expect(deathsSeen).toBeGreaterThan(30);
}, 60_000);

test('[COM1] an owner whose every single exchange is its last leaves a whole site', async () => {
  for (const isAnswerLost of [false, true]) {
    for (let dieAt = 0; dieAt < 12; dieAt++) {
      const site = newSite();
      const batches = toyBatches(200);
      await appendBatches(redis, site, batches);
      const mortal = mortalConnect(store, dieAt, isAnswerLost);
      const runner = await startToyRunner(store, site, { connect: mortal.connect });
      await mortal.died;
      await runner.stop();
      await expireLease(redis, site);
      const next = await startToyRunner(store, site);
      await next.drain();
      expect(await storedOf(site)).toEqual(toyState(batches));
      await next.stop();
    }
  }
}, 60_000);

test('[COM1] the core as fold: owners that change in the middle of every call end where one owner ends', async () => {
  const at = 1_780_000_000_000;
  const caller = { number: '13800138000', name: null };
  const membership = {
    agent: '8001',
    queue: 'sales',
    name: 'Li',
    device: 'idle',
    paused: false,
    pauseReason: '',
    penalty: 0,
  } as const;
  const events: DomainEvent[] = [
    {
      ...{ type: 'source.synced', at, reason: 'connect', bootedAt: at - 1, waiting: [], talking: [] },
      ...{ queues: [{ queue: 'sales', name: 'Sales', thresholdMs: null }], memberships: [membership] },
    },
  ];
  for (let n = 0; n < 6; n++) {
    const visit = { call: `c${n}`, queue: 'sales' };
    const start = at + n * 60_000;
    events.push({ type: 'contact.offered', at: start, ...visit, caller });
    events.push({ type: 'contact.answered', at: start + 9_000, ...visit, agent: '8001', reportedWaitMs: null });
    const end = { agent: '8001', endedBy: 'caller', reportedTalkMs: null } as const;
    events.push({ type: 'contact.finished', at: start + 40_000, ...visit, ...end });
  }
  const batches = events.map((event): EventBatch => ({ v: 1, source: 'pbx', receivedAt: event.at, events: [event] }));
  const options = { fold: openCoreFold, now: () => at + 400_000 };
  const [once, often] = [newSite(), newSite()];
  await appendBatches(redis, once, batches);
  const single = await startToyRunner(store, once, options);
  await single.drain();
  await single.stop();
  for (const [n, batch] of batches.entries()) {
    await appendBatches(redis, often, [batch]);
    const runner = await startToyRunner(store, often, { ...options, now: () => batch.receivedAt });
    await runner.drain();
    if (n % 2 === 0) await runner.stop();
    else {
      const mortal = mortalConnect(store, 3, true);
      await runner.stop();
      const dying = await startToyRunner(store, often, {
        ...options,
        connect: mortal.connect,
        now: () => batch.receivedAt,
      });
      await mortal.died;
      await dying.stop();
      await expireLease(redis, often);
    }
  }
  const last = await startToyRunner(store, often, options);
  await last.becomes(true);
  await last.stop();
  const day = JSON.parse((await storedOf(often))['day:sales'] ?? '{}');
  expect(countersOf(day.c)).toMatchObject({ offered: 6, answered: 6, waitMsSum: 54_000, talkMsSum: 186_000 });
  const rowsOf = async (site: string) => (await viewOf(redis, site, 'agents'))?.rows;
  expect(await rowsOf(often)).toEqual(await rowsOf(once));
  const { 'site:': _clock, ...state } = await memorylessOf(once);
  expect(await memorylessOf(often)).toMatchObject(state);
});

test('[COM4] a stalled owner that wakes up after a take-over changes nothing, and stands by', async () => {
  const site = newSite();
  const stalling = stallingConnect(store);
  let tellFolded = () => {};
  const isFolded = new Promise<void>((resolve) => {
    tellFolded = resolve;
  });
  const { log, lines } = recordingLog();
  const fold = openToyFold({ onReduce: (event) => 'call' in event && event.call === 'c29' && tellFolded() });
  const former = await startToyRunner(store, site, { connect: stalling.connect, fold, log });
  await former.becomes(true);
  const batches = toyBatches(30);
  await appendBatches(redis, site, batches.slice(0, 10));
  await former.drain();
  await appendBatches(redis, site, batches.slice(10));
  await isFolded;
  // Its memory is ahead of Redis by a commit that is on its way.
  stalling.stall();
  await appendBatches(redis, site, toyBatches(10, 30));
  await expireLease(redis, site);
  const successor = await startToyRunner(store, site);
  await successor.becomes(true);
  await successor.drain();
  const before = [await storedOf(site), await redis.hgetall(siteKeys(site).meta)];
  stalling.resume();
  await former.becomes(false);
  expect([await storedOf(site), await redis.hgetall(siteKeys(site).meta)]).toEqual(before);
  expect(before[0]).toEqual(toyState(toyBatches(40)));
  expect(lines.filter(({ msg }) => msg === 'site.lost').length).toBe(1);
  await successor.stop();
  await former.becomes(true);
  await appendBatches(redis, site, toyBatches(5, 40));
  await former.drain();
  expect(await storedOf(site)).toEqual(toyState(toyBatches(45)));
  await former.stop();
});

test('[COM6] of several runners exactly one owns the site, and another follows when it goes', async () => {
  const site = newSite();
  const owners = new Set<number>();
  let mostOwners = 0;
  const start = (id: number) =>
    startToyRunner(store, site, {
      leaseTtlMs: 200,
      onOwner(isOwner) {
        if (isOwner) owners.add(id);
        else owners.delete(id);
        mostOwners = Math.max(mostOwners, owners.size);
      },
    });
  const runners = await Promise.all([start(0), start(1), start(2)]);
  let appended = 0;
  for (let left = runners.length; left > 0; left--) {
    const alive = runners.filter((runner) => runner !== null);
    await Promise.any(alive.map((runner) => runner.becomes(true)));
    await appendBatches(redis, site, toyBatches(50, appended));
    appended += 50;
    const [owner] = [...owners];
    expect(owners.size).toBe(1);
    const runner = runners[owner as number];
    await runner?.drain();
    expect(await storedOf(site)).toEqual(toyState(toyBatches(appended)));
    await runner?.stop();
  }
  expect(mostOwners).toBe(1);
  expect(await redis.get(siteKeys(site).epoch)).toBe('3');
});

test('[COM7] an owner that falls silent is replaced when its lease has run out', async () => {
  const site = newSite();
  const stalling = stallingConnect(store);
  const silent = await startToyRunner(store, site, { connect: stalling.connect, leaseTtlMs: 150 });
  await silent.becomes(true);
  const next = await startToyRunner(store, site, { leaseTtlMs: 150 });
  stalling.stall();
  await next.becomes(true);
  stalling.resume();
  await silent.becomes(false);
  await Promise.all([silent.stop(), next.stop()]);
});

test('[COM5] an owner that is ahead of what Redis kept starts over from there', async () => {
  const site = newSite();
  const keys = siteKeys(site);
  const runner = await startToyRunner(store, site);
  await appendBatches(redis, site, toyBatches(20));
  await runner.drain();
  const kept = [keys.meta, keys.state, keys.view('board'), keys.view('agents')];
  const saved = await Promise.all(kept.map((key) => redis.dumpBuffer(key)));
  await appendBatches(redis, site, toyBatches(20, 20));
  await runner.drain();
  const seen = runner.committed().revs.board ?? 0;
  // What a Redis that lost its last second looks like.
  const restoring = redis.multi();
  for (const [n, key] of kept.entries()) restoring.restore(key, 0, saved[n] as Buffer, 'REPLACE');
  await restoring.exec();
  await appendBatches(redis, site, toyBatches(20, 40));
  const over = runner.becomes(false);
  await over;
  await runner.becomes(true);
  await runner.drain();
  expect(await storedOf(site)).toEqual(toyState(toyBatches(60)));
  // Followers have seen the lost revisions: none of them may come again with another meaning.
  expect(runner.committed().revs.board).toBeGreaterThan(seen);
  await runner.stop();
});

test('[COM5] an owner survives a Redis that lost everything', async () => {
  const site = newSite();
  const runner = await startToyRunner(store, site);
  await appendBatches(redis, site, toyBatches(20));
  await runner.drain();
  const over = runner.becomes(false);
  const keys = siteKeys(site);
  await redis.del(
    keys.meta,
    keys.state,
    keys.epoch,
    keys.lease,
    keys.events,
    keys.frames,
    keys.view('board'),
    keys.view('agents'),
  );
  await appendBatches(redis, site, toyBatches(20, 20));
  await over;
  await runner.becomes(true);
  await runner.drain();
  expect(await storedOf(site)).toEqual(toyState(toyBatches(20, 20)));
  await runner.stop();
});

test('[COM11] Redis killed in the middle: the owner goes on where it was, without a take-over', async () => {
  let tellExit = () => {};
  const onExit = () => tellExit();
  const own = await startTestRedis({ fsync: 'always', onExit });
  let server: EmbeddedRedis = own.server;
  const site = newSite();
  const runner = await startToyRunner(own, site);
  const producer = await own.connect();
  for (let round = 0; round < 3; round++) {
    // Not drained: commits are on their way when the server dies.
    await appendBatches(producer, site, toyBatches(400, round * 400));
    const exited = new Promise<void>((resolve) => {
      tellExit = resolve;
    });
    process.kill(server.pid, 'SIGKILL');
    await exited;
    server = await startEmbeddedRedis({ dataDir: own.dataDir, log: silentLog, fsync: 'always', onExit });
  }
  await runner.drain();
  expect(await producer.hgetall(siteKeys(site).state)).toEqual(toyState(toyBatches(1_200)));
  expect(await producer.get(siteKeys(site).epoch)).toBe('1');
  await runner.stop();
  producer.disconnect();
  await server.stop();
  await own.stop();
});

test('[COM15] a stop takes a bounded time when Redis is away', async () => {
  const own = await startTestRedis();
  const site = newSite();
  const runner = await startToyRunner(own, site);
  const producer = await own.connect();
  await appendBatches(producer, site, toyBatches(5));
  await runner.drain();
  const away = new Promise<void>((resolve) => producer.once('reconnecting', () => resolve()));
  await own.server.stop();
  await away;
  await runner.stop();
  expect(runner.committed().isOwner).toBe(false);
  await own.stop();
});

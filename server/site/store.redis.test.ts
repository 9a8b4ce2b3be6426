import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { appendBatches } from '../redis/append.ts';
import type { Redis } from '../redis/client.ts';
import { siteKeys } from '../redis/keys.ts';
import { acquireLease, type Lease, releaseLease, renewLease } from '../redis/lease.ts';
import { readBatches, readFrames, readView, STREAM_START } from '../redis/stream.ts';
import { startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import { type Commit, commitSite, loadSite } from './store.ts';
import { toyBatches } from './testing-fold.ts';

let store: TestRedis;
let redis: Redis;
let site: string;
let lease: Lease;
let siteCount = 0;

beforeAll(async () => {
  store = await startTestRedis();
  redis = await store.connect();
});
afterAll(() => store.stop());

beforeEach(async () => {
  site = `store-${siteCount++}`;
  lease = await own('first');
});

async function own(token: string, ttlMs = 60_000): Promise<Lease> {
  const acquired = await acquireLease(redis, keys(), token, ttlMs);
  if ('heldForMs' in acquired) throw new Error(`${token} did not get the lease`);
  return acquired;
}

const keys = () => siteKeys(site).siteLease;

/** What the clock of Redis would do. */
const expire = () => redis.del(siteKeys(site).lease);

const commitOf = (more: Partial<Commit>): Commit => ({
  owner: lease.owner,
  from: 0,
  to: 1,
  cursor: '5-0',
  at: 1_234,
  trimTo: null,
  put: [['queue:a', '1']],
  del: [],
  facts: [],
  channels: [
    {
      channel: 'board',
      rev: 1,
      isRewrite: false,
      put: [['queues:0', '["a","A"]']],
      del: [],
      frame: Buffer.from('a frame').toString('base64'),
    },
  ],
  ...more,
});

/** Everything Redis holds of the site. */
async function dump(): Promise<Record<string, unknown>> {
  const keys = siteKeys(site);
  const [state, meta, board, agents] = await Promise.all(
    [keys.state, keys.meta, keys.view('board'), keys.view('agents')].map((key) => redis.hgetall(key)),
  );
  return {
    state,
    meta,
    board,
    agents,
    frames: await readFrames(redis, site, STREAM_START, { count: 100, blockMs: 0 }),
  };
}

test('[COM2] one call writes state, views, cursor and frame; what is loaded is what was written', async () => {
  expect(await loadSite(redis, site)).toEqual({
    commit: 0,
    cursor: STREAM_START,
    revs: { board: 0, counts: 0, agents: 0, integrity: 0 },
    fields: new Map(),
  });
  expect(
    await commitSite(
      redis,
      site,
      commitOf({
        put: [
          ['queue:a', '1'],
          ['queue:b', '2'],
        ],
      }),
    ),
  ).toBe('ok');
  expect(
    await commitSite(redis, site, commitOf({ from: 1, to: 2, cursor: '6-0', put: [], del: ['queue:a'], channels: [] })),
  ).toBe('ok');
  expect(await loadSite(redis, site)).toEqual({
    commit: 2,
    cursor: '6-0',
    revs: { board: 1, counts: 0, agents: 0, integrity: 0 },
    fields: new Map([['queue:b', '2']]),
  });
  const { frames, board } = await dump();
  expect(frames).toEqual([{ id: expect.any(String), deltas: { board: Buffer.from('a frame') } }]);
  expect(board).toEqual({ 'queues:0': '["a","A"]' });
});

test('[COM17] facts are written with the commit that folded them, and once however often it is sent', async () => {
  const fact = { type: 'gap', source: 's', startAt: 1, endAt: null, cause: 'closed' } as const;
  const commit = commitOf({ facts: [fact] });
  expect([await commitSite(redis, site, commit), await commitSite(redis, site, commit)]).toEqual(['ok', 'already']);
  expect(await commitSite(redis, site, { ...commit, owner: '0:other', from: 1, to: 2 })).toBe('fenced');
  const entries = await redis.xrange(siteKeys(site).facts, '-', '+');
  expect(entries.map(([, fields]) => fields)).toEqual([['f', JSON.stringify([fact])]]);
});

test('[COM2] a rewritten view keeps nothing of the old one, and several channels share one frame', async () => {
  await commitSite(redis, site, commitOf({}));
  const board = {
    channel: 'board',
    rev: 9,
    isRewrite: true,
    put: [['site:0', '["s"]']],
    del: [],
    frame: 'reset',
  } as const;
  const agents = {
    channel: 'agents',
    rev: 3,
    isRewrite: false,
    put: [
      ['agents:0', '["x"]'],
      ['agents:1', '["y"]'],
    ],
    del: ['agents:1'],
    frame: 'AQID',
  } as const;
  expect(await commitSite(redis, site, commitOf({ from: 1, to: 2, channels: [board, agents] }))).toBe('ok');
  const after = await dump();
  expect(after).toMatchObject({ board: { 'site:0': '["s"]' }, agents: { 'agents:0': '["x"]' } });
  expect(Object.keys(after.board as object)).toEqual(['site:0']);
  expect(after.frames).toHaveLength(2);
  expect((await readView(redis, site, 'agents'))?.copy.rev).toBe(3);
});

test('[COM2] a commit larger than a Lua stack is written whole', async () => {
  const put = Array.from({ length: 9_001 }, (_, n) => [`contact:${n}`, `{"n":${n}}`] as const);
  expect(await commitSite(redis, site, commitOf({ put }))).toBe('ok');
  expect((await loadSite(redis, site)).fields).toEqual(new Map(put));
  const del = put.slice(0, 8_500).map(([field]) => field);
  expect(await commitSite(redis, site, commitOf({ from: 1, to: 2, put: [], del }))).toBe('ok');
  expect((await loadSite(redis, site)).fields.size).toBe(501);
});

test('[COM3] the same commit sent again changes nothing and says so, also when only time has passed', async () => {
  for (const commit of [commitOf({}), commitOf({ from: 1, to: 2, cursor: '5-0', put: [['site:', '{}']] })]) {
    expect(await commitSite(redis, site, commit)).toBe('ok');
    const written = await dump();
    expect(await commitSite(redis, site, commit)).toBe('already');
    expect(await dump()).toEqual(written);
  }
});

test('[COM4] the commit of a former owner writes nothing', async () => {
  await commitSite(redis, site, commitOf({}));
  await expire();
  const second = await own('second');
  expect(second.epoch).toBe(lease.epoch + 1);
  const before = await dump();
  expect(await commitSite(redis, site, commitOf({ from: 1, to: 2 }))).toBe('fenced');
  expect(await commitSite(redis, site, commitOf({}))).toBe('fenced');
  expect(await dump()).toEqual(before);
  expect(await commitSite(redis, site, commitOf({ owner: second.owner, from: 1, to: 2 }))).toBe('ok');
});

test('[COM5] a commit that does not continue what is stored writes nothing', async () => {
  await commitSite(redis, site, commitOf({}));
  const before = await dump();
  expect(await commitSite(redis, site, commitOf({ from: 2, to: 3 }))).toBe('gap');
  expect(await dump()).toEqual(before);
});

test('[COM6] a lease is had by one at a time, renewed by its owner and released by nobody else', async () => {
  expect(await acquireLease(redis, keys(), 'second', 60_000)).toEqual({ heldForMs: expect.any(Number) });
  expect(await renewLease(redis, keys(), lease, 60_000)).toBe(true);
  await releaseLease(redis, keys(), { ...lease, token: 'second' });
  expect(await acquireLease(redis, keys(), 'second', 60_000)).toEqual({ heldForMs: expect.any(Number) });
  await releaseLease(redis, keys(), lease);
  const second = await own('second');
  expect(second.epoch).toBe(2);
  expect(await renewLease(redis, keys(), lease, 60_000)).toBe(false);
  await releaseLease(redis, keys(), lease);
  expect(await redis.get(siteKeys(site).lease)).toBe('second');
});

test('[COM6] a holder whose answer was lost may take the lease again; the epoch still rises', async () => {
  expect(await own('first')).toMatchObject({ epoch: 2, owner: '2:first' });
  expect(await renewLease(redis, keys(), lease, 60_000)).toBe(false);
});

test('[COM7] a lease expires by itself; one that nobody has taken since is taken back by a renewal', async () => {
  await own('first', 5);
  let second = await acquireLease(redis, keys(), 'second', 60_000);
  while ('heldForMs' in second) second = await acquireLease(redis, keys(), 'second', 60_000);
  await expire();
  expect(await renewLease(redis, keys(), second, 60_000)).toBe(true);
  expect(await redis.pttl(siteKeys(site).lease)).toBeGreaterThan(50_000);
});

test('[COM7] a look that an outage of Redis has delayed takes no lease, and none is made until a holder had its turn', async () => {
  const standby = await store.connect();
  expect(await acquireLease(standby, keys(), 'second', 60_000)).toEqual({ heldForMs: expect.any(Number) });
  await own('first', 100);
  await redis.client('PAUSE', 400, 'ALL');
  expect(await acquireLease(standby, keys(), 'second', 60_000)).toEqual({ heldForMs: 1_500 });
  // The lease has run out, and nobody has renewed it: a look now would take it.
  expect(await redis.exists(siteKeys(site).lease)).toBe(0);
  const soon = await acquireLease(standby, keys(), 'second', 60_000);
  expect(soon).toEqual({ heldForMs: expect.any(Number) });
  expect((soon as { heldForMs: number }).heldForMs).toBeGreaterThan(1_000);
  expect(await redis.exists(siteKeys(site).lease)).toBe(0);
});

test('[COM14] events are trimmed up to the given entry and frames to a bounded number', async () => {
  await appendBatches(redis, site, toyBatches(3_000));
  const all = await readBatches(redis, site, STREAM_START, { count: 10_000, blockMs: 0 });
  const ids = all.map(({ id }) => id);
  const cursor = ids[2_999] ?? '';
  const trimTo = ids[2_000] ?? '';
  expect(await commitSite(redis, site, commitOf({ cursor, trimTo }))).toBe('ok');
  const left = await readBatches(redis, site, STREAM_START, { count: 10_000, blockMs: 0 });
  // Redis drops whole blocks of entries: what must go may stay a little, what must stay never goes.
  expect(left.length).toBeLessThan(1_500);
  expect(left.slice(-1_000).map(({ id }) => id)).toEqual(ids.slice(2_000));
});

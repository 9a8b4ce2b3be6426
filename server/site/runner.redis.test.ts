import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DomainEvent, EventBatch } from '../../shared/event.ts';
import { channelNames } from '../../shared/view.ts';
import { appendBatches } from '../redis/append.ts';
import type { Redis } from '../redis/client.ts';
import { siteKeys } from '../redis/keys.ts';
import { lastEventId, readBatches, readFrames, readView, STREAM_START } from '../redis/stream.ts';
import { recordingLog, startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import type { CommitReport, SiteRunnerOptions } from './runner.ts';
import { openToyFold, toyBatches, toyState } from './testing-fold.ts';
import { FrameMirror, startToyRunner, type TestRunner, viewOf } from './testing-runner.ts';

let store: TestRedis;
let redis: Redis;
let site: string;
let siteCount = 0;
let runners: TestRunner[];

beforeAll(async () => {
  store = await startTestRedis();
  redis = await store.connect();
});
afterAll(() => store.stop());

beforeEach(() => {
  site = `run-${siteCount++}`;
  runners = [];
  return async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
  };
});

async function start(options: Partial<SiteRunnerOptions> = {}): Promise<TestRunner> {
  const runner = await startToyRunner(store, site, options);
  runners.push(runner);
  return runner;
}

const stored = () => redis.hgetall(siteKeys(site).state);
const allFrames = () => readFrames(redis, site, STREAM_START, { count: 10_000, blockMs: 0 });

test('[COM1] what was appended is folded once, in order, before and while the runner runs', async () => {
  const batches = toyBatches(700);
  await appendBatches(redis, site, batches.slice(0, 300));
  const runner = await start();
  await runner.drain();
  expect(await stored()).toEqual(toyState(batches.slice(0, 300)));
  await appendBatches(redis, site, batches.slice(300));
  await runner.drain();
  expect(await stored()).toEqual(toyState(batches));
  expect(runner.committed()).toMatchObject({ isOwner: true, cursor: await lastEventId(redis, site) });
});

test('[COM8] a take-over writes every view and a reset before any event is folded, with revisions never used before', async () => {
  const first = await start();
  await first.becomes(true);
  expect(await allFrames()).toEqual([
    { id: expect.any(String), deltas: { board: 'reset', counts: 'reset', agents: 'reset', integrity: 'reset' } },
  ]);
  await appendBatches(redis, site, toyBatches(10));
  await first.drain();
  await first.stop();
  const left = first.committed().revs;
  const framesBefore = (await allFrames()).length;
  const second = await start();
  await second.becomes(true);
  const frames = await allFrames();
  expect(frames.slice(framesBefore).map(({ deltas }) => deltas)).toEqual([
    { board: 'reset', counts: 'reset', agents: 'reset', integrity: 'reset' },
  ]);
  for (const channel of channelNames) {
    const rev = (await readView(redis, site, channel))?.copy.rev ?? 0;
    expect(rev).toBeGreaterThan((left[channel] ?? 0) + 500);
    expect(second.committed().revs[channel]).toBe(rev);
  }
});

test('[COM9] deltas, applied in order, give the stored view; each begins where the one before it ended', async () => {
  const mirror = new FrameMirror();
  const reread = (channel: (typeof channelNames)[number]) => readView(redis, site, channel);
  const runner = await start();
  await runner.becomes(true);
  let cursor = STREAM_START;
  for (let round = 0; round < 12; round++) {
    await appendBatches(redis, site, toyBatches(40, round * 40));
    await runner.drain();
    const frames = await readFrames(redis, site, cursor, { count: 1_000, blockMs: 0 });
    cursor = frames.at(-1)?.id ?? cursor;
    await mirror.apply(frames, reread);
    for (const channel of channelNames) expect(mirror.contents(channel)).toEqual(await viewOf(redis, site, channel));
  }
  expect(mirror.complaints).toEqual([]);
  expect(mirror.resets).toBe(channelNames.length);
});

test('[COM9] a table that has mostly become holes is written anew, and followers are told', async () => {
  const membership = (n: number, type: 'membership.changed' | 'membership.ended'): DomainEvent =>
    ({
      type,
      at: n,
      agent: `a${n}`,
      queue: 'q',
      name: 'n',
      device: 'idle',
      paused: false,
      pauseReason: '',
      penalty: 0,
    }) as DomainEvent;
  const batch = (events: DomainEvent[]): EventBatch => ({ v: 1, source: 'toy', receivedAt: 1, events });
  const runner = await start();
  const many = Array.from({ length: 700 }, (_, n) => n);
  for (const type of ['membership.changed', 'membership.ended'] as const) {
    await appendBatches(redis, site, [batch(many.map((n) => membership(n, type)))]);
    await runner.drain();
  }
  await appendBatches(redis, site, [batch([membership(1, 'membership.changed')])]);
  await runner.drain();
  expect((await allFrames()).at(-1)?.deltas).toEqual({ agents: 'reset' });
  expect(await redis.hkeys(siteKeys(site).view('agents'))).toEqual(['agents:0']);
});

test('[COM10] what comes within one tick goes in one commit; a channel without a change has no part in it', async () => {
  const reports: CommitReport[] = [];
  const runner = await start({ tickMs: 200, onCommit: (report) => void reports.push(report) });
  await runner.becomes(true);
  const events = toyBatches(1)[0] as EventBatch;
  const silent = { ...events, events: events.events.filter(({ type }) => type === 'contact.offered') };
  for (let i = 0; i < 5; i++) await appendBatches(redis, site, [silent]);
  await runner.drain();
  const [takeOver, ...rest] = reports;
  expect(takeOver).toMatchObject({ events: 0, entries: 0, lagMs: null });
  // The take-over has just used the tick, so everything waits for the next one.
  expect(rest).toEqual([
    { events: 10, entries: 5, ms: expect.any(Number), bytes: expect.any(Number), lagMs: 1_000_000 },
  ]);
  expect(Object.keys((await allFrames()).at(-1)?.deltas ?? {})).toEqual(['board']);
});

test('[COM11] while Redis refuses a commit it is tried again unchanged; meanwhile only a bounded number is folded', async () => {
  const { log, lines } = recordingLog();
  let folded = 0;
  let tellFull = () => {};
  const isFull = new Promise<void>((resolve) => {
    tellFull = resolve;
  });
  let refuse = false;
  let reader: Redis | undefined;
  const connect: SiteRunnerOptions['connect'] = async (purpose) => {
    const own = await store.connect(purpose);
    if (purpose === 'reader') reader = own;
    const send = own.sendCommand.bind(own);
    own.sendCommand = (command, stream) => {
      if (refuse && command.name === 'evalsha' && command.args.length > 12)
        return Promise.reject(new Error('OOM refused by the test'));
      return send(command, stream);
    };
    return own;
  };
  const fold = openToyFold({
    onReduce() {
      if (++folded === 5_000) tellFull();
    },
  });
  const runner = await start({ connect, log, fold });
  await runner.becomes(true);
  refuse = true;
  const batches = toyBatches(9_000);
  await appendBatches(redis, site, batches);
  await isFull;
  // Round trips on the connection that reads: were it still reading, each would stand behind one more read.
  for (let trip = 0; trip < 100; trip++) await reader?.ping();
  expect(folded).toBeLessThan(7_000);
  expect(await redis.hget(siteKeys(site).meta, 'commit')).toBe('1');
  refuse = false;
  await runner.drain();
  expect(await stored()).toEqual(toyState(batches));
  expect(lines.filter(({ msg }) => msg === 'site.commitFailed')).toHaveLength(1);
});

test('[COM12] a bad entry, and an event that the fold cannot bear, are counted and passed', async () => {
  const anomalies: string[] = [];
  const { log, lines } = recordingLog();
  const fold = openToyFold({
    onReduce(event) {
      if (event.type === 'contact.offered' && event.call === 'c3') throw new Error('cannot bear c3');
    },
    onAdvance() {
      if (anomalies.length === 0) throw new Error('cannot bear time');
    },
  });
  const runner = await start({ fold, log, onAnomaly: (kind) => void anomalies.push(kind) });
  await redis.xadd(siteKeys(site).events, '*', 'b', 'nonsense');
  const batches = toyBatches(10);
  await appendBatches(redis, site, batches);
  await redis.xadd(siteKeys(site).events, '*', 'b', 'nonsense at the end');
  await runner.drain();
  expect(anomalies.toSorted()).toEqual(
    expect.arrayContaining(['fold.failed:contact.offered', 'stream.badEntry', 'stream.badEntry']),
  );
  const without = batches.map((batch) => ({
    ...batch,
    events: batch.events.filter((event) => !('call' in event && event.call === 'c3')),
  }));
  expect(await stored()).toMatchObject({ ...toyState(without), 'anomaly:stream.badEntry': '2' });
  expect(lines.map(({ msg }) => msg)).toContain('stream.badEntry');
});

test('[COM12] a fold that fails outside an event gives the site up and starts over from what is stored', async () => {
  const { log, lines } = recordingLog();
  let isBroken = true;
  const fold = openToyFold({
    onDrain() {
      if (isBroken) throw new Error('projection is broken');
    },
  });
  const broken = await start({ fold, log });
  const batches = toyBatches(20);
  await appendBatches(redis, site, batches);
  const healthy = await start();
  await healthy.becomes(true);
  await healthy.drain();
  expect(await stored()).toEqual(toyState(batches));
  expect(broken.committed().isOwner).toBe(false);
  expect(lines.map(({ msg }) => msg)).toContain('site.projectionFailed');
  isBroken = false;
  await healthy.stop();
  await broken.drain();
  await broken.becomes(true);
});

test('[COM12] a hook that throws ends the ownership, not the process, and the site is taken up again', async () => {
  let thrown = 0;
  const runner = await start({
    onCommit() {
      if (thrown++ === 1) throw new Error('broken hook');
    },
  });
  await runner.becomes(true);
  const over = runner.becomes(false);
  await appendBatches(redis, site, toyBatches(10));
  await over;
  await runner.becomes(true);
  await appendBatches(redis, site, toyBatches(10, 10));
  await runner.drain();
  expect(await stored()).toEqual(toyState(toyBatches(20)));
});

test('[COM13] while entries wait, time follows them; only then does it follow the wall clock', async () => {
  const batches = toyBatches(300);
  await appendBatches(redis, site, batches);
  const total = batches.flatMap(({ events }) => events).length;
  const instants: { wallNow: number; isBehind: boolean }[] = [];
  let reduced = 0;
  const fold = openToyFold({
    onReduce: () => void reduced++,
    onAdvance: (wallNow) => void instants.push({ wallNow, isBehind: reduced < total }),
  });
  const runner = await start({ fold, now: () => 5_000_000 });
  await runner.drain();
  await appendBatches(redis, site, toyBatches(1, 300));
  await runner.drain();
  const newest = batches.at(-1)?.receivedAt ?? 0;
  const behind = instants.filter(({ isBehind }) => isBehind);
  expect(behind.length).toBeGreaterThan(0);
  expect(behind.filter(({ wallNow }) => wallNow > newest)).toEqual([]);
  expect(instants.at(-1)?.wallNow).toBe(5_000_000);
});

test('[COM14] events behind the cursor are kept for the window and no longer; what is not folded is never trimmed', async () => {
  const batches = toyBatches(2_000);
  await appendBatches(redis, site, batches);
  const keeping = await start();
  await keeping.drain();
  await keeping.stop();
  expect(await redis.xlen(siteKeys(site).events)).toBe(2_000);
  const trimming = await start({ keepEventsMs: 0 });
  await trimming.becomes(true);
  await trimming.drain();
  const left = await readBatches(redis, site, STREAM_START, { count: 10_000, blockMs: 0 });
  const newestMs = left.at(-1)?.id.split('-')[0];
  // The newest millisecond stays, and Redis drops whole blocks, so a part of one more may stay.
  expect(left.filter(({ id }) => id.split('-')[0] !== newestMs).length).toBeLessThan(100);
  expect(left.at(-1)?.batch).toEqual(batches.at(-1));
  expect(await stored()).toEqual(toyState(batches));
});

test('[COM15] a stop commits what is folded, lets the next one in at once and drains nothing more', async () => {
  const batches = toyBatches(30);
  const total = batches.flatMap(({ events }) => events).length;
  let folded = 0;
  let tellFolded = () => {};
  const isFolded = new Promise<void>((resolve) => {
    tellFolded = resolve;
  });
  const fold = openToyFold({ onReduce: () => ++folded === total && tellFolded() });
  const runner = await start({ tickMs: 60_000, fold });
  await runner.becomes(true);
  await appendBatches(redis, site, batches);
  await isFolded;
  expect(await stored()).toEqual({});
  await runner.stop();
  expect(await stored()).toEqual(toyState(batches));
  expect(await redis.exists(siteKeys(site).lease)).toBe(0);
  await expect(runner.drain()).rejects.toThrow();
});

test('[COM16] an idle site writes nothing', async () => {
  let advanced = 0;
  let tellIdle = () => {};
  const isIdle = new Promise<void>((resolve) => {
    tellIdle = resolve;
  });
  const runner = await start({ fold: openToyFold({ onAdvance: () => ++advanced === 2 && tellIdle() }) });
  await runner.becomes(true);
  const before = [await redis.hgetall(siteKeys(site).meta), await allFrames()];
  await isIdle;
  expect([await redis.hgetall(siteKeys(site).meta), await allFrames()]).toEqual(before);
});

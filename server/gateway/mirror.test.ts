import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyFrame, emptyCopy, encodeDelta, type Frame } from '../../shared/frame.ts';
import { type Channel, channelNames, column } from '../../shared/view.ts';
import { createLogger } from '../log.ts';
import { type Mirror, startMirror } from './mirror.ts';
import { rowOf, TestFeed } from './testing-feed.ts';

const log = createLogger({ level: 'silent', format: 'text', write: () => {} });
const WAITING = column('queues', 'waiting');

let wallNow: number;
let feed: TestFeed;
let mirror: Mirror;
let told: (readonly [Channel, number | 'reset'])[];

beforeEach(async () => {
  wallNow = 1_000_000;
  told = [];
  feed = new TestFeed(() => wallNow);
});

afterEach(() => mirror.stop());

async function start(): Promise<void> {
  mirror = startMirror({
    feeds: new Map([['main', feed]]),
    now: () => wallNow,
    log,
    onCommit: (_site, frames) => {
      for (const { channel, rev } of frames) told.push([channel, rev]);
    },
    onReset: (_site, channel) => told.push([channel, 'reset']),
  });
  await feed.idle();
}

/** Made at 501 from a view of 500. */
const waitingDelta = (from: number, waiting: number, at = 501): Frame =>
  encodeDelta({ channel: 'board', rev: from, at: 500 }, from + 1, at, {
    queues: { add: [], set: [[0, [], rowOf('queues', { name: 'Sales', waiting })]], del: [] },
  });
const snapshotNow = () => {
  const copy = emptyCopy('board');
  const frame = mirror.snapshot('main', 'board');
  if (frame) applyFrame(copy, frame);
  return copy;
};
const setBoard = (rev: number, waiting: number) =>
  feed.setView('board', rev, 500, { queues: [['sales', { name: 'Sales', waiting }]] });
const waitingNow = (): unknown =>
  [...(mirror.view('main', 'board')?.rows('queues') ?? [])].map(([, row]) => row[WAITING]);

test('[MI1] the view is read once and frames that follow it apply in order', async () => {
  setBoard(7, 1);
  await start();
  feed.push({ board: waitingDelta(7, 2) });
  feed.push({ board: waitingDelta(8, 3) });
  await feed.idle();
  expect(waitingNow()).toEqual([3]);
  expect(mirror.revs()).toEqual([
    { site: 'main', channel: 'board', rev: 9 },
    { site: 'main', channel: 'counts', rev: 0 },
    { site: 'main', channel: 'agents', rev: 0 },
    { site: 'main', channel: 'integrity', rev: 0 },
  ]);
  expect(told).toEqual([
    ['board', 'reset'],
    ['board', 8],
    ['board', 9],
  ]);
  expect(feed.viewReads).toBe(channelNames.length);
});

test.each([
  ['a frame of another revision', () => feed.push({ board: waitingDelta(9, 99) })],
  ['a frame that cannot be read', () => feed.push({ board: Buffer.from([4 * 8, 0, 250]) })],
  ['a reset', () => feed.push({ board: 'reset' })],
  ['a failed read', () => feed.fail(new Error('LOADING'))],
])('[MI1] after %s the view is read again', async (_what, happen) => {
  setBoard(7, 1);
  await start();
  setBoard(30, 5);
  happen();
  await feed.idle();
  expect(waitingNow()).toEqual([5]);
  expect(snapshotNow().rev).toBe(30);
  expect(told).toEqual([
    ['board', 'reset'],
    ['board', 'reset'],
  ]);
  expect(mirror.lagReason('main')).toBeNull();
});

test('[MI2] frames that the view already holds are skipped, for each channel by its own cursor', async () => {
  setBoard(1, 1);
  feed.setView('agents', 1, 500, {});
  feed.push({ board: waitingDelta(1, 2) });
  feed.push({ board: waitingDelta(2, 3), agents: encodeDelta({ channel: 'agents', rev: 1, at: 500 }, 2, 502, {}) });
  setBoard(3, 3);
  await start();
  expect(waitingNow()).toEqual([3]);
  expect(told).toEqual([
    ['board', 'reset'],
    ['agents', 'reset'],
    ['agents', 2],
  ]);
});

test('[MI2] a store that lost its newest second is believed again, also where revisions went back', async () => {
  setBoard(105, 9);
  await start();
  setBoard(101, 2);
  feed.push({ board: waitingDelta(100, 2) });
  await feed.idle();
  expect(snapshotNow().rev).toBe(101);
  expect(waitingNow()).toEqual([2]);
});

test('[MI6] what one commit changed is told at once, with the copies already there', async () => {
  setBoard(1, 1);
  const commits: unknown[] = [];
  feed.setView('agents', 1, 500, {});
  mirror = startMirror({
    feeds: new Map([['main', feed]]),
    now: () => wallNow,
    log,
    onCommit: (_site, frames) => commits.push([frames.map(({ channel, rev }) => [channel, rev]), snapshotNow().rev]),
    onReset: () => {},
  });
  await feed.idle();
  feed.push({ board: waitingDelta(1, 2), agents: encodeDelta({ channel: 'agents', rev: 1, at: 500 }, 2, 501, {}) });
  await feed.idle();
  expect(commits).toEqual([
    [
      [
        ['board', 2],
        ['agents', 2],
      ],
      2,
    ],
  ]);
});

test('[MI3] a snapshot is built once per revision', async () => {
  setBoard(1, 1);
  await start();
  const first = mirror.snapshot('main', 'board');
  expect(first).not.toBeNull();
  expect(mirror.snapshot('main', 'board')).toBe(first);
  feed.push({ board: waitingDelta(1, 4) });
  await feed.idle();
  const second = mirror.snapshot('main', 'board');
  expect(second).not.toBe(first);
  expect(snapshotNow()).toMatchObject({ rev: 2, at: 501 });
});

test('[MI4] before the first commit there is nothing; the first frame brings the view', async () => {
  await start();
  expect(mirror.snapshot('main', 'board')).toBeNull();
  expect(mirror.view('main', 'board')).toMatchObject({ rev: 0, at: null, committedAt: null });
  expect(mirror.lagReason('main')).toBe('the site has no first commit yet');
  setBoard(1, 1);
  feed.push({ board: 'reset' });
  await feed.idle();
  expect(waitingNow()).toEqual([1]);
  expect(mirror.lagReason('main')).toBeNull();
  expect(mirror.view('other', 'board')).toBeNull();
});

test('[MI5] silence of the store is told as lag', async () => {
  setBoard(1, 1);
  await start();
  feed.push({ board: waitingDelta(1, 2) });
  await feed.idle();
  wallNow += 4_999;
  expect(mirror.lagReason('main')).toBeNull();
  wallNow += 2_000;
  expect(mirror.lagReason('main')).toBe('Redis did not answer for 7 s');
});

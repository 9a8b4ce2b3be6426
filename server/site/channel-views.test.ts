import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Row } from '../../shared/delta.ts';
import { applyFrame, type ChannelCopy, emptyCopy, readHead } from '../../shared/frame.ts';
import { type Channel, channelNames, TABLES } from '../../shared/view.ts';
import { ChannelViews, type ChannelWrite, type Rows } from './channel-views.ts';

const TICK_MS = 1_000;
const revs = Object.fromEntries(channelNames.map((name) => [name, 0])) as Record<Channel, number>;
const slowAgents = { ...Object.fromEntries(channelNames.map((name) => [name, 0])), agents: TICK_MS } as typeof revs;
const views = () => new ChannelViews(revs, slowAgents);

const row = (answered: number): Row => TABLES.agents.map((name) => (name === 'answered' ? answered : null));
const agents = (...rows: [id: string, answered: number | undefined][]): Rows => ({
  agents: rows.map(([id, answered]) => [id, answered === undefined ? undefined : row(answered)]),
});
const none = (): Rows => ({});

/** What Redis holds of a view, and what a follower of its frames has. */
class Follower {
  readonly stored = new Map<string, unknown>();
  copy: ChannelCopy = emptyCopy('agents');

  take(writes: readonly ChannelWrite[]): void {
    for (const { channel, rev, isRewrite, put, del, frame } of writes) {
      if (channel !== 'agents') continue;
      if (isRewrite) this.stored.clear();
      for (const [field, json] of put) this.stored.set(field, JSON.parse(json));
      for (const field of del) this.stored.delete(field);
      if (frame !== 'reset') applyFrame(this.copy, Buffer.from(frame, 'base64'));
      else this.copy = { ...emptyCopy('agents'), rev, at: 1 };
    }
  }

  get followed(): Map<string, unknown> {
    return new Map(this.copy.tables.agents?.indexed().map(([i, id, cells]) => [`agents:${i}`, [id, ...cells]]));
  }
}

test('[COM18] the first change after a quiet tick goes at once, the rest of the tick goes together, newest rows only', () => {
  const channels = views();
  channels.takeOver(none(), 1);
  expect(channels.update(agents(['a', 1]), 1, 5_000, none)).toMatchObject([{ rev: 1_001, isRewrite: false }]);
  expect(channels.heldForMs(5_000)).toBe(Number.POSITIVE_INFINITY);
  expect(channels.update(agents(['a', 2], ['b', 1]), 2, 5_300, none)).toEqual([]);
  expect(channels.update(agents(['a', 3]), 3, 5_900, none)).toEqual([]);
  expect(channels.heldForMs(5_900)).toBe(100);
  const [write, ...others] = channels.update(none(), 4, 6_000, none);
  expect(others).toEqual([]);
  expect(Object.fromEntries(write?.put.map(([field, json]) => [field, JSON.parse(json)]) ?? [])).toEqual({
    'agents:0': ['a', ...row(3)],
    'agents:1': ['b', ...row(1)],
  });
  expect(readHead(Buffer.from(write?.frame ?? '', 'base64'))).toEqual({ from: 1_001, to: 1_002 });
  expect(channels.heldForMs(6_000)).toBe(Number.POSITIVE_INFINITY);
});

test('[COM18] what changed and changed back within the tick is no change, and does not use the next tick up', () => {
  const channels = views();
  channels.takeOver(agents(['a', 1]), 1);
  channels.update(agents(['a', 2]), 1, 0, none);
  channels.update(agents(['a', 3]), 1, 100, none);
  channels.update(agents(['a', 2]), 1, 200, none);
  expect(channels.update(none(), 1, 1_000, none)).toEqual([]);
  expect(channels.update(agents(['a', 4]), 1, 1_100, none)).toHaveLength(1);
});

test('[COM18] a flush waits for nothing, and a take-over has everything in its views', () => {
  const channels = views();
  channels.takeOver(none(), 1);
  channels.update(agents(['a', 1]), 1, 0, none);
  channels.update(agents(['a', 2]), 1, 10, none);
  expect(channels.holdsRows).toBe(true);
  expect(channels.update(none(), 1, 20, none, true)).toMatchObject([{ put: [['agents:0', expect.any(String)]] }]);
  channels.update(agents(['a', 3]), 1, 30, none);
  const [rewrite] = channels.takeOver(agents(['a', 3]), 1).filter(({ channel }) => channel === 'agents');
  expect(rewrite).toMatchObject({ isRewrite: true, frame: 'reset' });
  expect(channels.holdsRows).toBe(false);
});

const step = fc.record({
  rows: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.option(fc.nat(3), { nil: undefined })), { maxLength: 3 }),
  afterMs: fc.constantFrom(0, 50, 400, 1_000),
  isFlush: fc.boolean(),
});

test('[COM18][COM9] whatever is held when, what is stored and what followers have are the same after every write', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const channels = views();
      const follower = new Follower();
      const wanted = new Map<string, number>();
      let now = 0;
      follower.take(channels.takeOver(none(), 1));
      for (const { rows, afterMs, isFlush } of steps) {
        now += afterMs;
        for (const [id, answered] of rows) {
          if (answered === undefined) wanted.delete(id);
          else wanted.set(id, answered);
        }
        follower.take(channels.update(agents(...new Map(rows)), now, now, none, isFlush));
        expect(follower.followed).toEqual(follower.stored);
      }
      follower.take(channels.update(none(), now, now, none, true));
      const shown = [...follower.stored.values()].map((stored) => stored as [string, ...Row]);
      expect(Object.fromEntries(shown.map(([id, ...cells]) => [id, cells]))).toEqual(
        Object.fromEntries(Array.from(wanted, ([id, answered]) => [id, row(answered)])),
      );
    }),
    { numRuns: 300 },
  );
});

/** Rules: docs/spec/commit.md. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startStoreClock } from './clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Redis' clock: so far ahead of the monotonic one, and an answer that takes so long. */
function fakeStore() {
  const store = { aheadMs: 1_700_000_000_000, wayMs: 0, isAway: false };
  const time = async () => {
    if (store.isAway) throw new Error('away');
    const now = performance.now() + store.aheadMs + store.wayMs / 2;
    vi.advanceTimersByTime(store.wayMs);
    return [String(Math.floor(now / 1_000)), String(Math.round((now % 1_000) * 1_000))];
  };
  return { store, redis: { time: time as never } };
}

test('[TIME1] goes by the clock of Redis, whatever the machine says, and never back by the noise of an answer', async () => {
  const { store, redis } = fakeStore();
  const clock = await startStoreClock(redis);
  const truth = () => Math.round(performance.now() + store.aheadMs);
  expect(clock.now()).toBe(truth());
  vi.setSystemTime(Date.now() - 90_000);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(clock.now()).toBe(truth());
  store.aheadMs -= 4;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(clock.now()).toBe(truth() + 4);
  clock.stop();
});

test('[TIME2] follows a clock of Redis that was set, but no answer that was long on its way, and goes on while it is away', async () => {
  const { store, redis } = fakeStore();
  const clock = await startStoreClock(redis);
  const truth = () => Math.round(performance.now() + store.aheadMs);
  store.aheadMs -= 60_000;
  store.isAway = true;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(clock.now()).toBe(truth() + 60_000);
  store.isAway = false;
  store.wayMs = 400;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(clock.now()).toBe(truth() + 60_000);
  store.wayMs = 20;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(clock.now()).toBe(truth());
  clock.stop();
});

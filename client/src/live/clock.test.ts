import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { elapsedMs, ServerClock, SiteClock } from './clock.ts';
import { SecondTicker } from './ticker.ts';

test('one late tip does not move the server clock', () => {
  let local = 1_000;
  const clock = new ServerClock(() => local, 0);
  for (const delay of [20, 22, 18, 900, 21, 19]) {
    clock.sample(local + 50_000 - delay);
    local += 2_000;
  }
  expect(clock.now()).toBeCloseTo(local + 50_000 - 20.5, 5);
});

test('a jump of a clock is followed at once', () => {
  let local = 0;
  const clock = new ServerClock(() => local, 0);
  clock.sample(100_000);
  local += 2_000;
  clock.sample(202_000);
  expect(clock.now()).toBe(202_000);
});

test('law: server time never leaves the range of its newest samples', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 15 }), (delays) => {
      const clock = new ServerClock(() => 0, 1_000_000);
      for (const delay of delays) clock.sample(1_000_000 - delay);
      expect(clock.now()).toBeLessThanOrEqual(1_000_000 - Math.min(...delays));
      expect(clock.now()).toBeGreaterThanOrEqual(1_000_000 - Math.max(...delays));
    }),
  );
});

test('site time is server time and what the server says lies between', () => {
  let local = 0;
  const server = new ServerClock(() => local, 0);
  server.sample(1_000_000);
  const site = new SiteClock(server);
  expect(site.now()).toBe(1_000_000);
  site.offsetMs = 90_000;
  local += 5_000;
  expect(site.now()).toBe(1_095_000);
});

test('broken instants are ignored and durations are never negative', () => {
  const server = new ServerClock(() => 0, 5_000);
  server.sample(Number.NaN);
  expect(server.now()).toBe(5_000);
  expect(server.isSet).toBe(false);
  expect(elapsedMs(10_000, 4_000)).toBe(0);
  expect(elapsedMs(4_000, 10_000)).toBe(6_000);
});

test('one timer serves every listener, aligned to the second, and stops with the last', () => {
  let now = 10_400;
  const armed: { run: () => void; ms: number }[] = [];
  const clear = vi.fn();
  const ticker = new SecondTicker(() => now, { set: (run, ms) => armed.push({ run, ms }), clear });
  const [a, b] = [vi.fn(), vi.fn()];
  const stopA = ticker.subscribe(a);
  const stopB = ticker.subscribe(b);
  expect(armed).toHaveLength(1);
  expect(armed[0]?.ms).toBe(605);
  now = 11_005;
  armed[0]?.run();
  expect([a.mock.calls.length, b.mock.calls.length, ticker.second()]).toEqual([1, 1, 11]);
  stopA();
  expect(clear).not.toHaveBeenCalled();
  stopB();
  expect(clear).toHaveBeenCalledTimes(1);
});

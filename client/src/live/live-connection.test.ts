import { expect, test, vi } from 'vitest';
import type { Cell } from '../../../shared/view.ts';
import { FakeChannel, rowOf } from '../testing/fake-server.ts';
import { LiveSocketPair } from '../testing/live-socket-pair.ts';
import { LiveConnection } from './live-connection.ts';
import { createReloadGuard } from './reload-guard.ts';

function setUp() {
  const clock = { local: 0 };
  const socket = new LiveSocketPair();
  const reload = vi.fn();
  const connection = new LiveConnection({
    socket,
    now: () => clock.local,
    wallNow: () => 1_000_000,
    nextFrame: (run) => run(),
    reload,
  });
  return { clock, socket, connection, reload };
}

test('every connect asks for every open channel again', () => {
  const { socket, connection } = setUp();
  connection.open('main', 'board');
  connection.open('main', 'agents');
  connection.start();
  expect(socket.asked.map(({ channel }) => channel)).toEqual(['board', 'agents']);
  expect(connection.stateOf('main')).toBe('connected');
  socket.drop();
  expect(connection.stateOf('main')).toBe('disconnected');
  socket.connect();
  expect(socket.asked).toHaveLength(4);
});

test('a channel opened twice is joined once', () => {
  const { socket, connection } = setUp();
  connection.start();
  expect(connection.open('main', 'agents')).toBe(connection.open('main', 'agents'));
  expect(socket.asked).toHaveLength(1);
});

test('snapshot, deltas and tips reach their own store and nobody else', () => {
  const { socket, connection, clock } = setUp();
  const main = connection.open('main', 'agents');
  const other = connection.open('other', 'agents');
  connection.start();
  const server = new FakeChannel('agents');
  socket.sendSnapshot('main', 'agents', server.snapshot(500));
  socket.sendDelta('main', 'agents', server.commit({ agents: [['a', rowOf('agents', { name: 'Ann' })]] }, 1_090_000));
  socket.sendTip({ serverAt: 1_000_000, revs: [{ site: 'main', channel: 'agents', rev: 1 }] });
  expect(main.rev).toBeNull();
  socket.flush();
  expect(main.rev).toBe(1);
  expect(other.rev).toBeNull();
  expect(connection.serverClock.now()).toBe(1_000_000);
  clock.local += 3_000;
  expect(connection.lastTipAt).toBe(1_000_000);
});

test('site time follows the offset in the site row, however old the commit that carries it', () => {
  const { socket, connection, clock } = setUp();
  const DAY = 86_400_000;
  connection.open('main', 'board');
  connection.start();
  const server = new FakeChannel('board');
  const siteRow = (clockOffsetMs: Cell) => ({ site: [['main', rowOf('site', { clockOffsetMs })]] }) as const;
  server.commit(siteRow(-DAY), 1_000_000 - DAY);
  socket.sendTip({ serverAt: 1_000_000, revs: [] });
  socket.flush();
  expect(connection.siteClock('main').now()).toBe(1_000_000);
  // An idle site after a replayed recording: the last commit was made hours ago.
  socket.sendSnapshot('main', 'board', server.snapshot(1_000_000 - DAY - 7_200_000));
  socket.flush();
  clock.local += 5_000;
  expect(connection.siteClock('main').now()).toBe(1_005_000 - DAY);
  expect(connection.siteClock('other').now()).toBe(1_005_000);
  socket.sendDelta('main', 'board', server.commit(siteRow(300), 1_005_000));
  socket.flush();
  expect(connection.siteClock('main').now()).toBe(1_005_300);
  socket.sendDelta('main', 'board', server.commit(siteRow('soon'), 1_005_000));
  socket.flush();
  expect(connection.siteClock('main').now()).toBe(1_005_000);
});

test('a delta lost on the way ends in a new snapshot', () => {
  const { socket, connection } = setUp();
  const store = connection.open('main', 'agents');
  connection.start();
  const server = new FakeChannel('agents');
  socket.sendSnapshot('main', 'agents', server.snapshot(0));
  socket.flush();
  server.commit({ agents: [['a', rowOf('agents', { name: 'Ann' })]] }, 1);
  socket.sendDelta('main', 'agents', server.commit({ agents: [['b', rowOf('agents', { name: 'Bo' })]] }, 2));
  socket.flush();
  expect(socket.asked).toHaveLength(2);
  socket.sendSnapshot('main', 'agents', server.snapshot(2));
  socket.flush();
  expect(store.tables.agents?.size).toBe(2);
});

test('a refused site is said so, and a later connect may succeed', () => {
  const { socket, connection } = setUp();
  socket.answer = { ok: false, code: 'unknown_site', message: 'no' };
  connection.open('nowhere', 'board');
  connection.start();
  expect([connection.stateOf('nowhere'), connection.refusal('nowhere')]).toEqual(['refused', 'unknown_site']);
  socket.answer = { ok: true };
  socket.drop();
  expect([connection.stateOf('nowhere'), connection.refusal('nowhere')]).toEqual(['disconnected', null]);
  socket.connect();
  expect([connection.stateOf('nowhere'), connection.refusal('nowhere')]).toEqual(['connected', null]);
});

test('a server that lets nobody in is said so for every site, until it does', () => {
  const { socket, connection } = setUp();
  connection.open('main', 'board');
  connection.start();
  socket.deny('auth.needed');
  expect([connection.stateOf('main'), connection.refusal('main')]).toEqual(['refused', 'auth.needed']);
  socket.drop();
  expect([connection.stateOf('main'), connection.refusal('main')]).toEqual(['disconnected', null]);
  socket.deny('auth.needed');
  socket.connect();
  expect([connection.stateOf('main'), connection.refusal('main')]).toEqual(['connected', null]);
});

test('while the site is not known nothing is asked for, so that nothing is refused', () => {
  const { socket, connection } = setUp();
  socket.answer = { ok: false, code: 'request.invalid', message: 'no' };
  connection.open('', 'board').resync();
  connection.start();
  connection.open('', 'agents');
  expect(socket.asked).toEqual([]);
  expect(connection.refusal('')).toBeNull();
});

test('a refusal belongs to its site alone, and a snapshot ends it', () => {
  const { socket, connection } = setUp();
  connection.start();
  socket.answer = { ok: false, code: 'request.tooMany', message: 'no' };
  const told = vi.fn();
  connection.subscribe(told);
  connection.open('main', 'board');
  expect(told).toHaveBeenCalledTimes(1);
  expect(connection.stateOf('main')).toBe('refused');
  expect([connection.stateOf('other'), connection.refusal('other')]).toEqual(['connected', null]);
  const server = new FakeChannel('board');
  socket.sendSnapshot('other', 'board', server.snapshot(0));
  socket.flush();
  expect(connection.refusal('main')).toBe('request.tooMany');
  socket.sendSnapshot('main', 'board', server.snapshot(0));
  socket.flush();
  expect([connection.stateOf('main'), connection.refusal('main')]).toEqual(['connected', null]);
  expect(told).toHaveBeenCalledTimes(2);
});

test('[SO10] what a server refused that had just started is asked for again with its next tip, until it is granted', () => {
  const { socket, connection } = setUp();
  socket.answer = { ok: false, code: 'site.unknown', message: 'no' };
  connection.open('main', 'board');
  connection.start();
  expect(connection.refusal('main')).toBe('site.unknown');
  const tip = () => {
    socket.sendTip({ serverAt: 1_000_000, revs: [] });
    socket.flush();
  };
  tip();
  expect([socket.asked.length, connection.refusal('main')]).toEqual([2, 'site.unknown']);
  socket.answer = { ok: true };
  tip();
  expect([socket.asked.length, connection.stateOf('main')]).toEqual([3, 'connected']);
  tip();
  expect(socket.asked).toHaveLength(3);
});

test('a tab that slept asks again, one that was away for a moment does not', () => {
  const { socket, connection, clock } = setUp();
  connection.open('main', 'board');
  connection.start();
  connection.setVisible(false);
  clock.local += 1_000;
  connection.setVisible(true);
  expect(socket.asked).toHaveLength(1);
  connection.setVisible(false);
  clock.local += 60_000;
  connection.setVisible(true);
  expect(socket.asked).toHaveLength(2);
  socket.drop();
  connection.setVisible(true);
  expect(socket.connected).toBe(true);
});

test('another protocol version reloads the page', () => {
  const { socket, connection, reload } = setUp();
  connection.start();
  socket.sendReload(2);
  socket.flush();
  expect(reload).toHaveBeenCalledWith(2);
});

test('the reload guard never loops: it waits a minute before the second try for the same version', () => {
  const memory = new Map<string, string>();
  const reload = vi.fn();
  const waiting: { run: () => void; ms: number }[] = [];
  let now = 1_000_000;
  const page = () =>
    createReloadGuard({
      storage: { getItem: (key) => memory.get(key) ?? null, setItem: (key, value) => memory.set(key, value) },
      now: () => now,
      reload,
      later: (run, ms) => waiting.push({ run, ms }),
    });
  page()(2);
  expect(reload).toHaveBeenCalledTimes(1);
  now += 1_000;
  const second = page();
  second(2);
  second(2);
  expect(reload).toHaveBeenCalledTimes(1);
  expect(waiting.map(({ ms }) => ms)).toEqual([59_000]);
  now += 59_000;
  waiting[0]?.run();
  expect(reload).toHaveBeenCalledTimes(2);
  page()(3);
  expect(reload).toHaveBeenCalledTimes(3);
});

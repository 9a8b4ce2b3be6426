import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { encodeWhole, type Frame } from '../../../shared/frame.ts';
import type { Cell } from '../../../shared/view.ts';
import { FakeChannel, rowOf } from '../testing/fake-server.ts';
import { ChannelStore } from './channel-store.ts';

const agentRow = (name: string, answered: Cell) => rowOf('agents', { name, answered });

function setUp() {
  const server = new FakeChannel('agents', 3);
  const frames: (() => void)[] = [];
  const ask = vi.fn();
  const store = new ChannelStore({
    site: 'main',
    channel: 'agents',
    askSnapshot: ask,
    nextFrame: (run) => frames.push(run),
    now: () => 0,
  });
  const paint = () => {
    for (const run of frames.splice(0)) run();
  };
  return { server, store, ask, paint };
}

const content = (table: { entries(): Iterable<[string, readonly unknown[]]> } | undefined) =>
  Object.fromEntries([...(table?.entries() ?? [])]);

test('deltas before the snapshot wait, those it contains are dropped, later ones follow', () => {
  const { server, store } = setUp();
  const first = server.commit({ agents: [['a', agentRow('Ann', 1)]] }, 1);
  const snapshot = server.snapshot(1);
  const second = server.commit({ agents: [['b', agentRow('Bo', 2)]] }, 2);
  store.receive(first);
  store.receive(second);
  expect(store.rev).toBeNull();
  store.receive(snapshot);
  expect(store.rev).toBe(5);
  expect(content(store.tables.agents)).toEqual(content(server.tables.agents));
});

test('a gap asks for a snapshot once and keeps the old copy readable', () => {
  const { server, store, ask } = setUp();
  store.receive(server.snapshot(0));
  server.commit({ agents: [['lost', agentRow('Lost', 1)]] }, 1);
  store.receive(server.commit({ agents: [['a', agentRow('Ann', 1)]] }, 2));
  store.receive(server.commit({ agents: [['b', agentRow('Bo', 1)]] }, 3));
  expect(ask).toHaveBeenCalledTimes(1);
  expect(store.rev).toBe(3);
  store.receive(server.snapshot(3));
  expect(content(store.tables.agents)).toEqual(content(server.tables.agents));
  expect(store.outOfStepMs).toBe(0);
});

test('one tip ahead is patience, the second one asks', () => {
  const { server, store, ask } = setUp();
  store.receive(server.snapshot(0));
  store.receiveTip(4);
  expect(ask).not.toHaveBeenCalled();
  store.receiveTip(4);
  expect(ask).toHaveBeenCalledTimes(1);
});

test('a busy channel is not behind when it reached the tip before last', () => {
  const { server, store, ask } = setUp();
  store.receive(server.snapshot(0));
  for (let i = 0; i < 5; i++) {
    store.receiveTip(server.rev + 1);
    store.receive(server.commit({ agents: [['a', agentRow('Ann', i)]] }, i));
  }
  expect(ask).not.toHaveBeenCalled();
});

test('a server that went back is asked for its truth', () => {
  const { server, store, ask } = setUp();
  store.receive(server.snapshot(0));
  store.receiveTip(1);
  store.receiveTip(1);
  expect(ask).toHaveBeenCalledTimes(1);
  server.rev = 1;
  store.receive(encodeWhole(server));
  expect(store.rev).toBe(1);
});

test('an unanswered question is asked again', () => {
  const { store, ask } = setUp();
  store.resync();
  for (let i = 0; i < 3; i++) store.receiveTip(9);
  expect(ask).toHaveBeenCalledTimes(2);
});

test('what is no frame at all is answered by asking', () => {
  const { server, store, ask } = setUp();
  store.receive(server.snapshot(0));
  store.receive(new Uint8Array([200]));
  expect(ask).toHaveBeenCalledTimes(1);
  store.receive(server.snapshot(0));
  expect(store.outOfStepMs).toBe(0);
});

test('readers are told once per frame and see one state in between', () => {
  const { server, store, paint } = setUp();
  const listener = vi.fn();
  store.subscribe(listener);
  store.receive(server.snapshot(0));
  for (let i = 0; i < 10; i++) store.receive(server.commit({ agents: [['a', agentRow('Ann', i)]] }, i));
  const before = store.version();
  expect(listener).not.toHaveBeenCalled();
  paint();
  expect(listener).toHaveBeenCalledTimes(1);
  expect(store.version()).toBe(before + 1);
});

/** What the network does with a message. */
const fate = fc.constantFrom('deliver', 'lose', 'double', 'late' as const);
const change = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  value: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
  fate,
});

test('law: whatever is lost, doubled or late, a resync ends with the tables of the server', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const server = new FakeChannel('agents');
      let isAsked = false;
      const store = new ChannelStore({
        site: 'main',
        channel: 'agents',
        askSnapshot: () => {
          isAsked = true;
        },
        nextFrame: (run) => run(),
        now: () => 0,
      });
      store.resync();
      let late: Frame[] = [];
      for (const { id, value, fate } of changes) {
        const row = value === undefined ? undefined : agentRow(id, value);
        const delta = server.commit({ agents: [[id, row]] }, 1);
        if (fate === 'late') late.push(delta);
        if (fate === 'deliver' || fate === 'double') store.receive(delta);
        if (fate === 'double') store.receive(delta);
        if (isAsked && fate === 'deliver') {
          isAsked = false;
          store.receive(server.snapshot(1));
        }
        if (late.length > 2) {
          for (const old of late.reverse()) store.receive(old);
          late = [];
        }
      }
      // Quiet at last: tips tell, the snapshot comes.
      for (let i = 0; i < 4; i++) {
        store.receiveTip(server.rev);
        if (!isAsked) continue;
        isAsked = false;
        store.receive(server.snapshot(1));
      }
      expect(store.rev).toBe(server.rev);
      expect(content(store.tables.agents)).toEqual(content(server.tables.agents));
    }),
    { numRuns: 300 },
  );
});

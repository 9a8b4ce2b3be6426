/** How sending is paced. What is sent, over real sockets: socket.test.ts. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { encodeDelta, readHead } from '../../shared/frame.ts';
import { readMessage } from '../../shared/live-message.ts';
import { createLogger } from '../log.ts';
import type { Screen } from './audience.ts';
import { Broadcast } from './broadcast.ts';
import { subjectWith } from './testing-identity.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout', 'setInterval', 'setImmediate'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Long polling, so that messages arrive one by one; taking each costs `costMs`. */
function screenThatTakes(costMs: number) {
  const arrived: { readonly at: number; readonly rev: number }[] = [];
  const write = (payload: Buffer) => {
    vi.advanceTimersByTime(costMs);
    const message = readMessage(payload);
    if (message.is === 'frame') arrived.push({ at: performance.now(), rev: readHead(message.frame).to });
  };
  const screen: Screen = {
    connection: { readyState: 'open', transport: { name: 'polling' }, writeBuffer: [], write } as Screen['connection'],
    wanted: [],
    group: null,
    isSkipped: false,
    messages: 0,
    windowEndsAt: 0,
    subject: subjectWith({}),
    credential: '',
  };
  return { screen, arrived };
}

test('[SO11] what comes while sending has taken half of the time goes together later, in order, and nothing is lost', () => {
  const sent: number[] = [];
  const broadcast = new Broadcast({
    mirror: { snapshot: () => null, revs: () => [], view: () => null },
    now: () => 0,
    log: createLogger({ level: 'silent', format: 'text', write: () => {} }),
    onFrame: () => {},
    onSkip: () => {},
    onSent: (_site, { rev }) => sent.push(rev),
  });
  const { screen, arrived } = screenThatTakes(20);
  broadcast.want(screen, { site: 'main', channel: 'board' });
  vi.advanceTimersByTime(1);
  const commit = (rev: number) =>
    broadcast.commit('main', [
      {
        channel: 'board',
        rev,
        frame: encodeDelta({ channel: 'board', rev: rev - 1, at: 0 }, rev, 0, {}),
        touched: null,
      },
    ]);
  const beganAt = performance.now();
  commit(1);
  expect(arrived).toEqual([{ at: beganAt + 20, rev: 1 }]);
  commit(2);
  commit(3);
  expect(arrived).toHaveLength(1);
  vi.advanceTimersByTime(19);
  expect(arrived).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(arrived.slice(1).map(({ rev }) => rev)).toEqual([2, 3]);
  expect(sent).toEqual([1, 2, 3]);
  // Two took 40 ms. After a longer pause the next one goes at once.
  vi.advanceTimersByTime(40);
  const againAt = performance.now();
  commit(4);
  expect(arrived.at(-1)).toEqual({ at: againAt + 20, rev: 4 });
  broadcast.stop();
});

/** The books that the benchmarks judge by: what the traffic says it told is what the product makes of its text. */
import { expect, test } from 'vitest';
import { reduce } from '../../server/core/reduce.ts';
import { createFramer } from '../../server/sources/ami/framing.ts';
import { createTranslator } from '../../server/sources/ami/translate.ts';
import { dayOf, testSite } from '../../server/testing/site.ts';
import { markQueueName, Traffic } from './traffic.ts';

const START = 1_780_000_000_000;

test('counters folded from its text equal its books, marks included, and nothing is anomalous', () => {
  const traffic = new Traffic({ queues: 5, agents: 20, handleMs: 1_000, markQueues: 2, startAtMs: START });
  const site = testSite();
  const framer = createFramer();
  const translator = createTranslator();
  const take = (text: string, now: number) =>
    framer.push(Buffer.from(text), (message) => {
      for (const event of translator.event(message, now)) reduce(site, event, { source: 'bench', receivedAt: now });
    });
  traffic.setRate(150);
  let now = START;
  for (let n = 0; n < 200; n++) {
    now += 50;
    take(traffic.advance(now), now);
    take(traffic.mark(n, now), now);
    expect(Math.min(...[...site.contacts.values()].filter(isMarked(n)).map(({ offeredAt }) => offeredAt))).toBe(now);
  }
  take(traffic.endMarks(now), now);
  traffic.setRate(0);
  for (; traffic.open > 0; now += 50) take(traffic.advance(now), now);
  for (const [queue, { offered, answered, abandoned, handled }] of Object.entries(traffic.counts())) {
    expect(dayOf(site, queue)).toMatchObject({ offered, answered, abandoned, handled, leftOther: 0 });
    expect(offered).toBeGreaterThan(20);
  }
  expect([...site.anomalies]).toEqual([]);
});

const isMarked =
  (n: number) =>
  ({ queue, state }: { queue: string; state: string }): boolean =>
    queue === markQueueName(n % 2) && state === 'waiting';

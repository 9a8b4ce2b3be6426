/** Facts for tests, and the stream they come from. */
import fc from 'fast-check';
import type { Fact, FactOf } from '../../shared/fact.ts';
import { zeroCounters } from '../../shared/metric.ts';
import type { Redis } from '../redis/client.ts';
import { siteKeys } from '../redis/keys.ts';

export const AT = 1_795_380_000_000;

export const contact = (change: Partial<FactOf<'contact'>> = {}): FactOf<'contact'> => ({
  type: 'contact',
  id: 'call-1|售后|1',
  call: 'call-1',
  queue: '售后',
  agent: 'PJSIP/1001',
  offeredAt: AT,
  answeredAt: AT + 8_123,
  endedAt: AT + 60_000,
  outcome: 'answered',
  waitMs: 8_123,
  talkMs: 51_877,
  holdMs: 0,
  acwMs: 15_000,
  isTransferred: false,
  thresholdMs: 20_000,
  shortAbandonMs: 5_000,
  isEndInferred: false,
  callerNumber: '13800000001',
  callerName: null,
  ...change,
});

export const segment = (change: Partial<FactOf<'segment'>> = {}): FactOf<'segment'> => ({
  type: 'segment',
  agent: 'PJSIP/1001',
  startAt: AT,
  endAt: AT + 1,
  presence: 'onBreak',
  reason: '小休',
  activity: 'idle',
  ...change,
});

export const interval = (change: Partial<FactOf<'interval'>> = {}): FactOf<'interval'> => ({
  type: 'interval',
  queue: '售后',
  startAt: AT,
  counters: { ...zeroCounters(), offered: 3, answered: 2, talkMsSum: 9_007_199_254_740_991 },
  waits: [
    [-3, 1],
    [412, 1],
  ],
  ...change,
});

export const gap = (change: Partial<FactOf<'gap'>> = {}): FactOf<'gap'> => ({
  type: 'gap',
  source: 'ami:pbx:5038',
  startAt: AT,
  endAt: null,
  cause: 'silent',
  ...change,
});

export const correction = (change: Partial<FactOf<'correction'>> = {}): FactOf<'correction'> => ({
  type: 'correction',
  number: 1,
  at: AT,
  kind: 'ghost.closed',
  subject: 'call-1|售后|1',
  before: 'waiting',
  after: 'unknown',
  ...change,
});

const few = fc.integer({ min: 1, max: 3 });
const value = fc.integer({ min: 0, max: 1_000_000 });

/** Few keys and many values, so that rows are told again and again. */
export const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ key: few, value }).map((one) => contact({ id: `contact-${one.key}`, talkMs: one.value })),
  fc.record({ key: few, value }).map((one) => segment({ startAt: AT + one.key, endAt: AT + one.value })),
  fc
    .record({ key: few, value, isSite: fc.boolean() })
    .map((one) => interval({ queue: one.isSite ? null : `q${one.key}`, waits: [[one.key, one.value]] })),
  fc.record({ key: few, value }).map((one) => gap({ startAt: AT + one.key, endAt: one.value > 9 ? one.value : null })),
  fc.record({ key: few, value }).map((one) => correction({ number: one.key, after: String(one.value) })),
);

/** Appends one entry, as a commit does; gives its id. */
export async function tell(redis: Redis, site: string, facts: readonly unknown[], id = '*'): Promise<string> {
  return (await redis.xadd(siteKeys(site).facts, id, 'f', JSON.stringify(facts))) as string;
}

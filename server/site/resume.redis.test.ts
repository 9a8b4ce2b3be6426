import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DomainEvent } from '../../shared/event.ts';
import { appendBatches } from '../redis/append.ts';
import { siteKeys } from '../redis/keys.ts';
import { startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import { readResume } from './resume.ts';

let store: TestRedis;
beforeAll(async () => {
  store = await startTestRedis();
});
afterAll(() => store.stop());

const LOG = 'queue-log:/q';

test('[QL23] a log goes on behind what the stream holds, committed or not, and behind nobody else', async () => {
  const redis = await store.connect('command');
  const tell = (source: string, ...events: DomainEvent[]) =>
    appendBatches(redis, 'main', [{ v: 1, source, receivedAt: 1, events }]);
  const read = (resume: string): DomainEvent => ({ type: 'log.read', at: 1, resume });
  expect(await readResume(redis, 'main', LOG)).toBeNull();
  await redis.hset(siteKeys('main').state, `source:${LOG}`, JSON.stringify({ resume: 'committed' }));
  expect(await readResume(redis, 'main', LOG)).toBe('committed');
  for (let i = 0; i < 300; i++) await tell('ami', { type: 'source.alive', at: i });
  await tell(LOG, read('appended'));
  await tell('queue-log:/other', read('other'));
  expect(await readResume(redis, 'main', LOG)).toBe('appended');
  const [newest] = await redis.xrevrange(siteKeys('main').events, '+', '-', 'COUNT', 1);
  await redis.hset(siteKeys('main').meta, 'cursor', newest?.[0] ?? '');
  expect(await readResume(redis, 'main', LOG)).toBe('committed');
});

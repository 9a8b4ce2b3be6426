import fc from 'fast-check';
import { expect, test } from 'vitest';
import { STALE_AFTER_MS, TIP_EVERY_MS } from '../../../shared/protocol.ts';
import {
  AGEING_AFTER_MS,
  type FreshnessInput,
  freshnessOf,
  isPartlyLost,
  judgedAt,
  proofOfQueue,
  type SourceProof,
} from './freshness.ts';

const NOW = 1_000_000;
const source = (over: Partial<SourceProof> = {}): SourceProof => ({
  id: 'ami',
  state: 'live',
  aliveAt: NOW - 500,
  lostAt: null,
  cause: null,
  ...over,
});
const judge = (over: Partial<FreshnessInput> = {}) =>
  freshnessOf({
    serverNow: NOW,
    lastTipAt: NOW - 1_000,
    socket: 'connected',
    hasSnapshot: true,
    outOfStepMs: 0,
    sources: [source()],
    ...over,
  });

test('fresh: connection and source both proved themselves', () => {
  expect(judge()).toMatchObject({ level: 'fresh', cause: null, provenAt: NOW - 1_000 });
});

test.each([
  [AGEING_AFTER_MS, 'fresh'],
  [AGEING_AFTER_MS + 1, 'ageing'],
  [STALE_AFTER_MS, 'ageing'],
  [STALE_AFTER_MS + 1, 'stale'],
])('a source silent for %i ms is %s', (age, level) => {
  const freshness = judge({ lastTipAt: NOW, sources: [source({ aliveAt: NOW - age })] });
  expect(freshness.level).toBe(level);
  expect(freshness.sources[0]?.ageMs).toBe(age);
  expect(freshness.cause).toBe(level === 'fresh' ? null : 'source');
});

test('a lost log beside a living connection leaves the numbers standing; alone it takes them down', () => {
  const log = source({ id: 'queue-log:/var/log/asterisk/queue_log', state: 'lost', aliveAt: NOW - 600_000 });
  const beside = judge({ sources: [source(), log] });
  expect(beside).toMatchObject({ level: 'fresh', cause: null, provenAt: NOW - 1_000 });
  expect(beside.sources[1]?.level).toBe('stale');
  expect(judge({ sources: [log] })).toMatchObject({ level: 'stale', cause: 'source' });
});

test('a healthy link never ages: tips every two seconds, a proof of life every three', () => {
  for (let sinceTip = 0; sinceTip <= TIP_EVERY_MS; sinceTip += 250) {
    for (let sinceProof = 0; sinceProof <= 3_500; sinceProof += 250) {
      const sources = [source({ aliveAt: NOW - sinceProof })];
      expect(judge({ lastTipAt: NOW - sinceTip, sources }).level).toBe('fresh');
    }
  }
  // One tip lost on the way is no news either.
  expect(judge({ lastTipAt: NOW - 2 * TIP_EVERY_MS - 500 }).level).toBe('fresh');
});

test('without tips the server is to blame while the socket stands, else the way to it', () => {
  const silent = { lastTipAt: NOW - STALE_AFTER_MS - 1 };
  expect(judge(silent)).toMatchObject({ level: 'stale', cause: 'server' });
  expect(judge({ ...silent, socket: 'disconnected' })).toMatchObject({ level: 'stale', cause: 'network' });
});

test('a screen without connection does not accuse the source', () => {
  const aliveAt = NOW - STALE_AFTER_MS - 5_000;
  const freshness = judge({ lastTipAt: aliveAt, socket: 'disconnected', sources: [source({ aliveAt })] });
  expect(freshness).toMatchObject({ level: 'stale', cause: 'network' });
  expect(freshness.sources[0]?.level).toBe('fresh');
});

test('a short drop of the connection only ages', () => {
  expect(judge({ lastTipAt: NOW - 7_000, socket: 'disconnected' })).toMatchObject({
    level: 'ageing',
    cause: 'network',
  });
});

test('a lost source is late at once and stale by its age', () => {
  expect(judge({ sources: [source({ state: 'lost', aliveAt: NOW - 1_000 })] }).level).toBe('ageing');
  expect(judge({ sources: [source({ state: 'lost', aliveAt: null })] })).toMatchObject({
    level: 'stale',
    cause: 'source',
  });
});

test('the worst source counts', () => {
  const sources = [source(), source({ id: 'esl', aliveAt: NOW - 60_000 })];
  expect(judge({ sources })).toMatchObject({ level: 'stale', cause: 'source', provenAt: NOW - 60_000 });
});

test('nothing is known before the first snapshot, the first source, its first sign of life', () => {
  expect(judge({ hasSnapshot: false })).toMatchObject({ level: 'starting', cause: null, provenAt: null });
  expect(judge({ hasSnapshot: false, socket: 'disconnected' })).toMatchObject({ level: 'starting', cause: 'network' });
  expect(judge({ hasSnapshot: false, socket: 'refused' })).toMatchObject({ level: 'starting', cause: 'server' });
  expect(judge({ sources: [] }).level).toBe('starting');
  expect(judge({ sources: [source({ state: 'connecting', aliveAt: null })] }).level).toBe('starting');
});

test('a copy that lost step is stale although tips arrive', () => {
  expect(judge({ outOfStepMs: STALE_AFTER_MS + 1 })).toMatchObject({ level: 'stale', cause: 'server' });
});

test('one source of two is lost: what it feeds is stale, what the other feeds is not', () => {
  const lost = source({ id: 'east', state: 'lost', aliveAt: NOW - 60_000 });
  const freshness = judge({ sources: [lost, source({ id: 'west' })] });
  expect(isPartlyLost(freshness)).toBe(true);
  expect(proofOfQueue(freshness, ['east'])).toMatchObject({ level: 'stale', provenAt: NOW - 60_000 });
  expect(proofOfQueue(freshness, ['west'])).toMatchObject({ level: 'fresh', provenAt: NOW - 1_000 });
  // Fed by both, by nobody known, or by one that is not known: as the whole site.
  for (const sources of [['west', 'east'], [], ['north']]) expect(proofOfQueue(freshness, sources).level).toBe('stale');
  expect(isPartlyLost(judge({ sources: [lost] }))).toBe(false);
});

test('without the server no queue is fresher than the way to it', () => {
  const freshness = judge({ lastTipAt: NOW - STALE_AFTER_MS - 1, sources: [source({ id: 'west' })] });
  expect(proofOfQueue(freshness, ['west']).level).toBe('stale');
  expect(isPartlyLost(freshness)).toBe(false);
  const late = judge({ lastTipAt: NOW - 7_000, sources: [source({ id: 'west' })] });
  expect(proofOfQueue(late, ['west']).level).toBe('ageing');
});

test('what is withheld is judged as of its last proof', () => {
  expect(judgedAt({ level: 'stale', provenAt: NOW - 5_000 }, 100_000, NOW)).toBe(95_000);
  expect(judgedAt({ level: 'ageing', provenAt: NOW - 5_000 }, 100_000, NOW)).toBe(100_000);
  expect(judgedAt({ level: 'stale', provenAt: null }, 100_000, NOW)).toBe(100_000);
});

test('a proof that is newer than the last tip is news, however long the tips stay away', () => {
  const freshness = judge({ lastTipAt: NOW - 9_691, sources: [source({ aliveAt: NOW + 2_310 })] });
  expect(freshness.sources[0]).toMatchObject({ level: 'fresh', ageMs: 0 });
});

test('law: older proof is never fresher, and ages are never negative', () => {
  const rank = { fresh: 0, ageing: 1, starting: 1, stale: 2 };
  fc.assert(
    fc.property(fc.integer({ min: -5_000, max: 60_000 }), fc.nat(30_000), fc.nat(60_000), (age, more, tipAge) => {
      const at = (aliveAge: number) =>
        judge({ lastTipAt: NOW - tipAge, sources: [source({ aliveAt: NOW - aliveAge })] });
      expect(rank[at(age + more).level]).toBeGreaterThanOrEqual(rank[at(age).level]);
      expect(at(age).sources[0]?.ageMs).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 1_000 },
  );
});

/**
 * The recorded session of a real Asterisk, played over AMI to the real source and folded: every count must be what AMI can
 * know (`capture/expected-from-ami.json` holds values and allowed ranges), however the bytes are cut or repeated.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { beforeAll, describe, expect, test } from 'vitest';
import { reduce } from '../core/reduce.ts';
import type { Site } from '../core/site.ts';
import { createAmiSource } from '../sources/ami/client.ts';
import { createTranslator } from '../sources/ami/translate.ts';
import { parseAmiUrl } from '../sources/ami/url.ts';
import { loadRecording, type Recording } from '../sources/simulator/recording.ts';
import { startReplay } from '../sources/simulator/replay.ts';
import { dayOf, testSite } from './site.ts';

const FOLDER = new URL('./capture/', import.meta.url);

interface Expected {
  readonly queues: Record<string, Record<string, { value: number; range: [number, number] } | number>>;
}
const expected = JSON.parse(readFileSync(new URL('expected-from-ami.json', FOLDER), 'utf8')) as Expected;

/** Counters whose range is checked. Talk sums have their own test: see ADR 0005. */
const CHECKED = [
  'offered',
  'answered',
  'abandoned',
  'timedOutPlusLeftOther',
  'exitedByKey',
  'unknown',
  'waitingAtEnd',
  'ringNoAnswer',
  'transferredOut',
  'answeredInThreshold',
  'abandonedInThreshold',
  'shortAbandoned',
  'waitMsSum',
  'waitMsMax',
] as const;
/** Known to the call, with nothing to infer and nothing to round: the range is ignored, the value must be met. */
const EXACT = new Set<string>([
  'abandoned',
  'timedOutPlusLeftOther',
  'exitedByKey',
  'ringNoAnswer',
  'transferredOut',
  'waitingAtEnd',
]);

let recording: Recording;
beforeAll(async () => {
  recording = await loadRecording(FOLDER.pathname);
});

async function play(options: {
  cuts?: number;
  duplicates?: { seed: number; probability: number };
  checkMs?: number;
}): Promise<Site> {
  const site = testSite();
  const { checkMs = 3_600_000, ...faults } = options;
  const replay = await startReplay({ recording, secret: 'right', speed: Number.POSITIVE_INFINITY, ...faults });
  const stopping = new AbortController();
  const source = createAmiSource(parseAmiUrl(replay.url), {
    createTranslator,
    timings: { reconnectMinMs: 5, reconnectMaxMs: 20, quickMaxMs: 20, checkMs },
  });
  const running = source.run({
    site: 'main',
    source: 'ami',
    append: async (events, receivedAt) => {
      for (const event of events) reduce(site, event, { source: 'ami', receivedAt });
    },
    now: () => Date.now(),
    random: () => 0.5,
    log: pino({ level: 'silent' }),
    signal: stopping.signal,
  });
  expect(await replay.done).toBe('finished');
  stopping.abort();
  await running;
  await replay.stop();
  return site;
}

function measured(site: Site, queueId: string): Record<string, number> {
  const queue = site.queues.get(queueId);
  if (!queue) throw new Error(`queue ${queueId} was never seen`);
  const today = dayOf(site, queue.id);
  const { timedOut, leftOther } = today;
  return { ...today, timedOutPlusLeftOther: timedOut + leftOther, waitingAtEnd: queue.waiting.size };
}

function expectTruth(site: Site): void {
  const misses: string[] = [];
  for (const [queue, counters] of Object.entries(expected.queues)) {
    const ours = measured(site, queue);
    for (const name of CHECKED) {
      const wanted = counters[name];
      if (typeof wanted !== 'object') throw new Error(`${queue}.${name} is missing from the expectation`);
      const [low, high] = EXACT.has(name) ? [wanted.value, wanted.value] : wanted.range;
      const value = ours[name] ?? Number.NaN;
      if (!(value >= low && value <= high)) misses.push(`${queue}.${name} = ${value}, wanted ${low}..${high}`);
    }
  }
  expect(misses).toEqual([]);
}

describe('the recorded session gives the counts that AMI can know', () => {
  test('[TRUTH1] as it was recorded', { timeout: 60_000 }, async () => expectTruth(await play({})));

  test.each([1, 20_261_121])('[TRUTH2] cut at random bytes, seed %i', { timeout: 60_000 }, async (cuts) => {
    expectTruth(await play({ cuts }));
  });

  test.each([0.1, 1])(
    '[TRUTH3] with events delivered twice, probability %f',
    { timeout: 60_000 },
    async (probability) => {
      expectTruth(await play({ cuts: 7, duplicates: { seed: 3, probability } }));
    },
  );

  test('[TRUTH4] with the picture checked again and again: a check changes no count', { timeout: 60_000 }, async () => {
    const site = await play({ checkMs: 20 });
    expectTruth(site);
  });

  test('[TRUTH5] talk sums are those of the PBX: every AgentComplete, to its whole second', {
    timeout: 60_000,
  }, async () => {
    const site = await play({});
    const reported = reportedTalk();
    for (const [queue, { talkMs, talks }] of reported) {
      const ours = measured(site, queue);
      expect(ours.handled).toBe(talks);
      // A reported talk is off by up to a second either way, 0.02 s on average: the sum by far less than half a second each.
      expect(Math.abs((ours.talkMsSum ?? 0) - talkMs)).toBeLessThanOrEqual(talks * 500);
    }
    const total = [...reported.values()].reduce((sum, { talkMs }) => sum + talkMs, 0);
    const ourTotal = [...reported.keys()].reduce((sum, queue) => sum + (measured(site, queue).talkMsSum ?? 0), 0);
    expect(Math.abs(ourTotal / total - 1)).toBeLessThan(0.005);
  });
});

/** What the recorded AgentComplete events say, read straight from the bytes. */
function reportedTalk(): Map<string, { talkMs: number; talks: number }> {
  const sums = new Map<string, { talkMs: number; talks: number }>();
  for (const { conn, hasBanner } of recording.connections) {
    if (!hasBanner) continue;
    const text = gunzipSync(readFileSync(new URL(`ami-raw.conn${conn}.txt.gz`, FOLDER))).toString('latin1');
    for (const block of text.split('\r\n\r\n')) {
      if (!block.startsWith('Event: AgentComplete\r\n')) continue;
      const queue = /^Queue: (.*)$/m.exec(block)?.[1]?.trim() ?? '';
      const seconds = Number(/^TalkTime: (\d+)/m.exec(block)?.[1]);
      const sum = sums.get(queue) ?? { talkMs: 0, talks: 0 };
      sums.set(queue, { talkMs: sum.talkMs + seconds * 1_000, talks: sum.talks + 1 });
    }
  }
  return sums;
}

/**
 * The recorded session of a real Asterisk with the queue_log that it wrote meanwhile, over the real AMI source and the real log
 * source: every number must be what `truth.json` says, without a range and without an exception. Rules: docs/spec/core.md.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DomainEvent } from '../../shared/event.ts';
import { addCounters, type Counters, zeroCounters } from '../../shared/metric.ts';
import { intervalStart } from '../../shared/time.ts';
import { SITE_ROW } from '../../shared/view.ts';
import { parseBucketKey } from '../core/keys.ts';
import { reduce } from '../core/reduce.ts';
import { drainTouched, type Site } from '../core/site.ts';
import { at as counterAt } from '../core/tally.ts';
import { createAmiSource } from '../sources/ami/client.ts';
import { createTranslator } from '../sources/ami/translate.ts';
import { parseAmiUrl } from '../sources/ami/url.ts';
import { createQueueLogSource } from '../sources/queue-log/client.ts';
import { parseQueueLogUrl } from '../sources/queue-log/url.ts';
import { createPrng } from '../sources/simulator/prng.ts';
import { loadRecording, type Recording } from '../sources/simulator/recording.ts';
import { startReplay } from '../sources/simulator/replay.ts';
import type { Source } from '../sources/source.ts';
import { TRUE_COUNTS, TRUE_IN_THRESHOLD, type TruthQueue, truth } from './log-truth.ts';
import { dayOf, testSite } from './site.ts';

const FOLDER = new URL('./capture/', import.meta.url);
const LOG = 'queue-log:test';
const SILENT = pino({ level: 'silent' });

const visits = gunzipSync(readFileSync(new URL('truth-visits.ndjson.gz', FOLDER)))
  .toString('utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { queue: string; t_enter: number });

let recording: Recording;
let folder: string;
beforeAll(async () => {
  recording = await loadRecording(FOLDER.pathname);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The site, and when each of its contacts was offered, forgotten ones too. */
interface Outcome {
  readonly site: Site;
  readonly offeredAt: readonly (readonly [queue: string, at: number])[];
}

class Fold {
  readonly site = testSite();
  /** Of the newest `log.read`: what a source that starts anew is given. */
  resume: string | null = null;
  #open = new Map<string, readonly [string, number]>();
  #gone: (readonly [string, number])[] = [];

  apply(source: string, events: readonly DomainEvent[], receivedAt: number): void {
    for (const event of events) {
      reduce(this.site, event, { source, receivedAt });
      if (event.type === 'log.read') this.resume = event.resume;
      for (const id of drainTouched(this.site).contacts) {
        const contact = this.site.contacts.get(id);
        const known = this.#open.get(id);
        if (contact) this.#open.set(id, [contact.queue, contact.offeredAt]);
        else if (known) {
          this.#gone.push(known);
          this.#open.delete(id);
        }
      }
    }
  }

  outcome(): Outcome {
    return { site: this.site, offeredAt: [...this.#gone, ...this.#open.values()] };
  }
}

function run(source: Source, id: string, append: (events: readonly DomainEvent[], at: number) => void) {
  const stopping = new AbortController();
  const ended = source.run({
    site: 'main',
    source: id,
    append: async (events, receivedAt) => append(events, receivedAt),
    now: () => Date.now(),
    random: () => 0.5,
    log: SILENT,
    signal: stopping.signal,
  });
  return async () => {
    stopping.abort();
    await ended;
  };
}

const amiSource = (url: string, checkMs: number) =>
  createAmiSource(parseAmiUrl(url), {
    createTranslator,
    timings: { reconnectMinMs: 5, reconnectMaxMs: 20, quickMaxMs: 20, checkMs },
  });

const logSource = (file: string, resume: string | null) =>
  createQueueLogSource(parseQueueLogUrl(`queue-log://${file}`), {
    resume: async () => resume,
    dayStartAt: async () => recording.startedAtMs - 60_000,
    timings: { pollMs: 2 },
  });

interface Play {
  readonly lagMs?: number;
  readonly cuts?: number;
  readonly duplicates?: { seed: number; probability: number };
  /** The log source is ended and started again so often, each time up to so many events of its past told twice. */
  readonly restarts?: number;
  /** The AMI connection is cut at these shares of the session, besides what was recorded. */
  readonly cutAt?: readonly number[];
  /** Shares of the session of which no live event arrives. */
  readonly gaps?: readonly (readonly [from: number, to: number])[];
  readonly checkMs?: number;
}

async function play(
  { lagMs = 0, restarts = 0, cutAt = [], gaps = [], checkMs = 3_600_000, ...faults }: Play,
  told: Told[] = [],
): Promise<Outcome> {
  folder = mkdtempSync(path.join(tmpdir(), 'floorcast-log-'));
  const file = path.join(folder, 'queue_log');
  const fold = new Fold();
  const replay = await startReplay({
    recording,
    secret: 'right',
    speed: Number.POSITIVE_INFINITY,
    queueLog: { path: file, lagMs },
    ...faults,
  });
  let lines = 0;
  const tellLog = (events: readonly DomainEvent[], at: number) => {
    lines += events.length;
    told.push({ source: LOG, events, receivedAt: at });
    fold.apply(LOG, events, at);
  };
  const tellAmi = (events: readonly DomainEvent[], at: number) => {
    const { events: played, of } = replay.position();
    const isHeard = !gaps.some(([from, to]) => played >= from * of && played <= to * of);
    told.push({ source: 'ami', events, receivedAt: at });
    // A picture is asked for after a gap; in the middle of one there is nobody to ask.
    if (isHeard) fold.apply('ami', events, at);
  };
  const stopAmi = run(amiSource(replay.url, checkMs), 'ami', tellAmi);
  let stopLog = run(logSource(file, null), LOG, tellLog);
  const earlier: (string | null)[] = [];
  const cuts = [...cutAt];
  let isPlayed = false;
  void replay.done.then(() => {
    isPlayed = true;
  });
  while (!isPlayed) {
    await later(1);
    const { events, of } = replay.position();
    if (cuts[0] !== undefined && events / of >= cuts[0]) {
      cuts.shift();
      replay.server.dropAll();
    }
    if (restarts > 0 && events / of >= (earlier.length + 1) / (restarts + 1)) {
      await stopLog();
      // Every other time from an older place: the stream holds more than whoever starts anew has read of it.
      const resume = earlier.length % 2 === 0 ? fold.resume : (earlier.at(-1) ?? null);
      earlier.push(fold.resume);
      stopLog = run(logSource(file, resume), LOG, tellLog);
    }
  }
  const size = readFileSync(file).length;
  while (offsetOf(fold.resume) < size) await later(2);
  await stopLog();
  await stopAmi();
  await replay.stop();
  expect(lines).toBeGreaterThan(1_379);
  return fold.outcome();
}

const offsetOf = (resume: string | null): number =>
  resume === null ? -1 : ((JSON.parse(resume) as { offset?: number }).offset ?? -1);

function expectTruth({ site, offeredAt }: Outcome, hasThresholds = true): void {
  const misses: string[] = [];
  const check = (what: string, ours: number, wanted: number) => {
    if (ours !== wanted) misses.push(`${what} = ${ours}, wanted ${wanted}`);
  };
  const counts = hasThresholds ? [...TRUE_COUNTS, ...TRUE_IN_THRESHOLD] : TRUE_COUNTS;
  const checkAll = (name: string, ours: Readonly<Counters>, wanted: TruthQueue) => {
    for (const [counter, of] of counts) check(`${name}.${counter}`, ours[counter], of(wanted));
    // The truth gives the mean to a thousandth of a second.
    check(`${name}.asa`, Math.round(ours.waitMsSum / ours.answered), Math.round(wanted.asa_s * 1_000));
  };
  const total = zeroCounters();
  expect([...site.queues.keys()].toSorted()).toEqual(Object.keys(truth.queues).toSorted());
  for (const [name, wanted] of Object.entries(truth.queues)) {
    const queue = site.queues.get(name);
    if (!queue) throw new Error(`queue ${name} was never seen`);
    checkAll(name, dayOf(site, name), wanted);
    check(`${name}.waiting`, queue.waiting.size, 0);
    addCounters(total, dayOf(site, name));
  }
  checkAll('total', total, truth.total);

  for (const [name, wanted] of Object.entries(truth.agents)) {
    const named = [...site.agents.values()].filter((agent) => agent.name === name);
    check(`agents called ${name}`, named.length, 1);
    check(`${name}.answered`, named[0]?.answered ?? 0, wanted.answered);
    check(`${name}.talk`, named[0]?.talkMsSum ?? 0, wanted.talk_s * 1_000);
    check(`${name}.ringNoAnswer`, named[0]?.ringNoAnswer ?? 0, wanted.ringnoanswer);
  }

  for (const [queue, minutes] of Object.entries(truth.by_minute)) {
    const ours = new Map<number, number>();
    for (const [of, at] of offeredAt) {
      const minute = Math.floor((at / 1_000 - truth.first_epoch) / 60);
      if (of === queue) ours.set(minute, (ours.get(minute) ?? 0) + 1);
    }
    for (const { minute, offered = 0 } of minutes) check(`${queue} minute ${minute}`, ours.get(minute) ?? 0, offered);
  }
  const quarters = new Map<string, number>();
  for (const { queue, t_enter } of visits) {
    const key = `${queue} ${intervalStart(t_enter * 1_000)}`;
    quarters.set(key, (quarters.get(key) ?? 0) + 1);
  }
  for (const [key, { counts }] of site.intervals) {
    const { queue, startAt } = parseBucketKey(key);
    const offered = counts[counterAt.offered] ?? 0;
    if (queue === SITE_ROW) continue;
    check(`${queue} quarter ${startAt}`, offered, quarters.get(`${queue} ${startAt}`) ?? 0);
  }
  expect(misses).toEqual([]);
}

describe('with its log, the recorded session gives the counts of the log', () => {
  test('[LOG1] read in step with the events', { timeout: 60_000 }, async () => expectTruth(await play({})));

  test.each([-600_000, -30_000, -1_000, 1_000, 30_000, 600_000])(
    '[LOG1] read %i ms behind the events',
    { timeout: 60_000 },
    async (lagMs) => expectTruth(await play({ lagMs })),
  );

  test('[LOG2] with events delivered twice and bytes cut anywhere', { timeout: 60_000 }, async () => {
    expectTruth(await play({ cuts: 7, duplicates: { seed: 3, probability: 0.5 } }));
  });

  test.each([1, 2, 3])('[LOG3] with the connection cut at random, seed %i', { timeout: 60_000 }, async (seed) => {
    const prng = createPrng(seed);
    const cutAt = Array.from({ length: 6 }, () => prng.between(0.02, 0.98)).sort((a, b) => a - b);
    expectTruth(await play({ cutAt, lagMs: prng.int(-20_000, 20_000) }));
  });

  test.each([1, 2, 3])('[LOG3] with gaps in what is heard, seed %i', { timeout: 60_000 }, async (seed) => {
    const prng = createPrng(seed);
    const gaps = Array.from({ length: 5 }, () => prng.between(0.05, 0.9)).map((from) => [from, from + 0.04] as const);
    expectTruth(await play({ gaps, checkMs: 20, lagMs: prng.int(-20_000, 20_000) }));
  });

  test('[LOG4] with the log read again and again, and lines of it twice', { timeout: 60_000 }, async () => {
    expectTruth(await play({ restarts: 8 }));
  });

  test('[LOG5] without any live event', { timeout: 60_000 }, async () => {
    expectTruth(await play({ gaps: [[0, 1]] }), false);
  });

  test('[LOG6] all of the log before the events, and all of it after them', { timeout: 60_000 }, async () => {
    const told: Told[] = [];
    await play({}, told);
    const ofLog = told.filter(({ source }) => source === LOG);
    const ofAmi = told.filter(({ source }) => source !== LOG);
    const [start, picture] = [ofLog[0], ofAmi[0]];
    if (!start || !picture) throw new Error('nothing was told');
    expectTruth(replayed([picture, ...ofLog, ...ofAmi.slice(1)]));
    const begin = {
      ...start,
      events: [{ type: 'log.read', at: recording.startedAtMs - 60_000, resume: '{}' }],
    } as Told;
    expectTruth(replayed([begin, ...ofAmi, ...ofLog]));
  });
});

interface Told {
  readonly source: string;
  readonly events: readonly DomainEvent[];
  readonly receivedAt: number;
}

function replayed(told: readonly Told[]): Outcome {
  const fold = new Fold();
  for (const { source, events, receivedAt } of told) fold.apply(source, events, receivedAt);
  return fold.outcome();
}

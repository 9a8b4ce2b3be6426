/** The demo centre writes the queue_log of its PBX: what its events give and what its log gives are the same numbers. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { COUNTERS } from '../../shared/metric.ts';
import { reduce } from '../core/reduce.ts';
import type { Site } from '../core/site.ts';
import { createAmiSource } from '../sources/ami/client.ts';
import { createTranslator } from '../sources/ami/translate.ts';
import { parseAmiUrl } from '../sources/ami/url.ts';
import { createQueueLogSource } from '../sources/queue-log/client.ts';
import { startDemoCentre } from '../sources/simulator/demo.ts';
import type { Source } from '../sources/source.ts';
import { dayOf, testSite } from './site.ts';

const NOW = Date.UTC(2026, 10, 21, 6);
const OPENED_AT = NOW - 3 * 3_600_000;

test('[SIM9] three hours of the demo centre, by its events and by its log', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'floorcast-simulated-'));
  const file = path.join(folder, 'queue_log');
  let isTold = false;
  const centre = await startDemoCentre({
    now: () => NOW,
    seed: 5,
    secret: 'right',
    openedAtMs: OPENED_AT,
    queueLogPath: file,
    log: (message) => {
      isTold ||= message === 'demo: live';
    },
  });
  const stopping = new AbortController();
  const sites = { ami: testSite(), log: testSite(), both: testSite() };
  let offset = 0;
  let isHeard = false;
  const run = (source: Source, id: string, into: readonly Site[]) =>
    source.run({
      site: 'main',
      source: id,
      append: async (events, receivedAt) => {
        for (const event of events) {
          for (const site of into) reduce(site, event, { source: id, receivedAt });
          if (event.type === 'source.lost') isHeard = true;
          if (event.type === 'log.read') offset = JSON.parse(event.resume).offset ?? 0;
        }
      },
      now: () => NOW,
      random: () => 0.5,
      log: pino({ level: 'silent' }),
      signal: stopping.signal,
    });
  const running = [
    run(createAmiSource(parseAmiUrl(centre.url), { createTranslator }), 'ami', [sites.ami, sites.both]),
    run(
      createQueueLogSource(
        { path: file, site: 'main' },
        { resume: async () => null, dayStartAt: async () => OPENED_AT, timings: { pollMs: 2 } },
      ),
      'queue-log:demo',
      [sites.log, sites.both],
    ),
  ];
  while (!isTold) await later(5);
  // What was sent is read before the end of the connection is.
  centre.server.dropAll('end');
  while (!isHeard || offset < readFileSync(file).length) await later(5);
  stopping.abort();
  await Promise.all(running);
  await centre.stop();
  rmSync(folder, { recursive: true });

  const sums = (site: Site) => {
    const open = [...site.contacts.values()].filter(({ state }) => state === 'waiting' || state === 'talking');
    return Object.fromEntries(
      [...site.queues.values()]
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ id }) => {
          const today = dayOf(site, id);
          const here = open.filter(({ queue }) => queue === id);
          const talking = here.filter(({ state }) => state === 'talking');
          // A log tells of a visit once it is over.
          const over = { offered: today.offered - here.length, answered: today.answered - talking.length };
          return [id, { ...today, ...over }];
        }),
    );
  };
  const [ami, log, both] = [sums(sites.ami), sums(sites.log), sums(sites.both)];
  // Who waits is undecided, and in no log yet.
  const exact = COUNTERS.filter((name) => !/Ms|Threshold|short|timedOut|leftOther|undecided/.test(name));
  for (const [queue, counters] of Object.entries(log)) {
    for (const name of exact) expect([queue, name, ami[queue]?.[name]]).toEqual([queue, name, counters[name]]);
    const left = counters.timedOut + counters.leftOther;
    expect((ami[queue]?.timedOut ?? 0) + (ami[queue]?.leftOther ?? 0)).toBe(left);
    for (const name of [...exact, 'timedOut', 'talkMsSum'] as const)
      expect([queue, name, both[queue]?.[name]]).toEqual([queue, name, counters[name]]);
  }
  expect(Object.values(log).reduce((sum, { offered }) => sum + offered, 0)).toBeGreaterThan(1_500);
});

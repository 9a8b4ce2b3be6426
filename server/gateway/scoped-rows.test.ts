/** Views of a folded site against what the core says of the same. Rules: docs/spec/live.md. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DomainEvent } from '../../shared/event.ts';
import type { View } from '../../shared/policy.ts';
import { NO_AGENT_SETTINGS } from '../../shared/setting.ts';
import { column, LIVE, SITE_ROW, type Table } from '../../shared/view.ts';
import { advance } from '../core/advance.ts';
import { reduce } from '../core/reduce.ts';
import type { Site } from '../core/site.ts';
import { dayArbitrary, START_AT } from '../core/testing-scripts.ts';
import { testSite } from '../testing/site.ts';
import { viewsOf } from '../testing/views.ts';
import { FullRows } from './full-rows.ts';
import { ScopedRows } from './scoped-rows.ts';
import { named } from './testing-view.ts';

const TEAMS = ['red', 'blue'];

/** Everybody in one of two teams, and the time that `at` says. */
function fold(events: readonly DomainEvent[], at: number): Site {
  const site = testSite();
  const agents = ['A1', 'A2', 'A3', 'A4'];
  for (const [n, agent] of agents.entries()) {
    const settings = { ...NO_AGENT_SETTINGS, team: TEAMS[n % 2] ?? null };
    const event = { type: 'agent.configured', at: START_AT, agent, version: 1, settings } as const;
    reduce(site, event, { source: 's', receivedAt: START_AT });
  }
  for (const event of events) reduce(site, event, { source: 's', receivedAt: event.at });
  advance(site, Math.max(at, site.clockAt));
  return site;
}

function shownBy(view: View, site: Site) {
  const full = new FullRows(viewsOf(site, site.clockAt), site.id);
  const scoped = new ScopedRows(view);
  scoped.load(full);
  return { full, row: (table: Table, id: string) => scoped.row(full, table, id) };
}

const liveIn = (table: 'site' | 'queues', row: readonly unknown[] | undefined) =>
  row?.slice(column(table, LIVE[0]), column(table, LIVE[0]) + LIVE.length);

/** Also long after the last event, when waits and talks are beyond belief. */
const laterMs = fc.constantFrom(0, 1_800_000, 14_400_000);

test('[SCP5] a view of all teams says of the site what the site says of itself', () => {
  fc.assert(
    fc.property(dayArbitrary, laterMs, (events, later) => {
      const site = fold(events, START_AT + 1_200_000 + later);
      const { full, row } = shownBy({ queues: null, teams: TEAMS }, site);
      expect(row('site', site.id)).toEqual(full.row('site', site.id));
    }),
    { numRuns: 200 },
  );
});

test('[SCP5] a view of one queue says of the site what the queue says of itself, percentiles excepted', () => {
  fc.assert(
    fc.property(dayArbitrary, laterMs, (events, later) => {
      const site = fold(events, START_AT + 1_200_000 + later);
      for (const queue of site.queues.keys()) {
        const { full, row } = shownBy({ queues: [queue], teams: null }, site);
        expect(liveIn('site', row('site', site.id))).toEqual(liveIn('queues', full.row('queues', queue)));
        const none = { waitP50Ms: null, waitP80Ms: null, waitP95Ms: null };
        const day = full.row('today', queue);
        expect(named('today', row('today', SITE_ROW) ?? [])).toEqual({ ...named('today', day ?? []), ...none });
        for (const table of ['trend', 'minutes'] as const) {
          for (const [id, bucket] of full.rows(table)) {
            if (bucket[0] !== queue) continue;
            expect(row(table, id.slice(queue.length))).toEqual([SITE_ROW, ...bucket.slice(1)]);
          }
        }
      }
    }),
    { numRuns: 200 },
  );
});

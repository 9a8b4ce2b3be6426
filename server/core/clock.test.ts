/** The clock of a site follows its source. Rules: docs/spec/core.md. */
import { expect, test } from 'vitest';
import { offered, picture, t } from '../testing/events.ts';
import { dayOf, testSite } from '../testing/site.ts';
import { advance } from './advance.ts';
import { reduce } from './reduce.ts';
import { siteTimeAt } from './site.ts';

test('[CLOCK1] a source whose clock stands days behind sets the site back when it connects, and time goes on from there', () => {
  const site = testSite();
  const wallAt = t(2 * 86_400);
  advance(site, siteTimeAt(site, wallAt));
  reduce(site, picture(0), { source: 's', receivedAt: wallAt });
  advance(site, siteTimeAt(site, wallAt + 1_000));
  expect(site.clockAt).toBe(t(1));
  reduce(site, offered(2), { source: 's', receivedAt: wallAt + 2_000 });
  expect([site.day?.date, dayOf(site, 'q').offered]).toEqual(['2026-11-21', 1]);
});

test('[CLOCK2] a PBX whose clock stands days behind is out of reach when the server starts: the site stays in its time', () => {
  const site = testSite();
  const wallAt = t(2 * 86_400);
  reduce(site, picture(0), { source: 's', receivedAt: wallAt });
  reduce(
    site,
    { type: 'source.lost', at: wallAt + 5_000, cause: 'refused' },
    { source: 's', receivedAt: wallAt + 5_000 },
  );
  expect(site.clockAt).toBe(t(0));
  advance(site, siteTimeAt(site, wallAt + 6_000));
  expect(site.clockAt).toBe(t(6));
});

test('[CLOCK3] a proof of life that a clock ahead of its time has told gives way to the next one', () => {
  const site = testSite();
  reduce(site, picture(0), { source: 's', receivedAt: t(3_600) });
  reduce(site, { type: 'source.alive', at: t(5) }, { source: 's', receivedAt: t(5) });
  expect(site.sources.get('s')?.aliveAt).toBe(t(5));
  // Events that overtake each other by milliseconds are no such thing.
  reduce(site, { type: 'source.alive', at: t(7) }, { source: 's', receivedAt: t(7) });
  reduce(site, picture(6.5), { source: 's', receivedAt: t(6.5) });
  expect(site.sources.get('s')?.aliveAt).toBe(t(7));
});

test.each([30, 3_600])(
  '[CLOCK4] a clock set back by %i s: the picture of the new connection counts, and what comes after',
  (backS) => {
    const site = testSite();
    const row = {
      agent: 'a',
      queue: 'q',
      name: 'Ann',
      device: 'idle',
      paused: false,
      pauseReason: '',
      penalty: 0,
    } as const;
    const from = (at: number) => ({ source: 's', receivedAt: t(at) });
    reduce(site, picture(0, { memberships: [row] }), from(0));
    reduce(site, { type: 'membership.changed', at: t(60), ...row, paused: true, pauseReason: '午餐' }, from(60));
    expect(site.agents.get('a')?.presence).toBe('meal');
    reduce(site, picture(61 - backS, { memberships: [row], isClockSetBack: backS < 60 }), from(61));
    expect(site.agents.get('a')?.presence).toBe('available');
    reduce(
      site,
      { type: 'membership.changed', at: t(62 - backS), ...row, paused: true, pauseReason: '会议' },
      from(62),
    );
    expect(site.agents.get('a')).toMatchObject({ presence: 'meeting', deviceAt: t(62 - backS) });
    expect(site.agents.get('a')?.presenceSince).toBe(t(62 - backS));
  },
);

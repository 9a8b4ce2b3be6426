/** What the API makes of a folded site. Rules: docs/spec/live.md; the numbers: docs/metrics.md. */
import { expect, test } from 'vitest';
import { API } from '../../shared/api.ts';
import type { DomainEvent } from '../../shared/event.ts';
import { NO_AGENT_SETTINGS, NO_QUEUE_SETTINGS } from '../../shared/setting.ts';
import { advance } from '../core/advance.ts';
import { reduce } from '../core/reduce.ts';
import { countAnomaly, noteCorrection, type Site } from '../core/site.ts';
import { answered, finished, left, lost, member, offered, picture, t } from '../testing/events.ts';
import { siteAfter } from '../testing/site.ts';
import { viewsOf } from '../testing/views.ts';
import { groupsAnswer, queuesAnswer, sitesAnswer } from './answers.ts';
import { integrityAnswer } from './integrity-answer.ts';
import { agentsAnswer, teamsAnswer } from './people-answers.ts';

const grouped = (queue: string, group: string | null, more: Partial<typeof NO_QUEUE_SETTINGS> = {}): DomainEvent => ({
  type: 'queue.configured',
  at: t(0),
  queue,
  version: 1,
  settings: { ...NO_QUEUE_SETTINGS, group, ...more },
});
const inTeam = (agent: string, team: string): DomainEvent => ({
  type: 'agent.configured',
  at: t(0),
  agent,
  version: 1,
  settings: { ...NO_AGENT_SETTINGS, team },
});
const go = (site: Site, ...events: DomainEvent[]) => {
  for (const event of events) reduce(site, event, { source: 's', receivedAt: event.at });
};
const queueAt = (site: Site, s: number) => {
  const answer = API.queues.response.parse(queuesAnswer(viewsOf(site, site.clockAt), 'main', t(s)));
  const [queue] = answer.queues;
  if (!queue) throw new Error('no queue');
  return queue;
};

test('[GW7] windows end now: rolling ones with the running minute, intervals of the business day', () => {
  // 10:00:05, 10:14:30, 10:15:10
  const site = siteAfter(
    picture(0),
    offered(5, 'a'),
    answered(8, 'a'),
    offered(870, 'b'),
    left(876, 'b'),
    offered(910, 'c'),
  );
  const { windows } = queueAt(site, 915);
  const counts = Object.entries(windows).map(([name, sums]) => [name, sums?.offered]);
  expect(counts).toEqual([
    ['last5', 2],
    ['last15', 2],
    ['last30', 3],
    ['last60', 3],
    ['interval', 1],
    ['previousInterval', 2],
  ]);
  expect(windows.last5).toMatchObject({ startAt: t(660), endAt: t(915), serviceLevelRatio: 0, undecided: 1 });
  expect(windows.interval).toMatchObject({ startAt: t(900), endAt: t(915), serviceLevelRatio: null });
  expect(windows.previousInterval).toMatchObject({ startAt: t(0), endAt: t(900), serviceLevelRatio: 0.5 });
});

test('[GW7] an interval that began before the business day is not told', () => {
  const line = -4 * 3_600;
  const site = siteAfter(picture(line - 60), offered(line - 30));
  advance(site, t(line + 5));
  const { interval, previousInterval, last5 } = queueAt(site, line + 5).windows;
  expect([interval.offered, previousInterval, last5.offered]).toEqual([0, null, 1]);
});

test('[GW7] a window with an unfilled gap of a source of the queue says so', () => {
  const site = siteAfter(picture(0), offered(1), lost(5), picture(400), { type: 'source.alive', at: t(759) });
  const { windows } = queueAt(site, 760);
  expect([windows.last5.hasGap, windows.last15.hasGap, windows.interval.hasGap]).toEqual([false, true, true]);
});

test('[GW8] the variant and the target in force stand beside the value they name', () => {
  const band = { from: '00:00', serviceLevel: 'slAnyOutcome', targetRatio: 0.9 } as const;
  const site = siteAfter(picture(0), grouped('q', null, { bands: [band] }), offered(1), left(9));
  const { serviceLevel, targetRatio, today, windows } = queueAt(site, 10);
  expect([serviceLevel, targetRatio]).toEqual(['slAnyOutcome', 0.9]);
  expect([today.serviceLevelRatio, windows.last5.serviceLevelRatio, today.ratios.slAnsweredOfOffered]).toEqual([
    1, 1, 0,
  ]);
});

test('[GW9] a group adds up waits and counters of its queues, and counts its people once', () => {
  const site = siteAfter(
    picture(0, { queues: ['a', 'b', 'c'].map((queue) => ({ queue, name: queue, thresholdMs: null })) }),
    grouped('a', '售后'),
    grouped('b', '售后', { bands: [{ from: '00:00', serviceLevel: 'slOfAnswered', targetRatio: 0.5 }] }),
    member(0, { queue: 'a' }),
    member(0, { queue: 'b' }),
    member(0, { queue: 'a', agent: 'A2' }),
    member(0, { queue: 'c', agent: 'A3' }),
    offered(2, 'c1', 'a'),
    offered(3, 'c2', 'b'),
    answered(4, 'c2', 'b', 'A1'),
    offered(5, 'c3', 'c'),
  );
  const answer = API.groups.response.parse(groupsAnswer(viewsOf(site, t(5)), 'main', t(8)));
  expect(answer.withoutGroup).toEqual(['c']);
  expect(answer.groups).toMatchObject([
    {
      id: '售后',
      queues: ['a', 'b'],
      serviceLevel: 'slAnsweredOfOffered',
      targetRatio: null,
      live: { waiting: 1, longestWaitMs: 6_000, signedIn: 2, free: 1, talking: 1, longestFreeMs: 8_000 },
      today: { offered: 2, answered: 1, serviceLevelRatio: 1, ratios: { occupancy: 4 / 16 } },
      windows: { last5: { offered: 2, answered: 1 } },
    },
  ]);
});

test('[GW9] who is paused in the queues of a group is not free there', () => {
  const site = siteAfter(
    picture(0),
    grouped('a', 'g'),
    member(0, { queue: 'a', paused: true }),
    member(0, { queue: 'b' }),
  );
  const [group] = groupsAnswer(viewsOf(site, t(0)), 'main', t(1)).groups;
  expect(group?.live).toMatchObject({ signedIn: 1, free: 0, onBreak: 0, longestFreeMs: null });
});

test('[GW10] an agent has the whole day: closed states, the open one up to now, and the ratios of both', () => {
  const site = siteAfter(picture(0), member(0), offered(10), answered(12), finished(42));
  go(site, member(42, { paused: true, pauseReason: '午餐' }));
  const { agents } = API.agents.response.parse(agentsAnswer(viewsOf(site, t(42)), 'main', t(48)));
  expect(agents).toMatchObject([
    {
      presence: 'meal',
      team: null,
      isSuspect: false,
      today: {
        answered: 1,
        handled: 1,
        talkMsSum: 30_000,
        signedInMs: 48_000,
        availableIdleMs: 12_000,
        presenceMs: { available: 42_000, meal: 6_000, onBreak: 0 },
        activityMs: { idle: 18_000, talking: 30_000 },
        ratios: {
          occupancy: 30 / 42,
          utilisationOfSignedIn: 30 / 48,
          awayRate: 6 / 48,
          restRate: 0,
          handledPerHour: 3_600 / 42,
          ahtMs: 30_000,
        },
      },
    },
  ]);
});

test('[GW10] teams are sums over their agents; who has none is named', () => {
  const site = siteAfter(
    picture(0),
    ...['A1', 'A2', 'A3'].map((agent) => member(0, { agent })),
    inTeam('A1', '一班'),
    inTeam('A2', '一班'),
    offered(1),
    answered(2),
    finished(6),
  );
  const answer = API.teams.response.parse(teamsAnswer(viewsOf(site, t(6)), 'main', t(10)));
  expect(answer.withoutTeam).toEqual(['A3']);
  expect(answer.teams).toMatchObject([
    {
      id: '一班',
      agents: ['A1', 'A2'],
      live: { signedIn: 2, free: 2, talking: 0, suspects: 0 },
      today: { answered: 1, signedInMs: 20_000, ratios: { occupancy: 4 / 20, awayRate: 0 } },
    },
  ]);
});

test('[GW11] a quiet day without a flaw is exact', () => {
  const site = siteAfter(picture(0), member(0), offered(1), answered(5), finished(9));
  const answer = API.integrity.response.parse(integrityAnswer(viewsOf(site, t(9)), 'main', t(10)));
  expect(answer).toMatchObject({ isExact: true, reasons: [], gaps: [], businessDay: '2026-11-21' });
  expect(answer.sources).toMatchObject([{ id: 's', state: 'live', ageMs: 1_000, clockOffsetMs: 0, syncedAt: t(0) }]);
});

test('[GW11] what speaks against the counters is named, and what the log of the PBX has filled is not', () => {
  const site = siteAfter(picture(0), offered(1, 'ghost'), lost(5), picture(60));
  const talking = [{ call: 'seen late', queue: 'q', agent: 'A1' }];
  go(site, picture(65, { reason: 'check', talking }));
  countAnomaly(site, 'fold.failed:contact.left');
  const codes = (s: number) =>
    integrityAnswer(viewsOf(site, site.clockAt), 'main', t(s)).reasons.map(({ code }) => code);
  expect(codes(66)).toEqual(['gap.unfilled', 'contacts.unknown', 'waits.unseen', 'events.rejected']);
  go(site, lost(67));
  expect(codes(68)).toEqual(['source.lost', 'gap.unfilled', 'contacts.unknown', 'waits.unseen', 'events.rejected']);
  for (const [key, gap] of site.gaps) site.gaps.set(key, { ...gap, isFilled: true });
  expect(codes(68)).not.toContain('gap.unfilled');
});

test('[GW11] suspects are named while their source is being asked', () => {
  const site = siteAfter(picture(0), member(0), offered(1));
  advance(site, t(606));
  go(site, { type: 'source.alive', at: t(607) });
  const { suspects, reasons, corrections } = integrityAnswer(viewsOf(site, t(607)), 'main', t(608));
  expect(suspects).toEqual({ total: 1, queues: [{ queue: 'q', suspects: 1 }], agents: [] });
  expect(reasons).toMatchObject([{ code: 'suspects.open', count: 1 }]);
  expect(corrections.newest).toMatchObject([
    { number: 1, kind: 'suspect.waiting', before: 'waiting', after: 'suspect' },
  ]);
});

test('[GW11] the newest corrections are listed and the others counted', () => {
  const site = siteAfter(picture(0));
  for (let i = 1; i <= 203; i++) noteCorrection(site, 'sync.talkEnded', `c${i}`, 'talking', 'finished');
  const { corrections, anomalies } = integrityAnswer(viewsOf(site, t(0)), 'main', t(1));
  expect([corrections.newest[0]?.number, corrections.newest.length]).toEqual([203, 200]);
  expect(corrections).toMatchObject({ total: 203, more: 3, allIn: 'corrections' });
  expect(anomalies).toMatchObject([{ kind: 'sync.talkEnded', today: 203, total: 203 }]);
});

test('[GW1] every answer of a busy site fits its contract', () => {
  const site = siteAfter(picture(0), member(0), offered(1), answered(5), offered(6, 'd'));
  const views = viewsOf(site, t(6));
  const [total] = API.sites.response.parse(sitesAnswer(views, t(7))).sites;
  expect(total).toMatchObject({ timeZone: 'Asia/Shanghai', serviceLevel: 'slAnsweredOfOffered', targetRatio: 0.8 });
  expect(total?.today).toMatchObject({ offered: 2, percentiles: { waitP95Ms: expect.any(Number) } });
});

/** The laws of the break desk. Rules: docs/spec/breaks.md. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BreakSettings, breakSettingsSchema } from './break-setting.ts';
import {
  type BreakAgent,
  type BreakDay,
  countdown,
  earnedMs,
  halfHourStart,
  isAway,
  maxMsOf,
  type OpenBreak,
  planBreaks,
  quotaAt,
  unrestedSince,
} from './breaks.ts';
import { PRESENCES } from './presence.ts';

const MIN = 60_000;
/** 11:10 in Shanghai. */
const NOW = Date.parse('2026-11-23T03:10:00Z');
const ZONE = 'Asia/Shanghai';
const settingsOf = (over: Partial<BreakSettings> = {}): BreakSettings =>
  breakSettingsSchema.parse({ minFree: 0, ...over });

const agentOf = (id: string, over: Partial<BreakAgent> = {}): BreakAgent => ({
  ...{ id, name: id, team: null, presence: 'available', presenceReason: '', presenceSince: NOW - 90 * MIN },
  ...{ activity: 'idle', canTakeCall: true, signedInSince: NOW - 120 * MIN, restedUntil: null },
  ...{ workedMs: 120 * MIN, takenMs: 0 },
  ...over,
});
const requestOf = (agent: string, over: Partial<OpenBreak> = {}): OpenBreak => ({
  ...{ id: `r-${agent}`, agent, reason: '小休', requestedAt: NOW - MIN, state: 'requested' },
  ...over,
});
const dayOf = (agents: BreakAgent[], requests: OpenBreak[] = [], over: Partial<BreakSettings> = {}): BreakDay => ({
  ...{ now: NOW, timeZone: ZONE, settings: settingsOf(over), agents, requests },
});
const granted = (day: BreakDay): string[] =>
  planBreaks(day).queue.flatMap(({ request, whyNot }) => (whyNot === null ? [request.agent] : []));
const onBreak = (id: string, over: Partial<BreakAgent> = {}) =>
  agentOf(id, { presence: 'onBreak', presenceReason: '小休', canTakeCall: false, ...over });

const agentArb = (n: number): fc.Arbitrary<BreakAgent> =>
  fc
    .record({
      presence: fc.constantFrom(...PRESENCES),
      sinceMin: fc.integer({ min: 0, max: 300 }),
      inMin: fc.integer({ min: 0, max: 500 }),
      restedMin: fc.option(fc.integer({ min: 0, max: 500 })),
      isFree: fc.boolean(),
    })
    .map(({ presence, sinceMin, inMin, restedMin, isFree }) =>
      agentOf(`a${n}`, {
        presence,
        presenceSince: NOW - sinceMin * MIN,
        signedInSince: presence === 'signedOut' ? null : NOW - inMin * MIN,
        restedUntil: restedMin === null ? null : NOW - restedMin * MIN,
        canTakeCall: presence === 'available' && isFree,
      }),
    );
const dayArb: fc.Arbitrary<BreakDay> = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc
    .record({
      agents: fc.tuple(...Array.from({ length: size }, (_, n) => agentArb(n))),
      requests: fc.uniqueArray(
        fc.record({
          n: fc.integer({ min: 0, max: size }),
          reason: fc.constantFrom('小休', '用餐', 'other'),
          at: fc.integer({ min: 0, max: 100 }),
          state: fc.constantFrom('requested', 'requested', 'granted', 'onBreak'),
        }),
        { selector: ({ n }) => n },
      ),
      quota: fc.integer({ min: 0, max: 6 }),
      next: fc.option(fc.integer({ min: 0, max: 6 })),
      minFree: fc.integer({ min: 0, max: 6 }),
      minFreeShare: fc.constantFrom(0, 0.25, 0.5, 1),
      noRestMs: fc.constantFrom(0, 30 * MIN),
    })
    .map(({ agents, requests, quota, next, ...rest }) =>
      dayOf(
        agents,
        requests.map(({ n, reason, at, state }) =>
          requestOf(`a${n}`, { reason, requestedAt: NOW - at, state: state as OpenBreak['state'] }),
        ),
        { quota, quotaByHalfHour: next === null ? [] : [{ from: '11:30', people: next }], ...rest },
      ),
    ),
);
/** As the floor would be had everything been granted. */
const after = (day: BreakDay, ids: readonly string[]): BreakDay => ({
  ...day,
  requests: day.requests.map((one) => (ids.includes(one.agent) ? { ...one, state: 'granted' as const } : one)),
});

test('[BRK1] by grants never more people are on break than the quota of each half hour that a break touches', () => {
  fc.assert(
    fc.property(dayArb, (day) => {
      const ids = granted(day);
      if (ids.length === 0) return;
      const { used } = planBreaks(after(day, ids));
      expect(used).toBeLessThanOrEqual(quotaAt(NOW, ZONE, day.settings));
      const last = day.requests.find(({ agent }) => agent === ids.at(-1));
      const endAt = NOW + maxMsOf(last?.reason ?? '', day.settings);
      if (endAt > halfHourStart(NOW, ZONE) + 30 * MIN)
        expect(used).toBeLessThanOrEqual(quotaAt(NOW + 30 * MIN, ZONE, day.settings));
    }),
  );
});

test('[BRK2] by grants never fewer agents stay free than the minimum, as a number or as a share of those signed in', () => {
  fc.assert(
    fc.property(dayArb, (day) => {
      const ids = granted(day);
      const { free, minFree } = planBreaks(after(day, ids));
      if (ids.length > 0) expect(free).toBeGreaterThanOrEqual(minFree);
    }),
  );
  const day = dayOf([agentOf('a'), agentOf('b'), agentOf('c')], [requestOf('a')], { minFreeShare: 0.7 });
  expect(planBreaks(day)).toMatchObject({ free: 3, minFree: 3, queue: [{ whyNot: 'tooFewFree' }] });
});

test('[BRK3] nobody is granted a break in the first minutes after sign-in, nor a moment after the last change', () => {
  fc.assert(
    fc.property(dayArb, (day) => {
      const byId = new Map(day.agents.map((agent) => [agent.id, agent]));
      for (const id of granted(day)) {
        const agent = byId.get(id) as BreakAgent;
        expect(NOW - (agent.signedInSince ?? NOW)).toBeGreaterThanOrEqual(day.settings.noRestMs);
        expect(NOW - agent.presenceSince).toBeGreaterThanOrEqual(MIN);
        expect(agent.canTakeCall && !isAway(agent)).toBe(true);
      }
    }),
  );
  const at = (ms: number) => planBreaks(dayOf([agentOf('a', { signedInSince: NOW - ms })])).whyNot.get('a');
  expect([at(30 * MIN - 1), at(30 * MIN)]).toEqual(['firstMinutes', null]);
});

test('[BRK4] the longest unrested goes first, then whoever asked first', () => {
  fc.assert(
    fc.property(dayArb, (day) => {
      const byId = new Map(day.agents.map((agent) => [agent.id, agent]));
      const keys = planBreaks(day).queue.map(({ request }) => {
        const agent = byId.get(request.agent);
        return [(agent && unrestedSince(agent)) ?? Number.MAX_SAFE_INTEGER, request.requestedAt] as const;
      });
      expect(keys).toEqual(keys.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]));
    }),
  );
  const rested = agentOf('rested', { restedUntil: NOW - 10 * MIN });
  const agents = [rested, agentOf('late'), agentOf('early', { signedInSince: NOW - 121 * MIN })];
  const day = dayOf(
    agents,
    ['rested', 'late', 'early'].map((id) => requestOf(id)),
    { quota: 2 },
  );
  expect(planBreaks(day).queue.map(({ request, whyNot }) => [request.agent, whyNot])).toEqual([
    ['early', null],
    ['late', null],
    ['rested', 'quotaUsed'],
  ]);
});

test('[BRK5] granting what was granted grants nothing more', () => {
  fc.assert(
    fc.property(dayArb, (day) => {
      expect(granted(after(day, granted(day)))).toEqual([]);
    }),
  );
});

test('[BRK6] whoever cannot go keeps nobody waiting behind them; each is told why', () => {
  const agents = [
    agentOf('busy', { signedInSince: NOW - 200 * MIN, canTakeCall: false, activity: 'talking' }),
    agentOf('out', { presence: 'signedOut', signedInSince: null, canTakeCall: false }),
    onBreak('resting'),
    agentOf('back', { presenceSince: NOW - 1_000 }),
    agentOf('going'),
    agentOf('free'),
  ];
  const requests = [requestOf('busy'), requestOf('out'), requestOf('free'), requestOf('going', { state: 'granted' })];
  const plan = planBreaks(dayOf(agents, requests));
  expect(plan.queue.map(({ request, whyNot }) => [request.agent, whyNot])).toEqual([
    ['busy', 'busy'],
    ['free', null],
    ['out', 'signedOut'],
  ]);
  expect(Object.fromEntries(plan.whyNot)).toEqual({
    busy: 'busy',
    out: 'signedOut',
    resting: 'resting',
    back: 'justBack',
    going: 'granted',
    free: null,
  });
  expect(plan).toMatchObject({ used: 2, free: 2 });
});

test('[BRK7] a half hour has its own quota, in local time; a break needs a place in each that it touches', () => {
  const settings = { quota: 1, quotaByHalfHour: [{ from: '11:30', people: 0 }] };
  const day = (minute: number, reason: string) => ({
    ...dayOf([agentOf('a')], [requestOf('a', { reason })], settings),
    now: NOW + minute * MIN,
  });
  expect(granted(day(0, '小休'))).toEqual(['a']);
  expect(granted(day(11, '小休'))).toEqual([]);
  expect(granted(day(0, '用餐'))).toEqual([]);
  expect(planBreaks(day(0, '小休')).quota).toEqual([
    { startAt: NOW - 10 * MIN, people: 1 },
    { startAt: NOW + 20 * MIN, people: 0 },
    { startAt: NOW + 50 * MIN, people: 1 },
  ]);
  // Kathmandu is 5:45 ahead: 03:10 UTC is 08:55 there.
  expect(halfHourStart(NOW, 'Asia/Kathmandu')).toBe(NOW - 25 * MIN);
});

test('[BRK8] a break is amber in its last fifth and red from its maximum on', () => {
  const at = (s: number) => countdown(NOW, 100_000, NOW + s * 1_000);
  expect([0, 79, 80, 99, 100, 130].map((s) => at(s).level)).toEqual([
    'normal',
    'normal',
    'amber',
    'amber',
    'red',
    'red',
  ]);
  expect(at(130).leftMs).toBe(-30_000);
  const settings = settingsOf({ reasons: [{ reason: '小休', maxMs: 5 * MIN }], otherMaxMs: 7 * MIN });
  expect([maxMsOf('小休', settings), maxMsOf('看病', settings)]).toEqual([5 * MIN, 7 * MIN]);
});

test('[BRK9] five minutes are earned with every hour worked; unrested counts from sign-in or the end of the last rest', () => {
  expect(earnedMs({ workedMs: 90 * MIN }, settingsOf())).toBe(7.5 * MIN);
  expect(unrestedSince(agentOf('a'))).toBe(NOW - 120 * MIN);
  expect(unrestedSince(agentOf('a', { restedUntil: NOW - 5 * MIN }))).toBe(NOW - 5 * MIN);
  // A rest before they went home is not one of this shift.
  expect(unrestedSince(agentOf('a', { restedUntil: NOW - 600 * MIN }))).toBe(NOW - 120 * MIN);
  expect([unrestedSince(onBreak('a')), unrestedSince(agentOf('a', { signedInSince: null }))]).toEqual([null, null]);
});

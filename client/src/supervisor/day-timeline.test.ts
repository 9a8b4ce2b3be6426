import { expect, test } from 'vitest';
import { agentView } from '../live/rows.ts';
import { rowOf } from '../testing/fake-server.ts';
import {
  type AgentDay,
  axisOf,
  barsOf,
  CLOSEST_MS,
  type DayContact,
  type DaySegment,
  moved,
  numbersOf,
  showing,
  timeByState,
  withLive,
  workOf,
  zoomed,
} from './day-timeline.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;
const START = Date.UTC(2026, 10, 20, 22);
/** A day over a clock change: an hour longer. */
const DAY = { date: '2026-11-21', startAt: START, endAt: START + 25 * HOUR };
const at = (hours: number, minutes = 0) => START + hours * HOUR + minutes * MIN;

const segment = (from: number, to: number, cells: Partial<DaySegment> = {}): DaySegment => ({
  startAt: from,
  endAt: to,
  presence: 'available',
  reason: '',
  activity: 'idle',
  isOpen: false,
  ...cells,
});

const dayOf = (segments: readonly DaySegment[], change: Partial<AgentDay> = {}): AgentDay => ({
  asOf: at(10),
  rev: 1,
  freshness: { state: 'live', ageMs: 0, sources: [] },
  agent: 'a',
  businessDay: DAY,
  isRunning: true,
  segments: [...segments],
  contacts: [],
  gaps: [],
  unwrittenSince: null,
  ...change,
});

const live = (cells: Parameters<typeof rowOf<'agents'>>[1]) => agentView('a', rowOf('agents', cells));

const contact = (change: Partial<DayContact>): DayContact => ({
  id: 'c',
  queue: 'q',
  offeredAt: at(2),
  answeredAt: at(2, 1),
  endedAt: at(2, 5),
  outcome: 'answered',
  waitMs: MIN,
  talkMs: 4 * MIN,
  holdMs: 0,
  acwMs: 0,
  isTransferred: false,
  isEndInferred: false,
  caller: null,
  ...change,
});

const spans = (segments: readonly DaySegment[]) =>
  segments.map(({ startAt, endAt, activity, isOpen }) => [startAt, endAt, activity, isOpen]);

test('[FLO1] the open state runs on, and one that ended meanwhile ends where the next began', () => {
  const day = dayOf([segment(at(8), at(9)), segment(at(9), at(10), { activity: 'talking', isOpen: true })]);
  const talking = live({ presence: 'available', activity: 'talking', countedTo: at(9) });
  expect(spans(withLive(day, talking, at(10, 5)))).toEqual([
    [at(8), at(9), 'idle', false],
    [at(9), at(10, 5), 'talking', true],
  ]);
  const idle = live({ presence: 'available', activity: 'idle', countedTo: at(10, 2) });
  expect(spans(withLive(day, idle, at(10, 5)))).toEqual([
    [at(8), at(9), 'idle', false],
    [at(9), at(10, 2), 'talking', false],
    [at(10, 2), at(10, 5), 'idle', true],
  ]);
});

test('[FLO1] signed out, over, not trusted, or older than history: nothing is added', () => {
  const day = dayOf([segment(at(8), at(9)), segment(at(9), at(10), { isOpen: true })]);
  const gone = live({ presence: 'signedOut', activity: 'idle', countedTo: at(10) });
  expect(spans(withLive(day, gone, at(11)))).toHaveLength(2);
  expect(withLive(day, null, at(11))).toBe(day.segments);
  const over = dayOf(day.segments, { isRunning: false });
  expect(withLive(over, gone, at(11))).toBe(over.segments);
  const ahead = dayOf([segment(at(8), at(9)), segment(at(9), at(10))]);
  const behind = live({ presence: 'available', activity: 'talking', countedTo: at(9) });
  expect(spans(withLive(ahead, behind, at(11)))).toEqual(spans(ahead.segments));
});

test('[FLO1] an open state ends with its day', () => {
  const day = dayOf([segment(at(24), at(24, 30), { isOpen: true })]);
  const next = live({ presence: 'available', activity: 'idle', countedTo: DAY.endAt + HOUR });
  expect(spans(withLive(day, next, DAY.endAt + 2 * HOUR))).toEqual([[at(24), DAY.endAt, 'idle', false]]);
});

test('[FLO2] neighbours that look the same are one bar; times add up', () => {
  const bars = barsOf([
    segment(at(1), at(2)),
    segment(at(2), at(3), { reason: 'ignored while available' }),
    segment(at(3), at(4), { presence: 'onBreak', reason: '小休' }),
    segment(at(4), at(5), { presence: 'onBreak', reason: '喝水' }),
    segment(at(5), at(6), { presence: 'onBreak', reason: '喝水', activity: 'talking' }),
    segment(at(7), at(8), { presence: 'onBreak', reason: '喝水', activity: 'talking' }),
  ]);
  expect(bars.map(({ state, reason, startAt, endAt }) => [state, reason, (endAt - startAt) / HOUR])).toEqual([
    ['idle', '', 2],
    ['onBreak', '小休', 1],
    ['onBreak', '喝水', 1],
    ['talking', '喝水', 1],
    ['talking', '喝水', 1],
  ]);
  expect(timeByState(bars).get('talking')).toBe(2 * HOUR);
});

test('[FLO3] what is in view first: the hours with work in them, else the whole day', () => {
  expect(workOf(DAY, [], [])).toEqual({ startAt: DAY.startAt, endAt: DAY.endAt });
  expect(workOf(DAY, [segment(at(2, 10), at(9, 20))], [])).toEqual({ startAt: at(2), endAt: at(10) });
  expect(workOf(DAY, [segment(at(2, 10), at(3))], [contact({ offeredAt: at(1, 59), endedAt: at(4, 1) })])).toEqual({
    startAt: at(1),
    endAt: at(5),
  });
  expect(workOf(DAY, [segment(at(24, 10), DAY.endAt)], [])).toEqual({ startAt: at(24), endAt: DAY.endAt });
  expect(workOf(DAY, [segment(at(3), at(3))], [])).toEqual({ startAt: at(3), endAt: at(4) });
});

test('[FLO4] closer and further: what is under the pointer stays, the day is the limit, five minutes the closest', () => {
  const view = { startAt: at(2), endAt: at(10) };
  const closer = zoomed(view, DAY, 0.5, at(4));
  expect(closer).toEqual({ startAt: at(3), endAt: at(7) });
  expect((at(4) - closer.startAt) / (closer.endAt - closer.startAt)).toBe(0.25);
  expect(zoomed(view, DAY, 100, at(4))).toEqual({ startAt: DAY.startAt, endAt: DAY.endAt });
  const closest = zoomed(view, DAY, 0.0001, at(4));
  expect(closest.endAt - closest.startAt).toBe(CLOSEST_MS);
  expect(zoomed({ startAt: DAY.startAt, endAt: at(2) }, DAY, 2, at(0))).toEqual({ startAt: at(0), endAt: at(4) });
});

test('[FLO4] moved no further than the day, and only as far as needed', () => {
  const view = { startAt: at(2), endAt: at(10) };
  expect(moved(view, DAY, 100 * HOUR)).toEqual({ startAt: DAY.endAt - 8 * HOUR, endAt: DAY.endAt });
  expect(moved(view, DAY, -100 * HOUR)).toEqual({ startAt: DAY.startAt, endAt: at(8) });
  expect(showing(view, DAY, at(5))).toBe(view);
  const right = showing(view, DAY, at(12));
  expect(right.endAt).toBeGreaterThan(at(12));
  expect(right.endAt - right.startAt).toBe(8 * HOUR);
  expect(showing(view, DAY, at(0))).toEqual({ startAt: DAY.startAt, endAt: at(8) });
});

test('[FLO5] marks of the axis are whole steps of the day, never more than there is room for', () => {
  expect(axisOf(DAY, DAY, 9)).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24].map((hours) => at(hours)));
  const near = axisOf({ startAt: at(2, 3), endAt: at(2, 41) }, DAY, 8);
  expect(near).toEqual([5, 10, 15, 20, 25, 30, 35, 40].map((minutes) => at(2, minutes)));
  for (let most = 2; most < 20; most++) expect(axisOf(DAY, DAY, most).length).toBeLessThanOrEqual(most + 1);
});

test('[FLO6] what a day that is over adds up to', () => {
  const bars = barsOf([
    segment(at(1), at(3)),
    segment(at(3), at(4), { presence: 'onBreak' }),
    segment(at(4), at(5), { presence: 'signedOut', activity: 'outbound' }),
  ]);
  const calls = [
    contact({ talkMs: 2 * MIN, acwMs: MIN }),
    contact({ talkMs: null, acwMs: 0 }),
    contact({ outcome: 'unknown', talkMs: 9 * MIN }),
  ];
  expect(numbersOf(bars, calls)).toEqual({
    signedInMs: 4 * HOUR,
    restMs: HOUR,
    contacts: 2,
    talkMs: 2 * MIN,
    acwMs: MIN / 2,
  });
  expect(numbersOf([], [])).toEqual({ signedInMs: 0, restMs: 0, contacts: 0, talkMs: null, acwMs: null });
});

/** An agent's day as it is drawn: bars of states, ticks of calls, which part of the day is in view. Pure. */
import type { Answer } from '../api.ts';
import type { AgentView } from '../live/rows.ts';
import type { AgentState } from './agent-state.ts';

export type AgentDay = Answer<'GET /api/v1/sites/{site}/agents/{agent}/day'>;
export type DaySegment = AgentDay['segments'][number];
export type DayContact = AgentDay['contacts'][number];

export interface Span {
  readonly startAt: number;
  readonly endAt: number;
}

export interface StateBar extends Span {
  readonly state: AgentState;
  readonly reason: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** No closer than that: a call of a few seconds is wide enough to be seen. */
export const CLOSEST_MS = 5 * MINUTE_MS;

/** One word for both axes, as in the table of agents; whether a free agent could be given a call is not history. */
const stateOf = ({ presence, activity }: Pick<DaySegment, 'presence' | 'activity'>): AgentState =>
  activity !== 'idle' ? activity : presence === 'available' ? 'idle' : presence;

/**
 * The segments with what the screen knows since they were asked for: the open one is that of the live view, and one that
 * was open has ended where the live one began. Null: nothing live may be trusted, so the answer stands as it came.
 */
export function withLive(day: AgentDay, live: AgentView | null, now: number): readonly DaySegment[] {
  if (!day.isRunning || live === null || live.countedTo === null) return day.segments;
  const { presence, presenceReason: reason, activity, countedTo } = live;
  const closed = day.segments.flatMap((segment) => {
    const endAt = segment.isOpen ? Math.min(countedTo, day.businessDay.endAt) : segment.endAt;
    return endAt > segment.startAt ? [{ ...segment, endAt, isOpen: false }] : [];
  });
  const last = closed.at(-1);
  // History is ahead of this screen: what it shows as open is over.
  if (last && last.startAt >= countedTo) return closed;
  const startAt = Math.max(countedTo, day.businessDay.startAt, last?.endAt ?? 0);
  const isNothing = presence === 'signedOut' && activity === 'idle';
  const endAt = Math.min(now, day.businessDay.endAt);
  return isNothing || startAt >= endAt
    ? closed
    : [...closed, { startAt, endAt, presence, reason, activity, isOpen: true }];
}

/** Neighbours that look the same are one bar. */
export function barsOf(segments: readonly DaySegment[]): readonly StateBar[] {
  const bars: StateBar[] = [];
  for (const segment of segments) {
    const state = stateOf(segment);
    const reason = segment.presence === 'available' ? '' : segment.reason;
    const before = bars.at(-1);
    if (before?.state === state && before.reason === reason && before.endAt === segment.startAt)
      bars[bars.length - 1] = { ...before, endAt: segment.endAt };
    else bars.push({ startAt: segment.startAt, endAt: segment.endAt, state, reason });
  }
  return bars;
}

export function timeByState(bars: readonly StateBar[]): ReadonlyMap<AgentState, number> {
  const times = new Map<AgentState, number>();
  for (const { state, startAt, endAt } of bars) times.set(state, (times.get(state) ?? 0) + endAt - startAt);
  return times;
}

/** Where a call stands in the day. */
export const tickAt = ({ answeredAt, offeredAt }: DayContact): number => answeredAt ?? offeredAt;

/** What is worth seeing first: from the hour of the first event to the hour of the last one. */
export function workOf(day: Span, segments: readonly Span[], contacts: readonly DayContact[]): Span {
  const starts = [...segments.map(({ startAt }) => startAt), ...contacts.map(({ offeredAt }) => offeredAt)];
  const ends = [...segments.map(({ endAt }) => endAt), ...contacts.map(({ endedAt }) => endedAt)];
  if (starts.length === 0) return { startAt: day.startAt, endAt: day.endAt };
  // Hours of this day, which need not be those of UTC.
  const hour = (at: number, round: (hours: number) => number) =>
    day.startAt + round((at - day.startAt) / HOUR_MS) * HOUR_MS;
  const startAt = Math.max(day.startAt, hour(Math.min(...starts), Math.floor));
  return { startAt, endAt: Math.min(day.endAt, Math.max(startAt + HOUR_MS, hour(Math.max(...ends), Math.ceil))) };
}

/** `factor` below 1 comes closer; `at` stays where it is. */
export function zoomed(view: Span, day: Span, factor: number, at: number): Span {
  const length = Math.min(day.endAt - day.startAt, Math.max(CLOSEST_MS, (view.endAt - view.startAt) * factor));
  const share = (at - view.startAt) / (view.endAt - view.startAt);
  return within(day, at - share * length, length);
}

export const moved = (view: Span, day: Span, byMs: number): Span =>
  within(day, view.startAt + byMs, view.endAt - view.startAt);

/** Moves no further than needed for `at` to be in view, with some room around it. */
export function showing(view: Span, day: Span, at: number): Span {
  const room = (view.endAt - view.startAt) / 10;
  if (at < view.startAt + room) return moved(view, day, at - room - view.startAt);
  if (at > view.endAt - room) return moved(view, day, at + room - view.endAt);
  return view;
}

function within(day: Span, startAt: number, length: number): Span {
  const first = Math.max(day.startAt, Math.min(startAt, day.endAt - length));
  return { startAt: first, endAt: Math.min(day.endAt, first + length) };
}

const STEPS_MIN = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360];

/** Instants for the axis, whole minutes or hours of the day, no more than there is room for. */
export function axisOf(view: Span, day: Span, most: number): readonly number[] {
  const length = view.endAt - view.startAt;
  const stepMs = (STEPS_MIN.find((minutes) => length / (minutes * MINUTE_MS) <= most) ?? 720) * MINUTE_MS;
  const first = day.startAt + Math.ceil((view.startAt - day.startAt) / stepMs) * stepMs;
  const marks: number[] = [];
  for (let at = first; at <= view.endAt; at += stepMs) marks.push(at);
  return marks;
}

export interface DayNumbers {
  readonly signedInMs: number;
  readonly restMs: number;
  readonly contacts: number;
  readonly talkMs: number | null;
  readonly acwMs: number | null;
}

/** What a day that is over adds up to. Talk includes hold, as everywhere. */
export function numbersOf(bars: readonly StateBar[], contacts: readonly DayContact[]): DayNumbers {
  const times = timeByState(bars);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const answered = contacts.filter(({ outcome }) => outcome === 'answered');
  const average = (values: readonly number[]) => (values.length === 0 ? null : sum(values) / values.length);
  return {
    signedInMs: sum([...times].map(([state, ms]) => (state === 'signedOut' ? 0 : ms))),
    restMs: times.get('onBreak') ?? 0,
    contacts: answered.length,
    talkMs: average(answered.flatMap(({ talkMs }) => talkMs ?? [])),
    acwMs: average(answered.map(({ acwMs }) => acwMs)),
  };
}

import { expect, test } from 'vitest';
import { agentDayAt, type OpenState, sumOfDays } from './agent-day.ts';
import { type AgentDay, agentRatiosOf, signedInMsOf } from './metric.ts';
import { ACTIVITIES, type Activity, PRESENCES, type Presence } from './presence.ts';

const HOUR = 3_600_000;
const presences = (times: Partial<Record<Presence, number>>) => PRESENCES.map((name) => times[name] ?? 0);
const activities = (times: Partial<Record<Activity, number>>) => ACTIVITIES.map((name) => times[name] ?? 0);
const talkingOf = ({ activityMs }: AgentDay) => activityMs[ACTIVITIES.indexOf('talking')];
const day: AgentDay = {
  presenceMs: presences({ available: 3 * HOUR, onBreak: HOUR }),
  activityMs: activities({ talking: 2 * HOUR, idle: 2 * HOUR }),
  availableIdleMs: HOUR,
  handled: 20,
  talkMsSum: 2 * HOUR,
  acwMsSum: 0,
};
const open = (over: Partial<OpenState> = {}): OpenState => ({
  presence: 'available',
  activity: 'talking',
  isSuspect: false,
  countedTo: 1_000,
  ...over,
});

test('[MET44] the open state counts on from where the day was booked', () => {
  const later = agentDayAt(day, open(), 1_000 + HOUR);
  expect(talkingOf(later)).toBe(3 * HOUR);
  expect(signedInMsOf(later)).toBe(5 * HOUR);
  expect(later.availableIdleMs).toBe(HOUR);
  expect(agentRatiosOf(later).utilisationOfSignedIn).toBe(0.6);
  const ready = agentDayAt(day, open({ activity: 'idle' }), 1_000 + HOUR);
  expect(ready.availableIdleMs).toBe(2 * HOUR);
  const paused = agentDayAt(day, open({ activity: 'idle', presence: 'meal' }), 1_000 + HOUR);
  expect([paused.availableIdleMs, paused.presenceMs[PRESENCES.indexOf('meal')]]).toEqual([HOUR, HOUR]);
});

test('[MET45] what a suspect seems to do is in no ratio', () => {
  const suspect = agentDayAt(day, open({ isSuspect: true }), 1_000 + HOUR);
  expect([talkingOf(suspect), suspect.availableIdleMs]).toEqual([2 * HOUR, HOUR]);
});

test('[MET46] a clock behind the booking, or an unknown one, adds nothing', () => {
  expect(agentDayAt(day, open(), 0)).toBe(day);
  expect(agentDayAt(day, open({ countedTo: null }), HOUR)).toBe(day);
});

test('[MET47] the ratios of a team are those of all its work', () => {
  const idle: AgentDay = {
    ...day,
    activityMs: activities({ idle: 4 * HOUR }),
    availableIdleMs: 3 * HOUR,
    handled: 0,
    talkMsSum: 0,
  };
  const team = agentRatiosOf(sumOfDays([day, idle]));
  expect(team).toMatchObject({ occupancy: 2 / 6, utilisationOfSignedIn: 0.25, ahtMs: 360_000, restRate: 0.25 });
  expect(agentRatiosOf(sumOfDays([])).occupancy).toBeNull();
});

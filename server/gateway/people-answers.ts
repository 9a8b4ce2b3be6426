/** Agents, and teams as sums over them. */
import { agentDayAt, type OpenState, sumOfDays } from '../../shared/agent-day.ts';
import { AGENT_SUMS, type AgentAnswer, type AgentDayAnswer, type TeamAnswer } from '../../shared/api-numbers.ts';
import type { Row } from '../../shared/delta.ts';
import { type AgentDay, type AgentTime, agentRatiosOf, signedInMsOf } from '../../shared/metric.ts';
import { ACTIVITIES, type Activity, PRESENCES, type Presence } from '../../shared/presence.ts';
import { HEADCOUNT } from '../../shared/view.ts';
import { cell, listIn, maybeNumberIn, numberIn, textIn } from './cells.ts';
import { type Envelope, type SiteRows, siteRows, type Views } from './site-rows.ts';

export function agentsAnswer(mirror: Views, site: string, now: number): Envelope & { agents: AgentAnswer[] } {
  const rows = siteRows(mirror, site, ['agents'], now);
  return { ...rows.envelope, agents: agentsOf(rows) };
}

export function teamsAnswer(
  mirror: Views,
  site: string,
  now: number,
): Envelope & { teams: TeamAnswer[]; withoutTeam: string[] } {
  const rows = siteRows(mirror, site, ['agents'], now);
  const agents = agentsOf(rows);
  const byTeam = Map.groupBy(agents, ({ team }) => team);
  const teams: TeamAnswer[] = [];
  for (const [team, members] of byTeam) {
    if (team === null) continue;
    teams.push({
      id: team,
      name: team,
      agents: members.map(({ id }) => id),
      live: { ...headsOf(members, ({ canTakeCall }) => canTakeCall), suspects: suspectsAmong(members) },
      today: teamDayOf(members.map(({ today }) => today)),
    });
  }
  teams.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ...rows.envelope, teams, withoutTeam: (byTeam.get(null) ?? []).map(({ id }) => id) };
}

export const agentsOf = (rows: SiteRows): AgentAnswer[] =>
  Array.from(rows.table('agents'), ([id, row]) => agentOf(id, row, rows.envelope.asOf));

export type Heads = Record<(typeof HEADCOUNT)[number], number>;

/** Head counts of some agents, each once. Who is paused but still on a contact is not on break yet. */
export function headsOf(agents: readonly AgentAnswer[], isFree: (agent: AgentAnswer) => boolean): Heads {
  const heads = Object.fromEntries(HEADCOUNT.map((name) => [name, 0])) as Heads;
  for (const agent of agents) {
    const { presence, activity } = agent;
    if (presence !== 'signedOut') heads.signedIn++;
    if (isFree(agent)) heads.free++;
    if (activity === 'internalCall') heads.internalCalls++;
    else if (activity !== 'idle' && activity !== 'outbound') heads[activity]++;
    else if (presence !== 'signedOut' && presence !== 'available') heads.onBreak++;
  }
  return heads;
}

export const suspectsAmong = (agents: readonly AgentAnswer[]): number =>
  agents.filter(({ isSuspect }) => isSuspect).length;

/** Wall-clock time of some agents, each once. */
export function agentTimeOf(agents: readonly AgentAnswer[]): AgentTime {
  let [onContactMs, idleMs] = [0, 0];
  for (const { activityMs, availableIdleMs } of agents.map(({ today }) => today)) {
    onContactMs += activityMs.talking + activityMs.holding + activityMs.afterCallWork;
    idleMs += availableIdleMs;
  }
  return { onContactMs, idleMs };
}

function agentOf(id: string, row: Row, asOf: number): AgentAnswer {
  const at = (name: Parameters<typeof cell<'agents'>>[2]) => cell('agents', row, name);
  return {
    id,
    name: textIn('agents', row, 'name') ?? id,
    team: textIn('agents', row, 'team'),
    presence: at('presence') as Presence,
    presenceReason: textIn('agents', row, 'presenceReason') ?? '',
    presenceSince: maybeNumberIn('agents', row, 'presenceSince'),
    activity: at('activity') as Activity,
    activitySince: maybeNumberIn('agents', row, 'activitySince'),
    canTakeCall: at('canTakeCall') === true,
    isSuspect: at('isSuspect') === true,
    queues: listIn('agents', row, 'queues'),
    pausedIn: listIn('agents', row, 'pausedIn'),
    contactQueue: textIn('agents', row, 'contactQueue'),
    caller: textIn('agents', row, 'caller'),
    today: dayOfAgent(row, asOf),
  };
}

type Sums = Pick<AgentDayAnswer, (typeof AGENT_SUMS)[number]>;

/** What is booked, and the open state from there to `asOf` booked as the core would when it ends. */
function dayOfAgent(row: Row, asOf: number): AgentDayAnswer {
  const sums = Object.fromEntries(AGENT_SUMS.map((name) => [name, numberIn('agents', row, name)])) as Sums;
  const booked: AgentDay = {
    ...sums,
    presenceMs: timesIn(row, 'presenceMs'),
    activityMs: timesIn(row, 'activityMs'),
    availableIdleMs: numberIn('agents', row, 'availableIdleMs'),
  };
  const open: OpenState = {
    presence: cell('agents', row, 'presence') as Presence,
    activity: cell('agents', row, 'activity') as Activity,
    isSuspect: cell('agents', row, 'isSuspect') === true,
    countedTo: maybeNumberIn('agents', row, 'countedTo'),
  };
  return dayAnswer(sums, agentDayAt(booked, open, asOf));
}

const timesIn = (row: Row, name: 'presenceMs' | 'activityMs'): readonly number[] =>
  (cell('agents', row, name) ?? []) as readonly number[];

function teamDayOf(days: readonly AgentDayAnswer[]): AgentDayAnswer {
  const sum = (of: (day: AgentDayAnswer) => number) => days.reduce((total, day) => total + of(day), 0);
  const sums = Object.fromEntries(AGENT_SUMS.map((name) => [name, sum((day) => day[name])])) as Sums;
  const inOrder = days.map((day) => ({
    ...day,
    presenceMs: PRESENCES.map((name) => day.presenceMs[name]),
    activityMs: ACTIVITIES.map((name) => day.activityMs[name]),
  }));
  return dayAnswer(sums, sumOfDays(inOrder));
}

function dayAnswer(sums: Sums, times: Pick<AgentDay, 'presenceMs' | 'activityMs' | 'availableIdleMs'>): AgentDayAnswer {
  const byName = <N extends string>(names: readonly N[], ms: readonly number[]) =>
    Object.fromEntries(names.map((name, i) => [name, ms[i] ?? 0])) as Record<N, number>;
  return {
    ...sums,
    signedInMs: signedInMsOf(times),
    availableIdleMs: times.availableIdleMs,
    presenceMs: byName<Presence>(PRESENCES, times.presenceMs),
    activityMs: byName<Activity>(ACTIVITIES, times.activityMs),
    ratios: agentRatiosOf({ ...sums, ...times }),
  };
}

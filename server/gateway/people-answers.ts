/** Agents, and teams as sums over them. */
import { agentDayAt, sumOfDays } from '../../shared/agent-day.ts';
import { AGENT_SUMS, type AgentAnswer, type AgentDayAnswer, type TeamAnswer } from '../../shared/api-numbers.ts';
import type { Row } from '../../shared/delta.ts';
import { type AgentDay, agentRatiosOf, signedInMsOf } from '../../shared/metric.ts';
import type { View } from '../../shared/policy.ts';
import { ACTIVITIES, type Activity, PRESENCES, type Presence } from '../../shared/presence.ts';
import { bookedDayOf, isSuspect, openStateOf } from './agent-row.ts';
import { cell, listIn, maybeNumberIn, numberIn, textIn } from './cells.ts';
import { countHead, type Heads, noHeads } from './heads.ts';
import { type Envelope, type SiteRows, siteRows, type Views } from './site-rows.ts';

export function agentsAnswer(
  mirror: Views,
  site: string,
  now: number,
  view?: View,
): Envelope & { agents: AgentAnswer[] } {
  const rows = siteRows(mirror, site, ['agents'], now, view);
  return { ...rows.envelope, agents: agentsOf(rows) };
}

export function teamsAnswer(
  mirror: Views,
  site: string,
  now: number,
  view?: View,
): Envelope & { teams: TeamAnswer[]; withoutTeam: string[] } {
  const rows = siteRows(mirror, site, ['agents'], now, view);
  const agents = agentsOf(rows);
  const byTeam = Map.groupBy(agents, ({ team }) => team);
  const teams: TeamAnswer[] = [];
  for (const [team, members] of byTeam) {
    if (team === null) continue;
    teams.push({
      id: team,
      name: team,
      agents: members.map(({ id }) => id),
      live: { ...headsOf(members), suspects: members.filter((member) => member.isSuspect).length },
      today: teamDayOf(members.map(({ today }) => today)),
    });
  }
  teams.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ...rows.envelope, teams, withoutTeam: (byTeam.get(null) ?? []).map(({ id }) => id) };
}

const agentsOf = (rows: SiteRows): AgentAnswer[] =>
  Array.from(rows.table('agents'), ([id, row]) => agentOf(id, row, rows.envelope.asOf));

function headsOf(agents: readonly AgentAnswer[]): Heads {
  const heads = noHeads();
  for (const agent of agents) countHead(heads, { ...agent, isFree: agent.canTakeCall });
  return heads;
}

function agentOf(id: string, row: Row, asOf: number): AgentAnswer {
  const { presence, activity } = openStateOf(row);
  return {
    id,
    name: textIn('agents', row, 'name') ?? id,
    team: textIn('agents', row, 'team'),
    presence,
    presenceReason: textIn('agents', row, 'presenceReason') ?? '',
    presenceSince: maybeNumberIn('agents', row, 'presenceSince'),
    activity,
    activitySince: maybeNumberIn('agents', row, 'activitySince'),
    canTakeCall: cell('agents', row, 'canTakeCall') === true,
    isSuspect: isSuspect(row),
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
  return dayAnswer(sums, agentDayAt(bookedDayOf(row), openStateOf(row), asOf));
}

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

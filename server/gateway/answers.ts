/** Sites, queues and queue groups as API answers, from a mirror's rows. */
import type { AgentAnswer, GroupAnswer, QueueAnswer, SiteAnswer } from '../../shared/api-numbers.ts';
import type { Row } from '../../shared/delta.ts';
import { DEFAULT_SERVICE_LEVEL, DEFAULT_TARGET_RATIO, type ServiceLevel } from '../../shared/metric.ts';
import { HEADCOUNT, SITE_ROW } from '../../shared/view.ts';
import { cell, listIn, maybeNumberIn, numberIn, textIn } from './cells.ts';
import { worstOf } from './freshness.ts';
import { agentsOf, agentTimeOf, headsOf, suspectsAmong } from './people-answers.ts';
import { type Envelope, type SiteRows, siteRows, type Views } from './site-rows.ts';
import { dayOf, sumsOfDay, windowsOf } from './sums.ts';

export function sitesAnswer(mirror: Views, now: number): Envelope & { sites: SiteAnswer[] } {
  const sites = mirror.sites.map((site) => siteAnswer(siteRows(mirror, site, ['board', 'counts'], now)));
  return {
    asOf: sites.length === 0 ? now : Math.min(...sites.map((site) => site.asOf)),
    rev: sites.reduce((sum, site) => sum + site.rev, 0),
    freshness: {
      ...worstOf(sites.map((site) => site.freshness)),
      sources: sites.flatMap((site) => site.freshness.sources),
    },
    sites,
  };
}

export function queuesAnswer(mirror: Views, site: string, now: number): Envelope & { queues: QueueAnswer[] } {
  const rows = siteRows(mirror, site, ['board', 'counts'], now);
  return { ...rows.envelope, queues: queuesOf(rows) };
}

export function groupsAnswer(
  mirror: Views,
  site: string,
  now: number,
): Envelope & { groups: GroupAnswer[]; withoutGroup: string[] } {
  const rows = siteRows(mirror, site, ['board', 'counts', 'agents'], now);
  const agents = agentsOf(rows);
  const byGroup = Map.groupBy(queuesOf(rows), ({ group }) => group);
  const groups: GroupAnswer[] = [];
  for (const [group, queues] of byGroup) if (group !== null) groups.push(groupOf(rows, group, queues, agents));
  groups.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ...rows.envelope, groups, withoutGroup: (byGroup.get(null) ?? []).map(({ id }) => id) };
}

function siteAnswer(rows: SiteRows): SiteAnswer {
  const [row = []] = rows.table('site').values();
  const date = textIn('site', row, 'businessDate');
  return {
    id: rows.id,
    name: textIn('site', row, 'name') ?? rows.id,
    ...rows.envelope,
    timeZone: textIn('site', row, 'timeZone'),
    businessDay: date
      ? { date, startAt: numberIn('site', row, 'dayStartAt'), endAt: numberIn('site', row, 'dayEndAt') }
      : null,
    // Variants and targets are set per queue; over all of them the default speaks.
    serviceLevel: DEFAULT_SERVICE_LEVEL,
    targetRatio: DEFAULT_TARGET_RATIO,
    live: liveOf('site', row, rows.envelope.asOf),
    windows: windowsOf(rows, [SITE_ROW], DEFAULT_SERVICE_LEVEL),
    today: dayOf(rows, SITE_ROW, DEFAULT_SERVICE_LEVEL),
  };
}

const queuesOf = (rows: SiteRows): QueueAnswer[] =>
  Array.from(rows.table('queues'), ([id, row]) => queueOf(rows, id, row));

function queueOf(rows: SiteRows, id: string, row: Row): QueueAnswer {
  const serviceLevel = (cell('queues', row, 'serviceLevel') ?? DEFAULT_SERVICE_LEVEL) as ServiceLevel;
  return {
    id,
    name: textIn('queues', row, 'name') ?? id,
    group: textIn('queues', row, 'group'),
    order: maybeNumberIn('queues', row, 'order'),
    colour: textIn('queues', row, 'colour'),
    thresholdMs: numberIn('queues', row, 'thresholdMs'),
    shortAbandonMs: numberIn('queues', row, 'shortAbandonMs'),
    sources: listIn('queues', row, 'sources'),
    serviceLevel,
    targetRatio: maybeNumberIn('queues', row, 'targetRatio') ?? DEFAULT_TARGET_RATIO,
    live: liveOf('queues', row, rows.envelope.asOf),
    windows: windowsOf(rows, [id], serviceLevel),
    today: dayOf(rows, id, serviceLevel),
  };
}

/** Waiting callers and counters are sums over the queues; people are counted once, however many of the queues they serve. */
function groupOf(
  rows: SiteRows,
  group: string,
  queues: readonly QueueAnswer[],
  everyone: readonly AgentAnswer[],
): GroupAnswer {
  const ids = queues.map(({ id }) => id);
  const agents = everyone.filter((agent) => agent.queues.some((queue) => ids.includes(queue)));
  const isFree = ({ canTakeCall, queues: memberOf, pausedIn }: AgentAnswer) =>
    canTakeCall && memberOf.some((queue) => ids.includes(queue) && !pausedIn.includes(queue));
  const serviceLevel = sameOf(queues.map((queue) => queue.serviceLevel)) ?? DEFAULT_SERVICE_LEVEL;
  const freeSince = earliest(
    agents.filter(isFree).map((agent) => Math.max(agent.activitySince ?? 0, agent.presenceSince ?? 0)),
  );
  const waits = queues.map(({ live }) => live);
  const ghosts = queues.map(
    ({ id, live }) => live.suspects - suspectsAmong(agents.filter((agent) => agent.queues.includes(id))),
  );
  return {
    id: group,
    name: group,
    queues: ids,
    serviceLevel,
    targetRatio: sameOf(queues.map((queue) => queue.targetRatio)),
    live: {
      waiting: sumOf(waits.map(({ waiting }) => waiting)),
      overdue: sumOf(waits.map(({ overdue }) => overdue)),
      suspects: Math.max(0, sumOf(ghosts)) + suspectsAmong(agents),
      ...sinceOf(earliest(waits.map((live) => live.oldestWaitingSince)), freeSince, rows.envelope.asOf),
      ...headsOf(agents, isFree),
    },
    windows: windowsOf(rows, ids, serviceLevel),
    today: sumsOfDay(rows, ids, agentTimeOf(agents), serviceLevel),
  };
}

function liveOf(table: 'site' | 'queues', row: Row, asOf: number): QueueAnswer['live'] {
  const heads = Object.fromEntries(HEADCOUNT.map((name) => [name, numberIn(table, row, name)]));
  return {
    waiting: numberIn(table, row, 'waiting'),
    overdue: numberIn(table, row, 'overdue'),
    suspects: numberIn(table, row, 'suspects'),
    ...sinceOf(maybeNumberIn(table, row, 'oldestWaitingSince'), maybeNumberIn(table, row, 'freeSince'), asOf),
    ...(heads as Record<(typeof HEADCOUNT)[number], number>),
  };
}

function sinceOf(oldestWaitingSince: number | null, freeSince: number | null, asOf: number) {
  const lengthMs = (since: number | null) => (since === null ? null : Math.max(0, asOf - since));
  return {
    oldestWaitingSince,
    longestWaitMs: lengthMs(oldestWaitingSince),
    freeSince,
    longestFreeMs: lengthMs(freeSince),
  };
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** What all have in common; null where they differ. */
const sameOf = <T>(values: readonly T[]): T | null =>
  values.every((value) => value === values[0]) ? (values[0] ?? null) : null;

/** Sites, queues and queue groups as API answers, from a mirror's rows. */
import type { GroupAnswer, QueueAnswer, SiteAnswer } from '../../shared/api-numbers.ts';
import type { Row } from '../../shared/delta.ts';
import { DEFAULT_SERVICE_LEVEL, DEFAULT_TARGET_RATIO, type ServiceLevel } from '../../shared/metric.ts';
import { EVERYWHERE, type Scope, seesSite, type View } from '../../shared/policy.ts';
import { HEADCOUNT, SITE_ROW } from '../../shared/view.ts';
import { cell, listIn, maybeNumberIn, numberIn, textIn } from './cells.ts';
import { worstOf } from './freshness.ts';
import { Sight } from './sight.ts';
import { type Envelope, type SiteRows, siteRows, type Views } from './site-rows.ts';
import { dayOf, sumsOfDay, windowsOf } from './sums.ts';
import { ViewSums } from './view-sums.ts';

/** The sites in scope, and of each what the scope shows. */
export function sitesAnswer(mirror: Views, now: number, scope: Scope = EVERYWHERE): Envelope & { sites: SiteAnswer[] } {
  const sites = mirror.sites
    .filter((site) => seesSite({ scope }, site))
    .map((site) => siteAnswer(siteRows(mirror, site, ['board', 'counts'], now, scope)));
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

export function queuesAnswer(
  mirror: Views,
  site: string,
  now: number,
  view?: View,
): Envelope & { queues: QueueAnswer[] } {
  const rows = siteRows(mirror, site, ['board', 'counts'], now, view);
  return { ...rows.envelope, queues: queuesOf(rows) };
}

export function groupsAnswer(
  mirror: Views,
  site: string,
  now: number,
  view?: View,
): Envelope & { groups: GroupAnswer[]; withoutGroup: string[] } {
  const rows = siteRows(mirror, site, ['board', 'counts', 'agents'], now, view);
  const byGroup = Map.groupBy(queuesOf(rows), ({ group }) => group);
  const groups: GroupAnswer[] = [];
  for (const [group, queues] of byGroup) if (group !== null) groups.push(groupOf(rows, group, queues));
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
function groupOf(rows: SiteRows, group: string, queues: readonly QueueAnswer[]): GroupAnswer {
  const ids = queues.map(({ id }) => id);
  const sums = new ViewSums(new Sight({ queues: ids, teams: rows.view.teams }));
  for (const [id, row] of rows.full.rows('queues')) sums.setQueue(id, row);
  for (const [id, row] of rows.full.rows('agents')) sums.setAgent(id, row);
  const { oldestWaitingSince, freeSince, ...live } = sums.live();
  const { asOf } = rows.envelope;
  const serviceLevel = sameOf(queues.map((queue) => queue.serviceLevel)) ?? DEFAULT_SERVICE_LEVEL;
  return {
    id: group,
    name: group,
    queues: ids,
    serviceLevel,
    targetRatio: sameOf(queues.map((queue) => queue.targetRatio)),
    live: { ...live, ...sinceOf(oldestWaitingSince, freeSince, asOf) },
    windows: windowsOf(rows, ids, serviceLevel),
    today: sumsOfDay(rows, ids, sums.timeAt(asOf), serviceLevel),
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

/** What all have in common; null where they differ. */
const sameOf = <T>(values: readonly T[]): T | null =>
  values.every((value) => value === values[0]) ? (values[0] ?? null) : null;

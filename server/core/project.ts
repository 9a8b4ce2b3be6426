/** What the screens show, as rows of the shared tables. Only what was touched is projected again. */
import { maskNumber } from '../../shared/caller.ts';
import type { Row } from '../../shared/delta.ts';
import { COUNTERS } from '../../shared/metric.ts';
import { quantileOf } from '../../shared/sketch.ts';
import { BUCKET_COUNTERS, type Cell, SITE_ROW, type Table } from '../../shared/view.ts';
import { timeOf } from './agent.ts';
import { parseBucketKey } from './keys.ts';
import { canTakeCall, isFreeIn } from './presence.ts';
import { bandOf, peaksBefore, shortAbandonMsOf, thresholdMsOf } from './queue.ts';
import { type Agent, everythingOf, type Gap, type Queue, type Site, type SourceState, type Touched } from './site.ts';
import { at, type Bucket } from './tally.ts';

export type Rows = { [T in Table]?: [id: string, row: Row | undefined][] };

/** The rows that may have changed; `undefined` stands for a row that is gone. */
export function rowsOf(site: Site, touched: Touched): Rows {
  const rows: Rows = {};
  const put = <K, E>(
    table: Table,
    ids: ReadonlySet<K>,
    from: ReadonlyMap<K, E>,
    rowOf: (entity: E, id: K) => Row | undefined,
  ) => {
    if (ids.size === 0) return;
    rows[table] = Array.from(ids, (id) => {
      const entity = from.get(id);
      return [String(id), entity === undefined ? undefined : rowOf(entity, id)];
    });
  };
  put('agents', touched.agents, site.agents, (agent) => agentRow(site, agent));
  put('queues', touched.queues, site.queues, (queue) => queueRow(site, queue));
  put('sources', touched.sources, site.sources, sourceRow);
  put('trend', touched.intervals, site.intervals, (bucket, key) => trendRow(site, bucket, key));
  put('minutes', touched.minutes, site.minutes, bucketRow);
  put('gaps', touched.gaps, site.gaps, gapRow);
  put('anomalies', touched.anomalies, site.anomalies, ({ today, total, newestAt }) => [today, total, newestAt]);
  put('corrections', touched.corrections, site.corrections, (c) => [c.at, c.kind, c.subject, c.before, c.after]);
  // The time on contacts that a day shows is that of the agents, which a queue's touch stands for.
  const days = new Set([...touched.days, ...touched.queues]);
  const isLive = touched.isSite || touched.queues.size > 0 || touched.agents.size > 0;
  if (isLive) days.add(SITE_ROW);
  if (days.size > 0) rows.today = Array.from(days, (id) => [id, todayRow(site, id)]);
  if (isLive) rows.site = [[site.id, siteRow(site)]];
  return rows;
}

/** Every row: what a new owner rewrites the views from. */
export const allRowsOf = (site: Site): Rows => rowsOf(site, everythingOf(site));

/** Order as `LIVE` in shared/view.ts. */
function liveCells(site: Site, queues: Iterable<Queue>, agents: Iterable<Agent>, queueId: string | null): Cell[] {
  const wait = waitingIn(site, queues);
  const head = {
    signedIn: 0,
    free: 0,
    ringing: 0,
    talking: 0,
    holding: 0,
    afterCallWork: 0,
    internalCall: 0,
    onBreak: 0,
  };
  let freeSince: number | null = null;
  let { suspects } = wait;
  for (const agent of agents) {
    if (agent.presence !== 'signedOut') head.signedIn++;
    if (agent.suspectSince !== null) suspects++;
    if (queueId === null ? canTakeCall(agent) : isFreeIn(agent, queueId)) {
      head.free++;
      const since = Math.max(agent.activitySince, agent.presenceSince);
      if (freeSince === null || since < freeSince) freeSince = since;
    }
    if (agent.activity !== 'idle' && agent.activity !== 'outbound') head[agent.activity]++;
    // Who is paused but still on a contact has not gone yet: the break starts at hang-up.
    else if (agent.presence !== 'signedOut' && agent.presence !== 'available') head.onBreak++;
  }
  return [
    wait.waiting,
    wait.oldest,
    wait.overdue,
    suspects,
    freeSince,
    head.signedIn,
    head.free,
    head.ringing,
    head.talking,
    head.holding,
    head.afterCallWork,
    head.internalCall,
    head.onBreak,
  ];
}

/** A ghost is no caller: a suspect counts as waiting, but not as the one who has waited longest. */
function waitingIn(site: Site, queues: Iterable<Queue>) {
  const found = { waiting: 0, overdue: 0, suspects: 0, oldest: null as number | null };
  for (const queue of queues) {
    for (const id of queue.waiting) {
      const contact = site.contacts.get(id);
      if (!contact) continue;
      found.waiting++;
      if (contact.suspectSince !== null) {
        found.suspects++;
        continue;
      }
      if (contact.isOverdue) found.overdue++;
      if (found.oldest === null || contact.offeredAt < found.oldest) found.oldest = contact.offeredAt;
    }
  }
  return found;
}

function siteRow(site: Site): Row {
  return [
    site.settings.name,
    site.day?.date ?? '',
    site.day?.startAt ?? 0,
    site.day?.endAt ?? 0,
    site.settings.timeZone,
    Math.round(site.clockOffsetMs / 100) * 100,
    ...liveCells(site, site.queues.values(), site.agents.values(), null),
  ];
}

function queueRow(site: Site, queue: Queue): Row {
  const { settings } = queue;
  const band = bandOf(site, queue);
  return [
    settings.name ?? queue.name,
    settings.group,
    settings.order,
    settings.colour,
    thresholdMsOf(site, queue),
    shortAbandonMsOf(site, queue),
    band.serviceLevel,
    band.targetRatio,
    queue.sources,
    peaksBefore(queue, site.clockAt),
    ...liveCells(site, [queue], agentsOf(site, queue), queue.id),
  ];
}

/** Undefined for a queue that does not exist. Nothing counted yet is zero. */
function todayRow(site: Site, id: string): Row | undefined {
  const queue = site.queues.get(id);
  if (id !== SITE_ROW && !queue) return undefined;
  const bucket = site.days.get(id);
  let onContactMs = 0;
  let idleMs = 0;
  for (const agent of queue ? agentsOf(site, queue) : site.agents.values()) {
    const time = timeOf(agent, site.clockAt);
    onContactMs += time.onContactMs;
    idleMs += time.idleMs;
  }
  const wait = (q: number) => (bucket ? quantileOf(bucket.waits, q) : null);
  return [
    ...COUNTERS.map((_, i) => bucket?.counts[i] ?? 0),
    // Ten seconds are enough for a ratio over the day and spare a changed cell per tick.
    Math.round(onContactMs / 10_000) * 10_000,
    Math.round(idleMs / 10_000) * 10_000,
    wait(0.5),
    wait(0.8),
    wait(0.95),
  ];
}

function* agentsOf(site: Site, queue: Queue): Generator<Agent> {
  for (const id of queue.agents) {
    const agent = site.agents.get(id);
    if (agent) yield agent;
  }
}

const sourceRow = ({ state, aliveAt, syncedAt, lostAt, cause, clockOffsetMs }: SourceState): Row => [
  state,
  aliveAt,
  syncedAt,
  lostAt,
  cause,
  // A tenth of a second tells a wrong clock; the delay of single events is noise.
  clockOffsetMs === null ? null : Math.round(clockOffsetMs / 100) * 100,
];

const gapRow = ({ source, startAt, endAt, cause, isFilled }: Gap): Row => [source, startAt, endAt, cause, isFilled];

const BUCKET_CELLS = BUCKET_COUNTERS.map((name) => at[name]);

function bucketRow({ counts }: Bucket, key: string): Row {
  const { queue, startAt } = parseBucketKey(key);
  return [queue, startAt, ...BUCKET_CELLS.map((i) => counts[i] ?? 0)];
}

function trendRow(site: Site, bucket: Bucket, key: string): Row | undefined {
  const { startAt } = parseBucketKey(key);
  if (site.day === null || startAt < site.day.startAt || startAt >= site.day.endAt) return undefined;
  return bucketRow(bucket, key);
}

function agentRow(site: Site, agent: Agent): Row {
  const contact = site.contacts.get(agent.talks[0] ?? '');
  const offer = site.offers.get(agent.offers[0] ?? '');
  const paused = [...agent.memberships].filter(([, membership]) => membership.paused).map(([queue]) => queue);
  return [
    agent.settings.name ?? agent.name,
    agent.settings.team,
    agent.presence,
    agent.presenceReason,
    agent.presenceSince,
    agent.activity,
    agent.activitySince,
    canTakeCall(agent),
    agent.suspectSince !== null,
    [...agent.memberships.keys()],
    paused,
    contact?.queue ?? offer?.queue ?? null,
    maskNumber(contact?.caller.number ?? null),
    agent.answered,
    agent.handled,
    agent.talkMsSum,
    agent.holdMsSum,
    agent.acwMsSum,
    agent.ringNoAnswer,
    agent.presenceMs,
    agent.activityMs,
    agent.availableIdleMs,
    agent.countedFrom,
  ];
}

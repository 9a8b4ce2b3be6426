/** What the screens show, as rows of the shared tables. Only what was touched is projected again. */
import type { Row } from '../../shared/delta.ts';
import { addCounters, COUNTERS, type Counters, zeroCounters } from '../../shared/metric.ts';
import { type Cell, type Table, TREND_COUNTERS } from '../../shared/view.ts';
import { timeOf } from './agent.ts';
import { intervalKey, parseIntervalKey } from './keys.ts';
import { canTakeCall, isFreeIn } from './presence.ts';
import { peaksBefore, thresholdMsOf } from './queue.ts';
import type { Agent, Queue, Site, SourceState, Touched } from './site.ts';

export type Rows = { [T in Table]?: [id: string, row: Row | undefined][] };

/** The rows that may have changed; `undefined` stands for a row that is gone. */
export function rowsOf(site: Site, touched: Touched): Rows {
  const rows: Rows = {};
  if (touched.agents.size > 0) {
    rows.agents = Array.from(touched.agents, (id) => [id, agentRow(site, site.agents.get(id))]);
  }
  if (touched.queues.size > 0) {
    rows.queues = Array.from(touched.queues, (id) => {
      const queue = site.queues.get(id);
      return [id, queue && queueRow(site, queue)];
    });
  }
  if (touched.sources.size > 0) {
    rows.sources = Array.from(touched.sources, (id) => {
      const source = site.sources.get(id);
      return [id, source && sourceRow(site, source)];
    });
  }
  if (touched.intervals.size > 0) rows.trend = trendRows(site, touched.intervals);
  if (touched.isSite || touched.queues.size > 0 || touched.agents.size > 0) rows.site = [[site.id, siteRow(site)]];
  return rows;
}

/** Every row: what a new owner rewrites the views from. */
export function allRowsOf(site: Site): Rows {
  return rowsOf(site, {
    contacts: new Set(),
    offers: new Set(),
    agents: new Set(site.agents.keys()),
    queues: new Set(site.queues.keys()),
    sources: new Set(site.sources.keys()),
    intervals: new Set(site.intervals.keys()),
    isSite: true,
  });
}

const cellsOf = (counters: Readonly<Counters>): number[] => COUNTERS.map((name) => counters[name]);

/** Order as `LIVE` in shared/view.ts. */
function liveCells(
  site: Site,
  waiting: number,
  oldestWaitingSince: number | null,
  agents: Iterable<Agent>,
  queueId: string | null,
): Cell[] {
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
  let onContactMs = 0;
  let idleMs = 0;
  for (const agent of agents) {
    const time = timeOf(agent, site.clockAt);
    onContactMs += time.onContactMs;
    idleMs += time.idleMs;
    if (agent.presence !== 'signedOut') head.signedIn++;
    if (queueId === null ? canTakeCall(agent) : isFreeIn(agent, queueId)) head.free++;
    if (agent.activity !== 'idle' && agent.activity !== 'outbound') head[agent.activity]++;
    // Who is paused but still on a contact has not gone yet: the break starts at hang-up.
    else if (agent.presence !== 'signedOut' && agent.presence !== 'available') head.onBreak++;
  }
  return [
    waiting,
    oldestWaitingSince,
    head.signedIn,
    head.free,
    head.ringing,
    head.talking,
    head.holding,
    head.afterCallWork,
    head.internalCall,
    head.onBreak,
    // Whole seconds are enough for a ratio over the day and spare a changed cell per tick.
    Math.round(onContactMs / 1_000) * 1_000,
    Math.round(idleMs / 1_000) * 1_000,
  ];
}

function siteRow(site: Site): Row {
  const today = zeroCounters();
  let waiting = 0;
  let oldest: number | null = null;
  for (const queue of site.queues.values()) {
    addCounters(today, queue.today);
    waiting += queue.waiting.size;
    const since = oldestWaiting(site, queue);
    if (since !== null && (oldest === null || since < oldest)) oldest = since;
  }
  return [
    site.settings.name,
    site.day?.date ?? '',
    site.day?.startAt ?? 0,
    site.day?.endAt ?? 0,
    site.settings.timeZone,
    Math.round(site.clockOffsetMs / 100) * 100,
    ...liveCells(site, waiting, oldest, site.agents.values(), null),
    ...cellsOf(today),
  ];
}

function queueRow(site: Site, queue: Queue): Row {
  return [
    queue.name,
    thresholdMsOf(site, queue),
    peaksBefore(queue, site.clockAt),
    ...liveCells(site, queue.waiting.size, oldestWaiting(site, queue), agentsOf(site, queue), queue.id),
    ...cellsOf(queue.today),
  ];
}

function* agentsOf(site: Site, queue: Queue): Generator<Agent> {
  for (const id of queue.agents) {
    const agent = site.agents.get(id);
    if (agent) yield agent;
  }
}

function oldestWaiting(site: Site, queue: Queue): number | null {
  let oldest: number | null = null;
  for (const id of queue.waiting) {
    const since = site.contacts.get(id)?.offeredAt ?? null;
    if (since !== null && (oldest === null || since < oldest)) oldest = since;
  }
  return oldest;
}

function sourceRow(site: Site, source: SourceState): Row {
  let anomalies = 0;
  for (const count of site.anomalies.values()) anomalies += count;
  return [source.state, source.aliveAt, source.syncedAt, source.lostAt, source.cause, anomalies];
}

/** A queue's interval and the site's sum over queues for the same quarter hour. */
function trendRows(site: Site, keys: ReadonlySet<string>): [string, Row | undefined][] {
  const rows: [string, Row | undefined][] = [];
  const starts = new Set<number>();
  for (const key of keys) {
    const { queue, startAt } = parseIntervalKey(key);
    starts.add(startAt);
    rows.push([key, trendRow(site, queue, startAt, site.intervals.get(key))]);
  }
  for (const startAt of starts) {
    let sum: Counters | undefined;
    for (const id of site.queues.keys()) {
      const counters = site.intervals.get(intervalKey(id, startAt));
      if (counters) sum = addCounters(sum ?? zeroCounters(), counters);
    }
    rows.push([intervalKey('*', startAt), trendRow(site, '*', startAt, sum)]);
  }
  return rows;
}

function trendRow(site: Site, queue: string, startAt: number, counters: Counters | undefined): Row | undefined {
  if (!counters || site.day === null || startAt < site.day.startAt || startAt >= site.day.endAt) return undefined;
  return [queue, startAt, ...TREND_COUNTERS.map((name) => counters[name])];
}

function agentRow(site: Site, agent: Agent | undefined): Row | undefined {
  if (!agent) return undefined;
  const contact = site.contacts.get(agent.talks[0] ?? '');
  const offer = site.offers.get(agent.offers[0] ?? '');
  const paused = [...agent.memberships].filter(([, membership]) => membership.paused).map(([queue]) => queue);
  return [
    agent.name,
    agent.presence,
    agent.presenceReason,
    agent.presenceSince,
    agent.activity,
    agent.activitySince,
    canTakeCall(agent),
    [...agent.memberships.keys()],
    paused,
    contact?.queue ?? offer?.queue ?? null,
    maskNumber(contact?.caller.number ?? null),
    agent.answered,
    agent.talkMsSum,
    agent.ringNoAnswer,
  ];
}

/** Keeps the first three and last two digits of a number long enough to hide something; hides a short one whole. */
export function maskNumber(number: string | null): string | null {
  if (number === null) return null;
  const digits = Array.from(number);
  if (digits.length < 7) return '*'.repeat(digits.length);
  return `${digits.slice(0, 3).join('')}${'*'.repeat(digits.length - 5)}${digits.slice(-2).join('')}`;
}

/** Changes of an agent: every one goes through `patchAgent`, which keeps derived state and durations right. */
import type { Membership } from '../../shared/event.ts';
import { onContactMsOf } from '../../shared/metric.ts';
import { ACTIVITIES, PRESENCES } from '../../shared/presence.ts';
import { type AgentSettings, NO_AGENT_SETTINGS } from '../../shared/setting.ts';
import { putContact } from './counting.ts';
import { activityOf, presenceOf } from './presence.ts';
import { ensureQueue } from './queue.ts';
import type { Agent, Site } from './site.ts';

export function ensureAgent(site: Site, id: string, at: number): Agent {
  const known = site.agents.get(id);
  if (known) return known;
  const agent: Agent = {
    id,
    name: id,
    device: 'unknown',
    deviceAt: 0,
    memberships: new Map(),
    presence: 'signedOut',
    presenceReason: '',
    presenceSince: at,
    activity: 'idle',
    activitySince: at,
    settings: NO_AGENT_SETTINGS,
    settingsVersion: 0,
    talks: [],
    offers: [],
    isBusyFromContact: false,
    work: null,
    suspectSince: null,
    presenceMs: NO_TIME,
    activityMs: NO_TIME,
    availableIdleMs: 0,
    countedFrom: at,
    ...NOTHING_DONE,
  };
  site.agents.set(id, agent);
  site.touched.agents.add(id);
  return agent;
}

/** No time in any presence or activity: there are as many of each. */
const NO_TIME: readonly number[] = Object.freeze(new Array<number>(7).fill(0));
/** In an order that a restart does not change. */
export const agentsInOrder = (site: Site): Agent[] => [...site.agents.values()].sort((a, b) => (a.id < b.id ? -1 : 1));

const NOTHING_DONE = { answered: 0, handled: 0, talkMsSum: 0, holdMsSum: 0, acwMsSum: 0, ringNoAnswer: 0 } as const;

type Patch = Partial<Omit<Agent, 'presence' | 'presenceReason' | 'presenceSince' | 'activity' | 'activitySince'>>;

/**
 * Applies a change at an instant, derives presence and activity anew and closes the segments that ended. Time never runs
 * backwards within an agent: an older stamp counts as the start of the current segment.
 */
export function patchAgent(site: Site, id: string, at: number, patch: Patch): Agent {
  const before = ensureAgent(site, id, at);
  const next: Draft = { ...before, ...patch };
  if (next.isBusyFromContact && next.device !== 'busy' && next.device !== 'holding') next.isBusyFromContact = false;
  const { presence, reason } = presenceOf(next);
  const activity = activityOf(next);
  if (next.work && activity !== 'afterCallWork') next.work = null;
  if (before.work && next.work !== before.work) bookWork(site, next, before.work, at);
  const isNewPresence = presence !== before.presence || reason !== before.presenceReason;
  if (isNewPresence || activity !== before.activity) {
    closeSegments(site, next, before, at);
    if (isNewPresence) {
      next.presence = presence;
      next.presenceReason = reason;
      next.presenceSince = Math.max(at, before.presenceSince);
    }
    if (activity !== before.activity) {
      next.activity = activity;
      next.activitySince = Math.max(at, before.activitySince);
    }
    next.suspectSince = null;
  }
  site.agents.set(id, next);
  site.touched.agents.add(id);
  if (next.work) site.working.add(id);
  else if (before.work) site.working.delete(id);
  for (const queue of before.memberships.keys()) site.touched.queues.add(queue);
  return next;
}

/** An agent's next form, ours alone until it is put. */
type Draft = { -readonly [K in keyof Agent]: Agent[K] };

/** After-call work that is over goes to its contact and, if that is one of today, to the agent's day. */
function bookWork(site: Site, next: Draft, work: NonNullable<Agent['work']>, at: number): void {
  const acwMs = Math.max(0, Math.min(at, work.until) - work.since);
  const contact = site.contacts.get(work.contact);
  if (!contact || acwMs === 0) return;
  putContact(site, { ...contact, acwMs: contact.acwMs + acwMs });
  if (site.day === null || contact.offeredAt >= site.day.startAt) next.acwMsSum += acwMs;
}

export function configureAgent(site: Site, id: string, version: number, settings: AgentSettings, at: number): void {
  if (version <= ensureAgent(site, id, at).settingsVersion) return;
  patchAgent(site, id, at, { settings, settingsVersion: version });
}

/**
 * Both axes are booked up to the later of their starts and `at`, so that each adds up to the clock. What a suspect state
 * lasted is booked as idle, outside `availableIdleMs`: it is in no ratio.
 */
function closeSegments(site: Site, next: Draft, before: Agent, at: number): void {
  const upTo = Math.max(at, before.countedFrom);
  const lengthMs = upTo - before.countedFrom;
  next.countedFrom = upTo;
  if (lengthMs === 0) return;
  tellSegment(site, before, upTo);
  const activity = before.suspectSince === null ? before.activity : 'idle';
  next.presenceMs = longer(before.presenceMs, PRESENCES.indexOf(before.presence), lengthMs);
  next.activityMs = longer(before.activityMs, ACTIVITIES.indexOf(activity), lengthMs);
  if (before.presence === 'available' && before.activity === 'idle') next.availableIdleMs += lengthMs;
}

function longer(sums: readonly number[], index: number, byMs: number): number[] {
  const next = sums.slice();
  next[index] = (next[index] ?? 0) + byMs;
  return next;
}

/** History of who did what. Being signed out and doing nothing is none. */
function tellSegment(site: Site, { id, countedFrom, presence, presenceReason, activity }: Agent, endAt: number): void {
  if (endAt <= countedFrom || (presence === 'signedOut' && activity === 'idle')) return;
  site.outbox.facts.push({
    type: 'segment',
    agent: id,
    startAt: countedFrom,
    endAt,
    presence,
    reason: presenceReason,
    activity,
  });
}

/** Time on contacts and idle-while-available up to `at`, the open segment included. */
export function timeOf(agent: Agent, at: number): { onContactMs: number; idleMs: number } {
  const openMs = Math.max(0, at - agent.countedFrom);
  const isOnContact =
    agent.suspectSince === null &&
    (agent.activity === 'talking' || agent.activity === 'holding' || agent.activity === 'afterCallWork');
  const isIdle = agent.presence === 'available' && agent.activity === 'idle';
  return {
    onContactMs: onContactMsOf(agent.activityMs) + (isOnContact ? openMs : 0),
    idleMs: agent.availableIdleMs + (isIdle ? openMs : 0),
  };
}

/** The source's clock was set back to `at`: nothing has begun later, and no row of now is the echo of one from then. */
export function turnBack(site: Site, agent: Agent, at: number): void {
  for (const [queue, membership] of agent.memberships)
    if (membership.rowAt > at) agent.memberships.set(queue, { ...membership, rowAt: at });
  site.agents.set(agent.id, {
    ...agent,
    deviceAt: Math.min(agent.deviceAt, at),
    presenceSince: Math.min(agent.presenceSince, at),
    activitySince: Math.min(agent.activitySince, at),
    countedFrom: Math.min(agent.countedFrom, at),
  });
  site.touched.agents.add(agent.id);
}

/** Starts the agent's day anew at the line: the running segments are split there. */
export function splitAtDayStart(site: Site, agent: Agent, dayStartAt: number): void {
  tellSegment(site, agent, dayStartAt);
  site.agents.set(agent.id, {
    ...agent,
    presenceMs: NO_TIME,
    activityMs: NO_TIME,
    availableIdleMs: 0,
    countedFrom: Math.max(dayStartAt, agent.countedFrom),
    ...NOTHING_DONE,
  });
  site.touched.agents.add(agent.id);
}

/**
 * A source's stamps may run a few milliseconds backwards between events that are in the right order (measured: 3.6 ms); a row
 * older than this is the late echo of one that was already replaced.
 */
const ECHO_MS = 100;

/** Puts an agent's row of one queue; true if it differed from what was known. */
export function setMembership(site: Site, row: Membership, source: string, at: number): boolean {
  const agent = ensureAgent(site, row.agent, at);
  const known = agent.memberships.get(row.queue);
  if (known && at < known.rowAt - ECHO_MS) return false;
  const isDeviceNews = at >= agent.deviceAt - ECHO_MS;
  const device = isDeviceNews ? row.device : agent.device;
  const name = row.name === '' ? agent.name : row.name;
  const isSameRow =
    known?.paused === row.paused &&
    known.pauseReason === row.pauseReason &&
    known.penalty === row.penalty &&
    known.source === source;
  if (isSameRow && agent.device === device && agent.name === name) return false;
  const { paused, pauseReason, penalty, wrapUpMs = null } = row;
  const membership = { paused, pauseReason, penalty, wrapUpMs, source, rowAt: at };
  agent.memberships.set(row.queue, membership);
  ensureQueue(site, row.queue).agents.add(row.agent);
  const deviceAt = isDeviceNews ? Math.max(at, agent.deviceAt) : agent.deviceAt;
  patchAgent(site, row.agent, at, { device, deviceAt, name });
  return true;
}

export function endMembership(site: Site, agentId: string, queueId: string, at: number): boolean {
  const agent = site.agents.get(agentId);
  const known = agent?.memberships.get(queueId);
  if (!agent || !known || at < known.rowAt - ECHO_MS) return false;
  agent.memberships.delete(queueId);
  ensureQueue(site, queueId).agents.delete(agentId);
  site.touched.queues.add(queueId);
  patchAgent(site, agentId, at, {});
  return true;
}

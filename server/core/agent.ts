/** Changes of an agent: every one goes through `patchAgent`, which keeps derived state and durations right. */
import type { Membership } from '../../shared/event.ts';
import { activityOf, presenceOf } from './presence.ts';
import { ensureQueue, patchQueue } from './queue.ts';
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
    talks: [],
    offers: [],
    isBusyFromContact: false,
    presenceMs: {},
    activityMs: {},
    availableIdleMs: 0,
    countedFrom: at,
    answered: 0,
    talkMsSum: 0,
    ringNoAnswer: 0,
  };
  site.agents.set(id, agent);
  site.touched.agents.add(id);
  return agent;
}

type Patch = Partial<Omit<Agent, 'presence' | 'presenceReason' | 'presenceSince' | 'activity' | 'activitySince'>>;

/**
 * Applies a change at an instant, derives presence and activity anew and closes the segments that ended. Time never runs
 * backwards within an agent: an older stamp counts as the start of the current segment.
 */
export function patchAgent(site: Site, id: string, at: number, patch: Patch): Agent {
  const before = ensureAgent(site, id, at);
  let next: Agent = { ...before, ...patch };
  if (next.isBusyFromContact && next.device !== 'busy' && next.device !== 'holding') {
    next = { ...next, isBusyFromContact: false };
  }
  const { presence, reason } = presenceOf(next);
  const activity = activityOf(next);
  const isNewPresence = presence !== before.presence || reason !== before.presenceReason;
  if (isNewPresence || activity !== before.activity) {
    next = closeSegments(next, before, at);
    if (isNewPresence)
      next = { ...next, presence, presenceReason: reason, presenceSince: Math.max(at, before.presenceSince) };
    if (activity !== before.activity) next = { ...next, activity, activitySince: Math.max(at, before.activitySince) };
  }
  site.agents.set(id, next);
  site.touched.agents.add(id);
  for (const queue of before.memberships.keys()) site.touched.queues.add(queue);
  return next;
}

/** Both axes are booked up to the later of their starts and `at`, so that each adds up to the clock. */
function closeSegments(next: Agent, before: Agent, at: number): Agent {
  const upTo = Math.max(at, before.countedFrom);
  const lengthMs = upTo - before.countedFrom;
  if (lengthMs === 0) return { ...next, countedFrom: upTo };
  return {
    ...next,
    countedFrom: upTo,
    presenceMs: { ...before.presenceMs, [before.presence]: (before.presenceMs[before.presence] ?? 0) + lengthMs },
    activityMs: { ...before.activityMs, [before.activity]: (before.activityMs[before.activity] ?? 0) + lengthMs },
    availableIdleMs:
      before.availableIdleMs + (before.presence === 'available' && before.activity === 'idle' ? lengthMs : 0),
  };
}

/** Time on contacts and idle-while-available up to `at`, the open segment included. */
export function timeOf(agent: Agent, at: number): { onContactMs: number; idleMs: number } {
  const openMs = Math.max(0, at - agent.countedFrom);
  const { talking = 0, holding = 0, afterCallWork = 0 } = agent.activityMs;
  const isOnContact =
    agent.activity === 'talking' || agent.activity === 'holding' || agent.activity === 'afterCallWork';
  const isIdle = agent.presence === 'available' && agent.activity === 'idle';
  return {
    onContactMs: talking + holding + afterCallWork + (isOnContact ? openMs : 0),
    idleMs: agent.availableIdleMs + (isIdle ? openMs : 0),
  };
}

/** Starts the agent's day anew at the line: the running segments are split there. */
export function splitAtDayStart(site: Site, agent: Agent, dayStartAt: number): void {
  site.agents.set(agent.id, {
    ...agent,
    presenceMs: {},
    activityMs: {},
    availableIdleMs: 0,
    countedFrom: Math.max(dayStartAt, agent.countedFrom),
    answered: 0,
    talkMsSum: 0,
    ringNoAnswer: 0,
  });
  site.touched.agents.add(agent.id);
}

/**
 * A source's stamps may run a few milliseconds backwards between events that are in the right order (measured: 3.6 ms); a row
 * older than this is the late echo of one that was already replaced.
 */
const ECHO_MS = 100;

/** Puts an agent's row of one queue; true if it differed from what was known. */
export function setMembership(site: Site, row: Membership, at: number): boolean {
  const agent = ensureAgent(site, row.agent, at);
  const known = agent.memberships.get(row.queue);
  if (known && at < known.rowAt - ECHO_MS) return false;
  const isDeviceNews = at >= agent.deviceAt - ECHO_MS;
  const device = isDeviceNews ? row.device : agent.device;
  const name = row.name === '' ? agent.name : row.name;
  const isSameRow =
    known?.paused === row.paused && known.pauseReason === row.pauseReason && known.penalty === row.penalty;
  if (isSameRow && agent.device === device && agent.name === name) return false;
  const { paused, pauseReason, penalty } = row;
  const memberships = new Map(agent.memberships).set(row.queue, { paused, pauseReason, penalty, rowAt: at });
  const queue = ensureQueue(site, row.queue);
  if (!queue.agents.has(row.agent)) patchQueue(site, row.queue, { agents: new Set(queue.agents).add(row.agent) });
  const deviceAt = isDeviceNews ? Math.max(at, agent.deviceAt) : agent.deviceAt;
  patchAgent(site, row.agent, at, { memberships, device, deviceAt, name });
  site.touched.queues.add(row.queue);
  return true;
}

export function endMembership(site: Site, agentId: string, queueId: string, at: number): boolean {
  const agent = site.agents.get(agentId);
  const known = agent?.memberships.get(queueId);
  if (!agent || !known || at < known.rowAt - ECHO_MS) return false;
  const memberships = new Map(agent.memberships);
  memberships.delete(queueId);
  const agents = new Set(ensureQueue(site, queueId).agents);
  agents.delete(agentId);
  patchQueue(site, queueId, { agents });
  patchAgent(site, agentId, at, { memberships });
  return true;
}

/**
 * Ghosts and stuck agents: what has lasted far longer than such things do. A suspect is kept out of the ratios until the
 * source's next picture, which comes within a minute: what it still shows is real, what it no longer shows is closed by
 * `reconcile`. Where the source cannot tell, a talk is given as long again and then closed as of unknown length.
 */
import type { Activity } from '../../shared/presence.ts';
import { quantileOf } from '../../shared/sketch.ts';
import { MINUTE_MS } from '../../shared/time.ts';
import { agentsInOrder } from './agent.ts';
import { openContacts } from './counting.ts';
import { type Agent, type Contact, noteCorrection, type Site } from './site.ts';
import { changeContact } from './visit.ts';

/** How many times the 95th percentile of today's is beyond belief. */
const TIMES_P95 = 6;
const MIN_SEEN = 20;
/** Below these nothing is suspected, however short today's waits and talks are. */
const LEAST_WAIT_MS = 10 * MINUTE_MS;
const LEAST_TALK_MS = 60 * MINUTE_MS;
const LONGEST_MS: Readonly<Partial<Record<Activity, number>>> = {
  ringing: 3 * MINUTE_MS,
  internalCall: 120 * MINUTE_MS,
  afterCallWork: 120 * MINUTE_MS,
};

export function findSuspects(site: Site): void {
  const limits = new Map<string, { waitMs: number; talkMs: number }>();
  const limitsOf = (queue: string) => {
    const known = limits.get(queue) ?? {
      waitMs: Math.max(LEAST_WAIT_MS, TIMES_P95 * p95Of(site, queue, 'waits')),
      talkMs: Math.max(LEAST_TALK_MS, TIMES_P95 * p95Of(site, queue, 'talks')),
    };
    limits.set(queue, known);
    return known;
  };
  for (const contact of openContacts(site)) {
    if (contact.state === 'waiting') suspect(site, contact, contact.offeredAt, limitsOf(contact.queue).waitMs);
    else if (contact.state === 'talking')
      suspect(site, contact, contact.answeredAt ?? contact.offeredAt, limitsOf(contact.queue).talkMs);
  }
  for (const agent of agentsInOrder(site)) suspectAgent(site, agent);
}

function p95Of(site: Site, queue: string, of: 'waits' | 'talks'): number {
  const sketch = site.days.get(queue)?.[of];
  if (!sketch) return 0;
  let seen = 0;
  for (const count of sketch.values()) seen += count;
  return seen < MIN_SEEN ? 0 : (quantileOf(sketch, 0.95) ?? 0);
}

function suspect(site: Site, contact: Contact, since: number, limitMs: number): void {
  const { clockAt } = site;
  if (contact.suspectSince === null) {
    if (clockAt - Math.max(since, contact.provenAt ?? 0) <= limitMs) return;
    noteCorrection(site, `suspect.${contact.state}`, contact.id, contact.state, 'suspect');
    changeContact(site, contact, { ...contact, suspectSince: clockAt }, clockAt);
    const agent = contact.agent === null ? undefined : site.agents.get(contact.agent);
    if (agent) markAgent(site, agent);
    site.touched.queues.add(contact.queue);
  } else if (contact.state === 'talking' && clockAt - contact.suspectSince > limitMs) {
    noteCorrection(site, 'suspect.cleared', contact.id, 'talking', 'finished, length unknown');
    const after: Contact = { ...contact, state: 'finished', endedAt: clockAt, talkMs: null, isEndInferred: true };
    changeContact(site, contact, after, clockAt);
  }
}

function suspectAgent(site: Site, agent: Agent): void {
  const limitMs = LONGEST_MS[agent.activity];
  if (limitMs === undefined || agent.suspectSince !== null || site.clockAt - agent.activitySince <= limitMs) return;
  noteCorrection(site, `suspect.${agent.activity}`, agent.id, agent.activity, 'suspect');
  markAgent(site, agent);
}

function markAgent(site: Site, agent: Agent): void {
  site.agents.set(agent.id, { ...agent, suspectSince: site.clockAt });
  site.touched.agents.add(agent.id);
  for (const queue of agent.memberships.keys()) site.touched.queues.add(queue);
}

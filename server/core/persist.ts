/**
 * The state as stored: one field per entity, so that a commit writes what was touched and nothing else. Sets that follow
 * from other entities (who waits, who is in a queue) are not stored but derived when the state is restored.
 */
import { isVisitBefore } from './counting.ts';
import {
  type Agent,
  type AgentMembership,
  type Anomaly,
  type Contact,
  type Correction,
  createSite,
  type Gap,
  type Offer,
  type Queue,
  type Site,
  type SiteSettings,
  type SourceState,
  type Touched,
} from './site.ts';
import { restoredBucket, type StoredBucket, storedBucket } from './tally.ts';

type StoredQueue = Omit<Queue, 'waiting' | 'agents'>;
type StoredAgent = Omit<Agent, 'memberships'> & {
  readonly memberships: readonly (readonly [string, AgentMembership])[];
};
type StoredSite = Pick<Site, 'clockAt' | 'clockOffsetMs' | 'day' | 'correctionCount' | 'heardFrom' | 'forgottenTo'>;

export interface StateChanges {
  readonly put: [field: string, json: string][];
  readonly del: string[];
}

export function entitiesOf(site: Site, touched: Touched): StateChanges {
  const put: [string, string][] = [];
  const del: string[] = [];
  const store = <K extends string | number, T>(
    kind: string,
    ids: Iterable<K>,
    from: ReadonlyMap<K, T>,
    toStored: (entity: T) => unknown,
  ) => {
    for (const id of ids) {
      const entity = from.get(id);
      if (entity === undefined) del.push(`${kind}:${id}`);
      else put.push([`${kind}:${id}`, JSON.stringify(toStored(entity))]);
    }
  };
  store('contact', touched.contacts, site.contacts, (contact) => contact);
  store('offer', touched.offers, site.offers, (offer) => offer);
  store('agent', touched.agents, site.agents, (agent) => ({ ...agent, memberships: [...agent.memberships] }));
  store('queue', touched.queues, site.queues, ({ waiting: _waiting, agents: _agents, ...queue }) => queue);
  store('source', touched.sources, site.sources, (source) => source);
  store('interval', touched.intervals, site.intervals, storedBucket);
  store('minute', touched.minutes, site.minutes, storedBucket);
  store('day', touched.days, site.days, storedBucket);
  store('gap', touched.gaps, site.gaps, (gap) => gap);
  store('correction', touched.corrections, site.corrections, (correction) => correction);
  store('anomaly', touched.anomalies, site.anomalies, (anomaly) => anomaly);
  const stored: StoredSite = {
    clockAt: site.clockAt,
    clockOffsetMs: site.clockOffsetMs,
    day: site.day,
    correctionCount: site.correctionCount,
    heardFrom: site.heardFrom,
    forgottenTo: site.forgottenTo,
  };
  put.push(['site:', JSON.stringify(stored)]);
  return { put, del };
}

/** Field of a source, and what it says of where a log is to be read on. */
export const sourceField = (id: string): string => `source:${id}`;
export const resumeIn = (json: string): string | null => (JSON.parse(json) as Partial<SourceState>).resume ?? null;

/** The site as it was when these fields were written; fields are what this module stored, read back whole. */
export function restoreSite(id: string, settings: SiteSettings, fields: Iterable<readonly [string, string]>): Site {
  const site = createSite(id, settings);
  for (const [field, json] of fields) {
    const separator = field.indexOf(':');
    restoreEntity(site, field.slice(0, separator), field.slice(separator + 1), JSON.parse(json));
  }
  // Oldest first, as they came: so they are forgotten.
  const contacts = [...site.contacts.values()].sort((a, b) => (isVisitBefore(a, b) ? -1 : 1));
  site.contacts.clear();
  for (const contact of contacts) {
    site.contacts.set(contact.id, contact);
    const visits = site.calls.get(contact.call);
    if (visits) visits.push(contact.id);
    else site.calls.set(contact.call, [contact.id]);
    if (contact.state === 'waiting') site.queues.get(contact.queue)?.waiting.add(contact.id);
  }
  // What had changed since it was last told is not known any more: telling it again does no harm.
  for (const key of site.intervals.keys()) site.outbox.intervals.add(key);
  for (const agent of site.agents.values()) {
    if (agent.work) site.working.add(agent.id);
    for (const queue of agent.memberships.keys()) site.queues.get(queue)?.agents.add(agent.id);
  }
  return site;
}

function restoreEntity(site: Site, kind: string, id: string, stored: unknown): void {
  switch (kind) {
    case 'contact':
      site.contacts.set(id, stored as Contact);
      return;
    case 'offer':
      site.offers.set(id, stored as Offer);
      return;
    case 'agent': {
      const agent = stored as StoredAgent;
      site.agents.set(id, { ...agent, memberships: new Map(agent.memberships) });
      return;
    }
    case 'queue':
      site.queues.set(id, { ...(stored as StoredQueue), waiting: new Set(), agents: new Set() });
      return;
    case 'source':
      site.sources.set(id, stored as SourceState);
      return;
    case 'interval':
      site.intervals.set(id, restoredBucket(stored as StoredBucket));
      return;
    case 'minute':
      site.minutes.set(id, restoredBucket(stored as StoredBucket));
      return;
    case 'day':
      site.days.set(id, restoredBucket(stored as StoredBucket));
      return;
    case 'gap':
      site.gaps.set(id, stored as Gap);
      return;
    case 'correction':
      site.corrections.set(Number(id), stored as Correction);
      return;
    case 'anomaly':
      site.anomalies.set(id, stored as Anomaly);
      return;
    case 'site': {
      Object.assign(site, stored as StoredSite);
      return;
    }
    default:
      throw new Error(`stored state has an entity of unknown kind "${kind}": it was written by another version`);
  }
}

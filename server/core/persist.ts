/**
 * The state as stored: one field per entity, so that a commit writes what was touched and nothing else. Sets that follow
 * from other entities (who waits, who is in a queue) are not stored but derived when the state is restored.
 */
import { ordinalOf, visitKey } from './keys.ts';
import {
  type Agent,
  type Contact,
  createSite,
  type Offer,
  type Queue,
  type Site,
  type SiteSettings,
  type SourceState,
  type Touched,
} from './site.ts';

type StoredQueue = Omit<Queue, 'waiting' | 'agents'>;
type StoredAgent = Omit<Agent, 'memberships'> & {
  readonly memberships: readonly (readonly [
    string,
    Agent['memberships'] extends ReadonlyMap<string, infer M> ? M : never,
  ])[];
};
type StoredSite = Pick<Site, 'clockAt' | 'clockOffsetMs' | 'day'> & {
  readonly anomalies: readonly (readonly [string, number])[];
};

export interface StateChanges {
  readonly put: [field: string, json: string][];
  readonly del: string[];
}

export function entitiesOf(site: Site, touched: Touched): StateChanges {
  const put: [string, string][] = [];
  const del: string[] = [];
  const store = <T>(
    kind: string,
    ids: Iterable<string>,
    from: ReadonlyMap<string, T>,
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
  store('interval', touched.intervals, site.intervals, (counters) => counters);
  const stored: StoredSite = {
    clockAt: site.clockAt,
    clockOffsetMs: site.clockOffsetMs,
    day: site.day,
    anomalies: [...site.anomalies],
  };
  put.push(['site:', JSON.stringify(stored)]);
  return { put, del };
}

/** The site as it was when these fields were written; fields are what this module stored, read back whole. */
export function restoreSite(id: string, settings: SiteSettings, fields: Iterable<readonly [string, string]>): Site {
  const site = createSite(id, settings);
  for (const [field, json] of fields) {
    const separator = field.indexOf(':');
    restoreEntity(site, field.slice(0, separator), field.slice(separator + 1), JSON.parse(json));
  }
  for (const contact of site.contacts.values()) {
    const key = visitKey(contact.call, contact.queue);
    const known = site.visits.get(key);
    if (known === undefined || ordinalOf(known) < ordinalOf(contact.id)) site.visits.set(key, contact.id);
    if (contact.state === 'waiting')
      (site.queues.get(contact.queue)?.waiting as Set<string> | undefined)?.add(contact.id);
  }
  for (const agent of site.agents.values()) {
    for (const queue of agent.memberships.keys())
      (site.queues.get(queue)?.agents as Set<string> | undefined)?.add(agent.id);
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
      site.intervals.set(id, stored as never);
      return;
    case 'site': {
      const { clockAt, clockOffsetMs, day, anomalies } = stored as StoredSite;
      Object.assign(site, { clockAt, clockOffsetMs, day });
      for (const [name, count] of anomalies) site.anomalies.set(name, count);
      return;
    }
    default:
      throw new Error(`stored state has an entity of unknown kind "${kind}": it was written by another version`);
  }
}

/** Visits: finding them, opening them, and letting queue and agents follow when one changes. */
import { ensureAgent, patchAgent } from './agent.ts';
import { isAnswered } from './contact.ts';
import { putContact } from './counting.ts';
import { ensureQueue, thresholdMsOf, trackWaiting } from './queue.ts';
import type { Contact, Site } from './site.ts';

const visitKey = (call: string, queue: string): string => `${call}|${queue}`;

export function newestVisit(site: Site, call: string, queue: string): Contact | undefined {
  const id = site.visits.get(visitKey(call, queue));
  return id === undefined ? undefined : site.contacts.get(id);
}

const ordinalOf = (contact: Contact): number => Number(contact.id.slice(contact.id.lastIndexOf('|') + 1));

/** The visit of the same call to the same queue before this one, while it is remembered. */
export const visitBefore = (site: Site, contact: Contact): Contact | undefined =>
  site.contacts.get(`${visitKey(contact.call, contact.queue)}|${ordinalOf(contact) - 1}`);

/** Opens a visit. An offer that was never seen is opened by what proves it, with an estimated or unknown start. */
export function openVisit(
  site: Site,
  visit: Pick<Contact, 'call' | 'queue' | 'offeredAt' | 'caller' | 'isOfferSeen'>,
  at: number,
): Contact {
  const key = visitKey(visit.call, visit.queue);
  const before = newestVisit(site, visit.call, visit.queue);
  const ordinal = before ? ordinalOf(before) + 1 : 1;
  const contact = putContact(site, {
    ...visit,
    id: `${key}|${ordinal}`,
    state: 'waiting',
    agent: null,
    answeredAt: null,
    endedAt: null,
    outcome: null,
    isEndInferred: false,
    isTransferred: false,
    talkMs: null,
    holdMs: 0,
    heldSince: null,
    thresholdMs: thresholdMsOf(site, ensureQueue(site, visit.queue)),
    counted: {},
  });
  site.visits.set(key, contact.id);
  trackWaiting(site, contact, at);
  return contact;
}

/** The open talk of an agent in a queue, of one call if named. */
export function talkOf(site: Site, agentId: string, queue: string, call?: string): Contact | undefined {
  for (const id of site.agents.get(agentId)?.talks ?? []) {
    const contact = site.contacts.get(id);
    if (contact?.queue === queue && (call === undefined || contact.call === call)) return contact;
  }
  return undefined;
}

/** Puts a contact's next form and lets queue and agents follow. */
export function changeContact(site: Site, before: Contact, after: Contact, at: number): void {
  const settled = after.state === 'talking' ? after : endHold(after, at);
  const contact = putContact(site, settled);
  trackWaiting(site, contact, at);
  const wasTalking = before.state === 'talking';
  const isTalking = contact.state === 'talking';
  if (contact.agent !== null) {
    if (!isAnswered(before) && isAnswered(contact)) {
      patchAgent(site, contact.agent, at, { answered: ensureAgent(site, contact.agent, at).answered + 1 });
    }
    // The agent's row shows the contact, so it changes with it.
    if (isTalking) site.touched.agents.add(contact.agent);
    if (isTalking && !wasTalking) startTalk(site, contact, contact.agent, at);
    if (wasTalking && !isTalking) endTalk(site, contact, contact.agent, at);
  }
}

function startTalk(site: Site, contact: Contact, agentId: string, at: number): void {
  const agent = ensureAgent(site, agentId, at);
  const offers = agent.offers.filter((id) => {
    const offer = site.offers.get(id);
    if (offer?.call !== contact.call) return true;
    site.offers.set(id, { ...offer, endedAt: at });
    site.touched.offers.add(id);
    return false;
  });
  patchAgent(site, agentId, at, { talks: [...agent.talks.filter((id) => id !== contact.id), contact.id], offers });
  syncHold(site, agentId, at);
}

function endTalk(site: Site, contact: Contact, agentId: string, at: number): void {
  const agent = ensureAgent(site, agentId, at);
  patchAgent(site, agentId, at, {
    talks: agent.talks.filter((id) => id !== contact.id),
    talkMsSum: agent.talkMsSum + (contact.talkMs ?? 0),
    isBusyFromContact: agent.device === 'busy' || agent.device === 'holding',
  });
}

const endHold = (contact: Contact, at: number): Contact =>
  contact.heldSince === null
    ? contact
    : { ...contact, holdMs: contact.holdMs + Math.max(0, at - contact.heldSince), heldSince: null };

/** An agent's device on hold holds the contact being talked to. */
export function syncHold(site: Site, agentId: string, at: number): void {
  const agent = site.agents.get(agentId);
  for (const id of agent?.talks ?? []) {
    const contact = site.contacts.get(id);
    if (!contact) continue;
    const isHeld = agent?.device === 'holding';
    if (isHeld === (contact.heldSince !== null)) continue;
    putContact(site, isHeld ? { ...contact, heldSince: at } : endHold(contact, at));
  }
}

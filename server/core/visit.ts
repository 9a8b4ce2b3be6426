/** Visits: finding them, opening them, and letting queue and agents follow when one changes. */
import { ensureAgent, patchAgent } from './agent.ts';
import { isAnswered } from './contact.ts';
import { putContact } from './counting.ts';
import { contactId, ordinalOf } from './keys.ts';
import { ensureQueue, shortAbandonMsOf, thresholdMsOf, trackWaiting } from './queue.ts';
import type { Agent, Contact, Site } from './site.ts';

/** What is remembered of a call's visits to a queue, oldest first. A log may tell of an earlier one later. */
export function visitsOf(site: Site, call: string, queue: string): Contact[] {
  const visits: Contact[] = [];
  for (const id of site.calls.get(call) ?? []) {
    const visit = site.contacts.get(id);
    if (visit?.queue === queue) visits.push(visit);
  }
  return visits;
}

export function newestVisit(site: Site, call: string, queue: string): Contact | undefined {
  const visits = site.calls.get(call);
  if (visits === undefined) return undefined;
  for (let i = visits.length - 1; i >= 0; i--) {
    const visit = site.contacts.get(visits[i] as string);
    if (visit?.queue === queue) return visit;
  }
  return undefined;
}

/** The visit of the same call to the same queue before this one, while it is remembered. */
export function visitBefore(site: Site, contact: Contact): Contact | undefined {
  const visits = visitsOf(site, contact.call, contact.queue);
  return visits[visits.findIndex(({ id }) => id === contact.id) - 1];
}

/** The id for one more visit of a call to a queue. */
function nextVisitId(site: Site, call: string, queue: string): string {
  let ordinal = 0;
  for (const { id } of visitsOf(site, call, queue)) ordinal = Math.max(ordinal, ordinalOf(id));
  return contactId(call, queue, ordinal + 1);
}

type Opened = Pick<Contact, 'call' | 'queue' | 'source' | 'offeredAt' | 'caller' | 'isOfferSeen'>;

/** Opens a visit. An offer that was never seen is opened by what proves it, with an estimated or unknown start. */
export function openVisit(site: Site, visit: Opened, at: number): Contact {
  const contact = putContact(site, newContact(site, visit));
  trackWaiting(site, contact, at);
  return contact;
}

/** Nobody has been told of it yet. */
export function newContact(site: Site, visit: Opened): Contact {
  const queue = ensureQueue(site, visit.queue);
  const { call, source, offeredAt, caller, isOfferSeen } = visit;
  return {
    call,
    queue: queue.id,
    source,
    offeredAt,
    openedAt: offeredAt,
    caller,
    isOfferSeen,
    id: nextVisitId(site, call, queue.id),
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
    acwMs: 0,
    thresholdMs: thresholdMsOf(site, queue),
    shortAbandonMs: shortAbandonMsOf(site, queue),
    isOverdue: false,
    suspectSince: null,
    provenAt: null,
    record: null,
    counted: [],
    callCounted: null,
  };
}

/** The talk of an agent in a queue that a picture had ended and whose length fits best; its end names no call. */
export function endedUnheard(
  site: Site,
  agent: string,
  queue: string,
  at: number,
  talkMs: number | null,
): Contact | undefined {
  let best: Contact | undefined;
  const missMs = ({ answeredAt }: Contact) => Math.abs(at - (talkMs ?? 0) - (answeredAt ?? at));
  for (const contact of site.contacts.values()) {
    if (contact.state !== 'finished' || !contact.isEndInferred) continue;
    if (contact.agent !== agent || contact.queue !== queue) continue;
    if (!best || missMs(contact) < missMs(best)) best = contact;
  }
  return best;
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
  // An end that was only concluded leaves a running hold open: the real end, if it still comes, says how long it was.
  const ended = after.state === 'talking' || after.isEndInferred ? after : endHold(after, at);
  const isNews = ended.state !== before.state;
  const contact = putContact(site, isNews && ended.suspectSince !== null ? { ...ended, suspectSince: null } : ended);
  trackWaiting(site, contact, at);
  if (before.agent !== null && before.agent !== contact.agent) {
    const worth = worthChange(site, before.agent, before, null, at);
    // It was never theirs, so there is no work after it either.
    if (before.state === 'talking') endTalk(site, { ...before, isEndInferred: true }, before.agent, worth, at);
    else patchAgent(site, before.agent, at, worth);
  }
  if (contact.agent === null) return;
  const isSameAgent = before.agent === contact.agent;
  const worth = worthChange(site, contact.agent, isSameAgent ? before : null, contact, at);
  const wasTalking = before.state === 'talking' && isSameAgent;
  if (contact.state === 'talking' && !wasTalking) startTalk(site, contact, contact.agent, worth, at);
  else if (contact.state !== 'talking' && wasTalking) endTalk(site, contact, contact.agent, worth, at);
  // The agent's row shows the contact, so it changes with it.
  else patchAgent(site, contact.agent, at, worth);
}

type Worth = Partial<Pick<Agent, 'answered' | 'handled' | 'talkMsSum' | 'holdMsSum'>>;

/**
 * Moves an agent's day by the difference between two forms of a contact; corrections move it exactly. A contact belongs to
 * the day of its offer here too: what is corrected over the line was never in the new day.
 */
function worthChange(site: Site, agentId: string, before: Contact | null, after: Contact | null, at: number): Worth {
  const was = worthOf(site, before);
  const is = worthOf(site, after);
  if (was === is) return {};
  const agent = ensureAgent(site, agentId, at);
  return {
    answered: agent.answered + is.answered - was.answered,
    handled: agent.handled + is.handled - was.handled,
    talkMsSum: agent.talkMsSum + is.talkMs - was.talkMs,
    holdMsSum: agent.holdMsSum + is.holdMs - was.holdMs,
  };
}

const NOTHING = { answered: 0, handled: 0, talkMs: 0, holdMs: 0 };

function worthOf(site: Site, contact: Contact | null): typeof NOTHING {
  if (contact === null || !isAnswered(contact)) return NOTHING;
  if (site.day !== null && contact.offeredAt < site.day.startAt) return NOTHING;
  const isOver = contact.state === 'finished';
  return {
    answered: 1,
    handled: isOver && contact.talkMs !== null ? 1 : 0,
    talkMs: contact.talkMs ?? 0,
    holdMs: isOver ? contact.holdMs : 0,
  };
}

function startTalk(site: Site, contact: Contact, agentId: string, worth: Worth, at: number): void {
  const agent = ensureAgent(site, agentId, at);
  const offers = agent.offers.filter((id) => {
    const offer = site.offers.get(id);
    if (offer?.call !== contact.call) return true;
    site.offers.set(id, { ...offer, endedAt: at });
    site.touched.offers.add(id);
    return false;
  });
  const talks = [...agent.talks.filter((id) => id !== contact.id), contact.id];
  patchAgent(site, agentId, at, { ...worth, talks, offers });
  syncHold(site, agentId, at);
}

function endTalk(site: Site, contact: Contact, agentId: string, worth: Worth, at: number): void {
  const agent = ensureAgent(site, agentId, at);
  const wrapUpMs = contact.isEndInferred ? 0 : wrapUpMsOf(site, contact.queue, agent);
  const since = contact.endedAt ?? at;
  const talks = agent.talks.filter((id) => id !== contact.id);
  patchAgent(site, agentId, at, {
    ...worth,
    talks,
    isBusyFromContact: agent.device === 'busy' || agent.device === 'holding',
    ...(wrapUpMs > 0 && talks.length === 0 && { work: { contact: contact.id, since, until: since + wrapUpMs } }),
  });
}

/** People's word, else the source's own, else none. */
const wrapUpMsOf = (site: Site, queue: string, agent: Agent): number =>
  site.queues.get(queue)?.settings.wrapUpMs ?? agent.memberships.get(queue)?.wrapUpMs ?? 0;

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

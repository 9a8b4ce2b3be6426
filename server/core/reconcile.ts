/**
 * Brings the folded state in line with a source's full picture (D8). What the picture no longer shows has ended: answered
 * if it shows the call in a talk, else closed as `unknown`, kept out of service level, and counted. Every such end is
 * inferred, so an event that was still on its way corrects it. A picture speaks only for what its own source has told.
 */
import type { SourceSynced } from '../../shared/event.ts';
import { agentsInOrder, endMembership, patchAgent, setMembership } from './agent.ts';
import { openContacts } from './counting.ts';
import { visitKey } from './keys.ts';
import { LOG_SLACK_MS } from './memory.ts';
import { patchQueue } from './queue.ts';
import { type Contact, noteCorrection, type Site } from './site.ts';
import { changeContact, newestVisit, openVisit } from './visit.ts';

type Talk = NonNullable<SourceSynced['talking']>[number];

/** Boot times come from an uptime in whole seconds. A call offered earlier than that is dead. */
const BOOT_NOISE_MS = 2_000;

export function reconcile(site: Site, event: SourceSynced, source: string): void {
  const isCheck = event.reason === 'check';
  for (const { queue, name, thresholdMs } of event.queues) {
    const known = site.queues.get(queue);
    const sources = known?.sources.includes(source) ? known.sources : [...(known?.sources ?? []), source].sort();
    if (known?.name !== name || known.thresholdMs !== thresholdMs || known.sources !== sources)
      patchQueue(site, queue, { name, thresholdMs, sources });
  }
  reconcileMemberships(site, event, source, isCheck);
  if (!isCheck) dropOffers(site, source, event.at);

  const talks = new Map<string, Talk>((event.talking ?? []).map((talk) => [talk.call, talk]));
  const waiting = new Set(event.waiting.map(({ call, queue }) => visitKey(call, queue)));
  for (const contact of openContacts(site, source)) {
    if (contact.state === 'waiting') {
      if (waiting.has(visitKey(contact.call, contact.queue))) clearSuspicion(site, contact, event.at);
      else settleWaiting(site, contact, talks.get(contact.call), event.at);
    } else if (contact.state === 'talking') {
      if (isTalkOver(contact, event, talks)) {
        noteCorrection(site, 'sync.talkEnded', contact.id, 'talking', 'finished, length unknown');
        const after: Contact = { ...contact, state: 'finished', endedAt: event.at, talkMs: null, isEndInferred: true };
        changeContact(site, contact, after, event.at);
      } else if (event.talking !== null) clearSuspicion(site, contact, event.at);
    }
  }
  for (const row of event.waiting) {
    const visit = newestVisit(site, row.call, row.queue);
    if (visit && (visit.state === 'waiting' || visit.state === 'talking')) continue;
    // A row of a visit that is known to have ended is an older picture than the events: the events win.
    if (visit && row.offeredAt <= (visit.endedAt ?? 0) + (visit.record ? LOG_SLACK_MS : 0)) continue;
    noteCorrection(site, 'sync.waitingAdopted', visitKey(row.call, row.queue), 'unknown', 'waiting');
    openVisit(site, { ...row, source, isOfferSeen: false }, event.at);
  }
  for (const talk of talks.values()) adoptTalk(site, talk, source, event.at);
}

/** The source was asked and still shows it: a long one, no ghost. */
function clearSuspicion(site: Site, contact: Contact, at: number): void {
  if (contact.suspectSince === null) return;
  noteCorrection(site, 'suspect.proven', contact.id, 'suspect', contact.state);
  changeContact(site, contact, { ...contact, suspectSince: null, provenAt: at }, at);
}

function reconcileMemberships(site: Site, event: SourceSynced, source: string, isCheck: boolean): void {
  const shown = new Set<string>();
  for (const row of event.memberships) {
    shown.add(`${row.agent}|${row.queue}`);
    if (setMembership(site, row, source, event.at) && isCheck)
      noteCorrection(
        site,
        'sync.membershipHealed',
        row.agent,
        'as the events said',
        `as the picture of ${row.queue} says`,
      );
  }
  for (const agent of agentsInOrder(site)) {
    for (const [queue, membership] of agent.memberships) {
      if (membership.source !== source || shown.has(`${agent.id}|${queue}`)) continue;
      endMembership(site, agent.id, queue, event.at);
      if (isCheck) noteCorrection(site, 'sync.membershipEnded', agent.id, `member of ${queue}`, 'not a member');
    }
  }
}

function dropOffers(site: Site, source: string, at: number): void {
  const agents = new Set<string>();
  for (const offer of site.offers.values()) {
    if (offer.endedAt !== null || offer.source !== source) continue;
    site.offers.set(offer.id, { ...offer, endedAt: at });
    site.touched.offers.add(offer.id);
    agents.add(offer.agent);
  }
  for (const id of agents) {
    const offers = site.agents.get(id)?.offers.filter((offer) => site.offers.get(offer)?.endedAt === null);
    if (offers) patchAgent(site, id, at, { offers });
  }
}

function settleWaiting(site: Site, contact: Contact, talk: Talk | undefined, at: number): void {
  if (talk && (talk.queue === null || talk.queue === contact.queue)) {
    noteCorrection(site, 'sync.answerInferred', contact.id, 'waiting', 'talking, wait unknown');
    changeContact(site, contact, { ...contact, state: 'talking', agent: talk.agent, answeredAt: null }, at);
    return;
  }
  noteCorrection(site, 'sync.waitingEnded', contact.id, 'waiting', 'left, cause unknown');
  changeContact(site, contact, { ...contact, state: 'left', outcome: 'unknown', endedAt: at, isEndInferred: true }, at);
}

function isTalkOver(contact: Contact, event: SourceSynced, talks: Map<string, Talk>): boolean {
  if (event.talking !== null) return !talks.has(contact.call);
  // Without sight of the channels only a restart proves that a talk is over.
  return event.bootedAt !== null && contact.offeredAt < event.bootedAt - BOOT_NOISE_MS;
}

/** A talk whose visit was never seen: offered and answered while nobody looked. */
function adoptTalk(site: Site, talk: Talk, source: string, at: number): void {
  if (talk.queue === null || !site.queues.has(talk.queue) || newestVisit(site, talk.call, talk.queue)) return;
  noteCorrection(site, 'sync.talkAdopted', visitKey(talk.call, talk.queue), 'unknown', 'talking, wait unknown');
  const visit = openVisit(
    site,
    {
      call: talk.call,
      queue: talk.queue,
      source,
      offeredAt: at,
      caller: { number: null, name: null },
      isOfferSeen: false,
    },
    at,
  );
  changeContact(site, visit, { ...visit, state: 'talking', agent: talk.agent, answeredAt: null }, at);
}

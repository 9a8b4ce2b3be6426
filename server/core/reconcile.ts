/**
 * Brings the folded state in line with a source's full picture (D8). What the picture no longer shows has ended: answered
 * if it shows the call in a talk, else closed as `unknown`, kept out of service level, and counted. Every such end is
 * inferred, so an event that was still on its way corrects it.
 */
import type { SourceSynced } from '../../shared/event.ts';
import { endMembership, patchAgent, setMembership } from './agent.ts';
import { visitKey } from './keys.ts';
import { patchQueue } from './queue.ts';
import { type Contact, countAnomaly, type Site } from './site.ts';
import { changeContact, newestVisit, openVisit } from './visit.ts';

type Talk = NonNullable<SourceSynced['talking']>[number];

/** Boot times come from an uptime in whole seconds. A call offered earlier than that is dead. */
const BOOT_NOISE_MS = 2_000;

export function reconcile(site: Site, event: SourceSynced): void {
  const isCheck = event.reason === 'check';
  for (const { queue, name, thresholdMs } of event.queues) {
    const known = site.queues.get(queue);
    if (!known || known.name !== name || known.thresholdMs !== thresholdMs)
      patchQueue(site, queue, { name, thresholdMs });
  }
  reconcileMemberships(site, event, isCheck);
  if (!isCheck) dropOffers(site, event.at);

  const talks = new Map<string, Talk>((event.talking ?? []).map((talk) => [talk.call, talk]));
  const waiting = new Set(event.waiting.map(({ call, queue }) => visitKey(call, queue)));
  for (const contact of [...site.contacts.values()]) {
    if (contact.state === 'waiting') {
      if (waiting.has(visitKey(contact.call, contact.queue))) continue;
      settleWaiting(site, contact, talks.get(contact.call), event.at);
    } else if (contact.state === 'talking' && isTalkOver(contact, event, talks)) {
      countAnomaly(site, 'sync.talkEnded');
      const after: Contact = { ...contact, state: 'finished', endedAt: event.at, talkMs: null, isEndInferred: true };
      changeContact(site, contact, after, event.at);
    }
  }
  for (const row of event.waiting) {
    const visit = newestVisit(site, row.call, row.queue);
    if (visit && (visit.state === 'waiting' || visit.state === 'talking')) continue;
    // A row of a visit that is known to have ended is an older picture than the events: the events win.
    if (visit && row.offeredAt <= (visit.endedAt ?? 0)) continue;
    countAnomaly(site, 'sync.waitingAdopted');
    openVisit(site, { ...row, isOfferSeen: false }, event.at);
  }
  for (const talk of talks.values()) adoptTalk(site, talk, event.at);
}

function reconcileMemberships(site: Site, event: SourceSynced, isCheck: boolean): void {
  const shown = new Set<string>();
  for (const row of event.memberships) {
    shown.add(`${row.agent}|${row.queue}`);
    if (setMembership(site, row, event.at) && isCheck) countAnomaly(site, 'sync.membershipHealed');
  }
  for (const agent of [...site.agents.values()]) {
    for (const queue of agent.memberships.keys()) {
      if (shown.has(`${agent.id}|${queue}`)) continue;
      endMembership(site, agent.id, queue, event.at);
      if (isCheck) countAnomaly(site, 'sync.membershipEnded');
    }
  }
}

function dropOffers(site: Site, at: number): void {
  for (const offer of site.offers.values()) {
    if (offer.endedAt !== null) continue;
    site.offers.set(offer.id, { ...offer, endedAt: at });
    site.touched.offers.add(offer.id);
  }
  for (const agent of [...site.agents.values()])
    if (agent.offers.length > 0) patchAgent(site, agent.id, at, { offers: [] });
}

function settleWaiting(site: Site, contact: Contact, talk: Talk | undefined, at: number): void {
  if (talk && (talk.queue === null || talk.queue === contact.queue)) {
    countAnomaly(site, 'sync.answerInferred');
    changeContact(site, contact, { ...contact, state: 'talking', agent: talk.agent, answeredAt: null }, at);
    return;
  }
  countAnomaly(site, 'sync.waitingEnded');
  changeContact(site, contact, { ...contact, state: 'left', outcome: 'unknown', endedAt: at, isEndInferred: true }, at);
}

function isTalkOver(contact: Contact, event: SourceSynced, talks: Map<string, Talk>): boolean {
  if (event.talking !== null) return !talks.has(contact.call);
  // Without sight of the channels only a restart proves that a talk is over.
  return event.bootedAt !== null && contact.offeredAt < event.bootedAt - BOOT_NOISE_MS;
}

/** A talk whose visit was never seen: offered and answered while nobody looked. */
function adoptTalk(site: Site, talk: Talk, at: number): void {
  if (talk.queue === null || !site.queues.has(talk.queue) || newestVisit(site, talk.call, talk.queue)) return;
  countAnomaly(site, 'sync.talkAdopted');
  const visit = openVisit(
    site,
    { call: talk.call, queue: talk.queue, offeredAt: at, caller: { number: null, name: null }, isOfferSeen: false },
    at,
  );
  changeContact(site, visit, { ...visit, state: 'talking', agent: talk.agent, answeredAt: null }, at);
}

/**
 * The fold: one event into the state of its site. No clock, no randomness, no I/O: time is the event's. Never throws
 * on a valid event; what cannot be is counted as an anomaly and changes nothing else.
 */
import { type DomainEvent, type EventOf, SETTINGS_SOURCE } from '../../shared/event.ts';
import { isLogSource } from '../../shared/source.ts';
import { moveClock } from './advance.ts';
import { configureAgent, endMembership, setMembership } from './agent.ts';
import { adoptName } from './agent-name.ts';
import { applyToContact, type ContactEvent, judge } from './contact.ts';
import { endOffer, recordOffer, startOffer } from './offer.ts';
import { configureQueue } from './queue.ts';
import { reconcile } from './reconcile.ts';
import { isRecordEcho, isSettled, recordContact } from './record.ts';
import { type Contact, countAnomaly, noteCorrection, type Site } from './site.ts';
import { hasLog, noteAlive, noteRead, type Origin } from './source-state.ts';
import { changeContact, endedUnheard, newestVisit, openVisit, syncHold, talkOf, visitBefore } from './visit.ts';

export function reduce(site: Site, event: DomainEvent, origin: Origin): void {
  // Whoever changes a setting has a clock of their own, and of a PBX that cannot be reached nobody knows what time it is
  // there: both hold from where the site is.
  if (origin.source !== SETTINGS_SOURCE && event.type !== 'source.lost')
    moveClock(site, event.at, origin.receivedAt, howTold(event, origin));
  noteAlive(site, event, origin);
  switch (event.type) {
    case 'contact.offered':
    case 'contact.answered':
    case 'contact.left':
    case 'contact.finished':
      onContact(site, event, origin.source);
      return;
    case 'offer.started':
      startOffer(site, event, origin.source);
      return;
    case 'offer.ended':
      endOffer(site, event, origin.source);
      return;
    case 'membership.changed':
      setMembership(site, event, origin.source, event.at);
      adoptName(site, event, event.at);
      syncHold(site, event.agent, event.at);
      return;
    case 'membership.ended':
      endMembership(site, event.agent, event.queue, event.at);
      return;
    case 'source.synced':
      reconcile(site, event, origin.source);
      for (const row of event.memberships) adoptName(site, row, event.at);
      return;
    case 'contact.recorded':
      recordContact(site, event, origin.source);
      return;
    case 'offer.recorded':
      recordOffer(site, event, origin.source);
      return;
    case 'log.read':
      noteRead(site, event);
      return;
    case 'source.alive':
    case 'source.lost':
      return;
    case 'queue.configured':
      configureQueue(site, event.queue, event.version, event.settings);
      return;
    case 'agent.configured':
      configureAgent(site, event.agent, event.version, event.settings, site.clockAt);
      return;
    case 'anomaly.seen':
      countAnomaly(site, event.kind, event.count);
      return;
  }
}

function howTold(event: DomainEvent, { source }: Origin): Parameters<typeof moveClock>[3] {
  // A log tells of what was, so it says nothing of what time it is.
  if (isLogSource(source)) return 'late';
  if (event.type !== 'source.synced' || event.reason !== 'connect') return 'live';
  return event.isClockSetBack ? 'setBack' : 'connect';
}

function onContact(site: Site, event: ContactEvent, source: string): void {
  const isLogged = hasLog(site);
  if (isLogged && isRecordEcho(site, event)) return;
  const visit = isLogged && isSettled(site, event) ? undefined : findVisit(site, event);
  if (!visit) {
    if (event.type === 'contact.offered')
      openVisit(site, { ...event, source, offeredAt: event.at, isOfferSeen: true }, event.at);
    else onUnseenVisit(site, event, source);
    return;
  }
  switch (judge(visit, event)) {
    case 'stay':
      return;
    case 'newVisit':
      if (event.type === 'contact.offered')
        openVisit(site, { ...event, source, offeredAt: event.at, isOfferSeen: true }, event.at);
      return;
    case 'anomaly':
      countAnomaly(site, `${event.type} while ${visit.state}`);
      return;
    case 'correct':
      correct(site, visit, event);
      return;
    case 'apply':
      changeContact(site, visit, applyToContact(visit, event), event.at);
      return;
  }
}

function correct(site: Site, visit: Contact, event: ContactEvent): void {
  const after = applyToContact(visit, event);
  const told = ({ state, outcome }: Contact) => (outcome === null ? state : `${state}: ${outcome}`);
  noteCorrection(site, `corrected ${visit.state} by ${event.type}`, visit.id, told(visit), told(after));
  changeContact(site, visit, after, event.at);
}

function findVisit(site: Site, event: ContactEvent): Contact | undefined {
  if (event.call === null) {
    if (event.type !== 'contact.finished') return undefined;
    const { agent, queue, at, reportedTalkMs } = event;
    return talkOf(site, agent, queue) ?? endedUnheard(site, agent, queue, at, reportedTalkMs);
  }
  const newest = newestVisit(site, event.call, event.queue);
  if (event.type !== 'contact.finished' || !newest || newest.state === 'talking') return newest;
  // The same call may already wait in the same queue again (a transfer back) while the end of its talk arrives.
  const before = visitBefore(site, newest);
  if (before?.state === 'finished' && before.endedAt === event.at) return before;
  return talkOf(site, event.agent, event.queue, event.call) ?? newest;
}

/** A later event of a visit whose offer was never seen: it did exist, so it is counted, with what is known of its wait. */
function onUnseenVisit(site: Site, event: Exclude<ContactEvent, EventOf<'contact.offered'>>, source: string): void {
  if (event.call === null) {
    countAnomaly(site, 'contact.finished without a contact');
    return;
  }
  countAnomaly(site, `${event.type} of an unseen contact`);
  if (event.type === 'contact.finished') return;
  const waitMs = event.type === 'contact.answered' ? (event.reportedWaitMs ?? 0) : 0;
  const visit = openVisit(
    site,
    {
      call: event.call,
      queue: event.queue,
      source,
      offeredAt: event.at - waitMs,
      caller: { number: null, name: null },
      isOfferSeen: false,
    },
    event.at,
  );
  changeContact(site, visit, applyToContact(visit, event), event.at);
}

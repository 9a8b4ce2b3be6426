/**
 * How long what has ended is remembered. Two minutes serve a late duplicate or correction. Where a PBX's log is read too, it
 * may lag behind the live events by minutes, or by hours when it was out of reach, and whichever comes second must still
 * find what the first has told: forgetting waits for both.
 */
import { isLogSource } from '../../shared/source.ts';
import { MINUTE_MS } from '../../shared/time.ts';
import { SITE_ROW } from '../../shared/view.ts';
import { settleLongestWait } from './counting.ts';
import { contactFact } from './facts.ts';
import type { Contact, Site } from './site.ts';

const RETAIN_ENDED_MS = 2 * MINUTE_MS;
/** A log that stays away does not hold memory for ever: what it tells later of anything older is left out. */
const MAX_LAG_MS = 24 * 60 * MINUTE_MS;
const MAX_LIVE_LAG_MS = 60 * MINUTE_MS;
const MAX_REMEMBERED = 20_000;
/** How much is forgotten at once: a burst's worth of deletions in one commit would hold up every screen. */
const FORGET_AT_ONCE = 2_000;

/** A log cuts its times to whole seconds, and it is written a little before or after the event is sent. */
export const LOG_SLACK_MS = 2_000;

interface Horizon {
  /** Ends before this may go. */
  readonly before: number;
  /** So many must go, whatever their age. */
  readonly excess: number;
}

function horizonOf(site: Site): Horizon {
  let toldTo = site.clockAt;
  let hasLog = false;
  for (const source of site.sources.values()) {
    if (source.toldTo === null) continue;
    if (isLogSource(source.id)) hasLog = true;
    // What a connection has not told by now it will never tell; a log will, once it can be read again.
    else if (source.toldTo < site.clockAt - MAX_LIVE_LAG_MS) continue;
    toldTo = Math.min(toldTo, source.toldTo);
  }
  if (!hasLog) return { before: site.clockAt - RETAIN_ENDED_MS, excess: 0 };
  return {
    before: Math.max(toldTo, site.clockAt - MAX_LAG_MS) - RETAIN_ENDED_MS,
    excess: site.contacts.size - MAX_REMEMBERED,
  };
}

/** A call is forgotten as a whole: while one of its visits goes on, the others tell what the call has counted. */
export function forget(site: Site): void {
  const { before, excess } = horizonOf(site);
  let due = excess;
  let left = FORGET_AT_ONCE;
  for (const contact of site.contacts.values()) {
    if (contact.endedAt === null || (contact.endedAt > before && due <= 0)) continue;
    if (left-- === 0) return;
    const visits = site.calls.get(contact.call) ?? [contact.id];
    const upTo = due > 0 ? site.clockAt : before;
    if (!visits.every((id) => isOldEnough(site, site.contacts.get(id), upTo))) continue;
    due -= visits.length;
    forgetCall(site, contact.call, visits);
  }
  for (const offer of site.offers.values()) {
    // Only a no-answer is in the log too.
    const upTo = offer.isNoAnswerCounted ? before : site.clockAt - RETAIN_ENDED_MS;
    if (offer.endedAt === null || offer.endedAt > upTo) continue;
    if (left-- === 0) return;
    site.offers.delete(offer.id);
    site.touched.offers.add(offer.id);
  }
}

function isOldEnough(site: Site, contact: Contact | undefined, before: number): boolean {
  if (!contact) return true;
  if (contact.endedAt === null || contact.endedAt > before) return false;
  return contact.agent === null || site.agents.get(contact.agent)?.work?.contact !== contact.id;
}

function forgetCall(site: Site, call: string, visits: readonly string[]): void {
  const first = site.contacts.get(visits[0] ?? '');
  if (first) settleLongestWait(site, SITE_ROW, first.offeredAt, first.callCounted ?? first.counted);
  for (const id of visits) {
    const contact = site.contacts.get(id);
    if (contact) forgetContact(site, contact);
  }
  site.calls.delete(call);
}

function forgetContact(site: Site, contact: Contact): void {
  settleLongestWait(site, contact.queue, contact.offeredAt, contact.counted);
  if (contact.record === null) site.forgottenTo = Math.max(site.forgottenTo, contact.endedAt ?? 0);
  // In a backlog a contact may end and grow old between two commits: it is not told yet.
  if (contact.endedAt !== null && site.touched.contacts.has(contact.id))
    site.outbox.facts.push(contactFact(contact, contact.endedAt));
  site.contacts.delete(contact.id);
  site.touched.contacts.add(contact.id);
}

/**
 * Too long ago for anybody to remember whether it was counted: it ended while live events were heard and are forgotten, or the
 * log that tells it had come well beyond it already.
 */
export function isBeyondMemory(site: Site, endedAt: number, log: string): boolean {
  const isHeardOf = site.heardFrom !== null && endedAt >= site.heardFrom && endedAt - LOG_SLACK_MS <= site.forgottenTo;
  // A log is told in order: what it tells anew is never older than what it told last, whatever is repeated may be.
  return isHeardOf || endedAt < (site.sources.get(log)?.toldTo ?? 0) - RETAIN_ENDED_MS / 2;
}

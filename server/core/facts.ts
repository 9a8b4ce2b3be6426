/** What is over and goes into history, as facts (shared/fact.ts). Drained with the state that it follows from. */
import type { Fact, FactOf } from '../../shared/fact.ts';
import { SITE_ROW } from '../../shared/view.ts';
import { isAnswered } from './contact.ts';
import { parseBucketKey } from './keys.ts';
import type { Contact, Site, Touched } from './site.ts';
import { countersOf } from './tally.ts';

/** Empties the outbox. Contacts come as they end and again when they are corrected; intervals once a minute. */
export function factsOf(site: Site, touched: Touched): Fact[] {
  const { outbox } = site;
  const facts: Fact[] = outbox.facts.splice(0);
  for (const id of touched.contacts) {
    const contact = site.contacts.get(id);
    if (contact && contact.endedAt !== null) facts.push(contactFact(contact, contact.endedAt));
  }
  for (const key of touched.intervals) outbox.intervals.add(key);
  if (outbox.isMinuteOver) {
    outbox.isMinuteOver = false;
    for (const key of outbox.intervals) {
      const fact = intervalFact(site, key);
      if (fact) facts.push(fact);
    }
    outbox.intervals.clear();
  }
  return facts;
}

export function contactFact(contact: Contact, endedAt: number): FactOf<'contact'> {
  const { call, queue, agent, offeredAt, answeredAt, isTransferred, thresholdMs, shortAbandonMs } = contact;
  const leftAt = isAnswered(contact) ? answeredAt : endedAt;
  return {
    type: 'contact',
    id: `${contact.id}|${contact.openedAt}`,
    call,
    queue,
    agent,
    offeredAt,
    answeredAt,
    endedAt,
    outcome: isAnswered(contact) ? 'answered' : (contact.outcome ?? 'unknown'),
    waitMs: leftAt === null ? null : Math.max(0, leftAt - offeredAt),
    talkMs: contact.talkMs,
    holdMs: contact.holdMs,
    acwMs: contact.acwMs,
    isTransferred,
    thresholdMs,
    shortAbandonMs,
    isEndInferred: contact.isEndInferred,
    callerNumber: contact.caller.number,
    callerName: contact.caller.name,
  };
}

function intervalFact(site: Site, key: string): FactOf<'interval'> | null {
  const bucket = site.intervals.get(key);
  if (!bucket) return null;
  const { queue, startAt } = parseBucketKey(key);
  return {
    type: 'interval',
    queue: queue === SITE_ROW ? null : queue,
    startAt,
    counters: countersOf(bucket.counts),
    waits: [...bucket.waits],
  };
}

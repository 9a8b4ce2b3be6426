/** Keeps interval and day counters equal to the sum of what contacts and offers add to them, corrections included. */
import { type Counter, type Counters, zeroCounters } from '../../shared/metric.ts';
import { intervalStart } from '../../shared/time.ts';
import { countsOf } from './contact.ts';
import { intervalKey } from './keys.ts';
import { ensureQueue } from './queue.ts';
import type { Contact, Site } from './site.ts';

/** Stores a contact in its new form and moves the counters by the difference to its old form. */
export function putContact(site: Site, next: Contact): Contact {
  const counted = countsOf(next, site.settings.shortAbandonMs);
  const before = site.contacts.get(next.id);
  if (before && before.offeredAt !== next.offeredAt) {
    // The offer's time was an estimate until now: what it counted moves to the right interval.
    count(site, before.queue, before.offeredAt, before.counted, {});
    count(site, next.queue, next.offeredAt, {}, counted);
  } else {
    count(site, next.queue, next.offeredAt, before?.counted ?? {}, counted);
  }
  const contact = { ...next, counted };
  site.contacts.set(contact.id, contact);
  site.touched.contacts.add(contact.id);
  return contact;
}

/** Replaces `before` by `after` in the interval of `at` and, if that lies in today, in the day. */
export function count(
  site: Site,
  queueId: string,
  at: number,
  before: Readonly<Partial<Counters>>,
  after: Readonly<Partial<Counters>>,
): void {
  const key = intervalKey(queueId, intervalStart(at));
  const interval = site.intervals.get(key) ?? zeroCounters();
  const isToday = site.day !== null && at >= site.day.startAt && at < site.day.endAt;
  const queue = ensureQueue(site, queueId);
  const today = isToday ? { ...queue.today } : null;
  for (const name in after) {
    const counter = name as Counter;
    if (counter === 'waitMsMax') continue;
    const change = (after[counter] ?? 0) - (before[counter] ?? 0);
    if (change === 0) continue;
    interval[counter] += change;
    if (today) today[counter] += change;
  }
  for (const name in before) {
    const counter = name as Counter;
    if (counter in after || counter === 'waitMsMax') continue;
    interval[counter] -= before[counter] ?? 0;
    if (today) today[counter] -= before[counter] ?? 0;
  }
  // A maximum cannot be taken back; a correction only ever replaces an unknown wait by a known one, which can only raise it.
  const waitMs = after.waitMsMax ?? 0;
  interval.waitMsMax = Math.max(interval.waitMsMax, waitMs);
  if (today) today.waitMsMax = Math.max(today.waitMsMax, waitMs);
  site.intervals.set(key, interval);
  site.touched.intervals.add(key);
  if (today) {
    site.queues.set(queueId, { ...queue, today });
    site.touched.queues.add(queueId);
  }
}

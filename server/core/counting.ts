/**
 * Keeps every bucket (business day, quarter hour, minute; of the queue and of the site) equal to the sum of what contacts
 * and offers add to it, corrections included. A contact counts where it was offered. The queue sees each visit; the site
 * sees a call once, however many queues it went through, from its first offer on.
 */
import { INTERVAL_MS, intervalStart, MINUTE_MS } from '../../shared/time.ts';
import { SITE_ROW } from '../../shared/view.ts';
import { callTallyOf } from './call.ts';
import { tallyOf } from './contact.ts';
import { bucketKey } from './keys.ts';
import { ensureQueue } from './queue.ts';
import type { Contact, Place, Site } from './site.ts';
import { at, type Bucket, emptyBucket, emptyTally, longestWaitOf, replaceTally, type Tally } from './tally.ts';

/** Rolling windows reach back so far. */
export const MINUTES_KEPT = 61;

/**
 * Stores a contact in its new form and moves the counters by the difference to its old form. The new form is the fold's
 * from here on: a second copy of it just to note what it counts would cost as much as the rest.
 */
export function putContact(site: Site, contact: Fresh): Contact {
  const before = site.contacts.get(contact.id);
  if (before === undefined) ensureQueue(site, contact.queue);
  contact.counted = tallyOf(contact);
  site.contacts.set(contact.id, contact);
  site.touched.contacts.add(contact.id);
  move(site, contact.queue, before ?? null, before?.counted ?? null, contact, contact.counted);
  moveCall(site, before, contact);
  if (contact.state === 'waiting' && !contact.isOverdue) {
    site.overdueAt = Math.min(site.overdueAt, contact.offeredAt + contact.thresholdMs + 1);
  }
  return contact;
}

/** A contact that nobody else holds yet. */
type Fresh = Omit<Contact, 'counted'> & { counted: Tally };

/** A call with one visit counts at the site as its visit does; with more, its first visit carries what the call counts. */
function moveCall(site: Site, before: Contact | undefined, contact: Contact): void {
  const visits = site.calls.get(contact.call) ?? [];
  const holder = visits[0] === contact.id ? before : site.contacts.get(visits[0] ?? '');
  const countedBefore = holder ? (holder.callCounted ?? holder.counted) : null;
  if (before === undefined) {
    visits.push(contact.id);
    site.calls.set(contact.call, visits);
  }
  if (visits.length === 1) {
    move(site, SITE_ROW, holder ?? null, countedBefore, contact, contact.counted);
    return;
  }
  const all = visits.map((id) => site.contacts.get(id)).filter((visit) => visit !== undefined);
  all.sort((a, b) => (isVisitBefore(a, b) ? -1 : 1));
  for (const [i, { id }] of all.entries()) visits[i] = id;
  const first = all[0] ?? contact;
  if (holder && holder.id !== first.id) setCallCounted(site, holder.id, null);
  const callCounted = callTallyOf(all);
  setCallCounted(site, first.id, callCounted);
  move(site, SITE_ROW, holder ?? null, countedBefore, first, callCounted);
}

/**
 * The order of a call's visits, the same whichever of them is heard of or restored first. A log counts those that began in the
 * same second.
 */
export const isVisitBefore = (a: Contact, b: Contact): boolean =>
  (a.offeredAt - b.offeredAt || nthOf(a) - nthOf(b) || a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1)) < 0;

const nthOf = ({ record }: Contact): number => record?.nth ?? Number.MAX_SAFE_INTEGER;

/** Contacts that go on, in an order that a restart does not change: corrections are numbered in it. */
export const openContacts = (site: Site, ofSource?: string): Contact[] =>
  [...site.contacts.values()]
    .filter(({ endedAt, source }) => endedAt === null && (ofSource === undefined || source === ofSource))
    .sort((a, b) => (isVisitBefore(a, b) ? -1 : 1));

function setCallCounted(site: Site, id: string, callCounted: Tally | null): void {
  const contact = site.contacts.get(id);
  if (!contact) return;
  site.contacts.set(id, { ...contact, callCounted });
  site.touched.contacts.add(id);
}

type Placed = Pick<Contact, 'offeredAt'>;

/** The offer's time may have been an estimate until now: then what it counted moves to the right buckets. */
function move(
  site: Site,
  queue: string,
  before: Placed | null,
  beforeTally: Tally | null,
  after: Placed,
  afterTally: Tally,
): void {
  if (before && before.offeredAt !== after.offeredAt) {
    const left = placeAt(site, queue, before.offeredAt);
    if (replaceTally(left.buckets, beforeTally, null)) findLongestWait(site, queue, left);
    replaceTally(placeAt(site, queue, after.offeredAt).buckets, null, afterTally);
    return;
  }
  const place = placeAt(site, queue, after.offeredAt);
  if (replaceTally(place.buckets, beforeTally, afterTally)) findLongestWait(site, queue, place);
}

/** Among what is remembered and above what is forgotten. What the PBX's log says of a wait may be less than was seen of it. */
function findLongestWait(site: Site, row: string, { buckets, spans }: Place): void {
  const longest = buckets.map(({ settledWaitMsMax }) => settledWaitMsMax);
  const consider = ({ offeredAt }: Contact, tally: Tally): void => {
    for (const [i, [from, to]] of spans.entries())
      if (offeredAt >= from && offeredAt < to) longest[i] = Math.max(longest[i] ?? 0, longestWaitOf(tally));
  };
  if (row === SITE_ROW) {
    for (const [first] of site.calls.values()) {
      const contact = site.contacts.get(first ?? '');
      if (contact) consider(contact, contact.callCounted ?? contact.counted);
    }
  } else for (const contact of site.contacts.values()) if (contact.queue === row) consider(contact, contact.counted);
  for (const [i, { counts }] of buckets.entries()) counts[at.waitMsMax] = longest[i] ?? 0;
}

/** What a call that is about to be forgotten has waited can never be corrected again. */
export function settleLongestWait(site: Site, row: string, offeredAt: number, tally: Tally): void {
  const waitMs = longestWaitOf(tally);
  if (waitMs === 0) return;
  const minute = bucketKey(row, Math.floor(offeredAt / MINUTE_MS) * MINUTE_MS);
  settle(site.minutes, site.touched.minutes, minute, waitMs);
  settle(site.intervals, site.touched.intervals, bucketKey(row, intervalStart(offeredAt)), waitMs);
  if (site.day !== null && offeredAt >= site.day.startAt) settle(site.days, site.touched.days, row, waitMs);
}

function settle(buckets: Map<string, Bucket>, touched: Set<string>, key: string, waitMs: number): void {
  const bucket = buckets.get(key);
  if (!bucket || bucket.settledWaitMsMax >= waitMs) return;
  bucket.settledWaitMsMax = waitMs;
  touched.add(key);
}

/** Counts a ringing that nobody answered, where it began; `countedAt` is where it was counted until now. */
export function countNoAnswer(site: Site, queue: string, startedAt: number, countedAt: number | null = null): void {
  ensureQueue(site, queue);
  const tally = emptyTally();
  tally[at.ringNoAnswer] = 1;
  for (const row of [queue, SITE_ROW]) {
    if (countedAt !== null) replaceTally(placeAt(site, row, countedAt).buckets, tally, null);
    replaceTally(placeAt(site, row, startedAt).buckets, null, tally);
  }
}

/** Every bucket of a queue (or the site) that holds an instant, made where it is missing and marked as changed. */
function placeAt(site: Site, queue: string, instant: number): Place {
  const { touched } = site;
  const minute = Math.floor(instant / MINUTE_MS) * MINUTE_MS;
  let place = site.places.get(queue);
  if (place?.minute !== minute) {
    place = placeOf(site, queue, minute);
    site.places.set(queue, place);
  }
  if (place.markedIn === touched) return place;
  place.markedIn = touched;
  if (place.interval !== null) touched.intervals.add(place.interval);
  if (place.minuteKey !== null) touched.minutes.add(place.minuteKey);
  if (place.isToday) touched.days.add(queue);
  return place;
}

/** A business day begins with a quarter hour, so that a minute lies in one bucket of each kind. */
function placeOf(site: Site, queue: string, minute: number): Place {
  const { day, clockAt } = site;
  const intervalAt = intervalStart(minute);
  const isKept = day === null || intervalAt >= day.startAt - 96 * INTERVAL_MS;
  const interval = isKept ? bucketKey(queue, intervalAt) : null;
  const minuteKey = minute > clockAt - MINUTES_KEPT * MINUTE_MS ? bucketKey(queue, minute) : null;
  const isToday = day !== null && minute >= day.startAt && minute < day.endAt;
  const buckets: Bucket[] = [];
  const spans: (readonly [number, number])[] = [];
  const add = (bucket: Bucket, from: number, to: number): void => {
    buckets.push(bucket);
    spans.push([from, to]);
  };
  if (interval !== null) add(bucketOf(site.intervals, interval), intervalAt, intervalAt + INTERVAL_MS);
  if (minuteKey !== null) add(bucketOf(site.minutes, minuteKey), minute, minute + MINUTE_MS);
  if (isToday) add(bucketOf(site.days, queue), day.startAt, day.endAt);
  return { minute, buckets, spans, interval, minuteKey, isToday, markedIn: null };
}

function bucketOf(buckets: Map<string, Bucket>, key: string): Bucket {
  let bucket = buckets.get(key);
  if (!bucket) {
    bucket = emptyBucket();
    buckets.set(key, bucket);
  }
  return bucket;
}

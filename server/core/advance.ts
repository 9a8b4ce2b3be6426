/** Site time: the clock, the roll of the business day, and what is forgotten once it is old. */
import { addCounters, zeroCounters } from '../../shared/metric.ts';
import { businessDayOf, INTERVAL_MS, MINUTE_MS } from '../../shared/time.ts';
import { splitAtDayStart } from './agent.ts';
import { parseIntervalKey, visitKey } from './keys.ts';
import { countAnomaly, type Site } from './site.ts';

const SECOND_MS = 1_000;
/** How long an ended contact or offer is remembered, so that a late duplicate or correction still finds it. */
const RETAIN_ENDED_MS = 2 * MINUTE_MS;
/** How much is forgotten at once: a burst's worth of deletions in one commit would hold up every screen. */
const FORGET_AT_ONCE = 2_000;
/** A source's clock may be set back; on a new connection that is believed beyond this, within one it never is. */
const STEP_BACK_MS = MINUTE_MS;

/** Moves the clock to an event. Only a fresh connection may set it back: there the source's clock is read anew. */
export function moveClock(site: Site, at: number, receivedAt: number, mayStepBack: boolean): void {
  if (mayStepBack && at < site.clockAt - STEP_BACK_MS) {
    countAnomaly(site, 'clock.steppedBack');
    site.clockAt = at;
    site.day = null;
  }
  if (at > site.clockAt) {
    site.clockOffsetMs = at - receivedAt;
    advance(site, at);
  } else if (site.day === null) advance(site, at);
}

/** Lets time pass up to `at` (site time). Idempotent; an earlier instant than the clock does nothing. */
export function advance(site: Site, at: number): void {
  const before = site.clockAt;
  site.clockAt = Math.max(before, at);
  if (site.day === null || site.clockAt >= site.day.endAt) rollDay(site);
  if (Math.floor(site.clockAt / SECOND_MS) !== Math.floor(before / SECOND_MS)) forget(site);
  if (Math.floor(site.clockAt / MINUTE_MS) !== Math.floor(before / MINUTE_MS)) {
    // Sparklines show closed minutes: they move when the minute closes, also in silence.
    for (const id of site.queues.keys()) site.touched.queues.add(id);
    site.touched.isSite = true;
  }
}

function rollDay(site: Site): void {
  const { timeZone, businessDayStart } = site.settings;
  const day = businessDayOf(site.clockAt, timeZone, businessDayStart);
  const isFirst = site.day === null;
  site.day = day;
  const today = new Map(Array.from(site.queues.keys(), (id) => [id, zeroCounters()]));
  for (const [key, counters] of site.intervals) {
    const { queue, startAt } = parseIntervalKey(key);
    const sum = today.get(queue);
    if (sum && startAt >= day.startAt && startAt < day.endAt) addCounters(sum, counters);
  }
  for (const [id, queue] of site.queues) {
    site.queues.set(id, { ...queue, today: today.get(id) ?? zeroCounters() });
    site.touched.queues.add(id);
  }
  if (!isFirst) {
    for (const agent of [...site.agents.values()]) {
      if (agent.memberships.size === 0 && agent.talks.length === 0) {
        site.agents.delete(agent.id);
        site.touched.agents.add(agent.id);
      } else splitAtDayStart(site, agent, day.startAt);
    }
  }
  for (const key of site.intervals.keys()) {
    // Yesterday's rows leave the screens; their counters stay until the contacts offered then have ended.
    if (parseIntervalKey(key).startAt < day.startAt - 96 * INTERVAL_MS) site.intervals.delete(key);
    site.touched.intervals.add(key);
  }
  site.touched.isSite = true;
}

function forget(site: Site): void {
  const before = site.clockAt - RETAIN_ENDED_MS;
  let left = FORGET_AT_ONCE;
  for (const contact of site.contacts.values()) {
    if (contact.endedAt === null || contact.endedAt > before) continue;
    if (left-- === 0) return;
    site.contacts.delete(contact.id);
    site.touched.contacts.add(contact.id);
    const key = visitKey(contact.call, contact.queue);
    if (site.visits.get(key) === contact.id) site.visits.delete(key);
  }
  for (const offer of site.offers.values()) {
    if (offer.endedAt === null || offer.endedAt > before) continue;
    if (left-- === 0) return;
    site.offers.delete(offer.id);
    site.touched.offers.add(offer.id);
  }
}

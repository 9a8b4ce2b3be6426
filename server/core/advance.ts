/** Site time: the clock, the roll of the business day, and what is forgotten once it is old. */
import { businessDayOf, INTERVAL_MS, MINUTE_MS } from '../../shared/time.ts';
import { patchAgent, splitAtDayStart, turnBack } from './agent.ts';
import { MINUTES_KEPT, putContact } from './counting.ts';
import { parseBucketKey } from './keys.ts';
import { forget } from './memory.ts';
import { countAnomaly, type Site } from './site.ts';
import { forgetGaps } from './source-state.ts';
import { findSuspects } from './suspect.ts';
import { addBucket, emptyBucket } from './tally.ts';

const SECOND_MS = 1_000;
const SUSPECTS_EVERY_MS = 5_000;
/** Further back than that a new connection sets the clock also if its source does not know that it was set. */
const STEP_BACK_MS = MINUTE_MS;

/**
 * Moves the clock to an event. Only a fresh connection may set it back: there the source's clock is read anew. What is `late`
 * by nature, a log, does not say how far that clock stands from ours.
 */
export function moveClock(
  site: Site,
  at: number,
  receivedAt: number,
  how: 'live' | 'late' | 'connect' | 'setBack',
): void {
  const believedBackMs = how === 'setBack' ? 0 : how === 'connect' ? STEP_BACK_MS : Number.POSITIVE_INFINITY;
  if (at < site.clockAt - believedBackMs) {
    countAnomaly(site, 'clock.steppedBack');
    site.clockAt = at;
    // Without it the next tick of time alone would set the clock forward again.
    site.clockOffsetMs = at - receivedAt;
    site.day = null;
    for (const agent of [...site.agents.values()]) turnBack(site, agent, at);
  }
  if (at > site.clockAt) {
    if (how !== 'late') site.clockOffsetMs = at - receivedAt;
    advance(site, at);
  } else if (site.day === null) advance(site, at);
}

/** Lets time pass up to `at` (site time). Idempotent; an earlier instant than the clock does nothing. */
export function advance(site: Site, at: number): void {
  const before = site.clockAt;
  site.clockAt = Math.max(before, at);
  if (site.day === null || site.clockAt >= site.day.endAt) rollDay(site);
  if (site.clockAt >= site.overdueAt) markOverdue(site);
  for (const id of site.working) endWorkInTime(site, id);
  const hasPassed = (everyMs: number) => Math.floor(site.clockAt / everyMs) !== Math.floor(before / everyMs);
  if (hasPassed(SECOND_MS)) forget(site);
  if (hasPassed(SUSPECTS_EVERY_MS)) findSuspects(site);
  if (hasPassed(MINUTE_MS)) closeMinute(site);
}

/** The next instant of site time at which something changes without an event, at the earliest; null for none in sight. */
export function nextDueAt(site: Site): number | null {
  let dueAt = site.overdueAt;
  for (const id of site.working) dueAt = Math.min(dueAt, site.agents.get(id)?.work?.until ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(dueAt) ? dueAt : null;
}

/** A contact that waits beyond its threshold is a miss from that moment on. */
function markOverdue(site: Site): void {
  site.overdueAt = Number.POSITIVE_INFINITY;
  for (const queue of site.queues.values()) {
    for (const id of queue.waiting) {
      const contact = site.contacts.get(id);
      if (!contact || contact.isOverdue) continue;
      const isOverdue = site.clockAt > contact.offeredAt + contact.thresholdMs;
      // One that is not gives the next instant to look at, inside `putContact` or here.
      if (isOverdue) putContact(site, { ...contact, isOverdue });
      else site.overdueAt = Math.min(site.overdueAt, contact.offeredAt + contact.thresholdMs + 1);
      if (isOverdue) site.touched.queues.add(queue.id);
    }
  }
}

function endWorkInTime(site: Site, agentId: string): void {
  const work = site.agents.get(agentId)?.work;
  if (!work) site.working.delete(agentId);
  else if (work.until <= site.clockAt) patchAgent(site, agentId, work.until, { work: null });
}

/** Sparklines and rolling windows move when the minute closes, also in silence. */
function closeMinute(site: Site): void {
  for (const id of site.queues.keys()) site.touched.queues.add(id);
  site.touched.isSite = true;
  site.outbox.isMinuteOver = true;
  site.places.clear();
  const oldest = site.clockAt - MINUTES_KEPT * MINUTE_MS;
  for (const key of site.minutes.keys()) {
    if (parseBucketKey(key).startAt > oldest) continue;
    site.minutes.delete(key);
    site.touched.minutes.add(key);
  }
}

function rollDay(site: Site): void {
  const { timeZone, businessDayStart } = site.settings;
  const day = businessDayOf(site.clockAt, timeZone, businessDayStart);
  const isFirst = site.day === null;
  site.day = day;
  site.places.clear();
  for (const id of site.days.keys()) {
    site.days.delete(id);
    site.touched.days.add(id);
  }
  for (const [key, bucket] of site.intervals) {
    const { queue, startAt } = parseBucketKey(key);
    if (startAt < day.startAt || startAt >= day.endAt) continue;
    site.days.set(queue, addBucket(site.days.get(queue) ?? emptyBucket(), bucket));
    site.touched.days.add(queue);
  }
  for (const id of site.queues.keys()) site.touched.queues.add(id);
  if (!isFirst) startAgentsDay(site, day.startAt);
  for (const key of site.intervals.keys()) {
    // Yesterday's rows leave the screens; their counters stay until the contacts offered then have ended.
    if (parseBucketKey(key).startAt < day.startAt - 96 * INTERVAL_MS) site.intervals.delete(key);
    site.touched.intervals.add(key);
  }
  for (const [kind, anomaly] of site.anomalies) {
    site.anomalies.set(kind, { ...anomaly, today: 0 });
    site.touched.anomalies.add(kind);
  }
  forgetGaps(site, day.startAt);
  site.touched.isSite = true;
}

function startAgentsDay(site: Site, dayStartAt: number): void {
  for (const agent of [...site.agents.values()]) {
    const isGone = agent.memberships.size === 0 && agent.talks.length === 0;
    // Who was given a team keeps it over days off.
    if (isGone && agent.settingsVersion === 0) {
      site.agents.delete(agent.id);
      site.working.delete(agent.id);
      site.touched.agents.add(agent.id);
    } else splitAtDayStart(site, agent, dayStartAt);
  }
}

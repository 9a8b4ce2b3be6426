/** A queue's live membership and depth. */

import { DEFAULT_SERVICE_LEVEL, DEFAULT_TARGET_RATIO } from '../../shared/metric.ts';
import { type Band, NO_QUEUE_SETTINGS, type QueueSettings } from '../../shared/setting.ts';
import { localTimeOf, MINUTE_MS } from '../../shared/time.ts';
import type { Contact, Queue, Site } from './site.ts';

const PEAK_MINUTES = 61;

export function ensureQueue(site: Site, id: string): Queue {
  const known = site.queues.get(id);
  if (known) return known;
  const queue: Queue = {
    id,
    name: id,
    thresholdMs: null,
    settings: NO_QUEUE_SETTINGS,
    settingsVersion: 0,
    sources: [],
    waiting: new Set(),
    agents: new Set(),
    peaks: [],
  };
  site.queues.set(id, queue);
  site.touched.queues.add(id);
  return queue;
}

export function patchQueue(site: Site, id: string, patch: Partial<Queue>): Queue {
  const queue = { ...ensureQueue(site, id), ...patch };
  site.queues.set(id, queue);
  site.touched.queues.add(id);
  return queue;
}

/** People's word, else the source's, else the site's. */
export const thresholdMsOf = (site: Site, queue: Queue): number =>
  queue.settings.thresholdMs ?? queue.thresholdMs ?? site.settings.thresholdMs;

export const shortAbandonMsOf = (site: Site, queue: Queue): number =>
  queue.settings.shortAbandonMs ?? site.settings.shortAbandonMs;

/** What is shown and aimed at now: the last band that has begun today, else the last of the day before. */
export function bandOf(site: Site, queue: Queue): Pick<Band, 'serviceLevel' | 'targetRatio'> {
  const { bands } = queue.settings;
  if (bands.length === 0) return { serviceLevel: DEFAULT_SERVICE_LEVEL, targetRatio: DEFAULT_TARGET_RATIO };
  const now = localTimeOf(site.clockAt, site.settings.timeZone);
  return bands.findLast(({ from }) => from <= now) ?? (bands.at(-1) as Band);
}

/** Settings hold for what is offered from now on; what has been offered keeps what was in force. */
export function configureQueue(site: Site, id: string, version: number, settings: QueueSettings): void {
  if (version <= ensureQueue(site, id).settingsVersion) return;
  patchQueue(site, id, { settings, settingsVersion: version });
}

/** Keeps the set of waiting contacts and the depth of each minute in step with a contact's state. */
export function trackWaiting(site: Site, contact: Contact, at: number): void {
  const queue = ensureQueue(site, contact.queue);
  const isWaiting = contact.state === 'waiting';
  if (queue.waiting.has(contact.id) === isWaiting) return;
  // The minute's peak counts the depth before a departure too: a call that left within the minute was there.
  const peaks = withPeak(queue.peaks, Math.floor(at / MINUTE_MS), queue.waiting.size + (isWaiting ? 1 : 0));
  if (isWaiting) queue.waiting.add(contact.id);
  else queue.waiting.delete(contact.id);
  if (peaks === queue.peaks) site.touched.queues.add(queue.id);
  else patchQueue(site, queue.id, { peaks });
}

function withPeak(peaks: Queue['peaks'], minute: number, depth: number): Queue['peaks'] {
  const last = peaks.at(-1);
  if (last && last[0] >= minute) {
    if (last[1] >= depth || last[0] > minute) return peaks;
    return [...peaks.slice(0, -1), [minute, depth]];
  }
  return [...peaks, [minute, depth] as const].slice(-PEAK_MINUTES);
}

/** Deepest queue in each of the 60 closed minutes before `at`; a minute without change holds the depth before it. */
export function peaksBefore(queue: Queue, at: number): number[] {
  const current = Math.floor(at / MINUTE_MS);
  const byMinute = new Map(queue.peaks);
  return Array.from({ length: 60 }, (_, i) => byMinute.get(current - 60 + i) ?? 0);
}

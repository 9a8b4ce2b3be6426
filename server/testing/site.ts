/** A site for tests, and the site after some events, each received when it happened. */
import type { DomainEvent } from '../../shared/event.ts';
import type { Counters } from '../../shared/metric.ts';
import { reduce } from '../core/reduce.ts';
import { createSite, type Site, type SiteSettings } from '../core/site.ts';
import { countersOf, emptyBucket } from '../core/tally.ts';

export const TEST_SETTINGS: SiteSettings = {
  name: 'Test',
  timeZone: 'Asia/Shanghai',
  businessDayStart: '06:00',
  thresholdMs: 20_000,
  shortAbandonMs: 5_000,
};

export const testSite = (): Site => createSite('main', TEST_SETTINGS);

/** Counters of a queue's business day, or of the site's for SITE_ROW. */
export const dayOf = (site: Site, queue: string): Counters =>
  countersOf((site.days.get(queue) ?? emptyBucket()).counts);

export function siteAfter(...events: DomainEvent[]): Site {
  const site = testSite();
  for (const event of events) reduce(site, event, { source: 's', receivedAt: event.at });
  return site;
}

/** A site for tests, and the site after some events, each received when it happened. */
import type { DomainEvent } from '../../shared/event.ts';
import { reduce } from '../core/reduce.ts';
import { createSite, type Site, type SiteSettings } from '../core/site.ts';

export const TEST_SETTINGS: SiteSettings = {
  name: 'Test',
  timeZone: 'Asia/Shanghai',
  businessDayStart: '06:00',
  thresholdMs: 20_000,
  shortAbandonMs: 5_000,
};

export const testSite = (): Site => createSite('main', TEST_SETTINGS);

export function siteAfter(...events: DomainEvent[]): Site {
  const site = testSite();
  for (const event of events) reduce(site, event, { source: 's', receivedAt: event.at });
  return site;
}

/**
 * Which PostgreSQL has the history and the settings of a site. Processes of one Redis must agree on it: two would each
 * write a part of the history, and tell the site settings by turns.
 */
import type { Redis } from './client.ts';
import { siteKeys } from './keys.ts';
import { defineScript } from './script.ts';

const claim = defineScript(`
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`);

/** Long enough for a restart of whoever holds it. */
const LEASE_MS = 30_000;

/** Claims or renews. False while another database is at work for the site. */
export async function claimDatabase(redis: Redis, site: string, databaseId: string): Promise<boolean> {
  return (await claim(redis, [siteKeys(site).database], [databaseId, LEASE_MS])) === 1;
}

/** The sites that exist, for processes that are not told by their own configuration. */
import { z } from 'zod';
import type { Redis } from './client.ts';
import { SITES_KEY } from './keys.ts';

const registered = z.object({ name: z.string() });
export type RegisteredSite = z.infer<typeof registered>;

export async function registerSite(redis: Redis, site: string, entry: RegisteredSite): Promise<void> {
  await redis.hset(SITES_KEY, site, JSON.stringify(entry));
}

/** After a Redis that lost everything. Writes nothing while the site is there. */
export async function keepRegistered(redis: Redis, site: string, entry: RegisteredSite): Promise<void> {
  await redis.hsetnx(SITES_KEY, site, JSON.stringify(entry));
}

/** In the order of their ids. An entry that cannot be read is a site without a name of its own. */
export async function readSites(redis: Redis): Promise<ReadonlyMap<string, RegisteredSite>> {
  const entries = Object.entries(await redis.hgetall(SITES_KEY)).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(entries.map(([site, json]) => [site, parse(json) ?? { name: site }]));
}

function parse(json: string): RegisteredSite | null {
  try {
    return registered.parse(JSON.parse(json));
  } catch {
    return null;
  }
}

/** The names that a scope can hold. */
import { fetchSites } from '../api.ts';
import { type Loaded, useLoad } from '../ui/use-load.ts';
import { fetchQueueNames, fetchTeamNames } from './access-api.ts';
import { mergePlaces, type Places } from './preview.ts';

async function loadPlaces(signal: AbortSignal): Promise<Places> {
  const sites = await fetchSites(signal);
  const found = await Promise.all(
    sites.map(async ({ id: site }) => ({
      site,
      queues: await fetchQueueNames(site, signal),
      teams: await fetchTeamNames(site, signal),
    })),
  );
  return mergePlaces(sites, found);
}

export const usePlaces = (): Loaded<Places> => useLoad(loadPlaces);

/** The only fetch of the client. */
export interface SiteName {
  readonly id: string;
  readonly name: string;
}

export async function fetchSites(signal?: AbortSignal): Promise<readonly SiteName[]> {
  const response = await fetch('/api/v1/sites', { headers: { accept: 'application/json' }, ...(signal && { signal }) });
  if (!response.ok) throw new Error(`/api/v1/sites answered ${response.status}`);
  const body: unknown = await response.json();
  const sites = isRecord(body) && Array.isArray(body.sites) ? body.sites : [];
  return sites.flatMap((site: unknown) =>
    isRecord(site) && typeof site.id === 'string' ? [{ id: site.id, name: String(site.name ?? site.id) }] : [],
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Which site a screen shows: the address says, else `main`, else the first one the server knows. */
import { useEffect, useState } from 'react';
import { fetchSites, type SiteName } from './api.ts';

const DEFAULT_SITE = 'main';
const RETRY_MS = 5_000;

export const chooseSite = (sites: readonly SiteName[]): string | null =>
  (sites.find(({ id }) => id === DEFAULT_SITE) ?? sites[0])?.id ?? null;

/** Null while it is not known. A wall keeps asking: the server may be slower to start than the TV. */
export function useSite(query: URLSearchParams): string | null {
  const named = query.get('site');
  const [site, setSite] = useState<string | null>(named);
  useEffect(() => {
    if (named !== null) return;
    const abort = new AbortController();
    let handle: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      try {
        const chosen = chooseSite(await fetchSites(abort.signal));
        if (chosen !== null) {
          setSite(chosen);
          return;
        }
      } catch {
        // The screen says itself that it has no data; asking again is all that helps.
      }
      if (!abort.signal.aborted) handle = setTimeout(() => void ask(), RETRY_MS);
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(handle);
    };
  }, [named]);
  return site;
}

import { useMemo } from 'react';
import type { LiveConnection } from './live-connection.ts';
import { useLive } from './use-live.tsx';

export type SiteStores<T> = WeakMap<LiveConnection, Map<string, T>>;

/** What there is one of for a connection and its site, wherever on the screen it is used. `made` and `make` stay the same. */
export function useSiteStore<T>(made: SiteStores<T>, make: (site: string, connection: LiveConnection) => T): T {
  const { connection, site } = useLive();
  return useMemo(() => {
    const bySite = made.get(connection) ?? new Map<string, T>();
    made.set(connection, bySite);
    const store = bySite.get(site) ?? make(site, connection);
    bySite.set(site, store);
    return store;
  }, [made, make, connection, site]);
}

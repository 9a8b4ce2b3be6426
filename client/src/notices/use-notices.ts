/** React's view of notices. One store for a connection and its site, wherever on the screen they stand. */
import { useMemo, useSyncExternalStore } from 'react';
import type { Notice } from '../../../shared/api-notices.ts';
import type { LiveConnection } from '../live/live-connection.ts';
import { useLive, useServerNow } from '../live/use-live.tsx';
import { fetchNotices } from './notice-api.ts';
import { NoticeStore } from './notice-store.ts';

const stores = new WeakMap<LiveConnection, Map<string, NoticeStore>>();

export function useNoticeStore(): NoticeStore {
  const { connection, site } = useLive();
  return useMemo(() => {
    const bySite = stores.get(connection) ?? new Map<string, NoticeStore>();
    stores.set(connection, bySite);
    const wait = (ms: number) => new Promise<void>((resolve) => window.setTimeout(resolve, ms));
    const store =
      bySite.get(site) ?? new NoticeStore({ site, connection, fetch: fetchNotices, wait, random: Math.random });
    bySite.set(site, store);
    return store;
  }, [connection, site]);
}

/** Those that hold now, important ones first, then the newest. Also for a tile of a board. */
export function useNotices(): readonly Notice[] {
  const store = useNoticeStore();
  const notices = useSyncExternalStore(store.subscribe, store.notices);
  const now = useServerNow();
  return notices.filter(({ endsAt }) => endsAt > now);
}

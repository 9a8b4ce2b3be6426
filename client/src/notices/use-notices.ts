/** React's view of notices. */
import { useSyncExternalStore } from 'react';
import type { Notice } from '../../../shared/api-notices.ts';
import type { LiveConnection } from '../live/live-connection.ts';
import { type SiteStores, useSiteStore } from '../live/site-store.ts';
import { useServerNow } from '../live/use-live.tsx';
import { fetchNotices } from './notice-api.ts';
import { NoticeStore } from './notice-store.ts';

const wait = (ms: number) => new Promise<void>((resolve) => window.setTimeout(resolve, ms));

const stores: SiteStores<NoticeStore> = new WeakMap();
const makeStore = (site: string, connection: LiveConnection) =>
  new NoticeStore({ site, connection, fetch: fetchNotices, wait, random: Math.random });

export const useNoticeStore = (): NoticeStore => useSiteStore(stores, makeStore);

/** Those that hold now, important ones first, then the newest. Also for a tile of a board. */
export function useNotices(): readonly Notice[] {
  const store = useNoticeStore();
  const notices = useSyncExternalStore(store.subscribe, store.notices);
  const now = useServerNow();
  return notices.filter(({ endsAt }) => endsAt > now);
}

/** React's view of what was asked of the PBX. */
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import type { ActingAnswer } from '../../../shared/api-command.ts';
import { DOES, type Do, RIGHT_OF } from '../../../shared/command.ts';
import { useMay } from '../access/session.tsx';
import type { LiveConnection } from '../live/live-connection.ts';
import { type SiteStores, useSiteStore } from '../live/site-store.ts';
import { useLive, useServerNow } from '../live/use-live.tsx';
import { newUuid } from '../uuid.ts';
import { ActingStore, type Attempt, type Opened } from './acting-store.ts';
import { commandApi } from './command-api.ts';

/** Rights and connections of a PBX change seldom; the menu asks again when it opens. */
const REFRESH_MS = 60_000;

const stores: SiteStores<ActingStore> = new WeakMap();
const makeStore = (site: string, { serverClock }: LiveConnection): ActingStore => {
  const timing = {
    now: () => serverClock.now(),
    wait: (ms: number) => new Promise<void>((resolve) => window.setTimeout(resolve, ms)),
  };
  return new ActingStore(site, commandApi, timing, () => newUuid((bytes) => crypto.getRandomValues(bytes)));
};

export const useActingStore = (): ActingStore => useSiteStore(stores, makeStore);

/** What can be done; null while nobody has said. */
export function useActing(): ActingAnswer | null {
  const store = useActingStore();
  return useSyncExternalStore(store.subscribe, store.acting);
}

export function useIsUnanswered(): boolean {
  const store = useActingStore();
  return useSyncExternalStore(store.subscribe, store.isUnanswered);
}

/** Whether to offer a command on somebody of this team. */
export function useMayDo(): (what: Do, team: string | null) => boolean {
  const may = useMay();
  const { site } = useLive();
  return useCallback((what, team) => may(RIGHT_OF[what], { site, team }), [may, site]);
}

/** Whether to offer that somebody is added to a queue. */
export function useMayAdd(): (queue: string) => boolean {
  const may = useMay();
  const { site } = useLive();
  return useCallback((queue) => may(RIGHT_OF['join-queue'], { site, queue }), [may, site]);
}

/** Whether there is anything at all to offer on agents of this screen. */
export function useMayAct(): boolean {
  const may = useMay();
  const { site } = useLive();
  return DOES.some((what) => may(RIGHT_OF[what], { site }));
}

/** Keeps that up to date, once for a screen. */
export function useActingRefresh(): void {
  const store = useActingStore();
  const { site } = useLive();
  const mayAct = useMayAct();
  useEffect(() => {
    if (site === '' || !mayAct) return;
    void store.refresh();
    const timer = window.setInterval(() => void store.refresh(), REFRESH_MS);
    return () => window.clearInterval(timer);
  }, [store, site, mayAct]);
}

export function useAttemptOf(agent: string): Attempt | null {
  const store = useActingStore();
  return useSyncExternalStore(store.subscribe, () => store.of(agent));
}

/** Without those that have been shown for long enough. */
export function useAttempts(): readonly Attempt[] {
  const store = useActingStore();
  const attempts = useSyncExternalStore(store.subscribe, store.attempts);
  const now = useServerNow();
  // biome-ignore lint/correctness/useExhaustiveDependencies: with every second some may have been shown for long enough.
  useEffect(() => store.expire(), [store, now]);
  return attempts;
}

export function useOpened(): Opened | null {
  const store = useActingStore();
  return useSyncExternalStore(store.subscribe, store.opened);
}

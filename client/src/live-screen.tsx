/** A screen of live numbers: which site, and the page's one connection. */
import { type ReactNode, Suspense, useEffect, useMemo, useSyncExternalStore } from 'react';
import { useSession } from './access/session.tsx';
import type { LiveConnection } from './live/live-connection.ts';
import { startLive } from './live/start-live.ts';
import { LiveProvider } from './live/use-live.tsx';
import { useSite } from './site-choice.ts';

export function LiveScreen({ screen }: { screen: ReactNode }): ReactNode {
  const query = useMemo(() => new URLSearchParams(location.search), []);
  const site = useSite(query);
  const connection = useMemo(startLive, []);
  useAskWhenCut(connection, site ?? '');
  // Until the site is known the screen shows its skeleton on a channel that never answers.
  return (
    <LiveProvider connection={connection} site={site ?? ''}>
      <Suspense fallback={null}>{screen}</Suspense>
    </LiveProvider>
  );
}

/** A socket is the first to feel that somebody was signed out: it is refused, or cut. */
function useAskWhenCut(connection: LiveConnection, site: string): void {
  const { ask } = useSession();
  const state = useSyncExternalStore(connection.subscribe, () => connection.stateOf(site));
  useEffect(() => {
    if (state === 'refused' || state === 'disconnected') void ask();
  }, [state, ask]);
}

import { useCallback, useEffect, useRef, useState } from 'react';
import type { BreakDesk } from '../../../shared/api-breaks.ts';
import { type Loaded, useLoad } from '../ui/use-load.ts';
import { fetchDesk } from './break-api.ts';

const LOOK_EVERY_MS = 2_000;
const TICK_MS = 500;
/** An answer that old says nothing of now. */
const OLD_AFTER_MS = 10_000;

interface Known {
  readonly desk: BreakDesk;
  /** Monotonic clock of this page. */
  readonly at: number;
}

export interface DeskNow {
  readonly loaded: Loaded<Known>;
  readonly desk: BreakDesk | null;
  /** The site's clock; stands while nobody knows better. */
  readonly now: number;
  /** False: nothing shown may be taken for the present. */
  readonly isLive: boolean;
}

/** The desk, looked at again and again, and the site's clock between two looks. */
export function useDesk(site: string): DeskNow {
  const load = useCallback(
    async (signal: AbortSignal): Promise<Known> => ({ desk: await fetchDesk(site, signal), at: performance.now() }),
    [site],
  );
  const loaded = useLoad(load);
  const { data, reload } = loaded;
  const [clock, setClock] = useState(() => performance.now());
  const isAsking = useRef(false);
  useEffect(() => {
    const look = setInterval(() => {
      // One question at a time: a server slower than the pace is not asked more often.
      if (isAsking.current) return;
      isAsking.current = true;
      void reload().finally(() => {
        isAsking.current = false;
      });
    }, LOOK_EVERY_MS);
    const tick = setInterval(() => setClock(performance.now()), TICK_MS);
    return () => {
      clearInterval(look);
      clearInterval(tick);
    };
  }, [reload]);
  const ageMs = data ? Math.max(0, clock - data.at) : 0;
  const isLive = data !== null && data.desk.freshness.state === 'live' && ageMs < OLD_AFTER_MS;
  return { loaded, desk: data?.desk ?? null, now: (data?.desk.asOf ?? 0) + (isLive ? ageMs : 0), isLive };
}

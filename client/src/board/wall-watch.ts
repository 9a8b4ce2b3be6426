/** What whoever watches over an unattended TV must know of its wall. */
import { createContext, useContext, useEffect } from 'react';
import type { FreshnessLevel } from '../live/freshness.ts';
import type { HeldBreach } from './held-breaches.ts';

export interface WallState {
  /** `standard`, or the id of the board that is shown. */
  readonly board: string;
  readonly freshness: FreshnessLevel;
  /** Queues that are critical. */
  readonly critical: readonly string[];
  /** Since the page that is shown came. */
  readonly pageAgeMs: number;
}

export interface WallWatch {
  /** 0 to 1, the same for a TV at every time: what many do at one hour they do one after the other. */
  readonly spread: number;
  readonly tell: (state: WallState) => void;
}

export const WallWatchContext = createContext<WallWatch | null>(null);

/** Told with every paint, about once a second. */
export function useTellWatch(
  board: string,
  freshness: FreshnessLevel,
  held: readonly HeldBreach[],
  pageAgeMs: number,
): void {
  const watch = useContext(WallWatchContext);
  useEffect(() => {
    const critical = held.filter(({ breach, isEased }) => !isEased && breach.severity === 'critical');
    watch?.tell({ board, freshness, critical: critical.map(({ breach }) => breach.queue.id), pageAgeMs });
  });
}

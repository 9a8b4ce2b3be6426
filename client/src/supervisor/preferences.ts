import { useSyncExternalStore } from 'react';
import { DAY_COLUMNS, type DayColumn } from './agent-day-columns.tsx';

export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];

const KEY = 'floorcast.density';

export const storedDensity = (): Density => (localStorage.getItem(KEY) === 'compact' ? 'compact' : 'comfortable');
export const storeDensity = (density: Density): void => localStorage.setItem(KEY, density);

const COLUMNS_KEY = 'floorcast.agentColumns';

export function storedColumns(): readonly DayColumn[] {
  const stored = (localStorage.getItem(COLUMNS_KEY) ?? '').split(' ');
  return DAY_COLUMNS.filter((column) => stored.includes(column));
}
export const storeColumns = (columns: readonly DayColumn[]): void =>
  localStorage.setItem(COLUMNS_KEY, columns.join(' '));

/** Follows a media query. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia?.(query);
      list?.addEventListener('change', listener);
      return () => list?.removeEventListener('change', listener);
    },
    () => window.matchMedia?.(query).matches ?? false,
  );
}

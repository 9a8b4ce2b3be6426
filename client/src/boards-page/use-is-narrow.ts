import { useSyncExternalStore } from 'react';

/** Below it there is no room for a canvas between a palette and settings. */
const QUERY = '(max-width: 899px)';

const subscribe = (listener: () => void): (() => void) => {
  const query = window.matchMedia?.(QUERY);
  query?.addEventListener('change', listener);
  return () => query?.removeEventListener('change', listener);
};

export const useIsNarrow = (): boolean =>
  useSyncExternalStore(subscribe, () => window.matchMedia?.(QUERY).matches ?? false);

import { useCallback, useState } from 'react';
import type { AgentFilter } from './floor-address.ts';
import { readViews, type SavedView, storeViews, viewsWith } from './saved-views.ts';

export interface SavedViews {
  readonly views: readonly SavedView[];
  readonly save: (name: string, filter: AgentFilter) => void;
  readonly remove: (name: string) => void;
}

/** Read from the desk each time, so that two windows of one desk do not take each other's views away. */
export function useSavedViews(site: string): SavedViews {
  const [known, setKnown] = useState({ site, views: readViews(site) });
  const views = known.site === site ? known.views : readViews(site);
  const change = useCallback(
    (next: (views: readonly SavedView[]) => readonly SavedView[]) => {
      const changed = next(readViews(site));
      storeViews(site, changed);
      setKnown({ site, views: changed });
    },
    [site],
  );
  return {
    views,
    save: useCallback((name, filter) => change((before) => viewsWith(before, { name, filter })), [change]),
    remove: useCallback((name) => change((before) => before.filter((view) => view.name !== name)), [change]),
  };
}

/** Views of the agents that a person gave a name, kept on this desk for each site. What is stored has a version. */
import { type AgentFilter, filterFrom, filterText } from './floor-address.ts';

export interface SavedView {
  readonly name: string;
  readonly filter: AgentFilter;
}

const VERSION = 1;
/** More than a menu can show is no help. */
const MOST_VIEWS = 30;
export const MOST_NAME = 40;

const keyOf = (site: string): string => `floorcast.views.${site}`;

/** Empty where nothing is stored, where it is not ours, or where a newer version wrote it. */
export function readViews(site: string): readonly SavedView[] {
  const stored = parsed(localStorage.getItem(keyOf(site)));
  if (!isRecord(stored) || stored.version !== VERSION || !Array.isArray(stored.views)) return [];
  return stored.views.flatMap((view: unknown) =>
    isRecord(view) && typeof view.name === 'string' && typeof view.filter === 'string'
      ? [{ name: view.name, filter: filterFrom(view.filter) }]
      : [],
  );
}

export function storeViews(site: string, views: readonly SavedView[]): void {
  const stored = { version: VERSION, views: views.map(({ name, filter }) => ({ name, filter: filterText(filter) })) };
  localStorage.setItem(keyOf(site), JSON.stringify(stored));
}

/** A name that is there already means the new view. */
export const viewsWith = (views: readonly SavedView[], view: SavedView): readonly SavedView[] =>
  [...views.filter(({ name }) => name !== view.name), view].slice(-MOST_VIEWS);

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    // Whoever wrote that, it was not us; it is replaced when a view is saved.
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

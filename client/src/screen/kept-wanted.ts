/** What was last wanted of this TV, so that it shows its numbers before the server has said a word. */
import type { Wanted } from '../../../shared/api-screens.ts';

/** Another shape is another name: what an older version kept is not read. */
const KEY = 'floorcast.wanted.1';

export function keptWanted(): Wanted | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Wanted | null;
  } catch {
    // A TV without storage asks first.
    return null;
  }
}

export function keepWanted(wanted: Wanted | null): void {
  try {
    if (wanted === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify({ ...wanted, identify: null, reload: false }));
  } catch {
    // Nothing depends on it.
  }
}

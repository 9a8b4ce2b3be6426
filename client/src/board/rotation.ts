/**
 * Which page a wall shows. Pure. Normally every page in turn; while queues are in breach only pages that show one of
 * them, and the first of them at once; afterwards back to where the rotation was.
 */
export const PAGE_MS = 25_000;

export interface Rotation {
  readonly page: number;
  readonly since: number;
  /** Page to return to after a breach; null in normal rotation. */
  readonly resumeAt: number | null;
  /** Breaches already jumped to. */
  readonly seen: readonly string[];
}

export const startRotation = (now: number): Rotation => ({ page: 0, since: now, resumeAt: null, seen: [] });

export interface RotationInput {
  readonly now: number;
  readonly pages: number;
  /** How long each of them stays; without it all stay equally long. */
  readonly stayMs?: readonly number[] | undefined;
  /** Breached queue and the page that shows it, worst first. */
  readonly breaches: readonly { readonly queue: string; readonly page: number }[];
}

export function rotate(state: Rotation, { now, pages, stayMs, breaches }: RotationInput): Rotation {
  if (pages <= 0) return state;
  const seen = breaches.map(({ queue }) => queue);
  const isSeenSame = seen.length === state.seen.length && seen.every((queue, i) => queue === state.seen[i]);
  const fresh = breaches.find(({ queue }) => !state.seen.includes(queue));
  if (fresh) {
    const isThere = fresh.page === state.page;
    return { page: fresh.page, since: isThere ? state.since : now, resumeAt: state.resumeAt ?? state.page, seen };
  }
  if (breaches.length === 0 && state.resumeAt !== null) {
    const page = state.resumeAt % pages;
    return { page, since: page === state.page ? state.since : now, resumeAt: null, seen };
  }
  if (state.page >= pages) return { ...state, page: 0, since: now, seen };
  if (now - state.since < (stayMs?.[state.page] ?? PAGE_MS)) return isSeenSame ? state : { ...state, seen };
  const order = breaches.length > 0 ? [...new Set(breaches.map(({ page }) => page))].sort((a, b) => a - b) : null;
  const next = order ? (order.find((page) => page > state.page) ?? order[0] ?? 0) : (state.page + 1) % pages;
  return { ...state, page: next, since: now, seen };
}

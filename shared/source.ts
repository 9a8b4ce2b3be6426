/** What the id of a source says of its kind, and how old its newest proof of life is. */
import { STALE_AFTER_MS } from './protocol.ts';

/** A PBX's log, read beside the connection to that PBX. */
const LOG_PREFIX = 'queue-log:';

export const logSourceId = (path: string): string => `${LOG_PREFIX}${path}`;
export const isLogSource = (id: string): boolean => id.startsWith(LOG_PREFIX);

/**
 * The sources by which the live numbers stand and fall. A log beside a connection proves and corrects what is over; while it is
 * lost, the boards go on.
 */
export function vitalSources<T extends { readonly id: string }>(sources: readonly T[]): readonly T[] {
  const connections = sources.filter(({ id }) => !isLogSource(id));
  return connections.length > 0 ? connections : sources;
}

/**
 * Age of a proof of life at `at`, which is now or earlier, by the same clock. One that lies in the future of `now` by more than
 * clocks may differ was told by a clock that was wrong: it is as far from a proof as it is from now.
 */
export const proofAgeMs = (aliveAt: number, now: number, at = now): number =>
  aliveAt > now + STALE_AFTER_MS ? aliveAt - now : Math.max(0, at - aliveAt);

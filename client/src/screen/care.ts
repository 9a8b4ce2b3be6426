/** When a TV that nobody touches loads its page anew, and when it chimes. Pure; all times are milliseconds. */
import { PAGE_MS } from '../board/rotation.ts';
import type { WallState } from '../board/wall-watch.ts';

const UNPAINTED_MS = 30_000;
export const CHECK_EVERY_MS = 5_000;
/** A page that has just come is not left at once: two servers of different versions would send a TV to and fro. */
const SETTLED_MS = 5 * 60_000;
/** A wall loads anew with each business day; this is for one that has none, and staggered like that. */
const OLD_MS = 26 * 3_600_000;
const OLD_SPREAD_MS = 3_600_000;
const TURN_MS = 3_000;
const CHIME_EVERY_MS = 30_000;

export interface PaintCheck {
  readonly now: number;
  readonly paintedAt: number;
  /** When this was looked at before. */
  readonly checkedAt: number;
  readonly isVisible: boolean;
}

/** `unknown`: hidden pages are not painted, and a machine that slept has not looked: it counts from now on. */
export function judgePaint({ now, paintedAt, checkedAt, isVisible }: PaintCheck): 'painted' | 'unknown' | 'stuck' {
  if (!isVisible || now - checkedAt > 3 * CHECK_EVERY_MS) return 'unknown';
  return now - paintedAt > UNPAINTED_MS ? 'stuck' : 'painted';
}

/** Null: it shows no wall, so nobody reads a number off it. */
export const isCalm = (wall: WallState | null): boolean =>
  wall === null || (wall.critical.length === 0 && wall.pageAgeMs >= TURN_MS && wall.pageAgeMs <= PAGE_MS - TURN_MS);

export interface PageState {
  readonly upMs: number;
  /** Build of the screens that this page is of, and that of the server now. */
  readonly build: string | null;
  readonly newestBuild: string | null;
  readonly spread: number;
  readonly wall: WallState | null;
}

export function isReloadDue({ upMs, build, newestBuild, spread, wall }: PageState): boolean {
  if (!isCalm(wall)) return false;
  const isOther = build !== null && newestBuild !== null && newestBuild !== build && upMs >= SETTLED_MS;
  return isOther || upMs >= OLD_MS + spread * OLD_SPREAD_MS;
}

export interface ChimeState {
  /** Null before anything was seen: a page that opens onto a breach is no news. */
  readonly known: readonly string[] | null;
  readonly chimedAt: number;
}

export const NO_CHIME: ChimeState = { known: null, chimedAt: Number.NEGATIVE_INFINITY };

/** `critical`: queues that are so now. Numbers that cannot be trusted neither begin nor end a breach. */
export function chime(
  before: ChimeState,
  { critical, freshness }: Pick<WallState, 'critical' | 'freshness'>,
  now: number,
): { readonly state: ChimeState; readonly isDue: boolean } {
  if (freshness === 'stale' || freshness === 'starting') return { state: before, isDue: false };
  const { known } = before;
  const isNew = known !== null && critical.some((queue) => !known.includes(queue));
  const isDue = isNew && now - before.chimedAt >= CHIME_EVERY_MS;
  return { state: { known: critical, chimedAt: isDue ? now : before.chimedAt }, isDue };
}

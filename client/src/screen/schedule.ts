/** What a TV shows at which time of the site's day. Pure. */
import type { DaySpan, ScreenOptions } from '../../../shared/api-screens.ts';

/** Undefined zone: that of the TV itself. */
export function minuteOfDay(at: number, timeZone: string | undefined): number {
  const zone = timeZone ? { timeZone } : {};
  const clock = { ...zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const parts = new Intl.DateTimeFormat('en', clock).formatToParts(at);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return read('hour') * 60 + read('minute');
}

/** From its first minute up to, and without, its last. */
export const isWithin = (span: DaySpan | null, minute: number): boolean =>
  span !== null &&
  (span.from < span.to ? minute >= span.from && minute < span.to : minute >= span.from || minute < span.to);

export type Shows = 'board' | 'clock' | 'black' | 'blank';

export interface Showing {
  readonly shows: Shows;
  readonly isDimmed: boolean;
}

/** What somebody has ordered goes before the hours, and these go before the dimming. */
export function showingAt(
  { isBlank, options }: { readonly isBlank: boolean; readonly options: ScreenOptions },
  minute: number,
): Showing {
  if (isBlank) return { shows: 'blank', isDimmed: false };
  const isDimmed = isWithin(options.dim, minute);
  if (isWithin(options.off, minute)) return { shows: options.offShows, isDimmed };
  return { shows: 'board', isDimmed };
}

/** 0 to 1, the same for an id at every time: FNV-1a, and its bits mixed, or ids that differ at their end would lie together. */
export function spreadOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

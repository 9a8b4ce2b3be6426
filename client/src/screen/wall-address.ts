/** The address under which a TV shows what is wanted of it: the same words that a person can write. Pure. */
import type { Wanted } from '../../../shared/api-screens.ts';

export function wallAddress({ site, board, options }: Pick<Wanted, 'site' | 'board' | 'options'>): string {
  const { language, inches, metres, page, timeZone } = options;
  const query = new URLSearchParams({
    ...{ site, lang: language },
    ...(board !== 'standard' && { board }),
    ...(inches !== null && { inches: String(inches) }),
    ...(metres !== null && { metres: String(metres) }),
    ...(page !== null && { page: String(page) }),
    ...(timeZone !== null && { tz: timeZone }),
  });
  return `/wall?${query}`;
}

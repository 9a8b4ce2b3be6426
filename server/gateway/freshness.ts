/** How far the numbers of a site may be believed (D9), from the sources' own signs of life. */
import type { Freshness, FreshnessState } from '../../shared/api-numbers.ts';
import type { Row } from '../../shared/delta.ts';
import { STALE_AFTER_MS } from '../../shared/protocol.ts';
import { proofAgeMs, vitalSources } from '../../shared/source.ts';
import { column } from '../../shared/view.ts';
import type { SiteView } from './mirror.ts';

/** From good to bad: a site is as fresh as its worst source, because one lost PBX makes every total wrong. */
const WORSE: readonly FreshnessState[] = ['live', 'connecting', 'stale', 'lost'];

const STATE = column('sources', 'state');
const ALIVE_AT = column('sources', 'aliveAt');
const CAUSE = column('sources', 'cause');

/** `now` is the server's wall clock, as `aliveAt` is. */
export function freshnessOf(board: SiteView, now: number): Freshness {
  const sources = Array.from(board.rows('sources'), ([id, row]) => sourceFreshness(id, row, now));
  return { ...worstOf(vitalSources(sources)), sources };
}

function sourceFreshness(id: string, row: Row, now: number): Freshness['sources'][number] {
  const aliveAt = row[ALIVE_AT] as number | null;
  const ageMs = aliveAt === null ? null : proofAgeMs(aliveAt, now);
  const told = row[STATE] as FreshnessState;
  const state = told === 'live' && (ageMs === null || ageMs > STALE_AFTER_MS) ? 'stale' : told;
  return { id, state, ageMs, cause: row[CAUSE] as string | null };
}

/** Nothing heard of is `connecting`, not `live`. */
export function worstOf(
  parts: readonly { state: FreshnessState; ageMs: number | null }[],
): Pick<Freshness, 'state' | 'ageMs'> {
  const [first] = parts;
  if (!first) return { state: 'connecting', ageMs: null };
  let { state, ageMs } = first;
  for (const part of parts) {
    if (WORSE.indexOf(part.state) > WORSE.indexOf(state)) state = part.state;
    ageMs = ageMs === null || part.ageMs === null ? null : Math.max(ageMs, part.ageMs);
  }
  return { state, ageMs };
}

/**
 * Site clock for which the view holds. While live nothing has happened that the view does not show, so it holds now;
 * otherwise it holds for its newest commit and no later.
 */
export function siteClock(board: SiteView, freshness: Pick<Freshness, 'state'>, now: number): number {
  if (board.at === null) return now;
  if (freshness.state !== 'live' || board.committedAt === null) return board.at;
  return board.at + Math.max(0, now - board.committedAt);
}

/** What the break desk needs of the live view. */
import type { BreakAgent, LastRest } from '../../shared/breaks.ts';
import type { Row } from '../../shared/delta.ts';
import { type Activity, PRESENCES, type Presence } from '../../shared/presence.ts';
import { cell, maybeNumberIn, numberIn, textIn } from './cells.ts';
import { type SiteRows, siteRows, type Views } from './site-rows.ts';

export interface BreakFloor {
  readonly now: number;
  readonly isLive: boolean;
  readonly timeZone: string;
  readonly agents: readonly BreakAgent[];
}

const AT_WORK: readonly Presence[] = ['available', 'training', 'meeting', 'float'];

export const breakRows = (views: Views, site: string, now: number): SiteRows =>
  siteRows(views, site, ['board', 'agents'], now);

/** Null before the first commit. */
export function breakFloor(
  { envelope: { asOf, freshness }, table }: SiteRows,
  rests: ReadonlyMap<string, LastRest>,
): BreakFloor | null {
  const site = [...table('site').values()][0];
  return {
    now: asOf,
    isLive: freshness.state === 'live' && site !== undefined,
    timeZone: (site && textIn('site', site, 'timeZone')) || 'UTC',
    agents: Array.from(table('agents'), ([id, row]) => breakAgent(id, row, asOf, rests.get(id))),
  };
}

function breakAgent(id: string, row: Row, asOf: number, rest: LastRest | undefined): BreakAgent {
  const presence = (textIn('agents', row, 'presence') ?? 'signedOut') as Presence;
  const durations = (cell('agents', row, 'presenceMs') ?? []) as readonly number[];
  const openMs = Math.max(0, asOf - (maybeNumberIn('agents', row, 'countedTo') ?? asOf));
  const msIn = (one: Presence): number => (durations[PRESENCES.indexOf(one)] ?? 0) + (one === presence ? openMs : 0);
  const signedInMs = PRESENCES.filter((one) => one !== 'signedOut').reduce((sum, one) => sum + msIn(one), 0);
  const isIn = presence !== 'signedOut';
  return {
    id,
    name: textIn('agents', row, 'name') ?? id,
    team: textIn('agents', row, 'team'),
    presence,
    presenceReason: textIn('agents', row, 'presenceReason') ?? '',
    presenceSince: numberIn('agents', row, 'presenceSince'),
    activity: (textIn('agents', row, 'activity') ?? 'idle') as Activity,
    canTakeCall: cell('agents', row, 'canTakeCall') === true,
    // Without history the day so far is taken for one stretch, which is never longer than the truth.
    signedInSince: isIn ? (rest?.signedOutUntil ?? asOf - signedInMs) : null,
    restedUntil: rest?.restedUntil ?? null,
    workedMs: AT_WORK.reduce((sum, one) => sum + msIn(one), 0),
    takenMs: msIn('onBreak'),
  };
}

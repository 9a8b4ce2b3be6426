/** What the break desk needs of the live view. */
import { agentDayAt } from '../../shared/agent-day.ts';
import type { BreakAgent, BreakFloor, LastRest } from '../../shared/breaks.ts';
import type { Row } from '../../shared/delta.ts';
import { PRESENCES, type Presence } from '../../shared/presence.ts';
import { bookedDayOf, openStateOf } from './agent-row.ts';
import { cell, numberIn, textIn } from './cells.ts';
import { type SiteRows, siteRows, type Views } from './site-rows.ts';

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
  const open = openStateOf(row);
  const { presenceMs } = agentDayAt(bookedDayOf(row), open, asOf);
  const msIn = (one: Presence): number => presenceMs[PRESENCES.indexOf(one)] ?? 0;
  const signedInMs = PRESENCES.filter((one) => one !== 'signedOut').reduce((sum, one) => sum + msIn(one), 0);
  const isIn = open.presence !== 'signedOut';
  return {
    id,
    name: textIn('agents', row, 'name') ?? id,
    team: textIn('agents', row, 'team'),
    presence: open.presence,
    presenceReason: textIn('agents', row, 'presenceReason') ?? '',
    presenceSince: numberIn('agents', row, 'presenceSince'),
    activity: open.activity,
    canTakeCall: cell('agents', row, 'canTakeCall') === true,
    // Without history the day so far is taken for one stretch, which is never longer than the truth.
    signedInSince: isIn ? (rest?.signedOutUntil ?? asOf - signedInMs) : null,
    restedUntil: rest?.restedUntil ?? null,
    workedMs: AT_WORK.reduce((sum, one) => sum + msIn(one), 0),
    takenMs: msIn('onBreak'),
  };
}

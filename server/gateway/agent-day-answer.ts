/** An agent's day: what history has of it, and from the live view what is not over. Pure. */
import type { DayOfAgent, PastContact, Segment } from '../../shared/api-history.ts';
import type { Activity, Presence } from '../../shared/presence.ts';
import { type BusinessDay, businessDayOf, businessDayOn } from '../../shared/time.ts';
import { AppError } from '../errors.ts';
import { cell, maybeNumberIn, numberIn, textIn } from './cells.ts';
import type { SiteRows } from './site-rows.ts';

/** What history has of a day. */
export interface PastDay {
  readonly segments: readonly Omit<Segment, 'isOpen'>[];
  readonly contacts: readonly PastContact[];
  readonly gaps: readonly { readonly source: string; readonly startAt: number; readonly endAt: number | null }[];
  /** Server clock: what was told since is not in it. */
  readonly unwrittenSince: number | null;
}

/** The running business day of the site, or the one that began on `date`. */
export function dayAsked(
  rows: SiteRows,
  date: string | undefined,
  otherwise: { readonly timeZone: string; readonly start: string },
): BusinessDay {
  const [row = []] = rows.table('site').values();
  const running = textIn('site', row, 'businessDate');
  if (running && (date === undefined || date === running))
    return { date: running, startAt: numberIn('site', row, 'dayStartAt'), endAt: numberIn('site', row, 'dayEndAt') };
  const timeZone = textIn('site', row, 'timeZone') || otherwise.timeZone;
  return date === undefined
    ? businessDayOf(rows.envelope.asOf, timeZone, otherwise.start)
    : businessDayOn(date, timeZone, otherwise.start);
}

export function agentDayAnswer(rows: SiteRows, agent: string, day: BusinessDay, past: PastDay): DayOfAgent {
  const { asOf } = rows.envelope;
  const live = rows.table('agents').get(agent);
  if (!live && past.segments.length === 0 && past.contacts.length === 0) throw new AppError('agent.unknown');
  const isRunning = asOf >= day.startAt && asOf < day.endAt;
  const closed = past.segments.map((segment) => ({ ...segment, isOpen: false }));
  const open = live && isRunning ? openSegment(live, day, asOf, closed.at(-1)) : null;
  const [site = []] = rows.table('site').values();
  const offsetMs = numberIn('site', site, 'clockOffsetMs');
  return {
    ...rows.envelope,
    agent,
    businessDay: { ...day },
    isRunning,
    segments: open ? [...closed, open] : closed,
    contacts: [...past.contacts],
    gaps: isRunning ? gapsOf(rows) : past.gaps.map((gap) => ({ ...gap, isFilled: null })),
    unwrittenSince:
      past.unwrittenSince === null || past.unwrittenSince + offsetMs >= day.endAt
        ? null
        : past.unwrittenSince + offsetMs,
  };
}

/** Null where there is nothing to tell (signed out, idle), or where history knows that it is over already. */
function openSegment(
  row: Parameters<typeof cell>[1],
  day: BusinessDay,
  asOf: number,
  last: Segment | undefined,
): Segment | null {
  const presence = cell('agents', row, 'presence') as Presence;
  const activity = cell('agents', row, 'activity') as Activity;
  const countedTo = maybeNumberIn('agents', row, 'countedTo');
  if (countedTo === null || (presence === 'signedOut' && activity === 'idle')) return null;
  const startAt = Math.max(countedTo, day.startAt, last && last.startAt < countedTo ? last.endAt : 0);
  if (startAt >= asOf || (last && last.startAt >= countedTo)) return null;
  const reason = textIn('agents', row, 'presenceReason') ?? '';
  return { startAt, endAt: asOf, presence, reason, activity, isOpen: true };
}

/** Of the running day the live view knows more: whether the PBX's log has filled a gap. */
const gapsOf = (rows: SiteRows): DayOfAgent['gaps'] =>
  Array.from(rows.table('gaps').values(), (row) => ({
    source: textIn('gaps', row, 'source') ?? '',
    startAt: numberIn('gaps', row, 'startAt'),
    endAt: maybeNumberIn('gaps', row, 'endAt'),
    isFilled: cell('gaps', row, 'isFilled') === true,
  }));

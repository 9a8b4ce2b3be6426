/** What of a TV is still under way: an order is done when the TV has said so. Pure. */
import type { FleetScreen } from '../../../shared/api-screens.ts';
import { IDENTIFY_WITHIN_MS } from '../../../shared/screen.ts';

export type Pending = 'identify' | 'reload' | 'blank' | 'unblank' | 'change';
export type Settled = 'identified' | 'identifyLost' | 'reloaded';

/** What was done is told for a while. */
const NEWS_MS = 60_000;
const FROZEN_MS = 10_000;

export function pendingOf(
  { report, version, isBlank, identify, reload }: FleetScreen,
  asOf: number,
): readonly Pending[] {
  const pending: Pending[] = [];
  if (identify && identify.doneAt === null && asOf - identify.at < IDENTIFY_WITHIN_MS) pending.push('identify');
  if (reload && reload.doneAt === null) pending.push('reload');
  const isBehind = report !== null && report.assignment < version;
  const isOtherThan = report !== null && (report.shows === 'blank') !== isBlank;
  if (isOtherThan) pending.push(isBlank ? 'blank' : 'unblank');
  else if (isBehind) pending.push('change');
  return pending;
}

export function settledOf({ identify, reload }: FleetScreen, asOf: number): readonly Settled[] {
  const settled: Settled[] = [];
  if (identify && asOf - (identify.doneAt ?? identify.at) < 2 * NEWS_MS) {
    if (identify.doneAt !== null) settled.push('identified');
    else if (asOf - identify.at >= IDENTIFY_WITHIN_MS) settled.push('identifyLost');
  }
  if (reload?.doneAt && asOf - reload.doneAt < NEWS_MS) settled.push('reloaded');
  return settled;
}

/** It speaks, but what it shows stands still. */
export const isFrozen = ({ state, report }: FleetScreen): boolean =>
  state === 'online' && report !== null && report.at - report.lastPaintAt > FROZEN_MS;

const UNITS = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
] as const;

export function agoOf(ms: number): { readonly unit: 'days' | 'hours' | 'minutes' | 'seconds'; readonly count: number } {
  for (const [unit, length] of UNITS) if (ms >= length) return { unit, count: Math.floor(ms / length) };
  return { unit: 'seconds', count: Math.max(0, Math.round(ms / 1_000)) };
}

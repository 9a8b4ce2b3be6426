import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { agentDayAt } from '../../../shared/agent-day.ts';
import { agentRatiosOf, signedInMsOf } from '../../../shared/metric.ts';
import { PRESENCES } from '../../../shared/presence.ts';
import { formatDuration, formatPercent, NOTHING } from '../i18n/format.ts';
import type { AgentView } from '../live/rows.ts';
import { type AgentDay, numbersOf, type StateBar } from './day-timeline.ts';
import { Fact } from './fact.tsx';

/** The figures of a day: of the running one those that the floor counts, of one that is over what history adds up to. */
export function DayFacts({
  live,
  day,
  bars,
  now,
}: {
  /** Null: not this day's, or not to be trusted. */
  live: AgentView | null;
  day: AgentDay | null;
  bars: readonly StateBar[];
  now: number;
}): ReactNode {
  const { t } = useTranslation();
  const figures = live ? runningFigures(live, now) : day ? pastFigures(day, bars) : {};
  return (
    <dl className="facts facts--day">
      {NAMES.map(([figure, name]) => (
        <Fact key={figure} name={t(name)} value={figures[figure] ?? NOTHING} />
      ))}
    </dl>
  );
}

const NAMES = [
  ['answered', 'metric.answered'],
  ['talk', 'metric.averageTalk'],
  ['afterCall', 'agentDay.afterCall'],
  ['missed', 'metric.noAnswer'],
  ['occupancy', 'agentDay.occupancy'],
  ['signedIn', 'drawer.signedIn'],
  ['rest', 'agentState.onBreak'],
] as const;
type Figures = { readonly [F in (typeof NAMES)[number][0]]?: string };

const durationOr = (ms: number | null): string => (ms === null ? NOTHING : formatDuration(ms));
const ON_BREAK = PRESENCES.indexOf('onBreak');

function runningFigures(live: AgentView, now: number): Figures {
  const day = agentDayAt(live.day, live, now);
  const { handled, talkMsSum, acwMsSum } = day;
  return {
    answered: String(live.answered),
    talk: durationOr(handled > 0 ? talkMsSum / handled : null),
    afterCall: durationOr(handled > 0 ? acwMsSum / handled : null),
    missed: String(live.ringNoAnswer),
    occupancy: formatPercent(agentRatiosOf(day).occupancy),
    signedIn: formatDuration(signedInMsOf(day)),
    rest: formatDuration(day.presenceMs[ON_BREAK] ?? 0),
  };
}

function pastFigures(day: AgentDay, bars: readonly StateBar[]): Figures {
  const { contacts, talkMs, acwMs, signedInMs, restMs } = numbersOf(bars, day.contacts);
  return {
    answered: String(contacts),
    talk: durationOr(talkMs),
    afterCall: durationOr(acwMs),
    signedIn: formatDuration(signedInMs),
    rest: formatDuration(restMs),
  };
}

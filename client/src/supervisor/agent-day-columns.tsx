/** The agent's day as columns that a supervisor may add: ratios at the screen's clock, and of a group under its heading. */
import type { TFunction } from 'i18next';
import { agentDayAt, sumOfDays } from '../../../shared/agent-day.ts';
import { type AgentDay, agentRatiosOf } from '../../../shared/metric.ts';
import { formatDuration, formatPercent, NOTHING } from '../i18n/format.ts';
import type { AgentView } from '../live/rows.ts';
import type { GridColumn } from './grid-column.ts';

export const DAY_COLUMNS = [
  'handled',
  'handledPerHour',
  'aht',
  'afterCall',
  'occupancy',
  'utilisation',
  'away',
  'rest',
] as const;
export type DayColumn = (typeof DAY_COLUMNS)[number];

/** Room that one of them takes. */
export const DAY_COLUMN_REM = 4.6;

const VALUE: Record<DayColumn, (day: AgentDay) => number | null> = {
  handled: ({ handled }) => handled,
  handledPerHour: (day) => agentRatiosOf(day).handledPerHour,
  aht: (day) => agentRatiosOf(day).ahtMs,
  afterCall: ({ acwMsSum, handled }) => (handled > 0 ? acwMsSum / handled : null),
  occupancy: (day) => agentRatiosOf(day).occupancy,
  utilisation: (day) => agentRatiosOf(day).utilisationOfSignedIn,
  away: (day) => agentRatiosOf(day).awayRate,
  rest: (day) => agentRatiosOf(day).restRate,
};

const TEXT: Record<DayColumn, (value: number) => string> = {
  handled: String,
  handledPerHour: (value) => value.toFixed(1),
  aht: formatDuration,
  afterCall: formatDuration,
  occupancy: formatPercent,
  utilisation: formatPercent,
  away: formatPercent,
  rest: formatPercent,
};

/** Plain: times in seconds, ratios as shares of one. */
export function dayColumnValue(column: DayColumn, day: AgentDay): number | null {
  const value = VALUE[column](day);
  if (value === null) return null;
  const isTime = column === 'aht' || column === 'afterCall';
  return Math.round(isTime ? value / 100 : value * 1_000) / (isTime ? 10 : 1_000);
}

const textOf = (column: DayColumn, day: AgentDay): string => {
  const value = VALUE[column](day);
  return value === null ? NOTHING : TEXT[column](value);
};

/** `now`: site time; a new one makes new columns, so give it in steps. */
export function dayColumns(
  chosen: readonly DayColumn[],
  t: TFunction,
  isWithheld: (agent: AgentView) => boolean,
  now: number,
): GridColumn<AgentView>[] {
  const dayOf = (agent: AgentView): AgentDay => agentDayAt(agent.day, agent, now);
  return chosen.map((id) => ({
    id: `day-${id}`,
    header: t(`agentDay.${id}`),
    hint: t(`agentDayHint.${id}`),
    value: (agent) => VALUE[id](dayOf(agent)),
    width: `${DAY_COLUMN_REM}rem`,
    isEnd: true,
    isDescFirst: true,
    cell: (agent) => (isWithheld(agent) ? NOTHING : textOf(id, dayOf(agent))),
    total: (agents) => (agents.some(isWithheld) ? NOTHING : textOf(id, sumOfDays(agents.map(dayOf)))),
  }));
}

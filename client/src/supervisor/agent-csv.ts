/** The table of agents as a file: what is shown, in the order and under the groups in which it is shown. */
import type { TFunction } from 'i18next';
import { agentDayAt } from '../../../shared/agent-day.ts';
import type { CsvCell } from '../csv.ts';
import type { AgentView } from '../live/rows.ts';
import { type DayColumn, dayColumnValue } from './agent-day-columns.tsx';
import { agentState, agentStateSince } from './agent-state.ts';
import type { GridItem } from './grouping.ts';

export interface AgentCsvOptions {
  readonly t: TFunction;
  readonly queueName: (id: string) => string;
  /** What cannot be trusted is left empty, as the screen shows a dash. */
  readonly isWithheld: (agent: AgentView) => boolean;
  readonly columns: readonly DayColumn[];
  readonly isGrouped: boolean;
  readonly now: number;
}

export function agentRows(items: readonly GridItem<AgentView>[], options: AgentCsvOptions): CsvCell[][] {
  const { t, isGrouped, columns } = options;
  const seconds = (name: string): string => t('csv.seconds', { name });
  const head = [
    ...(isGrouped ? [t('floor.groupBy')] : []),
    t('metric.agent'),
    t('csv.id'),
    t('csv.team'),
    t('floor.state'),
    seconds(t('floor.inState')),
    t('floor.canTake'),
    t('floor.reason'),
    t('csv.queues'),
    t('floor.contact'),
    t('contact.caller'),
    t('floor.answeredToday'),
    seconds(t('metric.averageTalk')),
    t('metric.noAnswer'),
    ...columns.map((column) => t(`agentDay.${column}`)),
  ];
  let group = '';
  const lines: CsvCell[][] = [];
  for (const item of items) {
    if (item.kind === 'group') group = item.group.label;
    else lines.push([...(isGrouped ? [group] : []), ...cellsOf(item.row, options)]);
  }
  return [head, ...lines];
}

function cellsOf(agent: AgentView, { t, queueName, isWithheld, columns, now }: AgentCsvOptions): CsvCell[] {
  const { id, name, team, queues, presence, presenceReason, contactQueue, caller, answered, ringNoAnswer } = agent;
  const who = [name, id, team];
  if (isWithheld(agent)) return who;
  const since = agentStateSince(agent);
  const day = agentDayAt(agent.day, agent, now);
  const { handled, talkMsSum } = agent.day;
  return [
    ...who,
    t(`agentState.${agentState(agent)}`),
    since === null ? null : Math.max(0, Math.round((now - since) / 1_000)),
    t(agent.canTakeCall ? 'csv.yes' : 'csv.no'),
    presence === 'available' ? null : presenceReason,
    queues.map(queueName).join('、'),
    contactQueue === null ? null : queueName(contactQueue),
    caller,
    answered,
    handled > 0 ? Math.round(talkMsSum / handled / 100) / 10 : null,
    ringNoAnswer,
    ...columns.map((column) => dayColumnValue(column, day)),
  ];
}

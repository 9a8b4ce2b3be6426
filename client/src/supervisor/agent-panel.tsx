import type { SortingState } from '@tanstack/react-table';
import { type ReactNode, type RefObject, useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelTables } from '../../../shared/delta.ts';
import { TeamActions } from '../acting/agent-actions.tsx';
import { useActingStore, useMayAct } from '../acting/use-acting.ts';
import { csvOf, fileName, saveFile } from '../csv.ts';
import { NOTHING, useFormat } from '../i18n/format.ts';
import { compareText } from '../i18n/order.ts';
import { type AgentView, agentView, type QueueView } from '../live/rows.ts';
import { useLive, useSiteMinute, useTables } from '../live/use-live.tsx';
import { useTrust } from '../ui/trust.tsx';
import { agentColumns } from './agent-columns.tsx';
import { agentRows } from './agent-csv.ts';
import { DAY_COLUMN_REM, DAY_COLUMNS, type DayColumn, dayColumns } from './agent-day-columns.tsx';
import { useAgentDoubt } from './agent-doubt.ts';
import { countByState, filterByText } from './agent-filter.ts';
import { AGENT_STATES, agentState } from './agent-state.ts';
import { ColumnPicker } from './column-picker.tsx';
import { type AgentFilter, BY_NAME, type Grouping } from './floor-address.ts';
import { sortRows } from './grid-order.ts';
import { GridTable } from './grid-table.tsx';
import { type GridGroup, groupRows } from './grouping.ts';
import { storeColumns, storedColumns } from './preferences.ts';
import type { SavedViews } from './use-saved-views.ts';
import { useThrottled } from './use-throttled.ts';
import { ViewMenu } from './view-menu.tsx';

export const AGENTS_GRID_ID = 'agents';

/** Thousands of rows are sorted anew at most this often; the first change shows at once. */
const SORT_EVERY_MS = 250;
const idOf = ({ id }: AgentView): string => id;
const allAgents = (tables: ChannelTables): readonly AgentView[] =>
  [...(tables.agents?.entries() ?? [])].map(([id, row]) => agentView(id, row));

const NO_COLUMNS: readonly DayColumn[] = [];

const teamsOf = (agents: readonly AgentView[]): readonly string[] =>
  [...new Set(agents.flatMap(({ team }) => team ?? []))].sort(compareText);

interface AgentPanelProps {
  readonly queues: readonly QueueView[];
  readonly rowHeight: number;
  /** There is room for reasons in a column of their own. */
  readonly isWide: boolean;
  /** Rows are cards, which have no columns to choose. */
  readonly isPhone: boolean;
  readonly filterRef: RefObject<HTMLInputElement | null>;
  readonly filter: AgentFilter;
  readonly onFilter: (filter: AgentFilter) => void;
  readonly views: SavedViews;
  /** Filled with what saves the table as a file. */
  readonly saveRef: RefObject<(() => void) | null>;
  readonly onOpen: (agent: string) => void;
}

export function AgentPanel(props: AgentPanelProps): ReactNode {
  const { queues, rowHeight, isWide, isPhone, filterRef, filter, onFilter, views, saveRef, onOpen } = props;
  const { text, state, grouping } = filter;
  const change = (part: Partial<AgentFilter>): void => onFilter({ ...filter, ...part });
  const { t } = useTranslation();
  const format = useFormat();
  const { connection, site } = useLive();
  const { isWithheld } = useTrust();
  const isAgentWithheld = useAgentDoubt(queues);
  const live = useTables('agents', allAgents);
  const agents = useThrottled(live, SORT_EVERY_MS);
  const ofDesk = useMemo(storedColumns, []);
  const chosen = filter.columns ?? ofDesk;
  const minute = useSiteMinute();
  const canAct = useMayAct();
  const acting = useActingStore();
  const rowKeys = useMemo(
    () => ({
      a: ({ id }: AgentView, { left, bottom }: DOMRect) => {
        if (canAct) acting.open({ kind: 'agent', id, x: left, y: bottom });
      },
    }),
    [acting, canAct],
  );

  // Names change once in a blue moon; a new function with every delta would redraw every row.
  const nameKey = queues.map(({ id, name }) => `${id}\t${name}`).join('\n');
  const names = useMemo(
    () => new Map(nameKey.split('\n').map((line) => line.split('\t', 2) as [string, string])),
    [nameKey],
  );
  const queueName = useCallback((id: string) => names.get(id) ?? id, [names]);

  const found = useMemo(() => filterByText(agents, text, queueName), [agents, text, queueName]);
  const counts = useMemo(() => countByState(found), [found]);
  const shown = useMemo(() => (state ? found.filter((agent) => agentState(agent) === state) : found), [found, state]);
  const columnKey = chosen.join(' ');
  const extra = useMemo(
    () => (isPhone ? NO_COLUMNS : DAY_COLUMNS.filter((column) => columnKey.split(' ').includes(column))),
    [isPhone, columnKey],
  );
  const columns = useMemo(
    () => [
      ...agentColumns(t, queueName, isAgentWithheld, isWide, canAct),
      // Ratios of a day do not move within a minute that anybody could see.
      ...dayColumns(extra, t, isAgentWithheld, minute),
    ],
    [t, queueName, isAgentWithheld, isWide, canAct, extra, minute],
  );
  const teamKey = useMemo(() => JSON.stringify(teamsOf(agents)), [agents]);
  const teams = useMemo(() => new Map((JSON.parse(teamKey) as string[]).map((team, i) => [team, i])), [teamKey]);
  const groupsOf = useMemo(() => {
    if (grouping === 'none') return undefined;
    const rank = new Map([...names.keys()].map((id, index) => [id, index]));
    return (agent: AgentView): readonly GridGroup[] => {
      if (grouping === 'state') {
        const key = agentState(agent);
        return [{ key, label: t(`agentState.${key}`), rank: AGENT_STATES.indexOf(key) }];
      }
      if (grouping === 'team') {
        const { team } = agent;
        return [{ key: team ?? '', label: team ?? t('floor.noTeam'), rank: teams.get(team ?? '') ?? teams.size }];
      }
      if (agent.queues.length === 0) return [{ key: '', label: t('floor.noQueue'), rank: Number.MAX_SAFE_INTEGER }];
      return agent.queues.map((id) => ({ key: id, label: queueName(id), rank: rank.get(id) ?? 1e6 }));
    };
  }, [grouping, names, queueName, teams, t]);

  const teamAction = ({ key }: GridGroup): ReactNode => key !== '' && <TeamActions team={key} />;
  const sort = columns.some(({ id, value }) => id === filter.sort.id && value) ? filter.sort : BY_NAME;
  const sorting = useMemo(() => [{ id: sort.id, desc: sort.desc }], [sort.id, sort.desc]);
  const onSorting = useCallback(
    ([first]: SortingState) => onFilter({ ...filter, sort: first ?? BY_NAME }),
    [onFilter, filter],
  );
  const openRow = useCallback(({ id }: AgentView) => onOpen(id), [onOpen]);
  const save = (): void => {
    const now = connection.siteClock(site).now();
    const items = groupRows(sortRows(shown, columns, sorting), idOf, groupsOf);
    const options = { t, queueName, isWithheld: isAgentWithheld, columns: extra, isGrouped: grouping !== 'none', now };
    saveFile(fileName('agents', format.dateTime(now)), csvOf(agentRows(items, options)));
  };
  saveRef.current = save;

  return (
    <section className="panel panel--agents" aria-labelledby="agents-title">
      <div className="panel__bar">
        <h2 className="panel__title" id="agents-title">
          {t('floor.agents')}{' '}
          <span className="quiet">{t('floor.shown', { shown: shown.length, total: agents.length })}</span>
        </h2>
        <label className="select">
          <span>{t('floor.groupBy')}</span>
          <select value={grouping} onChange={(event) => change({ grouping: event.target.value as Grouping })}>
            <option value="none">{t('floor.groupNone')}</option>
            <option value="state">{t('floor.groupState')}</option>
            <option value="queue">{t('floor.groupQueue')}</option>
            {(teams.size > 0 || grouping === 'team') && <option value="team">{t('floor.groupTeam')}</option>}
          </select>
        </label>
        {!isPhone && (
          <ColumnPicker
            chosen={chosen}
            onChoose={(next) => {
              storeColumns(next);
              change({ columns: next });
            }}
          />
        )}
        <ViewMenu
          views={views.views}
          filter={filter}
          onApply={onFilter}
          onSave={(name) => {
            const whole = { ...filter, columns: chosen };
            views.save(name, whole);
            onFilter(whole);
          }}
          onRemove={views.remove}
        />
        {!isPhone && (
          <button type="button" className="tool tool--framed" title={t('csv.saveAgents')} onClick={save}>
            {t('csv.short')}
          </button>
        )}
        <input
          ref={filterRef}
          className="filter"
          type="search"
          value={text}
          placeholder={t('floor.filter')}
          aria-label={t('floor.filter')}
          aria-keyshortcuts="/"
          onChange={(event) => change({ text: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              if (text === '') event.currentTarget.blur();
              change({ text: '', state: null });
            }
            if (event.key === 'ArrowDown') {
              event.preventDefault();
              document.getElementById(AGENTS_GRID_ID)?.focus();
            }
          }}
        />
      </div>
      <fieldset className="chips">
        <legend className="sr-only">{t('floor.state')}</legend>
        <button type="button" className="chip" aria-pressed={state === null} onClick={() => change({ state: null })}>
          {t('floor.allStates')} <b>{isWithheld ? NOTHING : found.length}</b>
        </button>
        {counts
          .filter(({ state: key, count }) => count > 0 || key === state)
          .map(({ state: key, count }) => (
            <button
              key={key}
              type="button"
              className="chip"
              aria-pressed={state === key}
              onClick={() => change({ state: state === key ? null : key })}
            >
              <span className="agent__swatch" data-state={key} aria-hidden="true" />
              {t(`agentState.${key}`)} <b>{isWithheld ? NOTHING : count}</b>
            </button>
          ))}
      </fieldset>
      <GridTable
        id={AGENTS_GRID_ID}
        label={t('floor.agents')}
        rows={shown}
        idOf={idOf}
        columns={columns}
        sorting={sorting}
        onSorting={onSorting}
        rowHeight={rowHeight}
        empty={agents.length === 0 ? t('floor.noAgents') : t('floor.nothing')}
        groupsOf={groupsOf}
        groupAction={grouping === 'team' ? teamAction : undefined}
        rowKeys={rowKeys}
        minWidth={extra.length === 0 ? undefined : `${(isWide ? 52 : 44) + extra.length * (DAY_COLUMN_REM + 0.75)}rem`}
        orderKey={`${grouping} ${state ?? ''} ${text}`}
        onOpen={openRow}
      />
    </section>
  );
}

import { type CSSProperties, type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, Tile } from '../../../../shared/board.ts';
import { isShown } from '../../../../shared/board-grid.ts';
import { intervalStart } from '../../../../shared/time.ts';
import { formatDuration, formatPercent, NOTHING } from '../../i18n/format.ts';
import { Given } from '../../ui/given.tsx';
import { QueueColour } from '../../ui/queue-colour.tsx';
import { SeverityTag } from '../../ui/severity-mark.tsx';
import { Figure, LastKnown, QueueTrust, useTrust } from '../../ui/trust.tsx';
import type { QueueState } from '../board-model.ts';
import type { Severity } from '../severity.ts';
import { busiestIds, rowsOf } from '../tile-queues.ts';
import type { BoardData } from '../tile-scope.ts';

type Settings = Extract<Tile, { kind: 'queues' }>['settings'];
type ColumnName = Settings['columns'][number];

const HEADS = {
  waiting: 'metric.waitingShort',
  longestWait: 'metric.longestShort',
  serviceLevel: 'metric.serviceLevelShort',
  free: 'metric.canTakeShort',
  answered: 'metric.answered',
  abandoned: 'metric.abandonedShort',
} as const satisfies Record<ColumnName, string>;

/** One line per queue, as on the standard wall, with the columns that were chosen. */
export function QueuesTile({
  settings,
  profile,
  data,
}: {
  settings: Settings;
  profile: Board['profile'];
  data: BoardData;
}): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  const columns = settings.columns.filter((column) => isShown(profile, column));
  const { shown, total } = useRows(settings.queues, settings.rows, data);
  const hasColours = shown.some(({ queue }) => queue.colour !== null);
  const style = { '--columns': columns.length, '--rows': settings.rows } as CSSProperties;
  const isUnknown = data.tables.site === null || isWithheld;
  return (
    <div className="tile-queues" style={style} role="table" aria-label={t('wall.pageQueues')}>
      <div className="tile-queues__row tile-queues__head" role="row">
        <span role="columnheader">
          {t('metric.queue')}
          {total > shown.length && ` ${t('shown.shownOf', { shown: shown.length, total })}`}
        </span>
        {columns.map((column) => (
          <span key={column} role="columnheader" className="end">
            {t(HEADS[column])}
          </span>
        ))}
      </div>
      {shown.length === 0 && (
        <div role="row" className="tile-queues__row">
          <span role="cell" className="tile-queues__none quiet">
            {!isUnknown && t(settings.queues === null ? 'floor.noQueues' : 'shown.noQueues')}
          </span>
          {columns.map((column) => (
            <span key={column} role="cell" className="end">
              {isUnknown && <Figure>{NOTHING}</Figure>}
            </span>
          ))}
        </div>
      )}
      {shown.map((state) => (
        <QueueTrust key={state.queue.id} sources={state.queue.sources}>
          <Row state={state} columns={columns} hasColours={hasColours} />
        </QueueTrust>
      ))}
    </div>
  );
}

/** The busiest are looked for anew with every interval only: rows of a wall must not wander. */
function useRows(listed: readonly string[] | null, rows: number, { states, tables, now, urgent }: BoardData) {
  const held = useRef<{ readonly key: string; readonly busiest: readonly string[] }>({ key: '', busiest: [] });
  const key = `${intervalStart(now)} ${states.length} ${tables.counts !== null} ${listed?.join()}`;
  if (held.current.key !== key) held.current = { key, busiest: busiestIds(states, listed) };
  const { busiest } = held.current;
  return { shown: rowsOf(states, listed, { rows, busiest, urgent }), total: busiest.length };
}

function Row({
  state,
  columns,
  hasColours,
}: {
  state: QueueState;
  columns: readonly ColumnName[];
  hasColours: boolean;
}): ReactNode {
  const { isWithheld } = useTrust();
  const { queue } = state;
  const severity = isWithheld ? 'unjudged' : state.severity;
  return (
    <div className="tile-queues__row" role="row" data-severity={severity}>
      <span role="rowheader" className="tile-queues__name">
        <QueueColour colour={queue.colour} isKept={hasColours} />
        <Given text={queue.name} />
        <SeverityTag kind={severity} />
        {columns.includes('waiting') && <LastKnown value={String(queue.waiting)} />}
      </span>
      {columns.map((column) => {
        const { text, judged = 'normal', isIdle = false } = cellOf(column, state);
        return (
          <span
            key={column}
            role="cell"
            className="queues__figure end"
            data-severity={isWithheld ? 'unjudged' : judged}
          >
            <Figure isIdle={isIdle}>{text}</Figure>
          </span>
        );
      })}
    </div>
  );
}

interface CellText {
  readonly text: string;
  readonly judged?: Severity;
  readonly isIdle?: boolean;
}

function cellOf(column: ColumnName, { queue, waitMs, wait, level, service, day }: QueueState): CellText {
  switch (column) {
    case 'waiting':
      return { text: String(queue.waiting) };
    case 'longestWait':
      return { text: formatDuration(waitMs ?? 0), judged: wait, isIdle: waitMs === null };
    case 'serviceLevel':
      return { text: formatPercent(level.ratio), judged: service };
    case 'free':
      return { text: String(queue.free) };
    case 'answered':
    case 'abandoned':
      return { text: day ? String(day.counters[column]) : NOTHING };
  }
}

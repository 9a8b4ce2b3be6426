import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueState } from '../board/board-model.ts';
import { serviceLevelOf } from '../board/rolling.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { formatPercent, NOTHING } from '../i18n/format.ts';
import { Elapsed } from '../ui/elapsed.tsx';
import { Given } from '../ui/given.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { useTrust } from '../ui/trust.tsx';
import { type GridColumn, GridTable } from './grid-table.tsx';

const idOf = ({ queue }: QueueState): string => queue.id;
const TOP_RANK = { unjudged: 0, normal: 0, watch: 0, warning: 1, critical: 2 } as const;
const topRank = ({ severity }: QueueState): number => TOP_RANK[severity];
const SORT = [{ id: 'name', desc: false }];

/** The queues as a supervisor works with them: what is in breach on top, everything sortable. */
interface QueuePanelProps {
  readonly states: readonly QueueState[];
  readonly rowHeight: number;
  /** Draw every row instead of scrolling. */
  readonly isWhole: boolean;
  /** There is room for words in full. */
  readonly isWide: boolean;
}

export function QueuePanel({ states, rowHeight, isWhole, isWide }: QueuePanelProps): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  const columns = useMemo(() => queueColumns(t, isWithheld, isWide), [t, isWithheld, isWide]);
  return (
    <section className="panel panel--queues" aria-labelledby="queues-title">
      <h2 className="panel__title" id="queues-title">
        {t('floor.queues')} <span className="quiet">{states.length}</span>
      </h2>
      <GridTable
        label={t('floor.queues')}
        rows={states}
        idOf={idOf}
        columns={columns}
        initialSort={SORT}
        rowHeight={rowHeight}
        empty={t('floor.noQueues')}
        topRank={topRank}
        rowMark={({ severity }) => (isWithheld ? '' : severity)}
        isWhole={isWhole}
      />
    </section>
  );
}

function queueColumns(
  t: ReturnType<typeof useTranslation>['t'],
  isWithheld: boolean,
  isWide: boolean,
): GridColumn<QueueState>[] {
  const unless = (value: ReactNode): ReactNode => (isWithheld ? NOTHING : value);
  return [
    {
      id: 'name',
      header: t('metric.queue'),
      value: ({ queue }) => queue.name,
      width: 'minmax(6rem, 1fr)',
      cell: ({ queue, severity }) => (
        <>
          {!isWithheld && <SeverityMark kind={severity} />}
          <Given text={queue.name} />
          {!isWithheld && severity !== 'normal' && severity !== 'unjudged' && (
            <span className="word" data-severity={severity}>
              {t(`severity.${severity}`)}
            </span>
          )}
        </>
      ),
    },
    {
      id: 'waiting',
      header: t('metric.waitingShort'),
      value: ({ queue }) => queue.waiting,
      width: '2.9rem',
      isEnd: true,
      isDescFirst: true,
      cell: ({ queue }) => <strong>{unless(queue.waiting)}</strong>,
    },
    {
      id: 'longest',
      header: t('metric.longestShort'),
      value: ({ queue }) => (queue.waiting > 0 && queue.oldestWaitingSince !== null ? -queue.oldestWaitingSince : null),
      width: '3.3rem',
      isEnd: true,
      isDescFirst: true,
      cell: ({ queue, wait }) => (
        <span className="judged" data-severity={isWithheld ? '' : wait}>
          {unless(
            queue.waiting > 0 ? <Elapsed since={queue.oldestWaitingSince} /> : <span className="quiet">0:00</span>,
          )}
        </span>
      ),
    },
    {
      id: 'level',
      header: t('metric.serviceLevelPair'),
      value: ({ level }) => level.ratio,
      width: '6rem',
      isEnd: true,
      cell: ({ level, service, queue }) => (
        <>
          <span className="judged" data-severity={isWithheld ? '' : service}>
            {unless(formatPercent(level.ratio))}
          </span>
          <span className="quiet pair">{unless(formatPercent(serviceLevelOf(queue.today)))}</span>
        </>
      ),
    },
    {
      id: 'free',
      header: t('metric.canTakeShort'),
      value: ({ queue }) => queue.free,
      width: '2.7rem',
      isEnd: true,
      isDescFirst: true,
      cell: ({ queue }) => unless(queue.free),
    },
    {
      id: 'answered',
      header: isWide ? t('metric.answeredOfOffered') : t('metric.answeredOfOfferedShort'),
      value: ({ queue }) => queue.today.offered,
      width: isWide ? '7.6rem' : '5.2rem',
      isEnd: true,
      isDescFirst: true,
      cell: ({ queue }) => (
        <span>
          {unless(queue.today.answered)} <span className="quiet">/ {unless(queue.today.offered)}</span>
        </span>
      ),
    },
    {
      id: 'abandoned',
      header: isWide ? t('metric.abandoned') : t('metric.abandonedShort'),
      value: ({ queue }) => queue.today.abandoned,
      width: isWide ? '4.4rem' : '2.8rem',
      isEnd: true,
      isDescFirst: true,
      cell: ({ queue }) => unless(queue.today.abandoned),
    },
    {
      id: 'spark',
      header: t('metric.lastHourShort'),
      width: isWide ? 'minmax(3rem, 6rem)' : 'minmax(1.5rem, 2.5rem)',
      cell: ({ queue }) => (
        <Sparkline
          values={queue.waitingPeaks}
          label={`${t('metric.lastHour')} ${isWithheld ? NOTHING : Math.max(0, ...queue.waitingPeaks)}`}
        />
      ),
    },
  ];
}

import type { SortingState } from '@tanstack/react-table';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useActingStore, useMayAdd } from '../acting/use-acting.ts';
import { commonVariant, type QueueState } from '../board/board-model.ts';
import { GapLegend } from '../charts/gap-bands.tsx';
import { useHourBands } from '../charts/use-gap-bands.ts';
import { compareText } from '../i18n/order.ts';
import { useTrustOfQueue } from '../ui/trust.tsx';
import { GridTable } from './grid-table.tsx';
import type { GridGroup } from './grouping.ts';
import { queueColumns } from './queue-columns.tsx';

const idOf = ({ queue }: QueueState): string => queue.id;
const TOP_RANK = { unjudged: 0, normal: 0, watch: 0, warning: 1, critical: 2 } as const;
const topRank = ({ severity }: QueueState): number => TOP_RANK[severity];
const BY_NAME: SortingState = [{ id: 'name', desc: false }];
const EVERY_SOURCE: readonly string[] = [];

interface QueuePanelProps {
  readonly states: readonly QueueState[];
  readonly rowHeight: number;
  /** Draw every row instead of scrolling. */
  readonly isWhole: boolean;
  /** There is room for words in full. */
  readonly isWide: boolean;
  readonly onPick: (queue: string) => void;
}

/** The queues as a supervisor works with them: what is in breach on top, everything sortable, groups added up. */
export function QueuePanel({ states, rowHeight, isWhole, isWide, onPick }: QueuePanelProps): ReactNode {
  const { t } = useTranslation();
  const trustOfQueue = useTrustOfQueue();
  const [isGrouped, setIsGrouped] = useState(false);
  const [sorting, setSorting] = useState<SortingState>(BY_NAME);
  const variant = commonVariant(states);
  const hasColours = states.some(({ queue }) => queue.colour !== null);
  const bands = useHourBands(EVERY_SOURCE);
  const columns = useMemo(() => {
    const isWithheld = ({ queue }: QueueState) => trustOfQueue(queue.sources).isWithheld;
    return queueColumns(t, { isWithheld, isWide, variant, hasColours });
  }, [t, trustOfQueue, isWide, variant, hasColours]);

  const acting = useActingStore();
  const mayAdd = useMayAdd();
  const rowKeys = useMemo(
    () => ({
      a: ({ queue }: QueueState, { left, bottom }: DOMRect) => {
        if (mayAdd(queue.id)) acting.open({ kind: 'queue', id: queue.id, x: left, y: bottom });
      },
    }),
    [acting, mayAdd],
  );

  const groupKey = JSON.stringify([...new Set(states.flatMap(({ queue }) => queue.group ?? []))].sort(compareText));
  const groups = useMemo(() => new Map((JSON.parse(groupKey) as string[]).map((group, i) => [group, i])), [groupKey]);
  const groupsOf = useMemo(() => {
    if (!isGrouped || groups.size === 0) return undefined;
    return ({ queue: { group } }: QueueState): readonly GridGroup[] => [
      { key: group ?? '', label: group ?? t('floor.noGroup'), rank: groups.get(group ?? '') ?? groups.size },
    ];
  }, [isGrouped, groups, t]);

  return (
    <section className="panel panel--queues" aria-labelledby="queues-title">
      <div className="panel__bar">
        <h2 className="panel__title" id="queues-title">
          {t('floor.queues')} <span className="quiet">{states.length}</span>
        </h2>
        <GapLegend bands={bands} />
        {states.length > 0 && (
          <span className="quiet legend" title={t(`level.formula.${variant}`)}>
            {t('level.title', { metric: t('metric.serviceLevelShort'), name: t(`level.name.${variant}`) })}
            {` · ${t('metric.halfHour')}`}
          </span>
        )}
        {groups.size > 0 && (
          <button type="button" className="chip" aria-pressed={isGrouped} onClick={() => setIsGrouped(!isGrouped)}>
            {t('floor.groupQueues')}
          </button>
        )}
      </div>
      <GridTable
        label={t('floor.queues')}
        rows={states}
        idOf={idOf}
        columns={columns}
        sorting={sorting}
        onSorting={setSorting}
        rowHeight={rowHeight}
        empty={t('floor.noQueues')}
        topRank={topRank}
        rowMark={({ queue, severity }) => (trustOfQueue(queue.sources).isWithheld ? '' : severity)}
        isWhole={isWhole}
        groupsOf={groupsOf}
        orderKey={String(isGrouped)}
        rowKeys={rowKeys}
        onOpen={({ queue }) => onPick(queue.id)}
      />
    </section>
  );
}

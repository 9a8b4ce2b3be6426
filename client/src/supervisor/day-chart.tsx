import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type BoardTables, dayIntervals } from '../board/board-model.ts';
import { DayVolume, dayPoints } from '../board/day-volume.tsx';
import { daySpan } from '../charts/day-trend.tsx';
import { GapLegend } from '../charts/gap-bands.tsx';
import { bandsOf } from '../charts/use-gap-bands.ts';

/** The business day of a queue, or of the site by SITE_ROW, per quarter hour; under a heading of the second rank. */
export function DayChart({
  tables,
  queue,
  sources,
  now,
}: {
  tables: BoardTables;
  queue: string;
  /** Whose gaps concern it; of none every source's. */
  sources: readonly string[];
  now: number;
}): ReactNode {
  const { t } = useTranslation();
  const { site, counts } = tables;
  const points = site && counts ? dayPoints(counts, queue, dayIntervals(site, counts, now)) : [];
  const { startAt, endAt } = daySpan(points);
  const bands = bandsOf(counts, sources, startAt, endAt, now);
  return (
    <>
      <h2 className="panel__title">
        {t('wall.trendOfDay')} <GapLegend bands={bands} />
      </h2>
      <DayVolume points={points} bands={bands} few={counts ? t('wall.trendFew') : t('wall.starting')} />
    </>
  );
}

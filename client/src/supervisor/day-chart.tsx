import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type BoardTables, dayIntervals } from '../board/board-model.ts';
import { DayTrend, daySpan } from '../charts/day-trend.tsx';
import { GapLegend } from '../charts/gap-bands.tsx';
import { bandsOf } from '../charts/use-gap-bands.ts';
import { NOTHING, useFormat } from '../i18n/format.ts';
import { useTrust } from '../ui/trust.tsx';

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
  const format = useFormat();
  const { isWithheld } = useTrust();
  const { site, counts } = tables;
  const points =
    site && counts
      ? dayIntervals(site, counts, now).map((startAt) => {
          const interval = counts.interval(queue, startAt);
          return { startAt, offered: interval?.offered ?? 0, answered: interval?.answered ?? 0 };
        })
      : [];
  const { startAt, endAt } = daySpan(points);
  const bands = bandsOf(counts, sources, startAt, endAt, now);
  return (
    <>
      <h2 className="panel__title">
        {t('wall.trendOfDay')} <GapLegend bands={bands} />
      </h2>
      <DayTrend
        points={points}
        hour={format.timeShort}
        words={{
          offered: t('metric.offered'),
          answered: t('metric.answered'),
          summary: t('wall.trendOfDay'),
          few: counts ? t('wall.trendFew') : t('wall.starting'),
        }}
        shown={(count) => (isWithheld ? NOTHING : String(count))}
        bands={bands}
      />
    </>
  );
}

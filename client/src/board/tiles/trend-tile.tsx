import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SITE_ROW } from '../../../../shared/view.ts';
import { DayTrend, daySpan } from '../../charts/day-trend.tsx';
import { bandsOf } from '../../charts/use-gap-bands.ts';
import { NOTHING, useFormat } from '../../i18n/format.ts';
import { useTrust } from '../../ui/trust.tsx';
import { dayIntervals } from '../board-model.ts';
import type { BoardData } from '../tile-scope.ts';
import { TileLabel } from './tile-label.tsx';

export function TrendTile({ data: { tables, now } }: { data: BoardData }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { isWithheld } = useTrust();
  const { site, counts } = tables;
  const starts = site && counts ? dayIntervals(site, counts, now) : [];
  const points = starts.map((startAt) => {
    const counters = counts?.interval(SITE_ROW, startAt);
    return { startAt, offered: counters?.offered ?? 0, answered: counters?.answered ?? 0 };
  });
  const { startAt, endAt } = daySpan(points);
  return (
    <div className="tile-chart" data-withheld={isWithheld}>
      <TileLabel text={t('wall.trendOfDay')} />
      <DayTrend
        points={points}
        hour={format.timeShort}
        words={{
          offered: t('metric.offered'),
          answered: t('metric.answered'),
          summary: t('wall.trendOfDay'),
          few: t('wall.trendFew'),
        }}
        shown={(count) => (isWithheld ? NOTHING : String(count))}
        bands={bandsOf(counts, [], startAt, endAt, now)}
      />
    </div>
  );
}

import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SITE_ROW } from '../../../../shared/view.ts';
import { daySpan } from '../../charts/day-trend.tsx';
import { bandsOf } from '../../charts/use-gap-bands.ts';
import { useTrust } from '../../ui/trust.tsx';
import { dayIntervals } from '../board-model.ts';
import { DayVolume, dayPoints } from '../day-volume.tsx';
import type { BoardData } from '../tile-scope.ts';
import { TileLabel } from './tile-label.tsx';

export function TrendTile({ data: { tables, now } }: { data: BoardData }): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  const { site, counts } = tables;
  const starts = site && counts ? dayIntervals(site, counts, now) : [];
  const points = dayPoints(counts, SITE_ROW, starts);
  const { startAt, endAt } = daySpan(points);
  return (
    <div className="tile-chart" data-withheld={isWithheld}>
      <TileLabel text={t('wall.trendOfDay')} />
      <DayVolume points={points} bands={bandsOf(counts, [], startAt, endAt, now)} />
    </div>
  );
}

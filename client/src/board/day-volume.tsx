import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type DayPoint, DayTrend } from '../charts/day-trend.tsx';
import type { GapBand } from '../charts/gaps.ts';
import { NOTHING, useFormat } from '../i18n/format.ts';
import type { Counts } from '../live/counts.ts';
import { useTrust } from '../ui/trust.tsx';

/** Of a queue, or of the site by SITE_ROW, for these quarter hours. */
export const dayPoints = (counts: Counts | null, row: string, starts: readonly number[]): DayPoint[] =>
  starts.map((startAt) => {
    const counters = counts?.interval(row, startAt);
    return { startAt, offered: counters?.offered ?? 0, answered: counters?.answered ?? 0 };
  });

interface DayVolumeProps {
  readonly points: readonly DayPoint[];
  readonly bands: readonly GapBand[];
  /** Instead of the usual words while there is too little to draw. */
  readonly few?: string;
}

/** Calls offered and answered over the business day; without numbers beside it while they cannot be trusted. */
export function DayVolume({ points, bands, few }: DayVolumeProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { isWithheld } = useTrust();
  return (
    <DayTrend
      points={points}
      hour={format.timeShort}
      words={{
        offered: t('metric.offered'),
        answered: t('metric.answered'),
        summary: t('wall.trendOfDay'),
        few: few ?? t('wall.trendFew'),
      }}
      shown={(count) => (isWithheld ? NOTHING : String(count))}
      bands={bands}
    />
  );
}

import { useMemo } from 'react';
import { MINUTE_MS } from '../../../shared/time.ts';
import type { Counts } from '../live/counts.ts';
import { useCounts, useSiteMinute } from '../live/use-live.tsx';
import { type GapBand, gapBands, NO_BANDS } from './gaps.ts';
import { SPARK_MINUTES } from './sparkline.tsx';

/** Bands of a sparkline that ends with the last whole minute; the same array until one of them changes. */
export function useHourBands(sources: readonly string[]): readonly GapBand[] {
  const counts = useCounts();
  const endAt = useSiteMinute();
  return useStable(bandsOf(counts, sources, endAt - SPARK_MINUTES * MINUTE_MS, endAt, endAt));
}

/** Bands of any other time. */
export function bandsOf(
  counts: Counts | null,
  sources: readonly string[],
  startAt: number,
  endAt: number,
  now: number,
): readonly GapBand[] {
  if (!counts || counts.gaps.length === 0 || endAt <= startAt) return NO_BANDS;
  return gapBands(counts.gaps, sources, { startAt, endAt, now });
}

function useStable(bands: readonly GapBand[]): readonly GapBand[] {
  const key = bands.map((band) => `${band.startAt} ${band.endAt} ${band.from} ${band.isFilled}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: equal bands are the same bands.
  return useMemo(() => bands, [key]);
}

/** Where a chart must say that its curve is not the truth. Pure. */
import type { GapView } from '../live/rows.ts';

export interface GapBand {
  readonly startAt: number;
  readonly endAt: number;
  /** As shares of the chart's width. */
  readonly from: number;
  readonly to: number;
  /** The PBX's own log has told what happened meanwhile: the curve is right after all. */
  readonly isFilled: boolean;
}

/** No chart is drawn anew because there are still no gaps. */
export const NO_BANDS: readonly GapBand[] = [];

/**
 * Gaps that touch the time from `startAt` to `endAt`, oldest first; those of one kind that meet are one band. `sources`:
 * whose gaps matter, of none every source's. A gap that lasts reaches to `now`.
 */
export function gapBands(
  gaps: readonly GapView[],
  sources: readonly string[],
  { startAt, endAt, now }: { readonly startAt: number; readonly endAt: number; readonly now: number },
): readonly GapBand[] {
  const share = (at: number): number => (at - startAt) / (endAt - startAt);
  const bands: GapBand[] = [];
  const inOrder = gaps
    .filter(({ source }) => sources.length === 0 || sources.includes(source))
    .map((gap) => ({ ...gap, endAt: Math.min(endAt, gap.endAt ?? now), startAt: Math.max(startAt, gap.startAt) }))
    .filter((gap) => gap.endAt > gap.startAt)
    .sort((a, b) => a.startAt - b.startAt);
  for (const { startAt: first, endAt: last, isFilled } of inOrder) {
    const at = bands.findLastIndex((band) => band.isFilled === isFilled && band.endAt >= first);
    const before = bands[at];
    const band = { startAt: before?.startAt ?? first, endAt: Math.max(before?.endAt ?? last, last), isFilled };
    bands.splice(before ? at : bands.length, before ? 1 : 0, {
      ...band,
      from: share(band.startAt),
      to: share(band.endAt),
    });
  }
  return bands.length > 0 ? bands : NO_BANDS;
}

import { area, curveStepAfter, line, max, scaleLinear } from 'd3';
import { memo, type ReactNode } from 'react';
import { GapBands } from './gap-bands.tsx';
import { type GapBand, NO_BANDS } from './gaps.ts';

const WIDTH = 120;
const HEIGHT = 24;
/** How far back it looks. */
export const SPARK_MINUTES = 60;

/** Deepest queue per minute of the last hour. Steps, because a peak is a count and not a curve. */
export const Sparkline = memo(function Sparkline({
  values,
  label,
  bands = NO_BANDS,
}: {
  values: readonly number[];
  label: string;
  bands?: readonly GapBand[];
}): ReactNode {
  if (values.length < 2) return <svg className="spark" aria-hidden="true" />;
  const top = max(values) ?? 0;
  const x = scaleLinear([0, SPARK_MINUTES], [0, WIDTH]);
  const y = scaleLinear([0, Math.max(4, top)], [HEIGHT - 1, 1.5]);
  // A queue younger than an hour keeps to the right: the newest minute is always at the right edge.
  const points = [...values, values.at(-1) ?? 0].map(
    (value, i) => [x(SPARK_MINUTES - values.length + i), y(value)] as [number, number],
  );
  return (
    <span className="spark-frame" title={label}>
      <svg
        className="spark"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        <path className="spark__area" d={area().y0(HEIGHT).curve(curveStepAfter)(points) ?? ''} />
        <path
          className="spark__line"
          d={line().curve(curveStepAfter)(points) ?? ''}
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <GapBands bands={bands} />
    </span>
  );
});

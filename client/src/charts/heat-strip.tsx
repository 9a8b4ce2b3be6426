import { memo, type ReactNode } from 'react';
import type { Severity } from '../board/severity.ts';
import { GapBands } from './gap-bands.tsx';
import { type GapBand, NO_BANDS } from './gaps.ts';

export interface HeatCell {
  readonly startAt: number;
  readonly ratio: number | null;
  readonly severity: Severity;
}

/**
 * A quarter hour per column: its height is the ratio, its colour the judgement, so it reads without colour too. Too few
 * calls for a judgement: hollow.
 */
export const HeatStrip = memo(function HeatStrip({
  cells,
  target,
  label,
  bands = NO_BANDS,
}: {
  cells: readonly HeatCell[];
  target: number;
  label: string;
  bands?: readonly GapBand[];
}): ReactNode {
  return (
    <span className="heat-frame">
      <svg
        className="heat"
        viewBox={`0 0 ${cells.length * 10} 20`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {cells.map(({ startAt, ratio, severity }, i) => {
          const height = ratio === null ? 1.2 : Math.max(2, ratio * 19);
          return (
            <rect
              key={startAt}
              className={`heat__cell heat__cell--${ratio === null ? 'nothing' : severity}`}
              x={i * 10 + 0.8}
              y={20 - height}
              width={8.4}
              height={height}
              vectorEffect="non-scaling-stroke"
            />
          );
        })}
        <line
          className="heat__target"
          x1="0"
          x2={cells.length * 10}
          y1={20 - target * 19}
          y2={20 - target * 19}
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <GapBands bands={bands} />
    </span>
  );
});

import type { ReactNode } from 'react';
import type { Page } from '../../../shared/board.ts';
import { COLUMNS, ROWS } from '../../../shared/grid.ts';

const CELL = { width: 14.1, height: 10.1 };
const GAP = 1.6;

/** Where the tiles of a page lie, as a stamp of it. */
export function BoardSketch({ page }: { page: Page | undefined }): ReactNode {
  return (
    <svg
      className="sketch"
      viewBox={`0 0 ${COLUMNS * CELL.width} ${ROWS * CELL.height}`}
      aria-hidden="true"
      preserveAspectRatio="none"
    >
      {page?.tiles.map(({ id, kind, x, y, w, h }) => (
        <rect
          key={id}
          data-kind={kind}
          x={x * CELL.width + GAP / 2}
          y={y * CELL.height + GAP / 2}
          width={w * CELL.width - GAP}
          height={h * CELL.height - GAP}
          rx="1.2"
        />
      ))}
    </svg>
  );
}

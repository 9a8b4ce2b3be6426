/** Rows of a table as they are drawn: one that can be opened, and the heading of a group. */
import { type CSSProperties, memo, type ReactNode } from 'react';
import { Given } from '../ui/given.tsx';
import type { GridColumn } from './grid-column.ts';
import type { GridGroup, GridItem } from './grouping.ts';

/** A click on one of these is about it, not about its row. */
const CONTROLS = 'button, a, input, select, summary, label';

interface RowProps<T> {
  readonly domId: string;
  readonly index: number;
  readonly item: Extract<GridItem<T>, { kind: 'row' }>;
  readonly columns: readonly GridColumn<T>[];
  readonly template: CSSProperties;
  readonly start: number;
  readonly size: number;
  readonly mark: string;
  readonly isActive: boolean;
  readonly onPick: (key: string, row: T) => void;
}

/** The heading of a group, with what its rows add up to under each column that says so. */
export function GroupRow<T>({
  item,
  columns,
  action,
  style,
}: {
  item: Extract<GridItem<T>, { kind: 'group' }>;
  columns: readonly GridColumn<T>[];
  action: ((group: GridGroup) => ReactNode) | undefined;
  style: CSSProperties;
}): ReactNode {
  return (
    <div className="grid__group" role="row" style={style}>
      <span role="gridcell" className="grid__group-name">
        <Given text={item.group.label} /> <span className="quiet">{item.rows.length}</span>
        {action?.(item.group)}
      </span>
      {columns.slice(1).map((column) => (
        <span
          key={column.id}
          role="gridcell"
          className={`grid__cell grid__total cell--${column.id}`}
          data-end={column.isEnd}
        >
          {column.total?.(item.rows)}
        </span>
      ))}
    </div>
  );
}

function PlainRow<T>({
  domId,
  index,
  item,
  columns,
  template,
  start,
  size,
  mark,
  isActive,
  onPick,
}: RowProps<T>): ReactNode {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid moves the active row with the arrow keys.
    <div
      id={domId}
      role="row"
      className="grid__row"
      aria-rowindex={index + 2}
      aria-selected={isActive}
      data-mark={mark}
      style={{ ...template, transform: `translateY(${start}px)`, height: size }}
      onClick={({ target }) => {
        if (!(target as Element).closest(CONTROLS)) onPick(item.key, item.row);
      }}
    >
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={`grid__cell cell--${column.id}`}
          data-end={column.isEnd}
          data-label={column.header}
        >
          {column.cell(item.row)}
        </div>
      ))}
    </div>
  );
}

/** Rows compare by their row object, which is the same until a cell of it changes. */
export const Row = memo(PlainRow, (a, b) => {
  return (
    a.item.row === b.item.row &&
    a.item.key === b.item.key &&
    a.columns === b.columns &&
    a.index === b.index &&
    a.start === b.start &&
    a.size === b.size &&
    a.mark === b.mark &&
    a.isActive === b.isActive
  );
}) as typeof PlainRow;

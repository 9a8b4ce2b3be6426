/** What a table of live rows has to know of a column. */
import type { ReactNode } from 'react';

export interface GridColumn<T> {
  readonly id: string;
  readonly header: string;
  /** What the header means. */
  readonly hint?: string;
  /** Sort key; a column without one is not sortable. `null` sorts last. */
  readonly value?: (row: T) => string | number | null;
  readonly cell: (row: T) => ReactNode;
  /** What a group's heading says in this column. */
  readonly total?: (rows: readonly T[]) => ReactNode;
  readonly width: string;
  readonly isEnd?: boolean;
  readonly isDescFirst?: boolean;
}

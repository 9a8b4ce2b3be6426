/** The order of rows: by a column, texts as people sort them, and held while somebody points at them. */
import type { SortingState } from '@tanstack/react-table';
import { useMemo, useRef } from 'react';
import { type HeldOrder, holdOrder, NO_ORDER } from '../board/held-order.ts';
import { compareText, rankTexts, type TextRanks } from '../i18n/order.ts';
import type { GridColumn } from './grid-column.ts';

const NO_RANKS: TextRanks = new Map();

/** Of what the rows are sorted by, where that is text. */
export function useRanks<T>(
  rows: readonly T[],
  columns: readonly GridColumn<T>[],
  [sort]: SortingState,
): { readonly current: TextRanks } {
  const ranks = useRef<TextRanks>(NO_RANKS);
  const value = columns.find(({ id }) => id === sort?.id)?.value;
  ranks.current = useMemo(() => {
    const keys = value ? rows.map(value) : [];
    return rankTexts(
      ranks.current,
      keys.filter((key) => typeof key === 'string'),
    );
  }, [rows, value]);
  return ranks;
}

export function columnDef<T extends object>(
  { id, value, isDescFirst = false }: GridColumn<T>,
  ranks: { readonly current: TextRanks },
) {
  return {
    id,
    accessorFn: (row: T) => value?.(row) ?? undefined,
    enableSorting: value !== undefined,
    sortDescFirst: isDescFirst,
    sortUndefined: 'last' as const,
    sortFn: (a: { getValue: (id: string) => unknown }, b: { getValue: (id: string) => unknown }, columnId: string) =>
      compare(a.getValue(columnId), b.getValue(columnId), ranks.current),
  };
}

function compare(a: unknown, b: unknown, ranks = NO_RANKS): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [first, second] = [ranks.get(a as string), ranks.get(b as string)];
  return first !== undefined && second !== undefined ? first - second : compareText(String(a), String(b));
}

/** As the table sorts: what has no value stands last, whichever way. */
export function sortRows<T>(rows: readonly T[], columns: readonly GridColumn<T>[], [sort]: SortingState): readonly T[] {
  const value = columns.find(({ id }) => id === sort?.id)?.value;
  if (!sort || !value) return rows;
  return rows
    .map((row) => ({ row, key: value(row) }))
    .sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
      return sort.desc ? compare(b.key, a.key) : compare(a.key, b.key);
    })
    .map(({ row }) => row);
}

/** The order in force: wanted rows first, held while the pointer is over them; a new sorting counts at once. */
export function useOrder<T>(
  { idOf, topRank }: { readonly idOf: (row: T) => string; readonly topRank?: (row: T) => number },
  sorted: readonly T[],
  isHeld: boolean,
  key: string,
): readonly string[] {
  const held = useRef<{ readonly key: string; readonly order: HeldOrder }>({ key, order: NO_ORDER });
  const wanted = (topRank ? [...sorted].sort((a, b) => topRank(b) - topRank(a)) : sorted).map(idOf);
  const before = held.current.key === key ? held.current.order : NO_ORDER;
  const isFirst = before.ids.length === 0;
  held.current = { key, order: holdOrder(before, wanted, performance.now(), isHeld && !isFirst) };
  return held.current.order.ids;
}

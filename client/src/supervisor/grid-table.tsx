/**
 * A table of live rows: sortable columns, rows that never jump under the pointer, thousands of rows by drawing only those
 * in view, and keys instead of a mouse. What a row is and how a cell looks is the caller's business.
 */
import {
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { GridColumn } from './grid-column.ts';
import { columnDef, useOrder, useRanks } from './grid-order.ts';
import { GroupRow, Row } from './grid-rows.tsx';
import { type GridGroup, groupRows } from './grouping.ts';

export interface GridTableProps<T> {
  readonly id?: string;
  readonly label: string;
  readonly rows: readonly T[];
  readonly idOf: (row: T) => string;
  readonly columns: readonly GridColumn<T>[];
  readonly sorting: SortingState;
  /** Left out where the order is not this table's to choose. */
  readonly onSorting?: (sorting: SortingState) => void;
  readonly rowHeight: number;
  readonly empty: string;
  /** Rows above 0 stand on top of all others, the highest first. */
  readonly topRank?: (row: T) => number;
  readonly groupsOf?: ((row: T) => readonly GridGroup[]) | undefined;
  /** What can be done with a whole group. */
  readonly groupAction?: ((group: GridGroup) => ReactNode) | undefined;
  readonly rowMark?: (row: T) => string;
  /** Anything that, when it changes, makes the wanted order count at once. */
  readonly orderKey?: string;
  /** Draws every row and grows with them instead of scrolling. */
  readonly isWhole?: boolean;
  /** Narrower than this it scrolls sideways. */
  readonly minWidth?: string | undefined;
  /** What a letter does with the active row, and where that row is. */
  readonly rowKeys?: Readonly<Record<string, (row: T, at: DOMRect) => void>>;
  /** A row was clicked beside its own buttons, or Enter pressed on the active one. */
  readonly onOpen?: (row: T) => void;
  /** The last rows came into view: time to fetch more of them. */
  readonly onEnd?: (() => void) | undefined;
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const GROUP_HEIGHT = 32;
/** More rows are asked for when so many are left below. */
const ROWS_AHEAD = 10;
function PlainGridTable<T extends object>(props: GridTableProps<T>): ReactNode {
  const { label, rows, idOf, columns, sorting, rowHeight, empty, groupsOf, rowMark, isWhole = false, onOpen } = props;
  const { t } = useTranslation();
  const gridId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [isPointing, setIsPointing] = useState(false);
  const [activeKey, setActiveKey] = useState<string | null>(null);

  const ranks = useRanks(rows, columns, sorting);
  const table = useTable({
    features,
    data: rows as T[],
    columns: useMemo(() => columns.map((column) => columnDef(column, ranks)), [columns, ranks]),
    getRowId: idOf,
    state: { sorting },
    onSortingChange: (change) => props.onSorting?.(typeof change === 'function' ? change(sorting) : change),
    enableSortingRemoval: false,
  });
  const sorted = table.getRowModel().rows.map((row) => row.original);
  const order = useOrder(props, sorted, isPointing, `${JSON.stringify(sorting)} ${props.orderKey ?? ''}`);
  const byId = new Map(rows.map((row) => [idOf(row), row]));
  const ordered = order.flatMap((id) => byId.get(id) ?? []);
  const items = groupRows(ordered, idOf, groupsOf);

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index]?.kind === 'group' ? GROUP_HEIGHT : rowHeight),
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: isWhole ? items.length : 8,
    initialRect: { width: 800, height: 600 },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes are a function of density and grouping, not measured.
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight, groupsOf]);

  const drawn = virtualizer.getVirtualItems();
  const isAtEnd = items.length > 0 && (drawn.at(-1)?.index ?? 0) >= items.length - ROWS_AHEAD;
  const latestEnd = useRef(props.onEnd);
  latestEnd.current = props.onEnd;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when rows came and the end is still in view.
  useEffect(() => {
    if (isAtEnd) latestEnd.current?.();
  }, [isAtEnd, items.length]);

  // A custom property, so that the phone's cards can lay rows out otherwise.
  const template = { '--template': columns.map(({ width }) => width).join(' ') } as CSSProperties;
  const latestOpen = useRef(onOpen);
  latestOpen.current = onOpen;
  const onPick = useCallback((key: string, row: T) => {
    setActiveKey(key);
    latestOpen.current?.(row);
  }, []);
  const rowKeys = items.filter((item) => item.kind === 'row').map(({ key }) => key);
  const isActiveShown = activeKey !== null && rowKeys.includes(activeKey);
  const onKeyDown = (event: KeyboardEvent): void => {
    const active = items.find((item) => item.key === activeKey);
    if (event.key === 'Enter' && event.target === event.currentTarget && active?.kind === 'row') onOpen?.(active.row);
    const onKey = event.ctrlKey || event.metaKey || event.altKey ? undefined : props.rowKeys?.[event.key.toLowerCase()];
    if (onKey && event.target === event.currentTarget && active?.kind === 'row') {
      event.preventDefault();
      onKey(
        active.row,
        (document.getElementById(`${gridId}${active.key}`) ?? event.currentTarget).getBoundingClientRect(),
      );
    }
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    const at = activeKey === null ? -1 : rowKeys.indexOf(activeKey);
    const last = rowKeys.length - 1;
    const next =
      event.key === 'Home'
        ? 0
        : event.key === 'End'
          ? last
          : step === undefined
            ? null
            : Math.min(last, Math.max(0, at + step));
    if (next === null || last < 0) return;
    event.preventDefault();
    const key = rowKeys[next] ?? null;
    setActiveKey(key);
    virtualizer.scrollToIndex(items.findIndex((item) => item.key === key));
  };

  return (
    <>
      <div
        id={props.id}
        className="grid"
        role="grid"
        aria-label={label}
        aria-rowcount={rowKeys.length + 1}
        aria-colcount={columns.length}
        {...(isActiveShown && { 'aria-activedescendant': `${gridId}${activeKey}` })}
        tabIndex={0}
        ref={scroller}
        data-whole={isWhole}
        data-opens={onOpen !== undefined}
        style={{ '--min-width': props.minWidth ?? '0' } as CSSProperties}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          if (event.target === event.currentTarget && !isActiveShown) setActiveKey(rowKeys[0] ?? null);
        }}
        onPointerEnter={(event) => setIsPointing(event.pointerType === 'mouse')}
        onPointerLeave={() => setIsPointing(false)}
      >
        <div className="grid__head" role="row" aria-rowindex={1} style={template}>
          {table.getHeaderGroups()[0]?.headers.map((header, index) => {
            const column = columns[index];
            if (!column) return null;
            const direction = header.column.getIsSorted();
            const ariaSort = direction === false ? 'none' : direction === 'asc' ? 'ascending' : 'descending';
            return (
              <div
                key={column.id}
                role="columnheader"
                className={`grid__header cell--${column.id}`}
                data-end={column.isEnd}
                title={column.hint}
                {...(column.value && { 'aria-sort': ariaSort })}
              >
                {column.value ? (
                  <button type="button" onClick={header.column.getToggleSortingHandler()} data-direction={direction}>
                    {column.header}
                    <svg className="grid__arrow" viewBox="0 0 10 10" aria-hidden="true">
                      <path d={direction === 'asc' ? 'M5 2 9 8H1Z' : 'M5 8 1 2h8Z'} fill="currentColor" />
                    </svg>
                  </button>
                ) : (
                  <span>{column.header}</span>
                )}
              </div>
            );
          })}
        </div>
        {items.length === 0 && (
          <div role="row">
            <div className="grid__empty" role="gridcell">
              {empty}
            </div>
          </div>
        )}
        <div className="grid__body" role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
          {drawn.map(({ index, start, size }) => {
            const item = items[index];
            if (!item) return null;
            const style = { transform: `translateY(${start}px)`, height: size };
            if (item.kind === 'group') {
              return (
                <GroupRow
                  key={item.key}
                  item={item}
                  columns={columns}
                  action={props.groupAction}
                  style={{ ...template, ...style }}
                />
              );
            }
            return (
              <Row
                key={item.key}
                domId={`${gridId}${item.key}`}
                index={index}
                item={item}
                columns={columns}
                template={template}
                start={start}
                size={size}
                mark={rowMark?.(item.row) ?? ''}
                isActive={item.key === activeKey}
                onPick={onPick}
              />
            );
          })}
        </div>
      </div>
      <span className="sr-only" aria-live="polite">
        {sorting[0]
          ? t('floor.sortedBy', { column: columns.find(({ id }) => id === sorting[0]?.id)?.header ?? '' })
          : ''}
      </span>
    </>
  );
}

/** Thousands of rows are ordered with every drawing: callers with that many keep their arguments the same until they change. */
export const GridTable = memo(PlainGridTable) as typeof PlainGridTable;

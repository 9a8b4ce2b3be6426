/** Rows under headings, as one flat list for a table that draws only what is in view. Pure. */
export interface GridGroup {
  readonly key: string;
  readonly label: string;
  /** Groups come in this order. */
  readonly rank: number;
}

export type GridItem<T> =
  | { readonly kind: 'group'; readonly key: string; readonly group: GridGroup; readonly rows: readonly T[] }
  | { readonly kind: 'row'; readonly key: string; readonly row: T };

/** A row of several groups (an agent in three queues) stands under each of them. */
export function groupRows<T>(
  rows: readonly T[],
  idOf: (row: T) => string,
  groupsOf: ((row: T) => readonly GridGroup[]) | undefined,
): GridItem<T>[] {
  if (!groupsOf) return rows.map((row) => ({ kind: 'row', key: idOf(row), row }));
  const groups = new Map<string, { readonly group: GridGroup; readonly rows: T[] }>();
  for (const row of rows) {
    for (const group of groupsOf(row)) {
      const known = groups.get(group.key);
      if (known) known.rows.push(row);
      else groups.set(group.key, { group, rows: [row] });
    }
  }
  const inOrder = [...groups.values()].sort((a, b) => a.group.rank - b.group.rank);
  return inOrder.flatMap(({ group, rows: members }): GridItem<T>[] => [
    { kind: 'group', key: `group ${group.key}`, group, rows: members },
    ...members.map((row): GridItem<T> => ({ kind: 'row', key: `${group.key} ${idOf(row)}`, row })),
  ]);
}

/** Cells of a mirror's rows by the name of their column. */
import type { Row } from '../../shared/delta.ts';
import { type Cell, type Column, column, type Table } from '../../shared/view.ts';

export const cell = <T extends Table>(table: T, row: Row, name: Column<T>): Cell => row[column(table, name)] ?? null;

export const numberIn = <T extends Table>(table: T, row: Row, name: Column<T>): number =>
  Number(cell(table, row, name) ?? 0);

export const maybeNumberIn = <T extends Table>(table: T, row: Row, name: Column<T>): number | null =>
  cell(table, row, name) as number | null;
export const textIn = <T extends Table>(table: T, row: Row, name: Column<T>): string | null =>
  cell(table, row, name) as string | null;
export const listIn = <T extends Table>(table: T, row: Row, name: Column<T>): string[] => [
  ...((cell(table, row, name) ?? []) as readonly string[]),
];

import { expect, test } from 'vitest';
import { IndexedTable, updateTable } from './delta.ts';

test('[DELTA2] an unchanged row makes no delta, a deleted row leaves a hole that is not used again', () => {
  const table = new IndexedTable();
  expect(
    updateTable(table, [
      ['a', [1, [1, 2]]],
      ['b', [2, []]],
    ]),
  ).toEqual({
    add: [
      [0, 'a', [1, [1, 2]]],
      [1, 'b', [2, []]],
    ],
    set: [],
    del: [],
  });
  expect(updateTable(table, [['a', [1, [1, 2]]]])).toBeUndefined();
  expect(updateTable(table, [['a', [1, [1, 3]]]])).toMatchObject({ set: [[0, [1, [1, 2]], [1, [1, 3]]]] });
  expect(
    updateTable(table, [
      ['a', undefined],
      ['never', undefined],
    ]),
  ).toEqual({ add: [], set: [], del: [0] });
  expect(updateTable(table, [['c', [3, []]]])).toMatchObject({ add: [[2, 'c', [3, []]]] });
  expect(table.size).toBe(2);
});

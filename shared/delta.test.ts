import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IndexedTable, type Row, updateTable } from './delta.ts';

const cell = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.integer(), { maxLength: 3 }),
);
const row = fc.tuple(cell, cell, cell) as unknown as fc.Arbitrary<Row>;
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const steps = fc.array(fc.array(fc.tuple(id, fc.option(row, { nil: undefined })), { maxLength: 5 }), { maxLength: 12 });

const content = (table: IndexedTable) => Object.fromEntries(table.entries());

test('[DELTA1] a copy that applies every delta has the same rows under the same indexes', () => {
  fc.assert(
    fc.property(steps, (changes) => {
      const owner = new IndexedTable();
      const copy = new IndexedTable();
      for (const wanted of changes) {
        const delta = updateTable(owner, new Map(wanted));
        if (delta) copy.apply(JSON.parse(JSON.stringify(delta)));
        expect(content(copy)).toEqual(JSON.parse(JSON.stringify(content(owner))));
        expect(copy.ids).toEqual(owner.ids);
      }
    }),
  );
});

test('[DELTA2] an unchanged row makes no delta, a deleted row leaves a hole that is not used again', () => {
  const table = new IndexedTable();
  expect(
    updateTable(table, [
      ['a', [1, [1, 2]]],
      ['b', [2, []]],
    ]),
  ).toEqual({
    add: [
      [0, 'a', 1, [1, 2]],
      [1, 'b', 2, []],
    ],
  });
  expect(updateTable(table, [['a', [1, [1, 2]]]])).toBeUndefined();
  expect(updateTable(table, [['a', [1, [1, 3]]]])).toEqual({ set: [[0, 1, [1, 3]]] });
  expect(
    updateTable(table, [
      ['a', undefined],
      ['never', undefined],
    ]),
  ).toEqual({ del: [0] });
  expect(updateTable(table, [['c', [3, []]]])).toEqual({ add: [[2, 'c', 3, []]] });
  expect(table.size).toBe(2);
});

test('[DELTA3] a snapshot keeps indexes, holes included, and takes deltas made after it', () => {
  const owner = new IndexedTable();
  const row = (n: number): Row => ['live', n, null, null, null, 0];
  updateTable(owner, [
    ['a', row(1)],
    ['b', row(2)],
    ['c', row(3)],
  ]);
  updateTable(owner, [['b', undefined]]);
  const copy = IndexedTable.fromSnapshot(owner.toSnapshot('sources'));
  const delta = updateTable(owner, [
    ['c', row(9)],
    ['d', row(4)],
  ]);
  if (delta) copy.apply(delta);
  expect(copy.ids).toEqual(['a', null, 'c', 'd']);
  expect(content(copy)).toEqual(content(owner));
});

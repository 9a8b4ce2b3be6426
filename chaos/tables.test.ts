import { expect, test } from 'vitest';
import type { Row } from '../shared/delta.ts';
import { column, TABLES } from '../shared/view.ts';
import { betweenCopies, fromOracle, fromTold, lostAndDouble, type Rows } from './tables.ts';

function today(cells: Readonly<Record<string, number>>): Rows {
  const row: Row = TABLES.today.map((name) => cells[name] ?? 0);
  return { today: new Map([['sales', row]]) };
}

function queue(): { readonly queues: ReadonlyMap<string, Row> } {
  return { queues: new Map([['sales', TABLES.queues.map(() => 0)]]) };
}

test('[CHAOS2] what is missing is lost, what is too much is double, once a counter however many oracles say so', () => {
  const shown = today({ offered: 7, answered: 5, talkMsSum: 90 });
  const wanted = today({ offered: 9, answered: 4, talkMsSum: 100 });
  const told = new Map([['sales', { offered: 9, answered: 4, handled: 0, ringNoAnswer: 0 }]]);
  const differences = [...fromTold(shown, told), ...fromOracle(shown, wanted, true)];
  expect(differences.map(({ column: name }) => name)).toEqual([
    'offered',
    'answered',
    'offered',
    'answered',
    'talkMsSum',
  ]);
  expect(lostAndDouble(differences)).toEqual({ lost: 2, double: 1 });
});

test('[CHAOS2] a queue or an agent that is not there at all is a difference', () => {
  expect(lostAndDouble(fromOracle({}, today({ offered: 3 }), true))).toEqual({ lost: 3, double: 0 });
  expect(fromOracle(today({ offered: 3 }), {}, true)).not.toEqual([]);
});

test('[CHAOS3] copies differ by any cell, and by a row that one of them lacks', () => {
  const row = [...(queue().queues.get('sales') ?? [])];
  row[column('queues', 'waitingPeaks')] = [1];
  expect(betweenCopies(queue(), queue())).toEqual([]);
  expect(betweenCopies(queue(), { queues: new Map([['sales', row]]) })).toHaveLength(1);
  expect(betweenCopies(queue(), {})).toHaveLength(1);
});

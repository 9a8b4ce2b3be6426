import { expect, test } from 'vitest';
import { agentView } from '../live/rows.ts';
import { rowOf } from '../testing/fake-server.ts';
import { countByState, filterByText } from './agent-filter.ts';
import { agentState, agentStateSince, hasPendingPresence } from './agent-state.ts';
import { groupRows } from './grouping.ts';

const agent = (cells: Parameters<typeof rowOf<'agents'>>[1], id = '8001') =>
  agentView(id, rowOf('agents', { name: '王伟', presence: 'available', activity: 'idle', ...cells }));

test.each([
  [{ canTakeCall: true }, 'free'],
  [{ canTakeCall: false }, 'idle'],
  [{ presence: 'onBreak' }, 'onBreak'],
  [{ presence: 'onBreak', activity: 'talking' }, 'talking'],
  [{ presence: 'signedOut' }, 'signedOut'],
  [{ activity: 'internalCall' }, 'internalCall'],
  [{ presence: 'nonsense', activity: 'nonsense' }, 'signedOut'],
] as const)('%o is %s', (cells, state) => {
  expect(agentState(agent(cells))).toBe(state);
});

test('on a call and on break: the call counts, the break is pending', () => {
  const both = agent({ presence: 'onBreak', presenceSince: 50, activity: 'talking', activitySince: 10 });
  expect([agentStateSince(both), hasPendingPresence(both)]).toEqual([10, true]);
  expect(agentStateSince(agent({ presence: 'meal', presenceSince: 50, activitySince: 10 }))).toBe(50);
  expect(agentStateSince(agent({ presenceSince: 50, activitySince: 10 }))).toBe(50);
  expect(agentStateSince(agent({ activitySince: 10 }))).toBe(10);
});

test('every word of the filter must be found, in name, number, queue or reason', () => {
  const agents = [
    agent({ queues: ['600'] }, '8001'),
    agent({ name: 'Li Na', presence: 'onBreak', presenceReason: '小休' }, '8002'),
  ];
  const queueName = (id: string) => (id === '600' ? '售后' : id);
  const found = (text: string) => filterByText(agents, text, queueName).map(({ id }) => id);
  expect(found('')).toEqual(['8001', '8002']);
  expect(found('售后 王')).toEqual(['8001']);
  expect(found('li 小休')).toEqual(['8002']);
  expect(found('li 售后')).toEqual([]);
  expect(found('800')).toEqual(['8001', '8002']);
  expect(countByState(agents).filter(({ count }) => count > 0)).toEqual([
    { state: 'idle', count: 1 },
    { state: 'onBreak', count: 1 },
  ]);
});

test('a row of two groups stands under both, with keys of its own', () => {
  const groups = { x: { key: 'x', label: 'X', rank: 2 }, y: { key: 'y', label: 'Y', rank: 1 } };
  const items = groupRows(
    ['1', '2'],
    (id) => id,
    (id) => (id === '1' ? [groups.x, groups.y] : [groups.x]),
  );
  expect(items.map((item) => [item.key, item.kind === 'group' ? item.rows.length : item.row])).toEqual([
    ['group y', 1],
    ['y 1', '1'],
    ['group x', 2],
    ['x 1', '1'],
    ['x 2', '2'],
  ]);
});

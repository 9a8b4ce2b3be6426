import { useRef } from 'react';
import type { BoardTables, QueueState } from '../board/board-model.ts';
import type { Counts } from '../live/counts.ts';
import type { QueueView } from '../live/rows.ts';

type Judge = (queue: QueueView, counts: Counts | null, now: number) => QueueState;

/** Judged queues; a queue whose row and judgement are unchanged keeps its object, so its row is not drawn again. */
export function useQueueStates(
  tables: BoardTables,
  nowOf: (queue: QueueView) => number,
  judge: Judge,
): readonly QueueState[] {
  const last = useRef(new Map<string, QueueState>());
  const states = tables.queues.map((queue) => {
    const next = judge(queue, tables.counts, nowOf(queue));
    const before = last.current.get(queue.id);
    return before && isSame(before, next) ? before : next;
  });
  last.current = new Map(states.map((state) => [state.queue.id, state]));
  return states;
}

/** The running wait is left out on purpose: rows count it themselves. */
const isSame = (a: QueueState, b: QueueState): boolean =>
  a.queue === b.queue &&
  a.day === b.day &&
  a.severity === b.severity &&
  a.wait === b.wait &&
  a.service === b.service &&
  a.thresholdMs === b.thresholdMs &&
  a.level.ratio === b.level.ratio &&
  a.level.change === b.level.change;

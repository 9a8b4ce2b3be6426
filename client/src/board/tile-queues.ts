/** Which queues a list of a board shows. Pure. */
import type { Page } from '../../../shared/board.ts';
import type { QueueState } from './board-model.ts';
import { byOffered } from './wall-pages.ts';

/** The queues that a tile may show, as they were listed; null: all, in the order of the queues. */
const queuesOf = (states: readonly QueueState[], listed: readonly string[] | null): readonly QueueState[] =>
  listed === null ? states : listed.flatMap((id) => states.find(({ queue }) => queue.id === id) ?? []);

/** Ids of the busiest of them today, busiest first; call it seldom, so that rows stay where they are. */
export const busiestIds = (states: readonly QueueState[], listed: readonly string[] | null): readonly string[] =>
  [...queuesOf(states, listed)].sort(byOffered).map(({ queue }) => queue.id);

/** As many as there are rows: the urgent first of all, then the busiest; each in its usual place. */
export function rowsOf(
  states: readonly QueueState[],
  listed: readonly string[] | null,
  {
    rows,
    busiest,
    urgent,
  }: { readonly rows: number; readonly busiest: readonly string[]; readonly urgent: ReadonlySet<string> },
): readonly QueueState[] {
  const inOrder = [...busiest.filter((id) => urgent.has(id)), ...busiest.filter((id) => !urgent.has(id))];
  const chosen = new Set(inOrder.slice(0, rows));
  return queuesOf(states, listed).filter(({ queue }) => chosen.has(queue.id));
}

/** The first page on which a queue can be seen; -1 where none shows it. `group`: the queue's own. */
export function pageOfQueue(pages: readonly Page[], queue: string, group: string | null): number {
  return pages.findIndex(({ tiles }) =>
    tiles.some((tile) => {
      if (tile.kind === 'queues' || tile.kind === 'heat')
        return tile.settings.queues === null || tile.settings.queues.includes(queue);
      if (tile.kind !== 'number' && tile.kind !== 'serviceLevel') return false;
      const { scope } = tile.settings;
      return (scope.of === 'queue' && scope.queue === queue) || (scope.of === 'group' && scope.group === group);
    }),
  );
}

/**
 * Which queues stand on which page. Pure. A wall cannot show two hundred queues: a page would come back every quarter of
 * an hour. So the busiest fill a few pages in their usual order, and queues in breach that are not among them get a page.
 */
import type { QueueState } from './board-model.ts';
import { isBreach } from './severity.ts';

const MOST_PAGES = 4;

/** Busiest of the day first. */
export const byOffered = (a: QueueState, b: QueueState): number =>
  (b.day?.counters.offered ?? 0) - (a.day?.counters.offered ?? 0);

/** Ids of the queues with most contacts today, as many as fit; call it seldom, so that rows stay where they are. */
export function chooseQueues(states: readonly QueueState[], rows: number): ReadonlySet<string> {
  const busiest = [...states].sort(byOffered);
  return new Set(busiest.slice(0, rows * MOST_PAGES).map(({ queue }) => queue.id));
}

export function pagesOf(states: readonly QueueState[], chosen: ReadonlySet<string>, rows: number): QueueState[][] {
  const usual = states.filter(({ queue }) => chosen.has(queue.id));
  const others = states.filter(({ queue, severity }) => !chosen.has(queue.id) && isBreach(severity)).slice(0, rows);
  const count = Math.max(1, Math.ceil(usual.length / rows));
  // Evenly filled: seven queues are four and three, not six and one.
  const size = Math.max(1, Math.ceil(usual.length / count));
  const pages = Array.from({ length: count }, (_, page) => usual.slice(page * size, (page + 1) * size));
  return others.length > 0 ? [...pages, others] : pages;
}

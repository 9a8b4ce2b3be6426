/**
 * Breaches as they are shown: each keeps its place, one that ended stays as eased for a moment, and the order follows
 * severity only at intervals that an eye can follow. Pure.
 */
import type { Breach } from './board-model.ts';
import { type HeldOrder, HOLD_MS, holdOrder, NO_ORDER } from './held-order.ts';

export interface HeldBreach {
  readonly breach: Breach;
  readonly isEased: boolean;
  readonly seenAt: number;
}

export interface HeldBreaches {
  readonly order: HeldOrder;
  readonly byQueue: ReadonlyMap<string, HeldBreach>;
}

export const NO_BREACHES: HeldBreaches = { order: NO_ORDER, byQueue: new Map() };

/** `current`: worst first. `withheld`: queues of which nothing is known, so that a breach of theirs neither ends nor begins. */
export function holdBreaches(
  previous: HeldBreaches,
  current: readonly Breach[],
  now: number,
  withheld: ReadonlySet<string> = new Set(),
): HeldBreaches {
  const byQueue = new Map<string, HeldBreach>();
  for (const [queue, held] of previous.byQueue) {
    if (withheld.has(queue) && !held.isEased) byQueue.set(queue, { ...held, seenAt: now });
  }
  for (const breach of current) {
    if (withheld.has(breach.queue.id)) continue;
    byQueue.set(breach.queue.id, { breach, isEased: false, seenAt: now });
  }
  for (const [queue, held] of previous.byQueue) {
    if (!byQueue.has(queue) && now - held.seenAt < HOLD_MS) byQueue.set(queue, { ...held, isEased: true });
  }
  return { order: holdOrder(previous.order, [...byQueue.keys()], now, false), byQueue };
}

export const shownBreaches = ({ order, byQueue }: HeldBreaches): HeldBreach[] =>
  order.ids.flatMap((id) => byQueue.get(id) ?? []);

/**
 * An order that does not jump. Pure. Rows that are gone leave, new rows come last, and the wanted order is taken over
 * only when nothing holds it (a pointer over the rows) and the last change is long enough ago to have been seen.
 */
export interface HeldOrder {
  readonly ids: readonly string[];
  readonly changedAt: number;
}

export const HOLD_MS = 10_000;
export const NO_ORDER: HeldOrder = { ids: [], changedAt: Number.NEGATIVE_INFINITY };

export function holdOrder(previous: HeldOrder, wanted: readonly string[], now: number, isHeld: boolean): HeldOrder {
  if (isSameOrder(previous.ids, wanted)) return previous;
  if (!isHeld && now - previous.changedAt >= HOLD_MS) return { ids: wanted, changedAt: now };
  const living = new Set(wanted);
  const kept = previous.ids.filter((id) => living.has(id));
  const known = new Set(kept);
  const ids = [...kept, ...wanted.filter((id) => !known.has(id))];
  return isSameOrder(previous.ids, ids) ? previous : { ids, changedAt: previous.changedAt };
}

const isSameOrder = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, index) => id === b[index]);

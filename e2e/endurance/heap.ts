/** Whether the memory of a page grows, from looks at it after a forced collection. A page that was loaded anew is another one. Pure. */

export interface HeapLook {
  readonly loadedAt: number;
  /** Simulated. */
  readonly atHours: number;
  readonly megabytes: number;
}

export interface HeapLife {
  readonly hours: number;
  /** Medians. Null: it did not live long enough to tell. */
  readonly firstHour: number | null;
  readonly lastHour: number | null;
}

/** The caches fill and code is compiled. */
const WARM_UP_HOURS = 0.25;
const LEAST_HOURS = 2;
const MOST_GROWTH = 0.1;

export function livesOf(looks: readonly HeapLook[]): HeapLife[] {
  return [...Map.groupBy(looks, ({ loadedAt }) => loadedAt).values()].map((life) => {
    const from = life[0]?.atHours ?? 0;
    const to = life.at(-1)?.atHours ?? 0;
    const hours = to - from;
    if (hours < LEAST_HOURS) return { hours, firstHour: null, lastHour: null };
    const within = (start: number, end: number) =>
      median(life.filter(({ atHours }) => atHours >= start && atHours <= end).map(({ megabytes }) => megabytes));
    return { hours, firstHour: within(from + WARM_UP_HOURS, from + WARM_UP_HOURS + 1), lastHour: within(to - 1, to) };
  });
}

/**
 * A day has more to show with every quarter hour, so an old page is held to a page that was just loaded and shows the same. Null
 * where there is none.
 */
export const isFlat = ({ firstHour, lastHour }: HeapLife, newPage: number | null): boolean =>
  firstHour === null || lastHour === null || lastHour <= Math.max(firstHour, newPage ?? 0) * (1 + MOST_GROWTH);

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

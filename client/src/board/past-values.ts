/**
 * What a live count was a quarter hour ago, remembered by this screen because the wire carries no history of head counts.
 * One sample a minute; forgetful on reload, then directions stay away until there is something to compare with.
 */
const MINUTE_MS = 60_000;
const LOOK_BACK_MINUTES = 15;
/** Before this much is known no direction is shown: it would be noise. */
const LEAST_MINUTES = 5;

export class PastValues<K extends string> {
  readonly #samples: { readonly minute: number; readonly values: Readonly<Record<K, number>> }[] = [];

  record(now: number, values: Readonly<Record<K, number>>): void {
    const minute = Math.floor(now / MINUTE_MS);
    const last = this.#samples.at(-1);
    if (last && last.minute >= minute) return;
    this.#samples.push({ minute, values });
    while ((this.#samples[0]?.minute ?? minute) < minute - LOOK_BACK_MINUTES) this.#samples.shift();
  }

  /** Change since the oldest sample of the last quarter hour; null while too little is known. */
  change(key: K, now: number, value: number): number | null {
    const oldest = this.#samples[0];
    if (!oldest || Math.floor(now / MINUTE_MS) - oldest.minute < LEAST_MINUTES) return null;
    const before: number | undefined = oldest.values[key];
    // What was not watched then, as after a change of the board, has no direction.
    return before === undefined ? null : value - before;
  }
}

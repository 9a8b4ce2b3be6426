/**
 * One heartbeat per second for everything that counts time on a screen, aligned to the server's second so that all
 * durations step together. It sleeps while nobody listens.
 */
export interface TickerTimers {
  set(run: () => void, ms: number): number;
  clear(handle: number): void;
}

const windowTimers: TickerTimers = {
  set: (run, ms) => window.setTimeout(run, ms),
  clear: (handle) => window.clearTimeout(handle),
};

export class SecondTicker {
  readonly #now: () => number;
  readonly #timers: TickerTimers;
  readonly #listeners = new Set<() => void>();
  #handle: number | null = null;
  #second: number;

  constructor(now: () => number, timers: TickerTimers = windowTimers) {
    this.#now = now;
    this.#timers = timers;
    this.#second = Math.floor(now() / 1000);
  }

  /** The second last told; changes only with a tick. */
  readonly second = (): number => this.#second;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#handle === null) {
      this.#second = Math.floor(this.#now() / 1000);
      this.#arm();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0 || this.#handle === null) return;
      this.#timers.clear(this.#handle);
      this.#handle = null;
    };
  };

  #arm(): void {
    const now = this.#now();
    const untilNext = 1000 - (((now % 1000) + 1000) % 1000);
    // A few milliseconds late is unseen; a few early would show the old second for a whole one.
    this.#handle = this.#timers.set(() => this.#tick(), untilNext + 5);
  }

  #tick(): void {
    this.#second = Math.floor(this.#now() / 1000);
    this.#arm();
    for (const listener of [...this.#listeners]) listener();
  }
}

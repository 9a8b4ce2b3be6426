/**
 * What time it is on the server and on the site, told by a screen whose own clock may be anything.
 *
 * Server time: median of the offsets of the newest tips, so one late tip moves nothing. Site time: server time and the
 * offset that the server tells in the site's row; a commit's own `at` is no clock, it may be hours old on an idle site.
 */
const SAMPLES = 15;
/** A sample this far from the median is a jump of one of the clocks (sleep, time set by hand), not jitter. */
const JUMP_MS = 5_000;

export class ServerClock {
  readonly #now: () => number;
  #offsets: number[] = [];
  #offset = 0;
  #isSet = false;

  /** `now`: a local monotonic clock in milliseconds. `guess`: server time until the first tip. */
  constructor(now: () => number, guess: number) {
    this.#now = now;
    this.#offset = guess - now();
  }

  /** True once the server has said what time it is. */
  get isSet(): boolean {
    return this.#isSet;
  }

  now(): number {
    return this.#now() + this.#offset;
  }

  sample(serverAt: number): void {
    if (!Number.isFinite(serverAt)) return;
    const offset = serverAt - this.#now();
    if (Math.abs(offset - this.#offset) > JUMP_MS) this.#offsets = [];
    this.#offsets.push(offset);
    if (this.#offsets.length > SAMPLES) this.#offsets.shift();
    this.#offset = median(this.#offsets);
    this.#isSet = true;
  }
}

export class SiteClock {
  readonly #server: ServerClock;
  /** Site clock minus server clock; 0 until the server says. */
  offsetMs = 0;

  constructor(server: ServerClock) {
    this.#server = server;
  }

  /** Site time; it runs on while nothing happens. */
  now(): number {
    return this.#server.now() + this.offsetMs;
  }
}

/** Never negative: an instant a little ahead of this screen's idea of now is now. */
export const elapsedMs = (since: number, now: number): number => Math.max(0, now - since);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

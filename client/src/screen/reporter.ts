/**
 * Keeps a TV and the server of one mind: it reports every 15 s, and at once when something was done or the server has a wish;
 * each answer says what is wanted. An order is done when the next report says so, never before.
 */
import type { Report, Wanted } from '../../../shared/api-screens.ts';
import { REPORT_EVERY_MS } from '../../../shared/screen.ts';

export const IDENTIFY_MS = 10_000;
/** An order to load anew that is older than the page was obeyed already; the server's clock may say otherwise for a moment. */
const LOADED_MS = 3_000;

/** What of a report changes with what is shown. */
export type Facts = Pick<Report, 'freshness' | 'board' | 'shows' | 'isDimmed' | 'sound' | 'assignment'>;
type Machine = Pick<Report, 'width' | 'height' | 'paintAgeMs' | 'upMs' | 'heapBytes'>;

export interface ReporterOptions {
  readonly send: (report: Report, signal: AbortSignal) => Promise<Wanted>;
  readonly machine: () => Machine;
  readonly reload: () => void;
  readonly first: Wanted | null;
}

export class Reporter {
  readonly #options: ReporterOptions;
  readonly #listeners = new Set<() => void>();
  readonly #abort = new AbortController();
  #facts: Facts = { freshness: null, board: 'standard', shows: 'board', isDimmed: false, sound: 'off', assignment: 0 };
  #wanted: Wanted | null;
  /** Of the screens when this page was loaded. */
  #build: string | null = null;
  #identified: number | null = null;
  #isIdentifying = false;
  #isSending = false;
  #isDue = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #identifying: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#wanted = options.first;
  }

  get wanted(): Wanted | null {
    return this.#wanted;
  }

  /** Its name is to be shown now. */
  get isIdentifying(): boolean {
    return this.#isIdentifying;
  }

  get builds(): { readonly build: string | null; readonly newestBuild: string | null } {
    return { build: this.#build, newestBuild: this.#wanted?.build ?? null };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  start(): void {
    this.#timer = setInterval(() => this.report(), REPORT_EVERY_MS);
    this.report();
  }

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#identifying);
    this.#abort.abort();
  }

  /** What is shown; told again and again, reported at once where it makes an order done. */
  tell(facts: Partial<Facts>): void {
    const before = this.#facts;
    this.#facts = { ...before, ...facts };
    const news = ['board', 'shows', 'assignment', 'sound'] as const;
    if (news.some((fact) => this.#facts[fact] !== before[fact])) this.report();
  }

  readonly report = (): void => {
    this.#isDue = true;
    if (!this.#isSending) void this.#send();
  };

  async #send(): Promise<void> {
    const { send, machine, reload } = this.#options;
    this.#isSending = true;
    while (this.#isDue && !this.#abort.signal.aborted) {
      this.#isDue = false;
      const { build, newestBuild: _ } = this.builds;
      const report = { ...this.#facts, ...machine(), build, identified: this.#identified };
      try {
        const wanted = await send(report, this.#abort.signal);
        if (this.#abort.signal.aborted) break;
        this.#build ??= wanted.build;
        this.#take(wanted);
        if (wanted.reload && report.upMs > LOADED_MS) reload();
      } catch {
        // The wall itself says when the server is away; the next report is at most 15 s off.
      }
    }
    this.#isSending = false;
  }

  #take(wanted: Wanted): void {
    this.#wanted = wanted;
    if (wanted.identify !== null && wanted.identify !== this.#identified) {
      this.#identified = wanted.identify;
      this.#isIdentifying = true;
      this.#isDue = true;
      clearTimeout(this.#identifying);
      this.#identifying = setTimeout(() => {
        this.#isIdentifying = false;
        this.#tellAll();
      }, IDENTIFY_MS);
    }
    this.#tellAll();
  }

  #tellAll(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

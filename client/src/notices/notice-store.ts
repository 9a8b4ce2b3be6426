/**
 * The notices of one site as this screen knows them: asked for on every connection, once the server has shown that it knows
 * the site, and whenever it says that others hold, and again until there is an answer. What was known stays until it ends.
 */
import type { Notice, NoticesAnswer } from '../../../shared/api-notices.ts';
import type { LiveConnection } from '../live/live-connection.ts';

export interface NoticeStoreOptions {
  readonly site: string;
  readonly connection: Pick<LiveConnection, 'isServed' | 'onServed' | 'onNotices'>;
  readonly fetch: (site: string) => Promise<NoticesAnswer>;
  readonly wait: (ms: number) => Promise<void>;
  readonly random: () => number;
}

/** Every wall of a site is told at one moment; they ask within this time. */
const SPREAD_MS = 300;
const RETRY_MS = 4_000;

export class NoticeStore {
  readonly #options: NoticeStoreOptions;
  readonly #listeners = new Set<() => void>();
  #notices: readonly Notice[] = [];
  #stops: readonly (() => void)[] = [];
  /** Only the newest question counts. */
  #asking = 0;

  constructor(options: NoticeStoreOptions) {
    this.#options = options;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) this.#start();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  };

  /** The same array until it changes; also those that have ended since. */
  readonly notices = (): readonly Notice[] => this.#notices;

  /** Asks at once: somebody here has changed them. */
  refresh(): Promise<void> {
    return this.#ask(0);
  }

  #start(): void {
    const { site, connection } = this.#options;
    this.#stops = [
      connection.onServed((served) => {
        if (served === site) void this.#ask(0);
      }),
      connection.onNotices((told) => {
        if (told === site) void this.#ask(SPREAD_MS * this.#options.random());
      }),
    ];
    if (connection.isServed(site)) void this.#ask(0);
  }

  #stop(): void {
    for (const stop of this.#stops) stop();
    this.#asking++;
  }

  async #ask(waitMs: number): Promise<void> {
    const { site, fetch, wait, random } = this.#options;
    const asking = ++this.#asking;
    if (waitMs > 0) await wait(waitMs);
    while (asking === this.#asking) {
      // A server that does not answer is told of by the numbers; the notices wait for it.
      const answer = await fetch(site).catch(() => null);
      if (asking !== this.#asking) return;
      if (answer?.isKnown) {
        this.#set(answer.notices);
        return;
      }
      await wait(RETRY_MS * (1 + random()));
    }
  }

  #set(notices: readonly Notice[]): void {
    if (JSON.stringify(notices) === JSON.stringify(this.#notices)) return;
    this.#notices = notices;
    for (const listener of [...this.#listeners]) listener();
  }
}

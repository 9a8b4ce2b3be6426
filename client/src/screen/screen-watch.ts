/** Effects around a TV's wall: the watchdog, reloads at calm moments, the chime. The decisions are in care.ts. */
import type { WallState, WallWatch } from '../board/wall-watch.ts';
import { createReloadGuard } from '../live/reload-guard.ts';
import { CHECK_EVERY_MS, chime, isReloadDue, judgePaint, NO_CHIME } from './care.ts';
import type { Reporter } from './reporter.ts';
import type { Shows } from './schedule.ts';
import type { Sound } from './sound.ts';

/** A wall that was told of so long ago is gone. */
const WALL_FORGOTTEN_MS = 10_000;

export interface ScreenWatchOptions {
  readonly reporter: Reporter;
  readonly sound: Sound;
  readonly spread: number;
  readonly reload: () => void;
}

export class ScreenWatch implements WallWatch {
  readonly spread: number;
  readonly #options: ScreenWatchOptions;
  readonly #reloadTo: (build: string) => void;
  #paintedAt = performance.now();
  #checkedAt = performance.now();
  #wall: { readonly state: WallState; readonly at: number } | null = null;
  #chime = NO_CHIME;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ScreenWatchOptions) {
    this.#options = options;
    this.spread = options.spread;
    this.#reloadTo = createReloadGuard({
      storage: sessionStorage,
      now: Date.now,
      reload: options.reload,
      later: (run, ms) => void setTimeout(run, ms),
    });
  }

  get paintAgeMs(): number {
    return performance.now() - this.#paintedAt;
  }

  start(): void {
    this.#timer = setInterval(() => this.#check(), CHECK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Something was drawn, and the browser shows it with its next frame. */
  readonly painting = (): void => {
    requestAnimationFrame(() => {
      this.#paintedAt = performance.now();
    });
  };

  readonly tell = (state: WallState): void => {
    const now = performance.now();
    this.#wall = { state, at: now };
    this.#options.reporter.tell({ freshness: state.freshness, board: state.board });
    const next = chime(this.#chime, state, now);
    this.#chime = next.state;
    if (next.isDue) this.#options.sound.chime();
  };

  /** The wall has gone or come. */
  shows(shows: Shows): void {
    if (shows === 'board') return;
    this.#wall = null;
    this.#options.reporter.tell({ freshness: null });
  }

  #check(): void {
    const { reporter, reload, spread } = this.#options;
    const now = performance.now();
    const isVisible = document.visibilityState === 'visible';
    const verdict = judgePaint({ now, paintedAt: this.#paintedAt, checkedAt: this.#checkedAt, isVisible });
    this.#checkedAt = now;
    if (verdict === 'unknown') this.#paintedAt = now;
    if (verdict === 'stuck') {
      reload();
      return;
    }
    const wall = this.#wall !== null && now - this.#wall.at < WALL_FORGOTTEN_MS ? this.#wall.state : null;
    const { newestBuild } = reporter.builds;
    if (isReloadDue({ ...reporter.builds, upMs: now, spread, wall })) this.#reloadTo(newestBuild ?? 'old');
  }
}

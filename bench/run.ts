/** What a benchmark is: a function of these options to samples of its figure, in the figure's unit. */

export interface RunOptions {
  /** As short as shows that it works. */
  readonly isQuick: boolean;
  /** The whole length, where the usual one is shorter. */
  readonly isFull: boolean;
  /** One process a role where the usual run has all of them in one. */
  readonly isSplit: boolean;
  /** Length of a run that is measured in minutes; null: its own choice. */
  readonly minutes: number | null;
  readonly log: (line: string) => void;
}

export type Benchmark = (options: RunOptions) => Promise<readonly number[]>;

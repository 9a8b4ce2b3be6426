/** Whether latency follows load: event to glass at 20,000 events a second over that at 1,000, stretches in turn. */
import { p99At, startGlass } from './glass-p99-5k-1k.ts';
import type { RunOptions } from './run.ts';

const SCREENS = 1_000;

export async function glassFlatness({ isQuick, isSplit, log }: RunOptions): Promise<number[]> {
  const glass = await startGlass(isQuick ? 50 : SCREENS, isSplit);
  const ratios: number[] = [];
  const seconds = isQuick ? 2 : 8;
  for (let n = 0; n < (isQuick ? 1 : 3); n++) {
    const low = await p99At(glass, 1_000, seconds, log);
    const high = await p99At(glass, 20_000, seconds, log);
    ratios.push(high / low);
  }
  await glass.stop();
  return ratios;
}

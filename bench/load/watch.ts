/** Screens in a process of their own, as the benchmarks ask for them. */
import { type Helper, pause, startHelper } from './processes.ts';
import type { Collected, ScreensOrder, ScreensReport } from './screen-process.ts';

export interface Screens {
  /** So many screens more, every `floorEvery`-th a floor; resolves with the milliseconds until all had their snapshots. */
  open(url: string, count: number, floorEvery: number): Promise<number>;
  /** All of them vanish and come back at once; resolves as `open`. */
  reopen(): Promise<number>;
  drop(): Promise<void>;
  clear(): void;
  collect(): Promise<Collected>;
  /** Resolves when the first screen shows a mark for which this is so, with when it was seen. */
  seen(isIt: (mark: number) => boolean): Promise<{ readonly mark: number; readonly at: number }>;
  stop(): Promise<void>;
}

/** Far longer than any figure may be. */
const READY_MS = 60_000;

export function startScreens(): Screens {
  const helper: Helper<ScreensOrder, ScreensReport> = startHelper('./screen-process.ts');
  const ready = async (order: ScreensOrder): Promise<number> => {
    const told = helper.next('ready');
    helper.send(order);
    const late = pause(READY_MS).then(() => {
      throw new Error(`not every screen had its snapshots within ${READY_MS / 1_000} s`);
    });
    return (await Promise.race([told, late])).ms;
  };
  return {
    open: (url, count, floorEvery) => ready({ do: 'open', url, count, floorEvery }),
    reopen: () => ready({ do: 'reopen' }),
    async drop() {
      const told = helper.next('dropped');
      helper.send({ do: 'drop' });
      await told;
    },
    clear: () => helper.send({ do: 'clear' }),
    async collect() {
      const told = helper.next('collected');
      helper.send({ do: 'collect' });
      return told;
    },
    async seen(isIt) {
      for (;;) {
        const { mark, at } = await helper.next('seen');
        if (isIt(mark)) return { mark, at };
      }
    },
    stop: helper.stop,
  };
}

/**
 * What a wall takes from the line: everything one receives over its WebSocket, frame headers and snapshot included, while
 * 20 queues and 10,000 agents make 300 events a second, the pace of a real floor of that size with calls of minutes.
 * The rate of a stretch is taken for the hour, the snapshot once.
 */
import { pause } from './load/processes.ts';
import { startFloor } from './load/product.ts';
import { median } from './load/statistics.ts';
import { startScreens } from './load/watch.ts';
import type { RunOptions } from './run.ts';

const EVENTS_PER_SECOND = 300;
const TALK_MS = 240_000;
/** The calls of that time have happened before the walls come on. */
const BEFORE_MS = 3 * TALK_MS;
const WALLS = 5;
const MB = 1e6;

export async function mbPerScreenHour({ isQuick, log }: RunOptions): Promise<number[]> {
  const startAtMs = Date.now() - (isQuick ? 10_000 : BEFORE_MS);
  const floor = await startFloor({ queues: 20, agents: 10_000, handleMs: TALK_MS, markQueues: 0, startAtMs });
  const caughtUp = floor.pbx.next('caughtUp');
  floor.pbx.send({ do: 'catchUp', eventsPerSecond: EVENTS_PER_SECOND });
  await caughtUp;
  floor.pbx.send({ do: 'run', eventsPerSecond: EVENTS_PER_SECOND, hasMarks: false });
  await pause(isQuick ? 1_000 : 5_000);
  const screens = startScreens();
  const samples: number[] = [];
  await screens.open(floor.server.url, WALLS, 0);
  const opened = await screens.collect();
  const snapshot = opened.snapshotBytes / WALLS;
  const seconds = isQuick ? 3 : 20;
  for (let n = 0; n < (isQuick ? 1 : 3); n++) {
    screens.clear();
    await pause(seconds * 1_000);
    const seen = await screens.collect();
    const perSecond = seen.bytes / WALLS / seconds;
    samples.push((snapshot + perSecond * 3_600) / MB);
    log(
      `${Math.round(seen.frames / WALLS / seconds)} frames/s of ${Math.round(seen.bytes / seen.frames)} bytes, snapshot ${Math.round(snapshot)} bytes`,
    );
  }
  log(`${median(samples).toFixed(1)} MB an hour`);
  await screens.stop();
  await floor.stop();
  return samples;
}

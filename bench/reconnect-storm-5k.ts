/**
 * 5,000 screens vanish and come back at the same moment, as after a power cut of a switch: seconds until the last of them
 * has every snapshot it asked for, while the floor goes on. The gateway in a process of its own.
 */
import { FLOOR_EVERY, wallFloor } from './load/floors.ts';
import { allowFiles, pause } from './load/processes.ts';
import { startSplitFloor } from './load/product.ts';
import { startRedis } from './load/redis.ts';
import { startScreens } from './load/watch.ts';
import type { RunOptions } from './run.ts';

const SCREENS = 5_000;
const EVENTS_PER_SECOND = 300;

export async function reconnectStorm({ isQuick, log }: RunOptions): Promise<number[]> {
  const count = isQuick ? 200 : SCREENS;
  // Old sockets may still be there when the new ones come.
  allowFiles(2 * count + 1_000);
  const redis = await startRedis();
  const floor = await startSplitFloor(wallFloor(), redis.url);
  await floor.startSite();
  await floor.pbx.synced;
  floor.pbx.send({ do: 'run', eventsPerSecond: EVENTS_PER_SECOND, hasMarks: false });
  const screens = startScreens();
  const openedMs = await screens.open(floor.gateway.url, count, FLOOR_EVERY);
  log(`${count} screens, 100 at once: ${(openedMs / 1_000).toFixed(1)} s`);
  const samples: number[] = [];
  for (let n = 0; n < (isQuick ? 1 : 3); n++) {
    await pause(isQuick ? 200 : 3_000);
    screens.clear();
    const seconds = (await screens.reopen()) / 1_000;
    samples.push(seconds);
    const { lost } = await screens.collect();
    log(`all at once: ${seconds.toFixed(2)} s, ${lost} refused`);
  }
  await screens.stop();
  await floor.stop();
  await redis.stop();
  return samples;
}

/**
 * Memory of a screen that is connected, subscribed and shown nothing new: growth of the resident memory of the real
 * gateway, in a process of its own, over some thousand screens, garbage collected before both looks. A thousand more are
 * there before the first look, so that what the process needs once is not counted.
 */
import { FLOOR_EVERY, wallFloor } from './load/floors.ts';
import type { GatewayOrder, GatewayReport } from './load/gateway-process.ts';
import { allowFiles, pause, startHelper } from './load/processes.ts';
import { startSplitFloor } from './load/product.ts';
import { startRedis } from './load/redis.ts';
import { startScreens } from './load/watch.ts';
import type { RunOptions } from './run.ts';

const BEFORE = 1_000;
const SCREENS = 4_000;
/** Sockets that have just connected still hold what they were greeted with. */
const SETTLE_MS = 3_000;
const KB = 1_024;

export async function kbPerIdleScreen({ isQuick, log }: RunOptions): Promise<number[]> {
  const before = isQuick ? 100 : BEFORE;
  const count = isQuick ? 200 : SCREENS;
  allowFiles(before + count + 1_000);
  const redis = await startRedis();
  const floor = await startSplitFloor(wallFloor(), redis.url);
  await floor.startSite();
  await floor.pbx.synced;
  const samples: number[] = [];
  for (let n = 0; n < (isQuick ? 1 : 3); n++) {
    const gateway = startHelper<GatewayOrder, GatewayReport>('./gateway-process.ts', [], {
      env: { FLOORCAST_ROLES: 'gateway', FLOORCAST_PORT: '0', FLOORCAST_SOURCES: floor.pbx.url, REDIS_URL: redis.url },
    });
    const { url } = await gateway.next('serving');
    const screens = startScreens();
    const memory = async () => {
      await pause(isQuick ? 200 : SETTLE_MS);
      const told = gateway.next('collected');
      gateway.send('collectGarbage');
      return told;
    };
    await screens.open(url.replace('localhost', '127.0.0.1'), before, FLOOR_EVERY);
    const first = await memory();
    await screens.open(url.replace('localhost', '127.0.0.1'), count, FLOOR_EVERY);
    const second = await memory();
    const perScreen = (what: 'residentBytes' | 'heapBytes') => (second[what] - first[what]) / count / KB;
    log(
      `${perScreen('residentBytes').toFixed(1)} KB a screen, ${perScreen('heapBytes').toFixed(1)} of it in the heap; ${count} screens more than ${before}`,
    );
    samples.push(perScreen('residentBytes'));
    await screens.stop();
    await gateway.stop();
  }
  await floor.stop();
  await redis.stop();
  return samples;
}

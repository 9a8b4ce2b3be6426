/**
 * What a frame costs on its way out: CPU of the gateway, in a process of its own, per frame that a screen received (its
 * reading of the site's frames and its tips included), against a bare `ws` server that broadcasts the very same payloads,
 * framed once each, at the same pace to as many sockets. In turn, 2,000 screens each.
 */
import { FLOOR_EVERY, wallFloor } from './load/floors.ts';
import { allowFiles, cpuSeconds, pause, startHelper } from './load/processes.ts';
import { startSplitFloor } from './load/product.ts';
import { startRedis } from './load/redis.ts';
import type { Collected } from './load/screen-process.ts';
import { startScreens } from './load/watch.ts';
import type { WsOrder, WsReport } from './load/ws-server.ts';
import type { RunOptions } from './run.ts';

const SCREENS = 2_000;
const EVENTS_PER_SECOND = 500;
const SETTLE_MS = 1_000;

export async function deliveryVsWs({ isQuick, log }: RunOptions): Promise<number[]> {
  const count = isQuick ? 100 : SCREENS;
  const seconds = isQuick ? 2 : 6;
  allowFiles(2 * count + 1_000);
  const redis = await startRedis();
  const floor = await startSplitFloor(wallFloor(), redis.url);
  await floor.startSite();
  await floor.pbx.synced;
  const ws = startHelper<WsOrder, WsReport>('./ws-server.ts');
  const { url: wsUrl } = await ws.next('listening');
  floor.pbx.send({ do: 'run', eventsPerSecond: EVENTS_PER_SECOND, hasMarks: false });
  const screens = startScreens();

  /** Microseconds of CPU per frame received, and what was received. */
  const stretch = async (url: string, pid: number): Promise<{ micros: number; seen: Collected }> => {
    await screens.open(url, count, FLOOR_EVERY);
    await pause(SETTLE_MS);
    screens.clear();
    const before = cpuSeconds(pid);
    await pause(seconds * 1_000);
    const used = cpuSeconds(pid) - before;
    const seen = await screens.collect();
    await screens.drop();
    if (seen.lost > 0) throw new Error(`${seen.lost} screens lost their connection`);
    return { micros: (used / seen.frames) * 1e6, seen };
  };

  const ratios: number[] = [];
  // The first round warms up.
  for (let round = isQuick ? 1 : 0; round <= (isQuick ? 1 : 5); round++) {
    const ours = await stretch(floor.gateway.url, floor.gateway.pid);
    const framesPerSecond = ours.seen.frames / count / seconds;
    ws.send({ do: 'broadcast', payloads: ours.seen.payloads, framesPerSecond });
    const bare = await stretch(wsUrl, ws.pid);
    ws.send({ do: 'pause' });
    log(
      `${Math.round(framesPerSecond)} frames/s of ${Math.round(ours.seen.bytes / ours.seen.frames)} bytes (${Math.round(bare.seen.bytes / bare.seen.frames)} from ws): ours ${ours.micros.toFixed(1)} µs a frame, ws ${bare.micros.toFixed(1)}`,
    );
    if (round > 0) ratios.push(ours.micros / bare.micros);
  }
  await screens.stop();
  await ws.stop();
  await floor.stop();
  await redis.stop();
  return ratios;
}

/**
 * How much a site takes: AMI text in, committed aggregate out, against what the same machine's Redis takes as plain
 * entries. The product as `npm start` runs it; a flood is over when its last event is on a screen. Redis is measured
 * between the floods.
 */
import { largeFloor } from './load/floors.ts';
import { childOf, cpuSeconds } from './load/processes.ts';
import { startFloor } from './load/product.ts';
import { startRedis } from './load/redis.ts';
import { startScreens } from './load/watch.ts';
import type { RunOptions } from './run.ts';

/** Events per second of the PBX's own clock: calls are as interleaved as on a floor of that size. */
const VIRTUAL_RATE = 20_000;

export async function ingestVsXadd({ isQuick, log }: RunOptions): Promise<number[]> {
  const rounds = isQuick ? 1 : 5;
  const events = isQuick ? 20_000 : 150_000;
  const floor = await startFloor(largeFloor());
  const limit = await startRedis();
  const screens = startScreens();
  await screens.open(floor.server.url, 1, 0);
  const redis = childOf(floor.server.pid, 'redis-server');
  const ratios: number[] = [];
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    const xadd = await limit.xaddPerSecond(isQuick ? 50_000 : 400_000);
    const cpu = [cpuSeconds(floor.server.pid), cpuSeconds(redis)] as const;
    const started = floor.pbx.next('started');
    const sent = floor.pbx.next('sent');
    // A flood carries one mark, at its end.
    const seen = screens.seen(() => true);
    floor.pbx.send({ do: 'flood', events, virtualRate: VIRTUAL_RATE });
    const { at: startedAt } = await started;
    const told = await sent;
    const { at: seenAt } = await seen;
    const eventsPerSecond = told.events / ((seenAt - startedAt) / 1_000);
    const serverCpu = cpuSeconds(floor.server.pid) - cpu[0];
    const redisCpu = cpuSeconds(redis) - cpu[1];
    log(
      `${round === 0 ? 'warm-up' : `round ${round}`}: ${Math.round(eventsPerSecond)} events/s (server ${perEvent(serverCpu, told.events)}, Redis ${perEvent(redisCpu, told.events)} of CPU an event), XADD ${Math.round(xadd)}/s`,
    );
    if (round > 0) ratios.push(eventsPerSecond / xadd);
  }
  await screens.stop();
  await limit.stop();
  await floor.stop();
  return ratios;
}

const perEvent = (seconds: number, events: number): string => `${((seconds / events) * 1e6).toFixed(1)} µs`;

/**
 * Event to glass: 5,000 events a second on a large floor, 1,000 screens. The product as `npm start` runs it, or with
 * `--split` one process a role. Marks in the stream carry the instant at which they were sent; every screen notes when
 * each arrived. One sample is the p99 over all screens and marks of one stretch.
 */
import { FLOOR_EVERY, largeFloor } from './load/floors.ts';
import { allowFiles, cpuSeconds, pause } from './load/processes.ts';
import { type Floor, type PbxUnderLoad, type ServerProcess, startFloor, startSplitFloor } from './load/product.ts';
import { startRedis } from './load/redis.ts';
import { type Screens, startScreens } from './load/watch.ts';
import type { RunOptions } from './run.ts';

const EVENTS_PER_SECOND = 5_000;
const SCREENS = 1_000;
/** Marks that were not seen would be the slow ones. Some are on their way when a stretch ends; more would be a lie. */
const MAX_UNSEEN = 6;

export async function glassP99({ isQuick, isSplit, log }: RunOptions): Promise<number[]> {
  const floor = await startGlass(isQuick ? 50 : SCREENS, isSplit);
  const samples: number[] = [];
  for (let n = 0; n < (isQuick ? 1 : 5); n++) {
    samples.push(await p99At(floor, EVENTS_PER_SECOND, isQuick ? 2 : 8, log));
  }
  await floor.stop();
  return samples;
}

export interface Glass {
  readonly pbx: PbxUnderLoad;
  /** Where the screens are connected. */
  readonly server: ServerProcess;
  readonly screens: Screens;
  readonly count: number;
  stop(): Promise<void>;
}

export async function startGlass(count: number, isSplit: boolean): Promise<Glass> {
  allowFiles(2 * count + 1_000);
  const floor = isSplit ? await startSplitGlass() : await startFloor(largeFloor());
  const screens = startScreens();
  await screens.open(floor.server.url, count, FLOOR_EVERY);
  return {
    pbx: floor.pbx,
    server: floor.server,
    screens,
    count,
    async stop() {
      await screens.stop();
      await floor.stop();
    },
  };
}

async function startSplitGlass(): Promise<Floor> {
  const redis = await startRedis();
  const floor = await startSplitFloor(largeFloor(), redis.url);
  await floor.startSite();
  await floor.pbx.synced;
  return {
    pbx: floor.pbx,
    server: floor.gateway,
    async stop() {
      await floor.stop();
      await redis.stop();
    },
  };
}

/** p99 in milliseconds over a stretch at that rate, after the floor has come to its pace. */
export async function p99At(
  { pbx, server, screens, count }: Glass,
  eventsPerSecond: number,
  seconds: number,
  log: RunOptions['log'],
): Promise<number> {
  const running = pbx.next('running');
  pbx.send({ do: 'run', eventsPerSecond, hasMarks: true });
  const { handleMs } = await running;
  await pause(1_000 + 1.5 * handleMs);
  screens.clear();
  const before = { cpu: cpuSeconds(server.pid), marks: await marksOf(pbx) };
  await pause(seconds * 1_000);
  const marks = (await marksOf(pbx)) - before.marks;
  const { latency, lost, bytes, frames } = await screens.collect();
  const cpu = (cpuSeconds(server.pid) - before.cpu) / seconds;
  log(
    `${eventsPerSecond} events/s, ${count} screens: p50 ${latency.p50} ms, p99 ${latency.p99} ms, worst ${latency.max} ms; ${marks} marks; ${Math.round(frames / count / seconds)} frames/s of ${Math.round(bytes / frames)} bytes a screen; server ${Math.round(cpu * 100)} % of a core`,
  );
  const unseen = marks - latency.samples / count;
  if (lost > 0 || unseen > MAX_UNSEEN) {
    throw new Error(`${lost} screens were lost and ${unseen.toFixed(1)} of ${marks} marks were not seen`);
  }
  return latency.p99;
}

async function marksOf(pbx: Glass['pbx']): Promise<number> {
  const told = pbx.next('marked');
  pbx.send({ do: 'countMarks' });
  return (await told).marks;
}

/**
 * `kill -9` of the process that owns the site, at 5,000 events a second, with another standing by: seconds until a screen
 * shows something that was sent after the kill. It counts only if, when all calls have ended, every queue's counters are
 * what the PBX has told, to the call.
 */
import { API } from '../shared/api.ts';
import { largeFloor } from './load/floors.ts';
import { pause } from './load/processes.ts';
import { hasSourceRole, SITE, type SplitFloor, startSplitFloor } from './load/product.ts';
import { startRedis } from './load/redis.ts';
import type { QueueCounts } from './load/traffic.ts';
import { startScreens } from './load/watch.ts';
import type { RunOptions } from './run.ts';

const EVENTS_PER_SECOND = 5_000;
const SETTLE_MS = 30_000;

export async function ownerRecovery({ isQuick, log }: RunOptions): Promise<number[]> {
  if (!hasSourceRole) log('this version has no role for sources: whoever owns the site holds the PBX connection');
  const redis = await startRedis();
  const floor = await startSplitFloor(largeFloor(), redis.url);
  let owner = await floor.startSite();
  await owner.logged('site.owned');
  let standby = await floor.startSite();
  await floor.pbx.synced;
  const screens = startScreens();
  await screens.open(floor.gateway.url, 10, 2);
  floor.pbx.send({ do: 'run', eventsPerSecond: isQuick ? 500 : EVENTS_PER_SECOND, hasMarks: true });
  const samples: number[] = [];
  for (let n = 0; n < (isQuick ? 1 : 5); n++) {
    await pause(isQuick ? 1_000 : 5_000);
    const killedAt = Date.now();
    const seen = screens.seen((mark) => mark > killedAt);
    await owner.kill();
    const { at } = await seen;
    samples.push((at - killedAt) / 1_000);
    log(`frames again after ${((at - killedAt) / 1_000).toFixed(2)} s`);
    owner = standby;
    await owner.logged('site.owned');
    standby = await floor.startSite();
  }
  const ended = floor.pbx.next('ended');
  floor.pbx.send({ do: 'end' });
  const { counts, events } = await ended;
  const differences = await untilEqual(floor, counts);
  log(`${events} events, ${samples.length} kills: lost ${differences.lost}, double ${differences.double}`);
  await screens.stop();
  await floor.stop();
  await redis.stop();
  if (differences.lost + differences.double > 0) throw new Error('the counters are not what the PBX told');
  return samples;
}

const COUNTED = ['offered', 'answered', 'abandoned', 'handled'] as const satisfies readonly (keyof QueueCounts)[];

/** What is missing and what is too much, when they are equal or have had time to become so. */
async function untilEqual(floor: SplitFloor, expected: Readonly<Record<string, QueueCounts>>) {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const response = await fetch(`${floor.gateway.url}/api/v1/sites/${SITE}/queues`);
    const { queues } = API.queues.response.parse(await response.json());
    const shown = new Map(queues.map(({ id, today }) => [id, today]));
    let lost = 0;
    let double = 0;
    for (const [queue, counts] of Object.entries(expected)) {
      for (const name of COUNTED) {
        const difference = (shown.get(queue)?.[name] ?? 0) - counts[name];
        if (difference < 0) lost -= difference;
        else double += difference;
      }
    }
    if (lost + double === 0 || performance.now() > deadline) return { lost, double };
    await pause(200);
  }
}

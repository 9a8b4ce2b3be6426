/**
 * The product on a Redis Cluster whose masters die and stall in the middle of commits: the counters are those of an
 * undisturbed run. What a master had answered and not yet passed on is lost with it; the source appends it again, and the
 * fold starts over from what is stored.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { siteKeys } from '../redis/keys.ts';
import { startTestCluster, type TestCluster } from '../redis/testing-cluster.ts';
import type { Recording } from '../sources/simulator/recording.ts';
import { startReplay } from '../sources/simulator/replay.ts';
import { startKillableServer } from './killable-server.ts';
import { countersAtEnd, loadRecordedDay, played } from './recorded-day.ts';

let recording: Recording;
let cluster: TestCluster;
let dataDir: string;

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'floorcast-cluster-'));
  recording = await loadRecordedDay();
  cluster = await startTestCluster();
}, 60_000);

afterAll(async () => {
  await cluster.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function run(
  env: Record<string, string>,
  speed: number,
  disturb: (at: (part: number) => Promise<void>) => unknown,
) {
  const replay = await startReplay({ recording, secret: 'right', speed, onDisconnect: 'hold', overlap: 2_500 });
  const server = await startKillableServer({
    FLOORCAST_DATA_DIR: dataDir,
    FLOORCAST_SOURCES: replay.url,
    FLOORCAST_TIME_ZONE: 'Asia/Shanghai',
    FLOORCAST_BUSINESS_DAY_START: '00:00',
    ...env,
  });
  try {
    await disturb((part) => played(replay, recording.liveEvents * part));
    return await countersAtEnd(recording, replay, server);
  } finally {
    await server.stop();
    await replay.stop();
  }
}

test('[CLU5] a master that stalls and one that dies in the middle of commits leave the counters exact', {
  timeout: 120_000,
}, async () => {
  const expected = await run({}, Number.POSITIVE_INFINITY, () => {});
  const key = siteKeys('main').events;
  const counted = await run({ REDIS_URL: cluster.url }, 40, async (at) => {
    await at(0.2);
    const resume = await cluster.stallMasterOf(key);
    await at(0.4);
    resume();
    await at(0.6);
    await cluster.killMasterOf(key);
  });
  expect(counted).toEqual(expected);
});

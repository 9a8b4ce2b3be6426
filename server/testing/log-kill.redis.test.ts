/**
 * With the PBX's log beside AMI the whole product loses nothing for good: it is killed again and again while the PBX goes
 * on without it and restarts, and the day ends with the counters of the PBX's own log. Rule: docs/spec/core.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { API } from '../../shared/api.ts';
import { createPrng } from '../sources/simulator/prng.ts';
import { loadRecording } from '../sources/simulator/recording.ts';
import { startReplay } from '../sources/simulator/replay.ts';
import { type KillableServer, startKillableServer } from './killable-server.ts';
import { TRUE_COUNTS, TRUE_IN_THRESHOLD, truth } from './log-truth.ts';
import { played } from './recorded-day.ts';

const KILLS = 5;
/** A second of a dead server is a minute of the PBX. */
const SPEED = 60;

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

/** Every figure of the truth that the API does not give. */
async function missesOf(server: KillableServer): Promise<string[]> {
  const response = await fetch(`${server.url}/api/v1/sites/main/queues`);
  const { queues } = API.queues.response.parse(await response.json());
  const misses: string[] = [];
  for (const [id, wanted] of Object.entries(truth.queues)) {
    const today = queues.find((queue) => queue.id === id)?.today;
    for (const [counter, of] of [...TRUE_COUNTS, ...TRUE_IN_THRESHOLD]) {
      if (today?.[counter] !== of(wanted)) misses.push(`${id}.${counter} = ${today?.[counter]}, wanted ${of(wanted)}`);
    }
  }
  return misses;
}

async function gapsOf(server: KillableServer) {
  const response = await fetch(`${server.url}/api/v1/sites/main/integrity`);
  return API.integrity.response.parse(await response.json()).gaps;
}

test('[LOG7] killed while the PBX goes on, it ends with what the log says', { timeout: 180_000 }, async () => {
  const recording = await loadRecording(new URL('./capture/', import.meta.url).pathname);
  const folder = mkdtempSync(path.join(tmpdir(), 'floorcast-log-kill-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const log = path.join(folder, 'queue_log');
  const replay = await startReplay({
    recording,
    secret: 'right',
    speed: SPEED,
    onDisconnect: 'continue',
    queueLog: { path: log },
  });
  ends.push(() => replay.stop());
  const start = async () => {
    const server = await startKillableServer({
      FLOORCAST_DATA_DIR: path.join(folder, 'data'),
      FLOORCAST_SOURCES: `${replay.url} queue-log://${log}`,
      FLOORCAST_TIME_ZONE: 'Asia/Shanghai',
      FLOORCAST_BUSINESS_DAY_START: '00:00',
    });
    ends.push(() => server.stop());
    return server;
  };
  let server = await start();
  const prng = createPrng('killed beside a log');
  for (let kill = 1; kill <= KILLS; kill++) {
    await played(replay, Math.floor((recording.liveEvents * (kill + prng.between(-0.3, 0.3))) / (KILLS + 1)));
    await server.kill();
    server = await start();
  }
  expect(await replay.done).toBe('finished');
  // The log is read within moments of its last line.
  await expect.poll(() => missesOf(server), { timeout: 30_000, interval: 200 }).toEqual([]);
  const gaps = await gapsOf(server);
  expect(gaps.length).toBeGreaterThan(0);
  expect(gaps.filter(({ endAt, isFilled }) => endAt !== null && !isFilled)).toEqual([]);
});

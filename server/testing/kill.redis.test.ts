/**
 * `kill -9` of the whole server at any moment loses nothing and counts nothing twice: a recorded day that is interrupted
 * twenty times ends with the counters of the day that was not.
 *
 * Exactness is to be expected, although the dead server had events in its hands that no stream held yet: the replay waits
 * while nobody listens (`hold`) and tells the returning reader the last `OVERLAP` events once more. What the reader gets
 * first is the picture of the *held* moment, which is younger than those events. So for a moment the core concludes what
 * it did not see (answered, ended, unknown), and the repeated events, known by their identity, put the proof in its place.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createPrng } from '../sources/simulator/prng.ts';
import { blockText, headerOf, type Recording } from '../sources/simulator/recording.ts';
import { type Replay, startReplay } from '../sources/simulator/replay.ts';
import { type KillableServer, processesIn, startKillableServer } from './killable-server.ts';
import { countersAtEnd, loadRecordedDay, played } from './recorded-day.ts';

const SEED = 'kill -9';
const KILLS = 20;
const STARTING = ['serving', 'site.owned', 'the PBX is connected', 'site.owned'];
/** 25 to 60 seconds of the recording: far more than is in flight, and less than the clock may step back unasked. */
const OVERLAP = 2_500;
/** What a starting server on a busy machine has in flight, and loses when killed, must fit into OVERLAP. */
const SPEED = 30;

let recording: Recording;
let ends: (() => unknown)[] = [];

beforeAll(async () => {
  recording = await loadRecordedDay();
});

afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

interface Run {
  readonly replay: Replay;
  readonly dataDir: string;
  start(): Promise<KillableServer>;
}

async function prepare(speed: number): Promise<Run> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'floorcast-kill-'));
  const replay = await startReplay({ recording, secret: 'right', speed, onDisconnect: 'hold', overlap: OVERLAP });
  const servers: KillableServer[] = [];
  ends.push(async () => {
    for (const server of servers) await server.stop();
    await replay.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    replay,
    dataDir,
    async start() {
      const server = await startKillableServer({
        FLOORCAST_DATA_DIR: dataDir,
        FLOORCAST_SOURCES: replay.url,
        FLOORCAST_TIME_ZONE: 'Asia/Shanghai',
        // The recorded session is not cut by a business day, whenever it is played.
        FLOORCAST_BUSINESS_DAY_START: '00:00',
      });
      servers.push(server);
      return server;
    },
  };
}

type Moment =
  | { readonly kind: 'playing'; readonly events: number }
  /** The first log line with these words: a server that has just begun to serve, to own, or to listen. */
  | { readonly kind: 'starting'; readonly says: string };

/** By chance over the recording, some right behind each other; and every fifth server dies before it has done anything. */
function momentsOf(seed: string): Moment[] {
  const prng = createPrng(seed);
  const starting = STARTING.map((says): Moment => ({ kind: 'starting', says }));
  const events = Array.from({ length: KILLS - starting.length }, () => prng.int(1, recording.liveEvents - 1));
  const playing = events.sort((a, b) => a - b).map((count): Moment => ({ kind: 'playing', events: count }));
  return playing.flatMap((moment, i) => (i % 4 === 3 ? [moment, ...starting.splice(0, 1)] : [moment]));
}

test('[KILL1] twenty kills leave the counters of an uninterrupted run, and no orphan', {
  timeout: 180_000,
}, async () => {
  const calm = await prepare(Number.POSITIVE_INFINITY);
  const expected = await countersAtEnd(recording, calm.replay, await calm.start());
  const recordedJoins = recording.connections[0]?.blocks.filter((block) => isJoin(block)).length;
  expect(Object.values(expected.queues).reduce((sum, { offered }) => sum + offered, 0)).toBe(recordedJoins);

  const rough = await prepare(SPEED);
  for (const moment of momentsOf(SEED)) {
    const server = await rough.start();
    if (moment.kind === 'playing') await played(rough.replay, moment.events);
    else await server.logged(({ msg }) => msg.startsWith(moment.says));
    await server.kill();
  }
  const survivor = await rough.start();
  expect(await countersAtEnd(recording, rough.replay, survivor)).toEqual(expected);

  // What looks for orphans does see a server that lives.
  expect(
    processesIn(rough.dataDir)
      .map(({ title }) => title)
      .join(),
  ).toContain('redis-server');
  expect(await survivor.stop()).toBe(0);
  expect(processesIn(rough.dataDir)).toEqual([]);
});

function isJoin(block: Parameters<typeof blockText>[1]): boolean {
  const [connection] = recording.connections;
  return (
    connection !== undefined &&
    block.kind === 'live' &&
    headerOf(blockText(connection, block), 'Event') === 'QueueCallerJoin'
  );
}

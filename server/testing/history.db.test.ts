/**
 * The product with a PostgreSQL: a recorded day is played to it while it and its connections are killed, and what history
 * has at the end is what the boards show.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { COUNTERS } from '../../shared/metric.ts';
import { createTestDatabase, type TestDatabase } from '../db/testing-database.ts';
import { startReplay } from '../sources/simulator/replay.ts';
import { type KillableServer, startKillableServer } from './killable-server.ts';
import { countersAtEnd, loadRecordedDay, played } from './recorded-day.ts';

const SPEED = 60;
const OVERLAP = 2_500;

let dataDir: string;
let db: TestDatabase;
let ends: (() => unknown)[];

beforeEach(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'floorcast-history-'));
  db = await createTestDatabase();
  ends = [() => db.drop(), () => rmSync(dataDir, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const end of ends.reverse()) await end();
});

async function start(pbx: string): Promise<KillableServer> {
  const server = await startKillableServer({
    FLOORCAST_TIME_ZONE: 'Asia/Shanghai',
    FLOORCAST_BUSINESS_DAY_START: '00:00',
    FLOORCAST_DATA_DIR: dataDir,
    FLOORCAST_SOURCES: pbx,
    DATABASE_URL: db.url,
  });
  ends.push(() => server.kill());
  return server;
}

/** PostgreSQL throws everybody out, as it does when it stops. */
const cutConnections = (): Promise<unknown> =>
  db.database.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );

/** Of the counters of a queue, those that its finished contacts give too. */
const OF_FINISHED = [
  'handled',
  'abandoned',
  'shortAbandoned',
  'timedOut',
  'exitedByKey',
  'leftOther',
  'unknown',
  'talkMsSum',
  'holdMsSum',
];
const FROM_CONTACTS = `
  SELECT queue,
    count(*) FILTER (WHERE outcome = 'answered') AS handled,
    count(*) FILTER (WHERE outcome = 'abandoned') AS abandoned,
    count(*) FILTER (WHERE outcome = 'abandoned' AND wait_ms <= short_abandon_ms) AS "shortAbandoned",
    count(*) FILTER (WHERE outcome = 'timedOut') AS "timedOut",
    count(*) FILTER (WHERE outcome = 'exitedByKey') AS "exitedByKey",
    count(*) FILTER (WHERE outcome = 'leftOther') AS "leftOther",
    count(*) FILTER (WHERE outcome = 'unknown') AS unknown,
    COALESCE(sum(talk_ms), 0)::bigint AS "talkMsSum",
    COALESCE(sum(hold_ms), 0)::bigint AS "holdMsSum"
  FROM contacts GROUP BY queue`;

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const FROM_INTERVALS = `SELECT queue, ${COUNTERS.map((name) => `${name === 'waitMsMax' ? 'max' : 'sum'}(${snakeCase(name)})::bigint AS "${name}"`).join(', ')}
  FROM intervals WHERE queue IS NOT NULL GROUP BY queue`;

async function byQueue(statement: string): Promise<Record<string, Record<string, number>>> {
  const rows = await db.database.query<{ queue: string }>(statement);
  return Object.fromEntries(rows.map(({ queue, ...rest }) => [queue, rest as unknown as Record<string, number>]));
}

test('[HIS18] killed and cut off while a day is played, history ends with what the boards show', async () => {
  const recording = await loadRecordedDay();
  const replay = await startReplay({
    recording,
    secret: 'right',
    speed: SPEED,
    onDisconnect: 'hold',
    overlap: OVERLAP,
  });
  ends.push(() => replay.stop());
  let server = await start(replay.url);
  for (let part = 1; part <= 6; part++) {
    await played(replay, (recording.liveEvents * part) / 7);
    if (part % 2 === 1) await cutConnections();
    else {
      await server.kill();
      server = await start(replay.url);
    }
  }
  // Past the next minute, so that the last quarter hour is told.
  await replay.done;
  const stamp = (recording.endedAtMs / 1_000 + 130).toFixed(6);
  const fields = ['Event: QueueMemberAdded', 'Privilege: agent,all', `Timestamp: ${stamp}`, 'Queue: sales'];
  replay.server.broadcast([
    `${[...fields, 'MemberName: Later', 'Interface: Local/later@recording', 'Status: 5'].join('\r\n')}\r\n\r\n`,
  ]);
  const { queues } = await countersAtEnd(recording, replay, server);
  const shown = (names: readonly string[]) =>
    Object.fromEntries(Object.entries(queues).map(([queue, counters]) => [queue, pick(counters, names)]));
  await expect.poll(() => byQueue(FROM_INTERVALS), { timeout: 20_000 }).toEqual(shown(COUNTERS));
  await expect.poll(() => byQueue(FROM_CONTACTS), { timeout: 20_000 }).toEqual(shown(OF_FINISHED));
  expect(await db.database.query('SELECT * FROM rejected_facts')).toEqual([]);
}, 120_000);

function pick(counters: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(counters).filter(([name]) => names.includes(name)));
}

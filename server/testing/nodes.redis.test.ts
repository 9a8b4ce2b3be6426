/**
 * Processes with a part of the roles each, on one Redis: any of them may die or stall, the others go on, and the counters
 * are those of one undisturbed process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { io as connectIo } from 'socket.io-client';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { API } from '../../shared/api.ts';
import { readMessage } from '../../shared/live-message.ts';
import { liveParser } from '../../shared/live-parser.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../../shared/protocol.ts';
import { SITES_KEY } from '../redis/keys.ts';
import { startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import type { Recording } from '../sources/simulator/recording.ts';
import { startReplay } from '../sources/simulator/replay.ts';
import { type KillableServer, type LogLine, startKillableServer } from './killable-server.ts';
import { countersAtEnd, loadRecordedDay, played } from './recorded-day.ts';

const SPEED = 40;
const OVERLAP = 2_500;
const MUST_MS = 3_000;

let recording: Recording;
let expected: Awaited<ReturnType<typeof countersAtEnd>>;
let store: TestRedis;
let dataDir: string;
let ends: (() => unknown)[];

beforeAll(async () => {
  recording = await loadRecordedDay();
});

beforeEach(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'floorcast-nodes-'));
  store = await startTestRedis();
  ends = [() => store.stop(), () => rmSync(dataDir, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const end of ends.reverse()) await end();
});

const DAY = { FLOORCAST_TIME_ZONE: 'Asia/Shanghai', FLOORCAST_BUSINESS_DAY_START: '00:00' };

async function replayOf(speed: number) {
  const replay = await startReplay({ recording, secret: 'right', speed, onDisconnect: 'hold', overlap: OVERLAP });
  ends.push(() => replay.stop());
  return replay;
}

async function startNode(env: Record<string, string>): Promise<KillableServer> {
  const node = await startKillableServer({
    ...DAY,
    FLOORCAST_DATA_DIR: dataDir,
    REDIS_URL: store.server.url,
    ...env,
  });
  ends.push(() => node.kill());
  return node;
}

const says = (msg: string) => (line: LogLine) => line.msg === msg;

/** The first of them that says so. */
const firstToSay = (nodes: readonly KillableServer[], msg: string): Promise<KillableServer> =>
  Promise.race(nodes.map((node) => node.logged(says(msg)).then(() => node)));

/** Arrivals of what changes a screen, tips left out. */
class Screen {
  /** Why the first connection ended. */
  farewell: string | null = null;
  #notify = () => {};
  #count = 0;

  constructor({ url }: KillableServer, site: string) {
    const socket = connectIo(url, {
      path: SOCKET_PATH,
      transports: ['websocket'],
      auth: { version: PROTOCOL_VERSION },
      parser: liveParser,
      reconnectionDelay: 50,
      forceNew: true,
    });
    ends.push(() => socket.disconnect());
    socket.on('connect', () => socket.emit('subscribe', { site, channel: 'board' }, () => {}));
    socket.on('disconnect', (reason) => {
      this.farewell ??= reason;
    });
    socket.on('bytes', (bytes: Uint8Array) => {
      if (readMessage(bytes).is !== 'frame') return;
      this.#count++;
      this.#notify();
    });
  }

  /** Milliseconds until the next frame. */
  async nextFrame(): Promise<number> {
    const since = performance.now();
    const seen = this.#count;
    while (this.#count === seen) {
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
    return performance.now() - since;
  }
}

async function sitesOf({ url }: KillableServer) {
  return API.sites.response.parse(await (await fetch(`${url}/api/v1/sites`)).json()).sites;
}

/** Each request takes its time, so this is no busy loop. */
async function untilKnown(node: KillableServer, site: string): Promise<void> {
  while (!(await sitesOf(node)).some(({ id }) => id === site));
}

async function undisturbed() {
  const replay = await replayOf(Number.POSITIVE_INFINITY);
  const server = await startKillableServer({
    ...DAY,
    FLOORCAST_DATA_DIR: path.join(dataDir, 'calm'),
    FLOORCAST_SOURCES: replay.url,
  });
  try {
    return await countersAtEnd(recording, replay, server);
  } finally {
    await server.stop();
  }
}

test('[ROLE1][COM7][SRC2] two of each role: owner, source and gateway die or stall, and the counters stay exact', {
  timeout: 120_000,
}, async () => {
  expected = await undisturbed();
  const replay = await replayOf(SPEED);
  const source = { FLOORCAST_ROLES: 'source', FLOORCAST_SOURCES: replay.url };
  const [gateways, folding, sources] = await Promise.all(
    [{ FLOORCAST_ROLES: 'gateway' }, { FLOORCAST_ROLES: 'site' }, source].map((env) =>
      Promise.all([startNode(env), startNode(env)]),
    ),
  );
  if (!gateways || !folding || !sources) throw new Error('unreachable');
  const [doomed, watching] = gateways as [KillableServer, KillableServer];
  // Neither gateways nor folding processes were told of the site.
  await untilKnown(watching, 'main');
  const screen = new Screen(watching, 'main');
  await screen.nextFrame();
  const at = (part: number) => played(replay, recording.liveEvents * part);

  await at(0.1);
  const owner = await firstToSay(folding, 'site.owned');
  const standby = folding.find((node) => node !== owner) as KillableServer;
  await owner.kill();
  const afterKill = await screen.nextFrame();
  expect(afterKill).toBeLessThan(MUST_MS);
  await standby.logged(says('site.owned'));

  const third = await startNode({ FLOORCAST_ROLES: 'site' });
  await at(0.4);
  process.kill(standby.pid, 'SIGSTOP');
  const afterStop = await screen.nextFrame();
  expect(afterStop).toBeLessThan(MUST_MS);
  await third.logged(says('site.owned'));
  process.kill(standby.pid, 'SIGCONT');
  await standby.logged(says('site.lost'));

  await at(0.6);
  const holder = await firstToSay(sources, 'source.held');
  const nextHolder = sources.find((node) => node !== holder) as KillableServer;
  const killedAt = performance.now();
  await holder.kill();
  await nextHolder.logged(says('the PBX is connected'));
  const reconnected = performance.now() - killedAt;
  expect(reconnected).toBeLessThan(MUST_MS);

  await at(0.8);
  await doomed.kill();
  expect(await screen.nextFrame()).toBeLessThan(1_000);
  expect(await countersAtEnd(recording, replay, watching)).toEqual(expected);
});

test('[ROLE3] SIGTERM of a node under load is not seen on the other: no pause of a second, never stale, counters exact', {
  timeout: 120_000,
}, async () => {
  expected ??= await undisturbed();
  const replay = await replayOf(SPEED);
  const leaving = await startNode({ FLOORCAST_SOURCES: replay.url });
  await leaving.logged(says('the PBX is connected'));
  const staying = await startNode({ FLOORCAST_SOURCES: replay.url });
  const screen = new Screen(staying, 'main');
  const left = new Screen(leaving, 'main');
  await Promise.all([screen.nextFrame(), left.nextFrame()]);
  await played(replay, recording.liveEvents * 0.3);

  const states = new Set<string>();
  let isOver = false;
  const asking = (async () => {
    while (!isOver) for (const { freshness } of await sitesOf(staying)) states.add(freshness.state);
  })();
  let longestMs = 0;
  const watching = (async () => {
    while (!isOver) longestMs = Math.max(longestMs, await screen.nextFrame());
  })();
  const since = performance.now();
  expect(await leaving.stop()).toBe(0);
  expect(performance.now() - since).toBeLessThan(MUST_MS);
  await staying.logged(says('the PBX is connected'));
  await staying.logged(says('site.owned'));
  await played(replay, recording.liveEvents * 0.6);
  isOver = true;
  await Promise.all([asking, watching]);
  expect(longestMs).toBeLessThan(1_000);
  expect([...states]).toEqual(['live']);
  // What makes a client come back by itself.
  expect(left.farewell).toBe('transport close');
  expect(await countersAtEnd(recording, replay, staying)).toEqual(expected);
});

test('[ROLE2] a gateway shows a site that is registered while it runs, and forgets one that is not any more', async () => {
  const gateway = await startNode({ FLOORCAST_ROLES: 'gateway' });
  expect(await sitesOf(gateway)).toEqual([]);
  const readiness = await fetch(`${gateway.url}/readyz`);
  expect(readiness.status).toBe(503);
  expect(API.readiness.response.parse(await readiness.json()).reasons.join()).toMatch(/no site is known yet/);
  const node = await startNode({
    FLOORCAST_ROLES: 'source,site',
    FLOORCAST_SOURCES: 'ami://u:p@127.0.0.1:1?site=north',
  });
  await untilKnown(gateway, 'north');
  const screen = new Screen(gateway, 'north');
  await screen.nextFrame();
  await node.kill();
  await (await store.connect()).hdel(SITES_KEY, 'north');
  while ((await sitesOf(gateway)).length > 0);
});

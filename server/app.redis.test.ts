import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { io as connectIo, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { API } from '../shared/api.ts';
import type { ChannelTables } from '../shared/delta.ts';
import { applyFrame, type ChannelCopy, emptyCopy, readHead } from '../shared/frame.ts';
import { readMessage } from '../shared/live-message.ts';
import { liveParser } from '../shared/live-parser.ts';
import { type ClientToServer, PROTOCOL_VERSION, type ServerToClient, SOCKET_PATH } from '../shared/protocol.ts';
import type { Channel } from '../shared/view.ts';
import { type App, createApp } from './app.ts';
import { type Config, parseConfig } from './config.ts';
import { createLogger } from './log.ts';
import { startTestRedis } from './redis/testing-redis.ts';

const log = createLogger({ level: 'silent', format: 'text', write: () => {} });
let dataDir: string;
let ends: (() => unknown)[];

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'floorcast-app-'));
  ends = [() => rmSync(dataDir, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const end of ends.reverse()) await end();
});

function configOf(env: Record<string, string>): Config {
  return parseConfig(
    { FLOORCAST_PORT: '0', FLOORCAST_DATA_DIR: dataDir, FLOORCAST_BUSINESS_DAY_START: '00:00', ...env },
    { timeZone: 'Asia/Shanghai', resolve: path.resolve },
  ).config;
}

async function startApp(env: Record<string, string> = {}, now = Date.now): Promise<App> {
  const app = createApp(configOf(env), { log, now, onBrokenAnswer: 'fail' });
  ends.push(() => app.stop());
  await app.start();
  return app;
}

/** A browser's copy of a channel, by the rules of shared/protocol.ts. */
class LiveCopy {
  readonly copy: ChannelCopy;
  snapshots = 0;
  #notify = () => {};

  constructor(url: string, site: string, channel: Channel, transport = 'websocket') {
    this.copy = { ...emptyCopy(channel), rev: -1 };
    const socket: Socket<ServerToClient, ClientToServer> = connectIo(url, {
      path: SOCKET_PATH,
      transports: [transport],
      auth: { version: PROTOCOL_VERSION },
      parser: liveParser,
      forceNew: true,
    });
    ends.push(() => socket.disconnect());
    const ask = () => socket.emit('subscribe', { site, channel }, () => {});
    socket.on('connect', ask);
    socket.on('bytes', (bytes) => {
      const message = readMessage(new Uint8Array(bytes));
      if (message.is !== 'frame') return;
      const { from, to } = readHead(message.frame);
      if (from === null) this.snapshots++;
      else if (to <= this.rev) return;
      else if (from !== this.rev) return ask();
      applyFrame(this.copy, message.frame);
      this.#notify();
    });
  }

  get rev(): number {
    return this.copy.rev;
  }

  get tables(): ChannelTables {
    return this.copy.tables;
  }

  async until(isDone: (copy: LiveCopy) => boolean): Promise<void> {
    while (!isDone(this)) {
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
  }
}

function contentOf(tables: ChannelTables): unknown {
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, Object.fromEntries(table.entries())]));
}

/** What the gateway would give to a screen that comes now. */
function snapshotOf(app: App, site: string, channel: Channel): ChannelCopy {
  const copy = { ...emptyCopy(channel), rev: -2 };
  const frame = app.mirror?.snapshot(site, channel);
  if (frame) applyFrame(copy, frame);
  return copy;
}

async function siteOf(app: App) {
  const { sites } = API.sites.response.parse(await (await fetch(`${app.url}/api/v1/sites`)).json());
  if (!sites[0]) throw new Error('no site');
  return sites[0];
}

/** Asks until the answer is so; each request takes its time, so this is no busy loop. */
async function untilReady(app: App, isReady: boolean): Promise<string[]> {
  for (;;) {
    const response = await fetch(`${app.url}/readyz`);
    const { ready, reasons } = API.readiness.response.parse(await response.json());
    expect(response.status).toBe(ready ? 200 : 503);
    if (ready === isReady) return reasons;
  }
}

const isLive = (copy: LiveCopy) => [...(copy.tables.sources?.entries() ?? [])].some(([, row]) => row.includes('live'));

test('[SO1][ST3] the demo centre reaches a browser exactly, and goes on after a restart', {
  timeout: 90_000,
}, async () => {
  const app = await startApp();
  const board = new LiveCopy(app.url, 'main', 'board');
  const agents = new LiveCopy(app.url, 'main', 'agents');
  await board.until(isLive);
  await app.drain();
  await untilReady(app, true);

  // The centre never rests: compare at a moment when browser and mirror stand at the same revision.
  await board.until(({ rev }) => rev === snapshotOf(app, 'main', 'board').rev);
  expect(contentOf(board.tables)).toEqual(contentOf(snapshotOf(app, 'main', 'board').tables));
  await agents.until(({ rev }) => rev === snapshotOf(app, 'main', 'agents').rev);
  expect(contentOf(agents.tables)).toEqual(contentOf(snapshotOf(app, 'main', 'agents').tables));
  expect(board.snapshots + agents.snapshots).toBeLessThanOrEqual(4);

  await untilNow(app);
  const before = await siteOf(app);
  await app.stop();
  const again = await startApp();
  const copy = new LiveCopy(again.url, 'main', 'board');
  await copy.until(isLive);
  await untilNow(again);
  const after = await siteOf(again);
  expect(after.today.offered).toBeGreaterThanOrEqual(before.today.offered);
  expect(after.today.offered).toBeLessThan(before.today.offered + 200);
  // Counters follow what is live within a second, and the centre never rests: they meet whenever nobody comes or goes meanwhile.
  const missing = async (): Promise<number> => {
    const { today, live } = await siteOf(again);
    const { offered, answered, abandoned, timedOut, exitedByKey, leftOther, unknown } = today;
    return offered - (answered + abandoned + timedOut + exitedByKey + leftOther + unknown + live.waiting);
  };
  await expect.poll(missing, { timeout: 15_000 }).toBe(0);
});

/** The demo centre tells its past in one burst: until then the clock of its site stands in it. */
async function untilNow(app: App): Promise<void> {
  const behindMs = async (): Promise<number> => {
    const { asOf } = API.sites.response.parse(await (await fetch(`${app.url}/api/v1/sites`)).json());
    return Math.abs(Date.now() - asOf);
  };
  await expect.poll(behindMs, { timeout: 40_000 }).toBeLessThan(2_000);
  // Counters have a pace of their own; and what is committed now has yet to reach the gateway.
  await app.drain();
  const { rev } = snapshotOf(app, 'main', 'counts');
  await expect.poll(() => snapshotOf(app, 'main', 'counts').rev, { timeout: 10_000 }).toBeGreaterThan(rev);
}

test('[SO13] a screen whose network lets no WebSocket through is served by long polling, and by nobody else', async () => {
  const app = await startApp();
  const board = new LiveCopy(app.url, 'main', 'board', 'polling');
  await board.until(isLive);
  const { rev } = board;
  await board.until((copy) => copy.rev > rev);
  expect(board.snapshots).toBe(1);
});

test('[MI1][GW6] an outage of Redis is told by readiness and mends by itself', async () => {
  const redis = await startTestRedis({ dataDir });
  const app = await startApp({ REDIS_URL: redis.server.url, FLOORCAST_SOURCES: 'ami://u:p@127.0.0.1:1?site=north' });
  const copy = new LiveCopy(app.url, 'north', 'board');
  await untilReady(app, true);
  await copy.until(({ rev }) => rev >= 1);
  await redis.server.stop();
  expect(await untilReady(app, false)).toContain('Redis does not answer');
  // A gateway goes on answering with what it has, and says how old it is.
  expect((await siteOf(app)).freshness.state).not.toBe('live');

  const back = await startTestRedis({ dataDir });
  ends.push(() => back.stop());
  await untilReady(app, true);
  const rev = snapshotOf(app, 'north', 'board').rev;
  await copy.until((one) => one.rev > rev || (one.rev === rev && rev > 0));
  expect(contentOf(copy.tables)).toEqual(contentOf(snapshotOf(app, 'north', 'board').tables));
});

test('[GW6] a Redis that refuses to write is told by readiness, with its reason', async () => {
  const redis = await startTestRedis({ dataDir });
  ends.push(() => redis.stop());
  const app = await startApp({ REDIS_URL: redis.server.url, FLOORCAST_SOURCES: 'ami://u:p@127.0.0.1:1?site=north' });
  await untilReady(app, true);
  const command = await redis.connect();
  await command.config('SET', 'maxmemory', '1');
  let told: string[] = [];
  while (!told.some((reason) => reason.startsWith('site north: Redis refuses writes (OOM)')))
    told = await untilReady(app, false);
  await command.config('SET', 'maxmemory', '0');
  await untilReady(app, true);
});

test('[ST1] a start that fails leaves nothing running', async () => {
  const first = await startApp({ FLOORCAST_SOURCES: 'ami://u:p@127.0.0.1:1' });
  const port = new URL(first.url).port;
  const second = createApp(configOf({ FLOORCAST_PORT: port, FLOORCAST_DATA_DIR: path.join(dataDir, 'other') }), {
    log,
  });
  await expect(second.start()).rejects.toMatchObject({
    code: 'http.portTaken',
    message: expect.stringContaining(`Port ${port}`),
  });
  // The folder is free again: an app on it starts.
  await startApp({ FLOORCAST_DATA_DIR: path.join(dataDir, 'other'), FLOORCAST_SOURCES: 'ami://u:p@127.0.0.1:1' });
});

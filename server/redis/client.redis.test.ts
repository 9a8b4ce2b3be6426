import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeRedis, connectRedis, type Redis } from './client.ts';
import { type EmbeddedRedis, startEmbeddedRedis } from './embedded.ts';
import { newDataDir, recordingLog, silentLog } from './testing-redis.ts';

let dataDir: string;
let server: EmbeddedRedis;

beforeEach(async () => {
  dataDir = newDataDir();
  server = await startEmbeddedRedis({ dataDir, log: silentLog, fsync: 'always' });
});

afterEach(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('[RED10] commands wait out an outage of Redis, which is logged once when it begins and once when it ends', async () => {
  const { log, lines } = recordingLog();
  const redis = await connectRedis(server.url, 'command', log);
  await redis.set('before', '1');
  await server.stop();
  const answer = redis.get('before');
  const back = new Promise<void>((resolve) => redis.once('ready', resolve));
  server = await startEmbeddedRedis({ dataDir, log: silentLog });
  expect(await answer).toBe('1');
  await back;
  expect(lines.map(({ msg, purpose }) => [msg, purpose])).toEqual([
    ['redis.lost', 'command'],
    ['redis.back', 'command'],
  ]);
  await closeRedis(redis);
  expect(redis.status).toBe('end');
});

test('[RED10] closing during an outage rejects what waits, at once', async () => {
  const redis = await connectRedis(server.url, 'command', silentLog);
  const away = new Promise<void>((resolve) => redis.once('reconnecting', () => resolve()));
  await server.stop();
  await away;
  const waiting = redis.get('x').catch((error: Error) => error.message);
  await closeRedis(redis);
  expect(await waiting).toBe('Connection is closed.');
});

test('[RED11] a Redis that cannot be reached at start is one clear error without the password', async () => {
  const url = 'redis://user:secret@127.0.0.1:1/0';
  const failure = await connectRedis(url, 'command', silentLog, { firstConnectMs: 200 }).catch((error) => error);
  expect(failure).toMatchObject({ code: 'redis.unreachable' });
  expect(failure.message).toMatch(/ECONNREFUSED.*REDIS_URL/);
  expect(failure.message).not.toContain('secret');
});

test('[RED11] a Redis that accepts and never answers is the same error', async () => {
  const mute = createServer((socket) => socket.resume());
  await once(mute.listen(0, '127.0.0.1'), 'listening');
  const { port } = mute.address() as { port: number };
  await expect(
    connectRedis(`redis://127.0.0.1:${port}`, 'command', silentLog, { firstConnectMs: 200 }),
  ).rejects.toMatchObject({ code: 'redis.unreachable' });
  await new Promise((closed) => mute.close(closed));
});

test('[RED11] a wrong password is told at once, not after the timeout', async () => {
  const redis = await connectRedis(server.url, 'command', silentLog);
  await redis.config('SET', 'requirepass', 'right');
  const { hostname, port } = await openTcp(redis);
  const patient = { firstConnectMs: 60_000 };
  await expect(connectRedis(`redis://:wrong@${hostname}:${port}`, 'command', silentLog, patient)).rejects.toThrow(
    /WRONGPASS/,
  );
  const right = await connectRedis(`redis://:right@${hostname}:${port}/3`, 'command', silentLog);
  expect(await right.client('INFO')).toMatch(/name=floorcast-command.* db=3 /);
  right.disconnect();
  await redis.config('SET', 'requirepass', '');
  redis.disconnect();
});

/** Lets the private server listen on a port that is free now. */
async function openTcp(redis: Redis): Promise<{ hostname: string; port: number }> {
  const probe = createServer();
  await once(probe.listen(0, '127.0.0.1'), 'listening');
  const { port } = probe.address() as { port: number };
  await new Promise((closed) => probe.close(closed));
  await redis.config('SET', 'port', String(port));
  return { hostname: '127.0.0.1', port };
}

test.each(['http://localhost', 'localhost:6379', ''])('[RED12] %j is refused as an address', async (url) => {
  await expect(connectRedis(url, 'command', silentLog)).rejects.toThrow(/redis:\/\/host:6379/);
});

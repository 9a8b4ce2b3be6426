/**
 * The process that holds the PBX is killed while a command is under way: after the PBX has it and before anybody has heard of
 * its effect. Real processes, a real socket. Rules: docs/spec/commands.md.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Order } from '../../shared/command.ts';
import type { Redis } from '../redis/client.ts';
import { placeCommand, readActing, readCommand } from '../redis/commands.ts';
import { startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import { type AmiServer, startAmiServer } from '../sources/simulator/ami-server.ts';
import { createCentre } from '../sources/simulator/centre.ts';
import { type KillableServer, startKillableServer } from './killable-server.ts';

const AGENT = 'PJSIP/8001';
const OPENED_AT = Date.UTC(2026, 10, 21, 2);

let store: TestRedis;
let redis: Redis;
let pbx: AmiServer;
let dataDir: string;
let nodes: KillableServer[];
/** Actions that change the PBX, as it got them. */
let carriedOut: string[];
let onCarriedOut: () => void;

beforeEach(async () => {
  store = await startTestRedis();
  redis = await store.connect();
  dataDir = mkdtempSync(path.join(tmpdir(), 'floorcast-acting-'));
  nodes = [];
  carriedOut = [];
  onCarriedOut = () => {};
  const centre = createCentre({ seed: 5, startAtMs: OPENED_AT });
  centre.advance(OPENED_AT + 60_000);
  pbx = await startAmiServer({
    secret: 'right',
    pbx: {
      encoding: 'utf8',
      isBooted: () => true,
      bootedAtMs: () => OPENED_AT,
      nowMs: centre.nowMs,
      snapshot: centre.snapshot,
      act: (action) => {
        if (!/^queue(pause|add|remove|penalty)$/i.test(action.name)) return undefined;
        carriedOut.push(action.name);
        // Nobody hears of it.
        pbx.faults.mute = true;
        onCarriedOut();
        return centre.act(action);
      },
    },
  });
  return async () => {
    await pbx.stop();
    await store.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
});
afterEach(async () => {
  for (const node of nodes) await node.kill();
});

async function startNode(): Promise<KillableServer> {
  const node = await startKillableServer({
    FLOORCAST_ROLES: 'source',
    FLOORCAST_SOURCES: pbx.url,
    FLOORCAST_DATA_DIR: dataDir,
    REDIS_URL: store.server.url,
  });
  nodes.push(node);
  return node;
}

const pause = (): Order => ({
  command: { id: randomUUID(), do: 'pause', agent: AGENT, queue: null, reason: '小休' },
  by: { kind: 'person', id: 'p1', name: 'Wang' },
  agentName: '',
  restores: null,
  undoes: null,
});

const canAct = () => expect.poll(() => readActing(redis, 'main'), { timeout: 20_000 }).toMatchObject({ isAway: false });
const stateOf = async (id: string) => {
  const status = await readCommand(redis, 'main', id);
  return { state: status?.state, cause: status?.cause };
};

test('[CMD66] kill -9 between the PBX’s doing and its telling: never sent again, and told as unknown', {
  timeout: 60_000,
}, async () => {
  const first = await startNode();
  await canAct();
  const order = pause();
  const reached = new Promise<void>((resolve) => {
    onCarriedOut = resolve;
  });
  await placeCommand(redis, 'main', order);
  await reached;
  expect(await stateOf(order.command.id)).toEqual({ state: 'sent', cause: null });
  await first.kill();
  pbx.faults.mute = false;
  await startNode();
  await expect
    .poll(() => stateOf(order.command.id), { timeout: 20_000 })
    .toEqual({
      state: 'failed',
      cause: 'outcome.unknown',
    });
  await canAct();
  // The successor works, and has sent nothing but what it was given itself.
  expect(carriedOut).toEqual(['QueuePause']);
  const next = pause();
  await placeCommand(redis, 'main', next);
  await expect.poll(() => carriedOut, { timeout: 10_000 }).toEqual(['QueuePause', 'QueuePause']);
});

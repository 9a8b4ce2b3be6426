/** At most once, whenever the process that holds the PBX dies. Rules: docs/spec/commands.md. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Command, failed, isOver, type Order, type Outcome } from '../../shared/command.ts';
import type { Redis } from '../redis/client.ts';
import { placeCommand, readActing, readCommand } from '../redis/commands.ts';
import { mortalConnect, stallingConnect } from '../redis/testing-connect.ts';
import { silentLog, startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import { type SourceHost, type SourceHostOptions, startSourceHost } from './host.ts';
import { asNeighbour } from './neighbour.ts';
import type { Acting, Source } from './source.ts';

const TTL_MS = 200;

let store: TestRedis;
let redis: Redis;
let site: string;
let siteCount = 0;
let hosts: SourceHost[];

beforeAll(async () => {
  store = await startTestRedis();
  redis = await store.connect();
});
afterAll(() => store.stop());

beforeEach(() => {
  site = `orders-${siteCount++}`;
  hosts = [];
  return async () => {
    for (const host of hosts) {
      await host.stop();
      await host.close();
    }
  };
});

const confirmed: Outcome = { state: 'confirmed', cause: null, detail: null, before: [], after: [] };

/** A PBX that carries everything out, and says when. */
class FakePbx implements Source {
  readonly kind = 'fake';
  readonly carriedOut: string[] = [];
  answer: (order: Order) => ReturnType<Acting['execute']> = () => Promise.resolve(confirmed);
  can: readonly Command['do'][] = ['pause'];
  readonly acting: Acting = {
    abilities: () => ({ can: this.can, lacks: [] }),
    execute: (order) => {
      const answer = this.answer(order);
      if (typeof answer !== 'string') this.carriedOut.push(order.command.id);
      return answer;
    },
  };

  async run(context: Parameters<Source['run']>[0]): Promise<void> {
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
  }
}

async function start(sources: readonly Source[], options: Partial<SourceHostOptions> = {}): Promise<SourceHost> {
  const host = await startSourceHost({
    site,
    sources: sources.map((source, i) => ({ id: `pbx-${i}`, source })),
    connect: store.connect,
    now: Date.now,
    random: () => 0.5,
    log: silentLog,
    leaseTtlMs: TTL_MS,
    handOverMs: 0,
    ...options,
  });
  hosts.push(host);
  return host;
}

const pause = (id: string = randomUUID()): Order => ({
  command: { id, do: 'pause', agent: 'PJSIP/8001', queue: null, reason: '小休' },
  by: { kind: 'person', id: 'p1', name: 'Wang' },
  agentName: '',
  restores: null,
  undoes: null,
});

async function place(order: Order = pause()): Promise<string> {
  await placeCommand(redis, site, order);
  return order.command.id;
}

async function endOf(id: string) {
  await expect
    .poll(async () => isOver((await readCommand(redis, site, id))?.state ?? 'pending'), { timeout: 15_000 })
    .toBe(true);
  const status = await readCommand(redis, site, id);
  return { state: status?.state, cause: status?.cause };
}

test('[CMD60] orders are handed to the PBX in the order in which they were placed, not waiting for each other', async () => {
  const pbx = new FakePbx();
  const first = Promise.withResolvers<Outcome>();
  pbx.answer = () => (pbx.carriedOut.length === 0 ? first.promise : Promise.resolve(confirmed));
  const ids = [await place(), await place(), await place()];
  await start([pbx]);
  expect(await endOf(ids[2] ?? '')).toEqual({ state: 'confirmed', cause: null });
  expect(pbx.carriedOut).toEqual(ids);
  expect((await readCommand(redis, site, ids[0] ?? ''))?.state).toBe('sent');
  first.resolve(failed('unconfirmed'));
  expect(await endOf(ids[0] ?? '')).toEqual({ state: 'failed', cause: 'unconfirmed' });
});

test('[CMD61] killed at any exchange with Redis, a command is carried out at most once and comes to an end', {
  timeout: 120_000,
}, async () => {
  let hasReachedPbx = 0;
  let isUnknown = 0;
  // Two exchanges to take the lease, one to tell abilities, one to read, one to claim, one to settle, and some of waiting.
  for (const isAnswerLost of [false, true]) {
    for (let dieAt = 0; dieAt < 9; dieAt++) {
      site = `orders-${siteCount++}`;
      const [first, second] = [new FakePbx(), new FakePbx()];
      const mortal = mortalConnect(store, dieAt, isAnswerLost);
      const id = await place();
      const dead = await start([first], { connect: mortal.connect });
      await mortal.died;
      const successor = await start([second]);
      const { state, cause } = await endOf(id);
      const times = first.carriedOut.length + second.carriedOut.length;
      expect([dieAt, isAnswerLost, times]).toEqual([dieAt, isAnswerLost, Math.min(1, times)]);
      // Whatever was carried out is confirmed or unknown, and nothing else is confirmed.
      if (state === 'confirmed') expect(times).toBe(1);
      else expect(cause).toBe('outcome.unknown');
      hasReachedPbx += first.carriedOut.length;
      isUnknown += state === 'confirmed' ? 0 : 1;
      await Promise.all([dead.stop(), successor.stop()]);
    }
  }
  // Else no death was at a moment that matters.
  expect(hasReachedPbx).toBeGreaterThan(0);
  expect(isUnknown).toBeGreaterThan(0);
});

test('[CMD62] a process that was stalled past its lease sends nothing late', async () => {
  const [first, second] = [new FakePbx(), new FakePbx()];
  const stalling = stallingConnect(store);
  await start([first], { connect: stalling.connect });
  await expect.poll(() => readActing(redis, site)).not.toBeNull();
  stalling.stall();
  const id = await place();
  await start([second]);
  expect(await endOf(id)).toEqual({ state: 'confirmed', cause: null });
  stalling.resume();
  const after = await place();
  expect(await endOf(after)).toEqual({ state: 'confirmed', cause: null });
  expect([first.carriedOut, second.carriedOut]).toEqual([[], [id, after]]);
});

test('[CMD63] of several PBXs the one that knows the agent is asked; nobody knowing is a failure, not a silence', async () => {
  const [north, south] = [new FakePbx(), new FakePbx()];
  north.answer = () => 'elsewhere';
  await start([north, south].map((pbx) => asNeighbour(pbx)));
  const id = await place();
  expect(await endOf(id)).toEqual({ state: 'confirmed', cause: null });
  expect([north.carriedOut, south.carriedOut]).toEqual([[], [id]]);
  south.answer = () => 'elsewhere';
  expect(await endOf(await place())).toEqual({ state: 'failed', cause: 'agent.unknown' });
  north.answer = () => 'away';
  expect(await endOf(await place())).toEqual({ state: 'failed', cause: 'source.away' });
});

test('[CMD63] a call of one of several PBXs goes to that one, by its own name', async () => {
  const [north, south] = [new FakePbx(), new FakePbx()];
  const seen: (string | null)[] = [];
  south.answer = ({ command }) => {
    if (command.do === 'hang-up') seen.push(command.call);
    return Promise.resolve(confirmed);
  };
  await start([north, south].map((pbx) => asNeighbour(pbx)));
  const command: Command = { id: randomUUID(), do: 'hang-up', agent: null, call: 'pbx-1/17.4', reason: 'x' };
  expect(await endOf(await place({ ...pause(), command }))).toEqual({ state: 'confirmed', cause: null });
  expect([north.carriedOut, seen]).toEqual([[], ['17.4']]);
});

test('[CMD64] what can be done is told while somebody holds the PBX', async () => {
  const pbx = new FakePbx();
  await start([pbx]);
  await expect.poll(() => readActing(redis, site)).toEqual({ isAway: false, can: ['pause'], lacks: [] });
  pbx.can = ['pause', 'monitor'];
  await expect.poll(() => readActing(redis, site), { timeout: 3_000 }).toMatchObject({ can: ['pause', 'monitor'] });
});

test('[CMD65] a stop tells what it knows: nothing stays open', async () => {
  const pbx = new FakePbx();
  const sent = Promise.withResolvers<Outcome>();
  pbx.answer = () => sent.promise;
  const host = await start([pbx]);
  const id = await place();
  await expect.poll(() => pbx.carriedOut).toEqual([id]);
  const stopping = host.stop();
  sent.resolve(failed('outcome.unknown'));
  await stopping;
  expect(await endOf(id)).toEqual({ state: 'failed', cause: 'outcome.unknown' });
});

/** Every fault of the suite: what it does to a floor, and what it must not be mistaken for. */
import { setTimeout as wait } from 'node:timers/promises';
import { siteKeys } from '../server/redis/keys.ts';
import type { TestCluster } from '../server/redis/testing-cluster.ts';
import { API } from '../shared/api.ts';
import type { RoundDatabase } from './database.ts';
import { type Floor, holderOf, until } from './floor.ts';
import { SITE } from './screen.ts';
import type { Service } from './service.ts';
import type { RedisKind, RoundStore } from './store.ts';

export interface Fault {
  readonly group: string;
  readonly name: string;
  /** How long it lasts, from the shortest to the longest, in milliseconds. */
  readonly lasts: readonly [number, number];
  /** Events may be told while nobody hears them: what AMI alone can never make good. */
  readonly losesWire: boolean;
  /** Some screen is cut off from the truth for longer than the limit; if none was, the fault did not bite. */
  readonly isOutage: boolean;
  /** The Redis that it needs, where it is not the usual one. */
  readonly redis?: RedisKind;
  /** The floor has a PostgreSQL and the role history, and what they hold is compared too. */
  readonly hasHistory?: true;
  /** No screen may notice: the truth on it stays as young as on a quiet floor. */
  readonly isUnseen?: true;
  /** The processes' clocks can be made to jump. */
  readonly hasClock?: true;
  /** Injects, lasts for `ms`, heals. Rejects when the product does not answer the fault as it must. */
  run(floor: Floor, ms: number): Promise<void>;
}

/** Longer than a lease (0.9 s), shorter than the limit of staleness. */
const SHORT = [1_200, 4_000] as const;
/** Longer than the limit of staleness (10 s) by more than a look may be late. */
const LONG = [13_500, 16_000] as const;
const AT_ONCE = [0, 500] as const;
const CLOCK_MS = 90_000;
const NOT_READY_MS = 8_000;
/** All keys of a site are in its slot. */
const SITE_KEY = siteKeys(SITE).meta;

const down = async (services: readonly Service[], ms: number): Promise<void> => {
  await Promise.all(services.map((one) => one.kill()));
  await wait(ms);
  await Promise.all(services.map((one) => one.start()));
};

const paused = async (services: readonly Service[], ms: number): Promise<void> => {
  for (const one of services) one.pause();
  await wait(ms);
  for (const one of services) one.resume();
};

const clockOff = async (service: Service, offMs: number, ms: number): Promise<void> => {
  service.setClock(offMs);
  await wait(ms);
  service.setClock(0);
};

const roleFaults = (
  role: 'site' | 'source' | 'gateway',
  targets: { readonly one: (floor: Floor) => Service; readonly all: (floor: Floor) => readonly Service[] },
): Fault[] => {
  const losesWire = role === 'source';
  // The screens of a gateway have nowhere else to go here; of the others, the second one takes over.
  const isAlone = role === 'gateway';
  const common = { group: role, losesWire };
  return [
    { ...common, name: `${role}.kill`, lasts: AT_ONCE, isOutage: false, run: (f, ms) => down([targets.one(f)], ms) },
    {
      ...common,
      name: `${role}.kill-long`,
      lasts: LONG,
      isOutage: isAlone,
      run: (f, ms) => down([targets.one(f)], ms),
    },
    { ...common, name: `${role}.pause`, lasts: SHORT, isOutage: false, run: (f, ms) => paused([targets.one(f)], ms) },
    {
      ...common,
      name: `${role}.pause-long`,
      lasts: LONG,
      isOutage: isAlone,
      run: (f, ms) => paused([targets.one(f)], ms),
    },
    { ...common, name: `${role}s.kill-long`, lasts: LONG, isOutage: true, run: (f, ms) => down(targets.all(f), ms) },
    { ...common, name: `${role}s.pause`, lasts: SHORT, isOutage: false, run: (f, ms) => paused(targets.all(f), ms) },
    { ...common, name: `${role}s.pause-long`, lasts: LONG, isOutage: true, run: (f, ms) => paused(targets.all(f), ms) },
  ];
};

const owner = ({ sites }: Floor): Service => holderOf(sites);
const holder = ({ sources }: Floor): Service => holderOf(sources);
const firstGateway = ({ gateways }: Floor): Service => gateways[0] as Service;

const storeOf = ({ redis }: Floor): RoundStore => {
  if ('killMasterOf' in redis) throw new Error('this fault is none of a cluster');
  return redis;
};
const clusterOf = ({ redis }: Floor): TestCluster => {
  if (!('killMasterOf' in redis)) throw new Error('this fault needs a cluster');
  return redis;
};

const databaseOf = ({ database }: Floor): RoundDatabase => {
  if (database === null) throw new Error('this fault needs a database');
  return database;
};

const redisDown = async (floor: Floor, how: 'kill' | 'stop', ms: number): Promise<void> => {
  const store = storeOf(floor);
  await store[how]();
  await wait(ms);
  await store.start();
};

const redisPaused = async (floor: Floor, ms: number): Promise<void> => {
  const store = storeOf(floor);
  store.pause();
  await wait(ms);
  store.resume();
};

/** Commits are refused meanwhile: every gateway must say that it is not ready. */
const diskFull = async (floor: Floor, ms: number): Promise<void> => {
  const store = storeOf(floor);
  const endsAt = performance.now() + ms;
  await store.fillDisk();
  try {
    await until(
      async () => (await Promise.all(floor.gateways.map(isReady))).every((ready) => !ready),
      Math.max(ms, NOT_READY_MS),
      'a gateway says that it is ready while Redis refuses to write',
    );
    await wait(Math.max(0, endsAt - performance.now()));
  } finally {
    store.freeDisk();
  }
};

async function isReady({ url }: Service): Promise<boolean> {
  const response = await fetch(`${url}${API.readiness.path}`);
  await response.arrayBuffer();
  return response.status === 200;
}

const postgresDown = async (floor: Floor, ms: number): Promise<void> => {
  const database = databaseOf(floor);
  await database.kill();
  await wait(ms);
  await database.start();
};

const postgresPaused = async (floor: Floor, ms: number): Promise<void> => {
  const database = databaseOf(floor);
  database.pause();
  await wait(ms);
  database.resume();
};

const redis = { group: 'redis', losesWire: false } as const;
const onLine = { group: 'line', losesWire: true } as const;
const behind = { losesWire: false, isOutage: false, hasHistory: true, isUnseen: true } as const;
const postgres = { ...behind, group: 'postgres' } as const;
const history = { ...behind, group: 'history' } as const;
const cluster = { group: 'cluster', losesWire: false, isOutage: false, redis: 'cluster', lasts: SHORT } as const;
const clock = { group: 'clock', losesWire: false, isOutage: false, hasClock: true, lasts: SHORT } as const;

export const FAULTS: readonly Fault[] = [
  ...roleFaults('site', { one: owner, all: ({ sites }) => sites }),
  ...roleFaults('source', { one: holder, all: ({ sources }) => sources }),
  ...roleFaults('gateway', { one: firstGateway, all: ({ gateways }) => gateways }),

  { ...redis, name: 'redis.kill', lasts: AT_ONCE, isOutage: false, run: (f, ms) => redisDown(f, 'kill', ms) },
  {
    ...redis,
    name: 'redis.kill-always',
    lasts: AT_ONCE,
    isOutage: false,
    redis: 'always',
    run: (f, ms) => redisDown(f, 'kill', ms),
  },
  { ...redis, name: 'redis.kill-long', lasts: LONG, isOutage: true, run: (f, ms) => redisDown(f, 'kill', ms) },
  { ...redis, name: 'redis.restart', lasts: AT_ONCE, isOutage: false, run: (f, ms) => redisDown(f, 'stop', ms) },
  {
    ...redis,
    name: 'redis.restart-always',
    lasts: AT_ONCE,
    isOutage: false,
    redis: 'always',
    run: (f, ms) => redisDown(f, 'stop', ms),
  },
  { ...redis, name: 'redis.pause', lasts: SHORT, isOutage: false, run: redisPaused },
  { ...redis, name: 'redis.pause-long', lasts: LONG, isOutage: true, run: redisPaused },
  {
    ...cluster,
    name: 'cluster.kill-master',
    run: (floor) => clusterOf(floor).killMasterOf(SITE_KEY),
  },
  {
    ...cluster,
    name: 'cluster.pause-master',
    async run(floor, ms) {
      const resume = await clusterOf(floor).stallMasterOf(SITE_KEY);
      await wait(ms);
      resume();
    },
  },
  { ...postgres, name: 'postgres.kill', lasts: AT_ONCE, run: postgresDown },
  { ...postgres, name: 'postgres.kill-long', lasts: LONG, run: postgresDown },
  { ...postgres, name: 'postgres.pause', lasts: SHORT, run: postgresPaused },
  { ...postgres, name: 'postgres.pause-long', lasts: LONG, run: postgresPaused },
  { ...history, name: 'history.kill', lasts: AT_ONCE, run: (f, ms) => down(f.histories.slice(0, 1), ms) },
  { ...history, name: 'history.pause-long', lasts: LONG, run: (f, ms) => paused(f.histories.slice(0, 1), ms) },
  { ...history, name: 'histories.kill-long', lasts: LONG, run: (f, ms) => down(f.histories, ms) },
  {
    ...redis,
    name: 'redis.kill-history',
    lasts: AT_ONCE,
    isOutage: false,
    hasHistory: true,
    run: (f, ms) => redisDown(f, 'kill', ms),
  },
  { group: 'disk', losesWire: false, name: 'disk.full', lasts: SHORT, isOutage: false, run: diskFull },
  { group: 'disk', losesWire: false, name: 'disk.full-long', lasts: LONG, isOutage: true, run: diskFull },

  {
    ...onLine,
    name: 'line.cut',
    lasts: AT_ONCE,
    isOutage: false,
    async run({ line }, ms) {
      line.cut();
      await wait(ms);
    },
  },
  {
    ...onLine,
    name: 'line.refuse-long',
    lasts: LONG,
    isOutage: true,
    async run({ line }, ms) {
      line.refuse(true);
      await wait(ms);
      line.refuse(false);
    },
  },
  {
    ...onLine,
    name: 'line.half-close',
    lasts: AT_ONCE,
    isOutage: false,
    async run({ line }, ms) {
      line.halfClose();
      await wait(ms);
    },
  },
  ...(['stall', 'stall-long'] as const).map(
    (name): Fault => ({
      ...onLine,
      name: `line.${name}`,
      // A short stall only delays: nothing is lost on the way.
      losesWire: name === 'stall-long',
      lasts: name === 'stall' ? SHORT : LONG,
      isOutage: name === 'stall-long',
      async run({ line }, ms) {
        line.stall(true);
        await wait(ms);
        line.stall(false);
      },
    }),
  ),
  {
    ...onLine,
    name: 'line.throttle',
    losesWire: false,
    lasts: SHORT,
    isOutage: false,
    async run({ line }, ms) {
      line.throttle(20_000);
      await wait(ms);
      line.throttle(Number.POSITIVE_INFINITY);
    },
  },

  ...([CLOCK_MS, -CLOCK_MS] as const).flatMap((offMs): Fault[] => {
    const way = offMs > 0 ? 'ahead' : 'back';
    return [
      {
        ...clock,
        name: `clock.pbx-${way}`,
        async run({ pbx }, ms) {
          pbx.jump(offMs);
          await wait(ms);
        },
      },
      { ...clock, name: `clock.site-${way}`, run: (floor, ms) => clockOff(owner(floor), offMs, ms) },
      { ...clock, name: `clock.source-${way}`, run: (floor, ms) => clockOff(holder(floor), offMs, ms) },
      {
        ...clock,
        // A time-stamp from the future must not vouch for a source that is dead.
        name: `clock.source-${way}-dies`,
        lasts: LONG,
        losesWire: true,
        isOutage: true,
        async run(floor, ms) {
          await clockOff(holder(floor), offMs, 2_000);
          await down(floor.sources, ms);
        },
      },
      { ...clock, name: `clock.gateway-${way}`, run: (floor, ms) => clockOff(firstGateway(floor), offMs, ms) },
    ];
  }),
];

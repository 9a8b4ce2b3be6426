/** A whole floor: PBX, the way to it, the stores, two processes of each role, and the screens that watch them. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createLogger } from '../server/log.ts';
import { startTestCluster, type TestCluster } from '../server/redis/testing-cluster.ts';
import { type RoundDatabase, startDatabase } from './database.ts';
import { type RoundPbx, startPbx } from './pbx.ts';
import { type PbxLine, startLine } from './pbx-line.ts';
import { type Reference, startReference } from './reference.ts';
import { LiveScreen, SITE } from './screen.ts';
import type { Script } from './script.ts';
import { Service } from './service.ts';
import { type RedisKind, type RoundStore, startStore } from './store.ts';

const SCREENS_PER_GATEWAY = 2;
const READY_MS = 60_000;
const POLL_MS = 50;

export interface FloorOptions {
  readonly folder: string;
  readonly script: Script;
  readonly redis: RedisKind;
  readonly hasClock: boolean;
  /** A PostgreSQL, and two processes that write it. */
  readonly hasHistory: boolean;
}

export interface Floor {
  readonly pbx: RoundPbx;
  readonly line: PbxLine;
  readonly redis: RoundStore | TestCluster;
  /** Null where the round has no history. */
  readonly database: RoundDatabase | null;
  readonly reference: Reference;
  readonly sites: readonly Service[];
  readonly sources: readonly Service[];
  readonly gateways: readonly Service[];
  /** Empty where the round has no history. */
  readonly histories: readonly Service[];
  readonly screens: readonly LiveScreen[];
  stop(): Promise<void>;
}

/** Which of them holds the lease, as far as they know themselves: the one that has held it for the shortest time. */
export function holderOf(services: readonly Service[]): Service {
  const [newest] = [...services].sort((a, b) => b.heldSince - a.heldSince);
  if (!newest?.heldSince) throw new Error(`none of ${services.map(({ name }) => name).join(', ')} holds the lease`);
  return newest;
}

/** Resolves when it is so; rejects with `what` when that takes longer. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs: number, what: string): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(what);
    await wait(POLL_MS);
  }
}

/** Resolves when every screen shows the PBX's marks and believes them. No call has come yet. */
export async function startFloor({ folder, script, redis: kind, hasClock, hasHistory }: FloorOptions): Promise<Floor> {
  const ends: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
    ends.length = 0;
  };
  try {
    const log = createLogger({ level: 'silent', format: 'json', write: () => {} });
    const started = <T extends { stop(): unknown }>(part: T): T => {
      ends.push(() => part.stop());
      return part;
    };
    const logPath = path.join(folder, 'queue_log');
    const pbx = started(await startPbx(script, logPath));
    const line = started(await startLine(pbx.port));
    const redis = started(kind === 'cluster' ? await startTestCluster() : await startStore(folder, kind, log));
    const database = hasHistory ? started(await startDatabase(folder, log)) : null;
    // Half a day from now: no round meets the start of a business day unasked.
    const hour = String((new Date().getUTCHours() + 12) % 24).padStart(2, '0');
    const day = { timeZone: 'UTC', businessDayStart: `${hour}:00` };
    const amiId = `ami:127.0.0.1:${line.port}`;
    const told = { amiUrl: pbx.url, logPath, amiId };
    const reference = started(startReference(told, day, log));

    const service = (role: string, n: number, env: Readonly<Record<string, string>> = {}): Service => {
      const name = `${role}-${n}`;
      const dataDir = path.join(folder, name);
      mkdirSync(dataDir);
      return started(
        new Service({
          name,
          folder,
          hasClock,
          env: {
            REDIS_URL: redis.url,
            FLOORCAST_ROLES: role,
            FLOORCAST_DATA_DIR: dataDir,
            FLOORCAST_TIME_ZONE: day.timeZone,
            FLOORCAST_BUSINESS_DAY_START: day.businessDayStart,
            ...(database && { DATABASE_URL: database.url }),
            ...env,
          },
        }),
      );
    };
    const amiUrl = `${pbx.url.replace(`:${pbx.port}`, `:${line.port}`)}?site=${SITE}`;
    const source = { FLOORCAST_SOURCES: `${amiUrl} queue-log://${logPath}?site=${SITE}` };
    const two = (role: string, env?: Readonly<Record<string, string>>) => [
      service(role, 1, env),
      service(role, 2, env),
    ];
    const [sites, sources, gateways] = [two('site'), two('source', source), two('gateway')];
    const histories = hasHistory ? two('history') : [];
    await Promise.all([...sites, ...sources, ...gateways, ...histories].map((one) => one.start()));

    const screens = gateways.flatMap(({ name, url }) =>
      Array.from({ length: SCREENS_PER_GATEWAY }, (_, n) => new LiveScreen(`${name}/screen-${n + 1}`, url)),
    );
    ends.push(() => {
      for (const screen of screens) screen.close();
    });
    const isReady = () =>
      pbx.clients() >= 2 && screens.every((screen) => screen.level() === 'fresh' && pbx.ageOf(screen.mark()) !== null);
    await until(isReady, READY_MS, 'the floor did not become fresh at its start');
    return { pbx, line, redis, database, reference, sites, sources, gateways, histories, screens, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Is the process up, and is it of use? A lost PBX does not make it unready: taking every gateway out of rotation would
 * turn boards that honestly say "stale" into boards that say nothing. Nor does history that lags: it is told, no more.
 */
import { API, type Readiness } from '../../../shared/api.ts';
import { freshnessOf } from '../freshness.ts';
import type { Mirror } from '../mirror.ts';
import { Reply, type Route, type RouteOptions, route } from '../route.ts';

/** See server/redis/health.ts. */
export interface Store {
  ping(): Promise<unknown>;
  refusalOf(site: string): Promise<string | null>;
  hasOwner(site: string): Promise<boolean>;
  streamLagMs(site: string): Promise<number>;
}

export interface HealthOptions extends RouteOptions {
  readonly now: () => number;
  /** What waits for PostgreSQL, by site; empty where this process writes no history. */
  readonly history: () => Readiness['history'];
}

/** An orchestrator asks every few seconds and must hear a reason, not its own time-out. */
const ANSWER_WITHIN_MS = 1_000;

export function healthRoutes(mirror: Mirror, store: Store, options: HealthOptions): Route[] {
  return [
    route(API.health, options, () => ({ status: 'ok' as const })),
    route(API.readiness, options, async () => {
      const readiness = await readinessOf(mirror, store, options);
      return new Reply(readiness.ready ? 200 : 503, readiness);
    }),
  ];
}

async function readinessOf(mirror: Mirror, store: Store, { now, history }: HealthOptions): Promise<Readiness> {
  const redis = (await within(store.ping().then(() => true))) === true;
  const reasons = redis ? [] : ['Redis does not answer'];
  if (mirror.sites.length === 0) reasons.push('no site is known yet: a process with the role source registers it');
  const sites = await Promise.all(
    mirror.sites.map(async (id): Promise<Readiness['sites'][number]> => {
      const ask = async <T>(answer: (site: string) => Promise<T>) => (redis ? within(answer(id)) : undefined);
      const [hasOwner = false, refusal, streamLagMs = null] = await Promise.all([
        ask(store.hasOwner),
        ask(store.refusalOf),
        ask(store.streamLagMs),
      ]);
      const lag = mirror.lagReason(id);
      if (redis && !hasOwner) reasons.push(`site ${id}: no process owns it`);
      if (redis && refusal !== null) reasons.push(`site ${id}: ${refusalText(refusal)}`);
      if (lag !== null) reasons.push(`site ${id}: ${lag}`);
      const board = mirror.view(id, 'board');
      return {
        id,
        hasOwner,
        isWritable: refusal === null,
        isInStep: lag === null,
        newestCommitAgeMs: board?.committedAt == null ? null : Math.max(0, now() - board.committedAt),
        streamLagMs,
        freshness: board ? freshnessOf(board, now()).state : ('connecting' as const),
      };
    }),
  );
  return { ready: reasons.length === 0, reasons, redis, sites, history: history() };
}

const refusalText = (word: string | undefined): string =>
  word === undefined
    ? 'Redis does not answer a write'
    : `Redis refuses writes (${word}); look into its log, its disk and its memory`;

/** Undefined when the answer is a failure or late: for readiness these are one. */
export function within<T>(answer: Promise<T>, ms = ANSWER_WITHIN_MS): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    const settle = (value: T | undefined) => {
      clearTimeout(timer);
      resolve(value);
    };
    answer.then(settle, () => settle(undefined));
  });
}

/** While Redis is away commands wait in line for it: each question waits there once, however often it is asked. */
export function oneAtATime(store: Store): Store {
  const asked = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const known = asked.get(key) as Promise<T> | undefined;
    if (known) return known;
    const answer = ask().finally(() => asked.delete(key));
    asked.set(key, answer);
    return answer;
  };
  return {
    ping: () => once('ping', () => store.ping()),
    refusalOf: (site) => once(`refusal ${site}`, () => store.refusalOf(site)),
    hasOwner: (site) => once(`owner ${site}`, () => store.hasOwner(site)),
    streamLagMs: (site) => once(`lag ${site}`, () => store.streamLagMs(site)),
  };
}

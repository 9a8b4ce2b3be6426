/**
 * Is the process up, and is it of use? A lost PBX does not make it unready: taking every gateway out of rotation would
 * turn boards that honestly say "stale" into boards that say nothing.
 */
import { API, type Readiness } from '../../../shared/api.ts';
import { freshnessOf } from '../freshness.ts';
import type { Mirror } from '../mirror.ts';
import { Reply, type Route, type RouteOptions, route } from '../route.ts';

export interface Store {
  /** Rejects when Redis does not answer. */
  ping(): Promise<unknown>;
  hasOwner(site: string): Promise<boolean>;
  /** Why Redis refuses to write for the site, in its own word (`OOM`, `READONLY`, `MISCONF`); null while it does not. */
  refusal(site: string): Promise<string | null>;
}

/** A refusal that passes, such as during a failover, is no reason to leave the rotation. */
const REFUSED_MS = 5_000;

/** An orchestrator asks every few seconds and must hear a reason, not its own time-out. */
const ANSWER_WITHIN_MS = 1_000;

export function healthRoutes(mirror: Mirror, store: Store, now: () => number, options: RouteOptions): Route[] {
  const wrote = new Map<string, number>();
  const startedAt = now();
  const refusedFor = async (site: string): Promise<string | null> => {
    const word = await within(store.refusal(site), null);
    if (word === null) wrote.set(site, now());
    const sinceMs = now() - (wrote.get(site) ?? startedAt);
    return word === null || sinceMs < REFUSED_MS ? null : `Redis refuses to write (${word})`;
  };
  return [
    route(API.health, options, () => ({ status: 'ok' as const })),
    route(API.readiness, options, async () => {
      const readiness = await readinessOf(mirror, store, refusedFor, now());
      return new Reply(readiness.ready ? 200 : 503, readiness);
    }),
  ];
}

async function readinessOf(
  mirror: Mirror,
  store: Store,
  refusedFor: (site: string) => Promise<string | null>,
  now: number,
): Promise<Readiness> {
  const redis = await within(
    store.ping().then(() => true),
    false,
  );
  const reasons = redis ? [] : ['Redis does not answer'];
  if (mirror.sites.length === 0) reasons.push('no site is known yet: a process with the role source registers it');
  const sites = await Promise.all(
    mirror.sites.map(async (id) => {
      const hasOwner = redis && (await within(store.hasOwner(id), false));
      const refusal = redis ? await refusedFor(id) : null;
      const lag = mirror.lagReason(id);
      if (redis && !hasOwner) reasons.push(`site ${id}: no process owns it`);
      if (refusal !== null) reasons.push(`site ${id}: ${refusal}`);
      if (lag !== null) reasons.push(`site ${id}: ${lag}`);
      const board = mirror.view(id, 'board');
      return {
        id,
        hasOwner,
        isInStep: lag === null,
        newestCommitAgeMs: board?.committedAt == null ? null : Math.max(0, now - board.committedAt),
        freshness: board ? freshnessOf(board, now).state : ('connecting' as const),
      };
    }),
  );
  return { ready: reasons.length === 0, reasons, redis, sites };
}

/** `otherwise` when the answer is a failure or late. */
function within<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(otherwise), ANSWER_WITHIN_MS);
    const settle = (value: T) => {
      clearTimeout(timer);
      resolve(value);
    };
    answer.then(settle, () => settle(otherwise));
  });
}

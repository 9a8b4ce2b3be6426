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
}

/** An orchestrator asks every few seconds and must hear a reason, not its own time-out. */
const ANSWER_WITHIN_MS = 1_000;

export function healthRoutes(mirror: Mirror, store: Store, now: () => number, options: RouteOptions): Route[] {
  return [
    route(API.health, options, () => ({ status: 'ok' as const })),
    route(API.readiness, options, async () => {
      const readiness = await readinessOf(mirror, store, now());
      return new Reply(readiness.ready ? 200 : 503, readiness);
    }),
  ];
}

async function readinessOf(mirror: Mirror, store: Store, now: number): Promise<Readiness> {
  const redis = await within(store.ping().then(() => true));
  const reasons = redis ? [] : ['Redis does not answer'];
  const sites = await Promise.all(
    mirror.sites.map(async (id) => {
      const hasOwner = redis && (await within(store.hasOwner(id)));
      const lag = mirror.lagReason(id);
      if (redis && !hasOwner) reasons.push(`site ${id}: no process owns it`);
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

/** False when the answer is no, a failure or late: for readiness these are one. */
function within(answer: Promise<boolean>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ANSWER_WITHIN_MS);
    const settle = (value: boolean) => {
      clearTimeout(timer);
      resolve(value);
    };
    answer.then(settle, () => settle(false));
  });
}

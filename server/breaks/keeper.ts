/** Keeps the break desks of sites: in exactly one process each, the one that holds the lease. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { isAway } from '../db/failure.ts';
import type { Logger } from '../log.ts';
import type { Redis } from '../redis/client.ts';
import { siteKeys } from '../redis/keys.ts';
import { acquireLease, type Lease, releaseLease, renewLease } from '../redis/lease.ts';
import type { Breaks } from './breaks.ts';

export interface KeeperOptions {
  readonly breaks: Pick<Breaks, 'keep'>;
  readonly redis: Redis;
  readonly log: Logger;
  readonly everyMs?: number;
}

export interface Keeper {
  join(site: string): void;
  leave(site: string): Promise<void>;
  stop(): Promise<void>;
}

const EVERY_MS = 500;
/** A round of the desk waits for the PBX's store and for PostgreSQL. */
const LEASE_MS = 5_000;

export function startKeeper({ breaks, redis, log, everyMs = EVERY_MS }: KeeperOptions): Keeper {
  const token = randomUUID();
  const kept = new Map<string, { readonly over: AbortController; readonly done: Promise<void> }>();

  const keep = async (site: string, over: AbortSignal): Promise<void> => {
    const keys = siteKeys(site).breakLease;
    let lease: Lease | null = null;
    let failed = '';
    while (!over.aborted) {
      try {
        if (lease && !(await renewLease(redis, keys, lease, LEASE_MS))) lease = null;
        if (!lease) {
          const taken = await acquireLease(redis, keys, token, LEASE_MS);
          lease = 'epoch' in taken ? taken : null;
        }
        if (lease && !over.aborted) await breaks.keep(site);
        failed = '';
      } catch (err) {
        const reason = String(err);
        // Both stores tell of their outages themselves.
        if (!over.aborted && !isAway(err) && reason !== failed) log.warn({ site, err }, 'breaks.notKept');
        failed = reason;
      }
      await wait(everyMs, undefined, { signal: over, ref: false }).catch(() => {});
    }
    // Whoever is next waits for its end at the longest.
    if (lease) await releaseLease(redis, keys, lease).catch(() => {});
  };

  const leave = async (site: string): Promise<void> => {
    const one = kept.get(site);
    kept.delete(site);
    one?.over.abort();
    await one?.done;
  };
  return {
    join(site) {
      if (kept.has(site)) return;
      const over = new AbortController();
      kept.set(site, { over, done: keep(site, over.signal) });
    },
    leave,
    async stop() {
      await Promise.all([...kept.keys()].map(leave));
    },
  };
}

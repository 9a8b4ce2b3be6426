/**
 * Carries out what people ask of the PBX, for as long as this process feeds the site. Orders are taken in the order in which
 * they were placed and handed to their source before the next one is looked at; what becomes of them is awaited side by side.
 * What must hold: nothing is sent that was not claimed, and what was claimed is sent at most once (server/redis/commands.ts).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Do, failed, type Order, type Outcome } from '../../shared/command.ts';
import type { Logger } from '../log.ts';
import type { Redis } from '../redis/client.ts';
import { claimCommand, readPlaced, settleCommand, writeActing } from '../redis/commands.ts';
import { STREAM_START } from '../redis/stream.ts';
import type { Acting } from './source.ts';

export interface OrdersOptions {
  readonly site: string;
  /** Of the lease under which the site is fed. */
  readonly owner: string;
  readonly redis: Redis;
  /** For blocking reads, of nobody else. */
  readonly reader: Redis;
  readonly sources: readonly Acting[];
  readonly log: Logger;
  /** A claim whose answer took longer comes too late: who asked has been told something else. */
  readonly lateMs?: number;
}

const BLOCK_MS = 500;
const AT_ONCE = 16;
const TELL_EVERY_MS = 2_000;
const RETRY_MS = 250;
const LATE_MS = 2_000;

/** Resolves when `over` is aborted, the read that was under way is over too, and what was taken on is settled. */
export async function carryOutOrders(options: OrdersOptions, over: AbortSignal): Promise<void> {
  const { site, reader, log } = options;
  const running = new Set<Promise<void>>();
  const tellAbilities = createTeller(options);
  let cursor = STREAM_START;
  let isFailing = false;
  while (!over.aborted) {
    try {
      await tellAbilities();
      const placed = await readPlaced(reader, site, cursor, { count: AT_ONCE, blockMs: BLOCK_MS });
      cursor = placed.cursor;
      for (const id of placed.ids) {
        if (over.aborted) break;
        const taken = await takeOn(options, id);
        if (taken === null) continue;
        const { settled } = taken;
        running.add(settled);
        void settled.finally(() => running.delete(settled));
      }
      isFailing = false;
    } catch (err) {
      if (over.aborted) break;
      if (!isFailing) log.warn({ site, err }, 'orders.notRead');
      isFailing = true;
      await wait(RETRY_MS, undefined, { signal: over }).catch(() => {});
    }
  }
  await Promise.all(running);
}

/** Resolves when the order is on its way, with what settles it; null where there was nothing to send. */
async function takeOn(options: OrdersOptions, id: string): Promise<{ readonly settled: Promise<void> } | null> {
  const { redis, site, owner, sources, log, lateMs = LATE_MS } = options;
  const token = randomUUID();
  const askedAt = performance.now();
  const order = await claimCommand(redis, site, id, owner, token);
  if (order === null) return null;
  const isLate = performance.now() - askedAt > lateMs;
  const outcome = isLate ? failed('source.away', 'taken too late, so it was not sent') : hand(order, sources);
  const settling = settle(options, id, token, outcome);
  return { settled: settling.catch((err: unknown) => log.error({ site, err }, 'orders.notSettled')) };
}

/** To the one source that it is about. */
function hand(order: Order, sources: readonly Acting[]): Promise<Outcome> | Outcome {
  let isSomebodyAway = false;
  for (const source of sources) {
    const answer = source.execute(order);
    if (answer === 'away') isSomebodyAway = true;
    else if (answer !== 'elsewhere') return answer;
  }
  return failed(isSomebodyAway ? 'source.away' : unknownIn(order.command.do));
}

const unknownIn = (what: Do) =>
  what === 'join-queue' ? 'queue.unknown' : what === 'hang-up' ? 'call.unknown' : 'agent.unknown';

async function settle(
  { redis, site, log }: OrdersOptions,
  id: string,
  token: string,
  pending: Promise<Outcome> | Outcome,
): Promise<void> {
  const outcome = await pending;
  const { state, cause } = outcome;
  for (;;) {
    try {
      await settleCommand(redis, site, id, token, outcome);
      return log.info({ site, command: id, state, cause }, 'order.settled');
    } catch (err) {
      // A cluster that was away rejects; over a connection that is closed for good nobody can be told any more.
      if (redis.status === 'end') throw err;
      await wait(RETRY_MS);
    }
  }
}

function createTeller({ redis, site, owner, sources }: OrdersOptions): () => Promise<void> {
  let told = '';
  let toldAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const abilities = sources.flatMap((source) => source.abilities() ?? []);
    const acting = {
      isAway: abilities.length === 0,
      can: [...new Set(abilities.flatMap(({ can }) => can))],
      lacks: [...new Set(abilities.flatMap(({ lacks }) => lacks))],
    };
    const json = JSON.stringify(acting);
    if (json === told && performance.now() - toldAt < TELL_EVERY_MS) return;
    await writeActing(redis, site, owner, acting);
    told = json;
    toldAt = performance.now();
  };
}

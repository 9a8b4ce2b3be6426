/**
 * Runs the sources of one site where this process holds the site's source lease. Any number of processes may host a site;
 * exactly one of them is connected to its PBX, the others stand by.
 *
 *   standing by --lease--> feeding --lease lost, append fenced--> standing by
 *
 * The lease is not that of the fold: either may move alone. Who is fenced drops what it still held, because the process
 * that feeds now has asked the PBX for the whole picture. Who stops hands over: `source.lost` is told only when nobody
 * else has taken over, so a screen sees no outage that was none. Who feeds the site also carries out what is asked of its PBX
 * (orders.ts).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { DomainEvent, EventBatch } from '../../shared/event.ts';
import type { Logger } from '../log.ts';
import { type Appender, FencedError, openAppender } from '../redis/append.ts';
import { closeRedis, dropRedis, type Redis, type RedisPurpose } from '../redis/client.ts';
import { siteKeys } from '../redis/keys.ts';
import { acquireLease, isLeaseLost, LEASE_TTL_MS, type Lease, releaseLease, standByMs } from '../redis/lease.ts';
import { carryOutOrders } from './orders.ts';
import { createPrecedence } from './precedence.ts';
import type { Source } from './source.ts';

export interface SourceHostOptions {
  readonly site: string;
  readonly sources: readonly { readonly id: string; readonly source: Source }[];
  readonly connect: (purpose: RedisPurpose) => Promise<Redis>;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Logger;
  readonly leaseTtlMs?: number;
  /** How long a stop waits for another process before it tells that the sources are lost; 0 where there is none. */
  readonly handOverMs?: number;
  readonly onAppended?: (source: string, events: number) => void;
  readonly onAnomaly?: (kind: string) => void;
  /** True once the site is ours to feed, false when it is no longer. */
  readonly onHolder?: (isHolder: boolean) => void;
}

export interface SourceHost {
  /** Ends the sources and gives the lease back. Takes a bounded time without Redis too. */
  stop(): Promise<void>;
  /** After `stop`: tells that the sources are lost if nobody has taken over in time, and closes the connection. */
  close(): Promise<void>;
}

const SOURCE_RETRY_MS = 5_000;
const AFTER_FAILURE_MS = 1_000;
const HAND_OVER_MS = 300;
/** For `stop`, and again for `close`: the process has little more for everything. */
const STOP_MS = 800;

export async function startSourceHost(options: SourceHostOptions): Promise<SourceHost> {
  const redis = await options.connect('command');
  const reader = await connectReader(options).catch(async (error: unknown) => {
    await closeRedis(redis);
    throw error;
  });
  const stopping = new AbortController();
  const ended = hostUntil(stopping.signal, options, redis, reader);
  const bounded = async <T>(work: Promise<T>): Promise<T> => {
    const deadline = setTimeout(() => dropRedis(redis), STOP_MS);
    return work.finally(() => clearTimeout(deadline));
  };
  return {
    async stop() {
      stopping.abort();
      if (reader) dropRedis(reader);
      await bounded(ended);
    },
    async close() {
      const sayFarewell = await ended;
      if (redis.status !== 'end') await bounded(sayFarewell()).catch(() => {});
      await closeRedis(redis);
    },
  };
}

/** Orders wait in a blocking read, which holds up everything else of its connection. */
async function connectReader({ sources, connect }: SourceHostOptions): Promise<Redis | null> {
  return sources.some(({ source }) => source.acting) ? connect('reader') : null;
}

/** Resolves with what is left to do when others have had the time to take over. */
async function hostUntil(
  stopping: AbortSignal,
  options: SourceHostOptions,
  redis: Redis,
  reader: Redis | null,
): Promise<() => Promise<void>> {
  const { site, log, leaseTtlMs = LEASE_TTL_MS, onHolder = () => {} } = options;
  const { sourceLease } = siteKeys(site);
  let sayFarewell = async (): Promise<void> => {};
  let isFailing = false;
  let token = randomUUID();
  while (!stopping.aborted) {
    let pauseMs = AFTER_FAILURE_MS;
    try {
      const answer = await acquireLease(redis, sourceLease, token, leaseTtlMs);
      isFailing = false;
      if ('heldForMs' in answer) pauseMs = standByMs(answer);
      else {
        token = randomUUID();
        log.info({ site, epoch: answer.epoch }, 'source.held');
        onHolder(true);
        const tenure = new Tenure(options, redis, reader, answer, leaseTtlMs);
        await tenure.run(stopping).finally(() => onHolder(false));
        sayFarewell = () => tenure.sayFarewell();
        pauseMs = 0;
      }
    } catch (err) {
      if (!isFailing && !stopping.aborted) log.error({ err, site }, 'source.hostFailed');
      isFailing = true;
    }
    await wait(pauseMs, undefined, { signal: stopping }).catch(() => {});
  }
  return sayFarewell;
}

/** From a lease to its end. */
class Tenure {
  readonly #options: SourceHostOptions;
  readonly #redis: Redis;
  readonly #reader: Redis | null;
  readonly #lease: Lease;
  readonly #ttlMs: number;
  readonly #appender: Appender;
  /** Ends the sources. */
  readonly #over = new AbortController();
  readonly #reconnects = new Map<string, AbortController>();
  readonly #precedence = createPrecedence();
  readonly #farewells: EventBatch[] = [];
  readonly #handOverMs: number;
  #releasedAt = 0;
  #isFenced = false;

  constructor(options: SourceHostOptions, redis: Redis, reader: Redis | null, lease: Lease, ttlMs: number) {
    this.#options = options;
    this.#redis = redis;
    this.#reader = reader;
    this.#lease = lease;
    this.#ttlMs = ttlMs;
    this.#handOverMs = options.handOverMs ?? HAND_OVER_MS;
    this.#appender = openAppender(redis, options.site, {
      owner: lease.owner,
      onLost: () => this.#reconnectAll(),
    });
  }

  async run(stopping: AbortSignal): Promise<void> {
    const { site, sources } = this.#options;
    const { sourceLease } = siteKeys(site);
    const renewal = new AbortController();
    const stop = () => this.#over.abort();
    stopping.addEventListener('abort', stop);
    if (stopping.aborted) stop();
    const renewing = isLeaseLost(this.#redis, sourceLease, this.#lease, this.#ttlMs, renewal.signal).then((isLost) => {
      if (isLost) this.#fence();
    });
    const orders = this.#carryOutOrders();
    await Promise.all(sources.map(({ id, source }) => this.#keep(id, source)));
    await orders;
    renewal.abort();
    await renewing;
    stopping.removeEventListener('abort', stop);
    if (this.#isFenced) return;
    await releaseLease(this.#redis, sourceLease, this.#lease);
    this.#releasedAt = performance.now();
  }

  async #carryOutOrders(): Promise<void> {
    const { site, sources, log } = this.#options;
    const acting = sources.flatMap(({ source }) => source.acting ?? []);
    if (this.#reader === null) return;
    const orders = { site, owner: this.#lease.owner, redis: this.#redis, reader: this.#reader, sources: acting, log };
    await carryOutOrders(orders, this.#over.signal);
  }

  /** The fence is ours until somebody else takes the lease, and then refuses this. */
  async sayFarewell(): Promise<void> {
    if (this.#farewells.length === 0 || this.#isFenced) return;
    await wait(Math.max(0, this.#releasedAt + this.#handOverMs - performance.now()));
    await this.#appender.append(this.#farewells).catch((error: unknown) => {
      if (!(error instanceof FencedError)) throw error;
    });
  }

  #fence(): void {
    if (this.#isFenced) return;
    this.#isFenced = true;
    this.#options.log.warn({ site: this.#options.site, epoch: this.#lease.epoch }, 'source.fenced');
    this.#over.abort();
  }

  async #keep(id: string, source: Source): Promise<void> {
    const { site, now, random, log, onAnomaly = () => {} } = this.#options;
    const over = this.#over.signal;
    while (!over.aborted) {
      const reconnect = new AbortController();
      this.#reconnects.set(id, reconnect);
      const signal = AbortSignal.any([over, reconnect.signal]);
      const append = (events: readonly DomainEvent[], receivedAt: number) => this.#append(id, events, receivedAt);
      try {
        await source.run({ site, source: id, append, now, random, log: log.child({ site }), signal });
        this.#precedence.gone(id);
      } catch (err) {
        // By contract a bug; the site must not stay blind for it.
        log.error({ site, source: id, err }, 'source.failed');
        onAnomaly('source.failed');
        await wait(SOURCE_RETRY_MS, undefined, { signal: over }).catch(() => {});
      }
    }
  }

  async #append(source: string, events: readonly DomainEvent[], receivedAt: number): Promise<void> {
    const isStopping = this.#over.signal.aborted && this.#handOverMs > 0;
    const isFarewell = ({ type }: DomainEvent) => isStopping && type === 'source.lost';
    const batchOf = (some: readonly DomainEvent[]): EventBatch => ({ v: 1, source, receivedAt, events: [...some] });
    const told = events.filter((event) => !isFarewell(event));
    if (told.length < events.length) this.#farewells.push(batchOf(events.filter(isFarewell)));
    // Fenced: the events are in the picture that the next holder takes.
    if (told.length === 0 || this.#isFenced) return;
    await this.#precedence.turn(source, receivedAt, this.#options.now, this.#over.signal);
    try {
      await this.#appender.append([batchOf(told)]);
      this.#precedence.arrived(source);
      this.#options.onAppended?.(source, told.length);
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
      this.#fence();
    }
  }

  /** What Redis lost is too old to be told again: the PBX's present picture mends what it can. */
  #reconnectAll(): void {
    this.#options.log.warn({ site: this.#options.site }, 'source.eventsLost');
    this.#options.onAnomaly?.('source.eventsLost');
    for (const reconnect of this.#reconnects.values()) reconnect.abort();
  }
}

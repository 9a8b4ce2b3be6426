/**
 * Appends to the stream of a site. What must hold:
 *
 * - One append of an appender is under way at a time; what is asked for meanwhile goes together in the next one. So order
 *   holds also where a command is sent again over another connection (Redis Cluster), and a busy site costs few calls.
 * - An append is sent until it is answered and numbered by its producer, so that it is carried out once.
 * - An append under a fence enters the stream only while that owner feeds the site.
 * - Redis may lose what it had answered (a failover of a master, a power cut). The number of the next append then does not
 *   follow the stored one: what is missing is appended again from memory, or told to be lost where it is too old for that.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { EventBatch } from '../../shared/event.ts';
import type { Redis } from './client.ts';
import { siteKeys } from './keys.ts';
import { defineScript } from './script.ts';

// KEYS events, appended, source; ARGV number of this append, owner ('' appends for anyone), batches.
// Returns -1 when another owner feeds the site, the number when the append is in the stream, and else the number of the
// newest append that Redis still knows: those between the two are lost.
const runAppend = defineScript(`
if ARGV[2] ~= '' and redis.call('HGET', KEYS[3], 'owner') ~= ARGV[2] then return -1 end
local number = tonumber(ARGV[1])
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
if last >= number then return number end
if last < number - 1 then return last end
for i = 3, #ARGV do redis.call('XADD', KEYS[1], '*', 'b', ARGV[i]) end
redis.call('SET', KEYS[2], ARGV[1], 'EX', 86400)
return number`);

const FENCED = -1;
/** Of one append: it holds up every other client of this Redis. */
const MAX_BATCHES = 256;
const MAX_CHARS = 1_000_000;
/** A master that is cut off from its cluster goes on answering for some 15 s; all of it is lost when it comes back. */
const REMEMBER_MS = 30_000;
const REMEMBER_CHARS = 8_000_000;
const RETRY_MS = 50;

/** Another process feeds the site: nothing of the append, and nothing further, enters the stream. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

export interface AppenderOptions {
  /** The lease under which the site is fed; without one, anyone appends. */
  readonly owner?: string;
  /** Redis lost appends that are no longer remembered here. */
  readonly onLost?: () => void;
}

export interface Appender {
  /**
   * Resolves when the batches are in the stream. Rejects with FencedError, when Redis refuses (batches before the refused
   * ones are then in the stream), and when the connection is closed for good.
   */
  append(batches: readonly EventBatch[]): Promise<void>;
}

export function openAppender(redis: Redis, site: string, options: AppenderOptions = {}): Appender {
  return new StreamAppender(redis, site, options);
}

const shared = new WeakMap<Redis, Map<string, Appender>>();

/** For whoever need not be the only one: appends of one connection share calls. */
export function appendBatches(redis: Redis, site: string, batches: readonly EventBatch[]): Promise<void> {
  const bySite = shared.get(redis) ?? new Map<string, Appender>();
  shared.set(redis, bySite);
  const appender = bySite.get(site) ?? openAppender(redis, site);
  bySite.set(site, appender);
  return appender.append(batches);
}

/** One call of `append`; refused once, it is refused as a whole. */
interface Call {
  left: number;
  isRefused: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Group {
  readonly number: number;
  readonly bodies: readonly string[];
  readonly chars: number;
  readonly at: number;
}

class StreamAppender implements Appender {
  readonly #redis: Redis;
  readonly #site: string;
  readonly #options: AppenderOptions;
  readonly #queue: { readonly body: string; readonly call: Call }[] = [];
  #token = randomUUID();
  #number = 0;
  /** What is in the stream, oldest first. */
  #recent: Group[] = [];
  #recentChars = 0;
  /** What was in the stream and is not any more; goes before everything else. */
  #lost: Group[] = [];
  #isPumping = false;

  constructor(redis: Redis, site: string, options: AppenderOptions) {
    this.#redis = redis;
    this.#site = site;
    this.#options = options;
  }

  append(batches: readonly EventBatch[]): Promise<void> {
    if (batches.length === 0) return Promise.resolve();
    const bodies = batches.map((batch) => JSON.stringify(batch));
    return new Promise((resolve, reject) => {
      const call: Call = { left: bodies.length, isRefused: false, resolve, reject };
      for (const body of bodies) this.#queue.push({ body, call });
      if (!this.#isPumping) void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    while (this.#queue.length > 0) {
      const parts = this.#queue.splice(0, this.#fitting()).filter(({ call }) => !call.isRefused);
      if (parts.length === 0) continue;
      try {
        await this.#send(parts.map(({ body }) => body));
        for (const { call } of parts) if (--call.left === 0) call.resolve();
      } catch (error) {
        for (const { call } of parts) {
          call.isRefused = true;
          call.reject(error);
        }
      }
    }
    this.#isPumping = false;
  }

  #fitting(): number {
    let chars = 0;
    let count = 0;
    for (const { body } of this.#queue) {
      chars += body.length;
      if (count > 0 && (count >= MAX_BATCHES || chars > MAX_CHARS)) break;
      count++;
    }
    return count;
  }

  async #send(bodies: readonly string[]): Promise<void> {
    for (;;) {
      const [lost] = this.#lost;
      const next = lost?.bodies ?? bodies;
      const number = this.#number + 1;
      const answer = await this.#answered(number, next);
      if (answer === FENCED) throw new FencedError(`another process feeds site ${this.#site}`);
      if (answer < number) {
        this.#startOver(answer);
        continue;
      }
      this.#number = number;
      this.#remember({
        number,
        bodies: next,
        chars: next.reduce((sum, body) => sum + body.length, 0),
        at: performance.now(),
      });
      if (lost === undefined) return;
      this.#lost.shift();
    }
  }

  /** As a new producer: the numbers of the old one are of no use any more. */
  #startOver(last: number): void {
    const missing = this.#recent.filter(({ number }) => number > last);
    const isComplete = missing.length === this.#number - last;
    this.#lost = [...missing, ...this.#lost];
    this.#recent = [];
    this.#recentChars = 0;
    this.#token = randomUUID();
    this.#number = 0;
    if (!isComplete) this.#options.onLost?.();
  }

  #remember(group: Group): void {
    this.#recent.push(group);
    this.#recentChars += group.chars;
    let old = 0;
    for (const { at, chars } of this.#recent) {
      if (group.at - at <= REMEMBER_MS && this.#recentChars <= REMEMBER_CHARS) break;
      this.#recentChars -= chars;
      old++;
    }
    if (old > 0) this.#recent.splice(0, old);
  }

  /** Sent again after every failure of the way; a refusal by Redis is final. */
  async #answered(number: number, bodies: readonly string[]): Promise<number> {
    const { events, appended, sourceLease } = siteKeys(this.#site);
    const args = [number, this.#options.owner ?? '', ...bodies];
    for (;;) {
      try {
        return Number(await runAppend(this.#redis, [events, appended(this.#token), sourceLease.fence], args));
      } catch (error) {
        const isRefused = error instanceof Error && error.name === 'ReplyError';
        if (isRefused || this.#redis.status === 'end') throw error;
        await wait(RETRY_MS);
      }
    }
  }
}

/** The facts stream of a site, as history reads it: what is over, entry by entry, and how much of it is unread. */
import { type Fact, factSchema } from '../../shared/fact.ts';
import { zeroCounters } from '../../shared/metric.ts';
import type { Redis } from './client.ts';
import { siteKeys } from './keys.ts';
import { defineScript } from './script.ts';
import type { ReadOptions } from './stream.ts';

export interface FactEntry {
  readonly id: string;
  /** `position` is the fact's place in the entry. */
  readonly facts: readonly { readonly position: number; readonly fact: Fact }[];
  /** What does not fit the schema. */
  readonly rejected: readonly RejectedFact[];
}

export interface RejectedFact {
  readonly position: number;
  readonly reason: string;
  /** As it was written. */
  readonly body: string;
}

export interface FactsRange {
  readonly length: number;
  readonly firstId: string | null;
  readonly lastId: string | null;
}

export async function readFacts(
  redis: Redis,
  site: string,
  cursor: string,
  options: ReadOptions,
): Promise<FactEntry[]> {
  const key = siteKeys(site).facts;
  const answer =
    options.blockMs > 0
      ? await redis.xread('COUNT', options.count, 'BLOCK', options.blockMs, 'STREAMS', key, cursor)
      : await redis.xread('COUNT', options.count, 'STREAMS', key, cursor);
  return (answer?.[0]?.[1] ?? []).map(([id, fields]) => ({ id, ...parseFacts(fields[0] === 'f' ? fields[1] : '') }));
}

export async function factsRange(redis: Redis, site: string): Promise<FactsRange> {
  const key = siteKeys(site).facts;
  const [length, first, last] = await Promise.all([
    redis.xlen(key),
    redis.xrange(key, '-', '+', 'COUNT', 1),
    redis.xrevrange(key, '+', '-', 'COUNT', 1),
  ]);
  return { length, firstId: first[0]?.[0] ?? null, lastId: last[0]?.[0] ?? null };
}

/** Id of the first entry after `cursor`; null when all is read. */
export async function nextFactId(redis: Redis, site: string, cursor: string): Promise<string | null> {
  const [next] = await redis.xrange(siteKeys(site).facts, `(${cursor}`, '+', 'COUNT', 1);
  return next?.[0] ?? null;
}

export async function hasFactEntry(redis: Redis, site: string, id: string): Promise<boolean> {
  return (await redis.xrange(siteKeys(site).facts, id, id)).length > 0;
}

/** Deletes entries older than `id`; gives how many. */
export const trimFacts = (redis: Redis, site: string, id: string): Promise<number> =>
  redis.xtrim(siteKeys(site).facts, 'MINID', id);

// KEYS facts; ARGV first id, last id, at most. Counts where the entries are, so that none travels.
const countScript = defineScript(`
local entries = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[2], 'COUNT', ARGV[3])
return { #entries, #entries > 0 and entries[#entries][1] or '' }`);
const COUNT_AT_ONCE = 500;

/** Entries up to and including `cursor`. In small portions: nobody else is served while Redis counts. */
export async function countFactsUpTo(redis: Redis, site: string, cursor: string): Promise<number> {
  let count = 0;
  for (let from = '-'; ; ) {
    const answer = await countScript(redis, [siteKeys(site).facts], [from, cursor, COUNT_AT_ONCE]);
    const [found, lastId] = answer as [number, string];
    count += found;
    if (found < COUNT_AT_ONCE) return count;
    from = `(${lastId}`;
  }
}

function parseFacts(body = ''): Omit<FactEntry, 'id'> {
  let values: unknown;
  try {
    values = JSON.parse(body, body.includes('\\u0000') ? withoutNul : undefined);
  } catch {
    return { facts: [], rejected: [{ position: 0, reason: 'not JSON', body: body.replaceAll('\0', '\ufffd') }] };
  }
  if (!Array.isArray(values)) return { facts: [], rejected: [{ position: 0, reason: 'not an array', body }] };
  const facts: { position: number; fact: Fact }[] = [];
  const rejected: RejectedFact[] = [];
  for (const [position, value] of values.entries()) {
    const parsed = factSchema.safeParse(withAllCounters(value));
    if (parsed.success) facts.push({ position, fact: parsed.data });
    else rejected.push({ position, reason: reasonOf(parsed.error.issues[0]), body: JSON.stringify(value) });
  }
  return { facts, rejected };
}

/** PostgreSQL knows no NUL in texts; a caller must not vanish from history because of one in his name. */
const withoutNul = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value;

/** A fact that an older version wrote knows fewer counters. */
function withAllCounters(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('counters' in value)) return value;
  const { counters } = value;
  return typeof counters === 'object' ? { ...value, counters: { ...zeroCounters(), ...counters } } : value;
}

const reasonOf = (issue: { path: PropertyKey[]; message: string } | undefined): string =>
  `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'invalid'}`.slice(0, 500);

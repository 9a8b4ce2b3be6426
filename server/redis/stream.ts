/** The two streams and the view of a site, as typed values to read; `append.ts` writes events, `commit.lua` the rest. */
import { type ChannelTables, emptyTables } from '../../shared/delta.ts';
import { domainEventSchema, type EventBatch, eventBatchSchema } from '../../shared/event.ts';
import type { ChannelCopy, Frame } from '../../shared/frame.ts';
import { type Cell, type Channel, channelNames, type Table } from '../../shared/view.ts';
import type { Redis } from './client.ts';
import { atField, RESET_FRAME, revField, siteKeys } from './keys.ts';

export interface ReadOptions {
  readonly count: number;
  /** How long to wait for the first entry; 0 does not wait. Waiting needs a connection of its own. */
  readonly blockMs: number;
}

/** One entry of `events`. What does not parse is left out and described in `rejected`; the entry itself always counts. */
export interface EventEntry {
  readonly id: string;
  readonly batch: EventBatch | null;
  readonly rejected: readonly string[];
}

/** One entry of `frames`: what a commit changed, by channel. */
export interface FrameEntry {
  readonly id: string;
  readonly deltas: { readonly [C in Channel]?: Frame | typeof RESET_FRAME };
}

/** Before the first entry of any stream. */
export const STREAM_START = '0-0';

/** Below zero when entry `a` is older than `b`. Both halves are numbers of their own, so text order will not do. */
export function compareEntryIds(a: string, b: string): number {
  const [aMs = 0, aSeq = 0] = a.split('-').map(Number);
  const [bMs = 0, bSeq = 0] = b.split('-').map(Number);
  return aMs - bMs || aSeq - bSeq;
}

type RawEntry = readonly [id: string, fields: readonly string[] | null];

export async function readBatches(
  redis: Redis,
  site: string,
  cursor: string,
  options: ReadOptions,
): Promise<EventEntry[]> {
  const entries = await readStream(redis, siteKeys(site).events, cursor, options);
  return entries.map(([id, fields]) => ({ id, ...parseBatch(fields?.[0] === 'b' ? fields[1] : undefined) }));
}

/** Id of the newest entry of `events`. */
export async function lastEventId(redis: Redis, site: string): Promise<string> {
  const [newest] = await redis.xrevrange(siteKeys(site).events, '+', '-', 'COUNT', 1);
  return newest?.[0] ?? STREAM_START;
}

export async function readFrames(
  redis: Redis,
  site: string,
  cursor: string,
  options: ReadOptions,
): Promise<FrameEntry[]> {
  const entries = await readStream(redis, siteKeys(site).frames, cursor, options);
  return entries.map(([id, fields]) => {
    const deltas: { [C in Channel]?: Frame | typeof RESET_FRAME } = {};
    for (let i = 0; i + 1 < (fields?.length ?? 0); i += 2) {
      const channel = channelNames.find((name) => name === fields?.[i]);
      const value = fields?.[i + 1] ?? '';
      if (channel) deltas[channel] = value === RESET_FRAME ? value : Buffer.from(value, 'base64');
    }
    return { id, deltas };
  });
}

/** A channel as of one commit, with the frame to go on from. Null before the site's first commit. */
export async function readView(
  redis: Redis,
  site: string,
  channel: Channel,
): Promise<{ copy: ChannelCopy; frameCursor: string } | null> {
  const keys = siteKeys(site);
  const answers = await redis
    .multi()
    .hmget(keys.meta, revField(channel), atField(channel))
    .hgetall(keys.view(channel))
    .xrevrange(keys.frames, '+', '-', 'COUNT', 1)
    .exec();
  if (answers === null) throw new Error('the view transaction was refused');
  for (const [error] of answers) if (error) throw error;
  const [[, meta], [, rows], [, newest]] = answers as [
    [null, [string | null, string | null]],
    [null, Record<string, string>],
    [null, RawEntry[]],
  ];
  if (meta[0] === null) return null;
  return {
    copy: { channel, rev: Number(meta[0]), at: Number(meta[1]), tables: tablesOf(channel, rows) },
    frameCursor: newest[0]?.[0] ?? STREAM_START,
  };
}

function tablesOf(channel: Channel, rows: Record<string, string>): ChannelTables {
  const tables = emptyTables(channel);
  for (const [field, json] of Object.entries(rows)) {
    const colon = field.indexOf(':');
    const [id, ...cells] = JSON.parse(json) as [string, ...Cell[]];
    tables[field.slice(0, colon) as Table]?.place(Number(field.slice(colon + 1)), id, cells);
  }
  return tables;
}

async function readStream(
  redis: Redis,
  key: string,
  cursor: string,
  options: ReadOptions,
): Promise<readonly RawEntry[]> {
  const answer =
    options.blockMs > 0
      ? await redis.xread('COUNT', options.count, 'BLOCK', options.blockMs, 'STREAMS', key, cursor)
      : await redis.xread('COUNT', options.count, 'STREAMS', key, cursor);
  return answer?.[0]?.[1] ?? [];
}

function parseBatch(body: string | undefined): Omit<EventEntry, 'id'> {
  let value: unknown;
  try {
    value = JSON.parse(body ?? '');
  } catch {
    return { batch: null, rejected: ['not JSON'] };
  }
  const whole = eventBatchSchema.safeParse(value);
  if (whole.success) return { batch: whole.data, rejected: [] };
  return salvage(value as Partial<EventBatch> | null, whole.error.issues[0]?.message ?? 'invalid');
}

/** One bad event, or one of a newer version, must not take its neighbours with it. */
function salvage(value: Partial<EventBatch> | null, problem: string): Omit<EventEntry, 'id'> {
  const events: EventBatch['events'] = [];
  const rejected: string[] = [];
  for (const candidate of Array.isArray(value?.events) ? value.events : []) {
    const parsed = domainEventSchema.safeParse(candidate);
    if (parsed.success) events.push(parsed.data);
    else rejected.push(`${String(candidate?.type).slice(0, 64)}: ${parsed.error.issues[0]?.message ?? 'invalid'}`);
  }
  const rest = eventBatchSchema.safeParse({ ...value, events });
  return rest.success ? { batch: rest.data, rejected } : { batch: null, rejected: [problem] };
}

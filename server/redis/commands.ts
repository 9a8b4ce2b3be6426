/**
 * Commands on their way from who asked to the process that holds the PBX, and back. What must hold:
 *
 *   pending --claim--> sent --settle--> confirmed | failed        pending --5 s--> expired
 *
 * - A command is placed once, however often it is sent, and claimed once, before anything of it goes to the PBX. Whoever dies
 *   after the claim leaves a command of which nobody knows the outcome: it is told so, and never tried again.
 * - Only the process that feeds the site claims; only the one that claimed settles; what is over never changes.
 * - All times are those of Redis' clock. Whoever looks at a command judges whether it is over, so that one is over in time
 *   also where nobody feeds the site.
 */
import { z } from 'zod';
import {
  type Cause,
  type CommandState,
  type CommandStatus,
  endsWithinMs,
  isOver,
  memberRowSchema,
  type Order,
  type Outcome,
  orderSchema,
  TAKE_WITHIN_MS,
  UNDO_WITHIN_MS,
  undoOf,
} from '../../shared/command.ts';
import { AppError } from '../errors.ts';
import type { Redis } from './client.ts';
import { siteKeys } from './keys.ts';
import { defineScript } from './script.ts';
import type { ReadOptions } from './stream.ts';

/** A day: the audit log has what was before. */
const KEPT_S = 86_400;
/** Nothing older is still pending. */
const STREAM_MS = 60_000;
/** A Redis that comes back must not be told what was asked before it went. */
const PLACE_WITHIN_MS = 2_000;
/** So long after its time a command that was sent is given up: who sent it would have told. */
const GRACE_MS = 5_000;
/** Of what the PBX lets us do, after the process that knows it is gone. */
const ACTING_MS = 6_000;

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** What a look at a command at KEYS[n] makes of it. */
const JUDGE = `
local function judge(key, takeWithin, grace)
  local seen = redis.call('HMGET', key, 'state', 'placedAt', 'dueAt')
  if seen[1] == 'pending' and now - tonumber(seen[2]) > takeWithin then
    redis.call('HSET', key, 'state', 'expired', 'endedAt', now)
    return 'expired'
  end
  if seen[1] == 'sent' and now - tonumber(seen[3]) > grace then
    redis.call('HSET', key, 'state', 'failed', 'cause', 'outcome.unknown', 'endedAt', now)
    return 'failed'
  end
  return seen[1]
end`;

// KEYS commands.
const clock = defineScript(`${NOW}
return now`);

// KEYS commands, command, the one that it undoes (or command again); ARGV id, order, undo within ms, ms that it may take, not after.
// Returns 'placed', 'known', 'tooLate' for an undo, or 'late'.
const place = defineScript(`${NOW}
if redis.call('EXISTS', KEYS[2]) == 1 then return 'known' end
if now > tonumber(ARGV[5]) then return 'late' end
if ARGV[3] ~= '' then
  local undone = redis.call('HMGET', KEYS[3], 'state', 'endedAt', 'undoneBy')
  if undone[1] ~= 'confirmed' or now - tonumber(undone[2]) > tonumber(ARGV[3]) then return 'tooLate' end
  if undone[3] and undone[3] ~= ARGV[1] then return 'tooLate' end
  redis.call('HSET', KEYS[3], 'undoneBy', ARGV[1])
end
redis.call('HSET', KEYS[2], 'order', ARGV[2], 'state', 'pending', 'placedAt', now, 'takesMs', ARGV[4])
redis.call('EXPIRE', KEYS[2], ${KEPT_S})
redis.call('XADD', KEYS[1], 'MINID', now - ${STREAM_MS}, '*', 'c', ARGV[1])
return 'placed'`);

// KEYS command; ARGV take within ms, grace ms.
const look = defineScript(`${NOW}${JUDGE}
judge(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]))
return redis.call('HGETALL', KEYS[1])`);

// KEYS command, fence; ARGV owner, token of this claim, take within ms, grace ms.
// Returns the order, or '' where there is nothing to send. The same claim, sent again after a lost answer, gives the order again.
// What another owner had sent and not settled is over: that owner is gone.
const claim = defineScript(`${NOW}${JUDGE}
if redis.call('HGET', KEYS[2], 'owner') ~= ARGV[1] then return '' end
local state = judge(KEYS[1], tonumber(ARGV[3]), tonumber(ARGV[4]))
if state == 'pending' then
  local dueAt = now + tonumber(redis.call('HGET', KEYS[1], 'takesMs'))
  redis.call('HSET', KEYS[1], 'state', 'sent', 'owner', ARGV[1], 'claim', ARGV[2], 'dueAt', dueAt)
  return redis.call('HGET', KEYS[1], 'order')
end
if state ~= 'sent' then return '' end
local held = redis.call('HMGET', KEYS[1], 'owner', 'claim')
if held[2] == ARGV[2] then return redis.call('HGET', KEYS[1], 'order') end
if held[1] ~= ARGV[1] then
  redis.call('HSET', KEYS[1], 'state', 'failed', 'cause', 'outcome.unknown', 'endedAt', now)
end
return ''`);

// KEYS command; ARGV claim, state, cause, detail, rows before and after as JSON.
const settle = defineScript(`${NOW}
local held = redis.call('HMGET', KEYS[1], 'state', 'claim')
if held[1] ~= 'sent' or held[2] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'cause', ARGV[3], 'detail', ARGV[4], 'rows', ARGV[5], 'endedAt', now)
return 1`);

// KEYS acting, fence; ARGV owner, JSON, ms.
const tellActing = defineScript(`
if redis.call('HGET', KEYS[2], 'owner') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`);

export type Placed = 'placed' | 'known' | 'tooLate';

/**
 * Places a command for the process that feeds the site. One that is known already, by its id, is not placed again. Rejects
 * when Redis does not answer in time; the command is then not placed later either.
 */
export async function placeCommand(redis: Redis, site: string, order: Order): Promise<Placed> {
  const { commands, command } = siteKeys(site);
  const { id } = order.command;
  const since = performance.now();
  const redisNow = Number(await inTime(clock(redis, [commands], [])));
  const leftMs = PLACE_WITHIN_MS - (performance.now() - since);
  if (leftMs <= 0) throw new AppError('server.notReady');
  const keys = [commands, command(id), command(order.undoes ?? id)];
  const within = order.undoes === null ? '' : UNDO_WITHIN_MS;
  const args = [id, JSON.stringify(order), within, endsWithinMs(order.command.do), Math.round(redisNow + leftMs)];
  const answer = (await inTime(place(redis, keys, args))) as Placed | 'late';
  if (answer === 'late') throw new AppError('server.notReady');
  return answer;
}

/** While Redis is away a command waits in line for it; who asks must not. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new AppError('server.notReady', 'Redis does not answer.')), PLACE_WITHIN_MS);
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer));
}

/** Null for one that nobody has placed within the last day. */
export async function readCommand(redis: Redis, site: string, id: string): Promise<CommandStatus | null> {
  const answer = (await inTime(look(redis, [siteKeys(site).command(id)], [TAKE_WITHIN_MS, GRACE_MS]))) as string[];
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < answer.length; i += 2) fields[answer[i] as string] = answer[i + 1] as string;
  const order = parseOrder(fields.order);
  return order && statusOf(order, fields);
}

/** Ids of commands placed after `cursor`, also of such that are over. */
export async function readPlaced(
  reader: Redis,
  site: string,
  cursor: string,
  { count, blockMs }: ReadOptions,
): Promise<{ cursor: string; ids: readonly string[] }> {
  const { commands } = siteKeys(site);
  const answer = await reader.xread('COUNT', count, 'BLOCK', blockMs, 'STREAMS', commands, cursor);
  const entries = answer?.[0]?.[1] ?? [];
  return { cursor: entries.at(-1)?.[0] ?? cursor, ids: entries.map(([, fields]) => fields[1] ?? '') };
}

/** A command that only the caller may send now, exactly once; null where there is none to send. */
export async function claimCommand(
  redis: Redis,
  site: string,
  id: string,
  owner: string,
  token: string,
): Promise<Order | null> {
  const { command, sourceLease } = siteKeys(site);
  const args = [owner, token, TAKE_WITHIN_MS, GRACE_MS];
  return parseOrder(String(await claim(redis, [command(id), sourceLease.fence], args)));
}

/** Changes nothing where the command is over or was claimed by somebody else. */
export async function settleCommand(
  redis: Redis,
  site: string,
  id: string,
  token: string,
  { state, cause, detail, before, after }: Outcome,
): Promise<void> {
  const args = [token, state, cause ?? '', detail ?? '', JSON.stringify({ before, after })];
  await settle(redis, [siteKeys(site).command(id)], args);
}

/** What the PBX lets us do, for whoever asks; nothing once nobody keeps it up. */
export async function writeActing(redis: Redis, site: string, owner: string, acting: unknown): Promise<void> {
  const { acting: key, sourceLease } = siteKeys(site);
  await tellActing(redis, [key, sourceLease.fence], [owner, JSON.stringify(acting), ACTING_MS]);
}

export async function readActing(redis: Redis, site: string): Promise<unknown> {
  const json = await inTime(redis.get(siteKeys(site).acting));
  return json === null ? null : JSON.parse(json);
}

/** What another version has written, and this one does not understand, is none. */
function parseOrder(json: string | undefined): Order | null {
  if (!json) return null;
  const parsed = orderSchema.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : null;
}

const rowsSchema = z.object({ before: z.array(memberRowSchema), after: z.array(memberRowSchema) });

function statusOf(order: Order, fields: Readonly<Record<string, string>>): CommandStatus {
  const { command, by, undoes } = order;
  const state = fields.state as CommandState;
  const endedAt = isOver(state) && fields.endedAt ? Number(fields.endedAt) : null;
  const rows = fields.rows ? rowsSchema.parse(JSON.parse(fields.rows)) : { before: [], after: [] };
  const status: CommandStatus = {
    command,
    by,
    at: Number(fields.placedAt),
    state,
    cause: (fields.cause || null) as Cause | null,
    detail: fields.detail || null,
    endedAt,
    ...rows,
    undoUntil: null,
    undoes,
    undoneBy: fields.undoneBy ?? null,
  };
  const isUndoable = endedAt !== null && status.undoneBy === null && undoOf(status, command.id) !== null;
  return isUndoable ? { ...status, undoUntil: endedAt + UNDO_WITHIN_MS } : status;
}

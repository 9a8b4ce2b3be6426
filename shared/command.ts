/**
 * What people may ask of a PBX, and what becomes of it. A command is made by who asks, with an id of its own, so that asking
 * twice is asking once. It is `confirmed` only when the PBX itself has told the effect; everything else that is over has
 * `failed` or `expired`, with a cause. Of a message no effect is ever told: `confirmed`, it was accepted for that phone.
 */
import { z } from 'zod';
import { may, type Right, type Subject } from './policy.ts';

/** Nothing here may begin a new line: on the way to a PBX that would be a new instruction. */
const ONE_LINE = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;
const name = z.string().min(1).max(256).regex(ONE_LINE, 'give a text without line breaks and control characters');
const freeText = z.string().trim().max(200).regex(ONE_LINE, 'give a text without line breaks and control characters');
const reason = freeText.min(1, 'give a reason');
/** As long as every phone shows it. */
export const MESSAGE_MAX_CHARS = 160;
/** Nor halves of characters, nor what turns the writing direction of the name that stands before it. */
const MESSAGE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+$/u;
const MESSAGE_HINT = 'give one line without control characters';
const penalty = z.int().min(0).max(100);
const common = { id: z.uuid() };

/**
 * The asker's own phone, as an extension (`9001`) or with its technology (`PJSIP/9001`). No other form: with an `@` it could
 * be any number in the world.
 */
export const phoneSchema = z
  .string()
  .trim()
  .regex(
    /^(?:(?:PJSIP|SIP|IAX2|SCCP)\/)?[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/,
    'give your extension, such as 9001 or PJSIP/9001',
  );

const MONITOR_MODES = ['listen', 'whisper', 'barge'] as const;
export type MonitorMode = (typeof MONITOR_MODES)[number];

/** A queue of null means every queue of the agent. */
export const commandSchema = z.discriminatedUnion('do', [
  z.strictObject({ ...common, do: z.literal('pause'), agent: name, queue: name.nullable(), reason }),
  z.strictObject({
    ...common,
    do: z.literal('unpause'),
    agent: name,
    queue: name.nullable(),
    reason: freeText.default(''),
  }),
  z.strictObject({
    ...common,
    do: z.literal('join-queue'),
    agent: name,
    queue: name,
    penalty,
    reason: freeText.default(''),
  }),
  z.strictObject({ ...common, do: z.literal('leave-queue'), agent: name, queue: name, reason }),
  z.strictObject({
    ...common,
    do: z.literal('set-penalty'),
    agent: name,
    queue: name,
    penalty,
    reason: freeText.default(''),
  }),
  z
    .strictObject({
      ...common,
      do: z.literal('hang-up'),
      agent: name.nullable().describe('Whose call it is; null for one that waits.'),
      call: name.nullable().describe("Null: whatever call is the agent's now."),
      reason,
    })
    .refine(({ agent, call }) => agent !== null || call !== null, 'give the agent, the call or both'),
  z.strictObject({
    ...common,
    do: z.literal('monitor'),
    agent: name,
    mode: z.enum(MONITOR_MODES),
    phone: phoneSchema,
    reason,
  }),
  z.strictObject({
    ...common,
    do: z.literal('message'),
    agent: name,
    text: z.string().trim().min(1, 'give a text').max(MESSAGE_MAX_CHARS).regex(MESSAGE, MESSAGE_HINT),
  }),
]);
export type Command = z.infer<typeof commandSchema>;
export type CommandOf<D extends Do> = Extract<Command, { do: D }>;

export const DOES = [
  'pause',
  'unpause',
  'join-queue',
  'leave-queue',
  'set-penalty',
  'hang-up',
  'monitor',
  'message',
] as const;
export type Do = (typeof DOES)[number];

export const RIGHT_OF: Readonly<Record<Do, Right>> = {
  pause: 'agent.control',
  unpause: 'agent.control',
  'join-queue': 'agent.control',
  'leave-queue': 'agent.control',
  'set-penalty': 'agent.control',
  'hang-up': 'call.hangUp',
  monitor: 'call.monitor',
  message: 'message.send',
};

/** Where a command acts, as the server knows it. */
export interface CommandPlace {
  readonly site: string;
  /** Of the agent; null for an agent in no team, and for a call that is nobody's yet. */
  readonly team: string | null;
  /** Queues that it touches without naming them. */
  readonly queues?: readonly string[];
}

/** Everything that is touched must be within the asker's scope, not only what is named. */
export function mayCommand(subject: Subject, command: Command, { site, team, queues = [] }: CommandPlace): boolean {
  const right = RIGHT_OF[command.do];
  const named = 'queue' in command && command.queue !== null ? [command.queue] : [];
  // Nobody knows in which queue a call is that is named alone.
  if (command.do === 'hang-up' && command.agent === null && subject.scope.queues !== null) return false;
  return (
    may(subject, right, { site, team }) &&
    [...named, ...queues].every((queue) => may(subject, right, { site, team, queue }))
  );
}

/** An agent's row in one queue, as far as commands change it. Without membership the rest says nothing. */
export const memberRowSchema = z.object({
  queue: z.string(),
  isMember: z.boolean(),
  paused: z.boolean(),
  reason: z.string(),
  penalty: z.int(),
});
export type MemberRow = z.infer<typeof memberRowSchema>;

export const isSameRow = (a: MemberRow, b: MemberRow): boolean =>
  a.queue === b.queue &&
  a.isMember === b.isMember &&
  (!a.isMember || (a.paused === b.paused && a.reason === b.reason && a.penalty === b.penalty));

/**
 * - `source.away`: no connection to the PBX; nothing was sent. `right.missing`: the PBX does not let this server do that.
 * - `phone.notSip`: the agent is not called at a SIP phone. `phone.noMessages`: the PBX cannot send messages to such a phone.
 * - `unconfirmed`: the PBX accepted and then told no effect in time. `outcome.unknown`: it was sent, and nobody heard the rest.
 * - `changedSince`: not undone, because somebody has changed the same since. `refused`: for a reason of the PBX's, in `detail`.
 */
export const CAUSES = [
  'source.away',
  'right.missing',
  'unconfirmed',
  'outcome.unknown',
  'changedSince',
  'refused',
  'agent.unknown',
  'agent.there',
  'agent.notThere',
  'agent.fixed',
  'agent.notTalking',
  'queue.unknown',
  'call.unknown',
  'call.ended',
  'phone.busy',
  'phone.noAnswer',
  'phone.unreachable',
  'phone.notSip',
  'phone.noMessages',
] as const;
export type Cause = (typeof CAUSES)[number];

const STATES = ['pending', 'sent', 'confirmed', 'failed', 'expired'] as const;
export type CommandState = (typeof STATES)[number];
export const isOver = (state: CommandState): boolean => state !== 'pending' && state !== 'sent';

/** What a source says of a command it took on. */
const outcomeSchema = z.object({
  state: z.enum(['confirmed', 'failed']),
  cause: z.enum(CAUSES).nullable(),
  detail: z.string().nullable(),
  before: z.array(memberRowSchema),
  after: z.array(memberRowSchema),
});
export type Outcome = z.infer<typeof outcomeSchema>;

export const failed = (cause: Cause, detail: string | null = null): Outcome => ({
  state: 'failed',
  cause,
  detail,
  before: [],
  after: [],
});

const whoSchema = z.object({
  kind: z.enum(['person', 'token', 'screen', 'anybody']),
  id: z.string(),
  name: z.string(),
});

/** A command on its way to the source. */
export const orderSchema = z.object({
  command: commandSchema,
  by: whoSchema,
  /** As people know the agent; for a PBX that does not know the agent yet. */
  agentName: z.string(),
  /** Of an undo: rows to bring back, and what they must still be. */
  restores: z.object({ rows: z.array(memberRowSchema), expected: z.array(memberRowSchema) }).nullable(),
  undoes: z.uuid().nullable(),
});
export type Order = z.infer<typeof orderSchema>;

/** How long a command waits for the source to take it. */
export const TAKE_WITHIN_MS = 5_000;
/** How long the PBX has to show the effect. */
export const CONFIRM_WITHIN_MS = 5_000;
export const RING_FOR_MS = 20_000;
export const UNDO_WITHIN_MS = 10_000;

export const endsWithinMs = (what: Do): number =>
  what === 'monitor' ? RING_FOR_MS + CONFIRM_WITHIN_MS : CONFIRM_WITHIN_MS;

export const statusSchema = z.object({
  command: commandSchema,
  by: whoSchema,
  at: z.int().describe('When it was asked; server clock, as all instants here.'),
  state: z.enum(STATES),
  cause: z.enum(CAUSES).nullable().describe('Why it failed.'),
  detail: z.string().nullable().describe("The PBX's own words."),
  endedAt: z.int().nullable(),
  before: z.array(memberRowSchema).describe("The agent's rows before it, once it is over."),
  after: z.array(memberRowSchema),
  undoUntil: z.int().nullable().describe('It can be undone until then; null where it cannot.'),
  undoes: z.uuid().nullable(),
  undoneBy: z.uuid().nullable(),
});
export type CommandStatus = z.infer<typeof statusSchema>;

const UNDO_REASON = 'undo';

/**
 * What takes a confirmed command back; null where nothing was changed that can be brought back. What it restores exactly
 * stands in the order, the command itself is for people.
 */
export function undoOf({ command, state, before, after }: CommandStatus, id: string): Command | null {
  const changed = before.flatMap((row, i) => {
    const now = after[i];
    return now && !isSameRow(row, now) ? [{ row, now }] : [];
  });
  const [first] = changed;
  if (state !== 'confirmed' || !first || !('agent' in command) || command.agent === null) return null;
  const { row, now } = first;
  const { agent } = command;
  const queue = 'queue' in command ? command.queue : null;
  if (!row.isMember) return { id, do: 'leave-queue', agent, queue: row.queue, reason: UNDO_REASON };
  const back = { id, agent, queue: row.queue, penalty: row.penalty, reason: UNDO_REASON };
  if (!now.isMember) return { ...back, do: 'join-queue' };
  if (row.penalty !== now.penalty) return { ...back, do: 'set-penalty' };
  return row.paused
    ? { id, do: 'pause', agent, queue, reason: row.reason || UNDO_REASON }
    : { id, do: 'unpause', agent, queue, reason: UNDO_REASON };
}

/** Rows by the name of their queue, as the audit log has them: what changed can be read off two of these. */
export const rowsByQueue = (rows: readonly MemberRow[]) => ({
  rows: Object.fromEntries(rows.map(({ queue, ...rest }) => [queue, rest])),
});

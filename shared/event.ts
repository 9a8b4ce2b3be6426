/**
 * Domain events: what a source says happened, in the glossary's words. This is the internal contract between a
 * source's `translate` and the core; vendor words never pass it.
 *
 * Every event carries `at`, epoch milliseconds on the site's own clock (the source's stamp where it gives one, else the
 * arrival time). Identity is natural, not generated, so that a duplicate is recognisable after any restart: a visit is
 * (call, queue, offered at), an offer is its leg, a membership is (agent, queue).
 */
import { z } from 'zod';
import { agentSettingsSchema, queueSettingsSchema } from './setting.ts';

const epochMs = z.int().nonnegative();
const durationMs = z.int().nonnegative();
/** Any printable identifier a PBX gives; length-capped so that one bad field cannot fill the store. */
const id = z.string().min(1).max(256);
const text = z.string().max(256);

export const deviceSchema = z.enum(['unknown', 'idle', 'busy', 'ringing', 'holding', 'unavailable']);
export type Device = z.infer<typeof deviceSchema>;

/** Who is calling. Personal data: never on a wall, masked elsewhere, never logged. */
const callerSchema = z.object({ number: text.nullable(), name: text.nullable() });
export type Caller = z.infer<typeof callerSchema>;

/** An agent's row in one queue, always complete, so that applying it twice changes nothing. */
const membershipSchema = z.object({
  agent: id,
  queue: id,
  name: text,
  device: deviceSchema,
  paused: z.boolean(),
  /** Reason as the source spells it; empty when none was given. */
  pauseReason: text,
  penalty: z.int(),
  /** The member's own wrap-up time, where the source names one. */
  wrapUpMs: durationMs.optional(),
});
export type Membership = z.infer<typeof membershipSchema>;

const contactOffered = z.object({
  type: z.literal('contact.offered'),
  at: epochMs,
  call: id,
  queue: id,
  caller: callerSchema,
});

const contactAnswered = z.object({
  type: z.literal('contact.answered'),
  at: epochMs,
  call: id,
  queue: id,
  agent: id,
  /** The source's own figure for the wait, used only when the offer was never seen. */
  reportedWaitMs: durationMs.nullable(),
});

export const leaveOutcomeSchema = z.enum(['abandoned', 'exitedByKey', 'timedOut', 'leftOther', 'unknown']);
export type LeaveOutcome = z.infer<typeof leaveOutcomeSchema>;

const contactLeft = z.object({
  type: z.literal('contact.left'),
  at: epochMs,
  call: id,
  queue: id,
  outcome: leaveOutcomeSchema,
  /** True where the source did not say so and it was concluded from silence: later proof may correct it. */
  isInferred: z.boolean(),
});

const contactFinished = z.object({
  type: z.literal('contact.finished'),
  at: epochMs,
  /** Null where the source lost the channels: the core then takes the agent's open contact of that queue. */
  call: id.nullable(),
  queue: id,
  agent: id,
  endedBy: z.enum(['agent', 'caller', 'transfer', 'unknown']),
  reportedTalkMs: durationMs.nullable(),
});

const offerStarted = z.object({
  type: z.literal('offer.started'),
  at: epochMs,
  offer: id,
  call: id,
  queue: id,
  agent: id,
});

const offerEnded = z.object({
  type: z.literal('offer.ended'),
  at: epochMs,
  offer: id,
  /** Tells which ringing a PBX's log means where the start of the offer was not heard; null where the source does not say. */
  call: id.nullable().default(null),
  queue: id.nullable(),
  agent: id.nullable(),
  outcome: z.enum(['answered', 'noAnswer', 'canceled']),
});

const membershipChanged = membershipSchema.extend({ type: z.literal('membership.changed'), at: epochMs });

const membershipEnded = z.object({ type: z.literal('membership.ended'), at: epochMs, agent: id, queue: id });

/** The full live picture of a source, sent after each (re)connect and as a periodic check. */
const sourceSynced = z.object({
  type: z.literal('source.synced'),
  at: epochMs,
  /** `connect`: nothing before it may be trusted. `check`: events were flowing, disagreements are healed and counted. */
  reason: z.enum(['connect', 'check']),
  /** The source's clock reads earlier than it has read before. Only with `connect`. */
  isClockSetBack: z.boolean().optional(),
  /** When the PBX came up; a later one than before means that every older call is dead. Null when it does not say. */
  bootedAt: epochMs.nullable(),
  queues: z.array(z.object({ queue: id, name: text, thresholdMs: durationMs.nullable() })),
  memberships: z.array(membershipSchema),
  waiting: z.array(z.object({ call: id, queue: id, offeredAt: epochMs, caller: callerSchema })),
  /** Calls connected to an agent through a queue; null when the source may not say. */
  talking: z.array(z.object({ call: id, queue: id.nullable(), agent: id.nullable() })).nullable(),
});
export type SourceSynced = z.infer<typeof sourceSynced>;

/**
 * A visit as the PBX's own log tells it once it is over, in whole seconds: the highest proof there is (docs/adr/0006). `at` is
 * when it ended; with (call, queue, offeredAt, nth) it is told once, however often the log is read.
 */
const contactRecorded = z.object({
  type: z.literal('contact.recorded'),
  at: epochMs,
  call: id,
  queue: id,
  offeredAt: epochMs,
  /** Which of the call's visits that began in the same second, from 0. */
  nth: z.int().nonnegative(),
  callerNumber: text.nullable(),
  outcome: z.enum(['answered', ...leaveOutcomeSchema.options]),
  /** The log names agents by name only. Null where nobody answered. */
  agentName: id.nullable(),
  /** Null where the PBX died meanwhile. */
  waitMs: durationMs.nullable(),
  talkMs: durationMs.nullable(),
  endedBy: z.enum(['agent', 'caller', 'transfer', 'unknown']),
});

/** A ringing that nobody answered, as the PBX's own log tells it. `nth` as above, but of call, queue, agent and second. */
const offerRecorded = z.object({
  type: z.literal('offer.recorded'),
  at: epochMs,
  call: id,
  queue: id,
  agentName: id,
  ringMs: durationMs,
  nth: z.int().nonnegative(),
});

/**
 * A PBX's log has been read, and told, up to `at`: proof of life and watermark. Appended together with what was read, so
 * that no other store can disagree on where to go on.
 */
const logRead = z.object({
  type: z.literal('log.read'),
  at: epochMs,
  /** Where the source goes on after a restart; only the source reads it. */
  resume: text,
});

/** Proof of life without news. */
const sourceAlive = z.object({ type: z.literal('source.alive'), at: epochMs });

const sourceLost = z.object({
  type: z.literal('source.lost'),
  at: epochMs,
  cause: z.enum([
    'closed',
    'refused',
    'silent',
    'loginRefused',
    'notReady',
    'stopped',
    'fileMissing',
    'fileUnreadable',
  ]),
});
export type SourceLostCause = z.infer<typeof sourceLost>['cause'];

/**
 * Somebody changed what holds for a queue or an agent. Part of the stream, so that a replay knows what was in force when.
 * Always whole; `version` rises with every change of the same subject, so an older one changes nothing.
 */
const queueConfigured = z.object({
  type: z.literal('queue.configured'),
  at: epochMs,
  queue: id,
  version: z.int().positive(),
  settings: queueSettingsSchema,
});
const agentConfigured = z.object({
  type: z.literal('agent.configured'),
  at: epochMs,
  agent: id,
  version: z.int().positive(),
  settings: agentSettingsSchema,
});

/** Something the source sent and nobody understands. Counted by kind, never guessed at. */
const anomalySeen = z.object({ type: z.literal('anomaly.seen'), at: epochMs, kind: id, count: z.int().positive() });

export const domainEventSchema = z.discriminatedUnion('type', [
  contactOffered,
  contactAnswered,
  contactLeft,
  contactFinished,
  offerStarted,
  offerEnded,
  membershipChanged,
  membershipEnded,
  contactRecorded,
  offerRecorded,
  logRead,
  sourceSynced,
  sourceAlive,
  sourceLost,
  queueConfigured,
  agentConfigured,
  anomalySeen,
]);

/** Source of the events that settings make. It is no connection, so it is neither alive nor lost. */
export const SETTINGS_SOURCE = 'settings';

export type DomainEvent = z.infer<typeof domainEventSchema>;
export type EventOf<T extends DomainEvent['type']> = Extract<DomainEvent, { type: T }>;

/** One entry of a site's stream: events that one source appended together, in order. */
export const eventBatchSchema = z.object({
  v: z.literal(1),
  source: id,
  /** Server wall clock when the bytes arrived; freshness and latency are measured from it. */
  receivedAt: epochMs,
  events: z.array(domainEventSchema).min(1),
});
export type EventBatch = z.infer<typeof eventBatchSchema>;

/**
 * Facts: what is over and therefore history. The owner of a site writes them into the `facts` stream in the same atomic
 * commit that folded them; the history role upserts them into PostgreSQL. Ids are natural, so a fact that comes twice, or
 * again in a corrected form, replaces its row: the newest stream entry wins.
 */
import { z } from 'zod';
import { leaveOutcomeSchema } from './event.ts';
import { COUNTERS } from './metric.ts';
import { ACTIVITIES, PRESENCES } from './presence.ts';

const epochMs = z.int().nonnegative();
const durationMs = z.int().nonnegative();
const id = z.string().min(1).max(600);

/** One visit of a call to a queue that is over. Told again, with the same `id`, when later proof corrects it. */
const contactFact = z.object({
  type: z.literal('contact'),
  id,
  call: id,
  queue: id,
  agent: id.nullable(),
  offeredAt: epochMs,
  answeredAt: epochMs.nullable(),
  endedAt: epochMs,
  outcome: z.enum(['answered', ...leaveOutcomeSchema.options]),
  /** Null where nobody saw it. */
  waitMs: durationMs.nullable(),
  talkMs: durationMs.nullable(),
  holdMs: durationMs,
  acwMs: durationMs,
  isTransferred: z.boolean(),
  thresholdMs: durationMs,
  shortAbandonMs: durationMs,
  /** The end was concluded from silence or from a picture, not reported. */
  isEndInferred: z.boolean(),
  /** Personal data. */
  callerNumber: z.string().nullable(),
  callerName: z.string().nullable(),
});

/** A stretch of time in which an agent's presence, reason and activity did not change. Id: agent and start. */
const segmentFact = z.object({
  type: z.literal('segment'),
  agent: id,
  startAt: epochMs,
  endAt: epochMs,
  presence: z.enum(PRESENCES),
  reason: z.string(),
  activity: z.enum(ACTIVITIES),
});

/** All counters of a quarter hour, absolute, told again while they change. `queue` null is the site, where a call counts once. */
const intervalFact = z.object({
  type: z.literal('interval'),
  queue: id.nullable(),
  startAt: epochMs,
  counters: z.record(z.enum(COUNTERS), z.int()),
  /** Waits of answered contacts as a sketch: [bin, count] (shared/sketch.ts). */
  waits: z.array(z.tuple([z.int(), z.int()])),
});

/** A period without a living source. Told when it begins (`endAt` null) and when it is over. */
const gapFact = z.object({
  type: z.literal('gap'),
  source: id,
  startAt: epochMs,
  endAt: epochMs.nullable(),
  cause: z.string(),
});

/** The core changed its mind: what, why, and from what to what. `number` counts the corrections of the site. */
const correctionFact = z.object({
  type: z.literal('correction'),
  number: z.int().positive(),
  at: epochMs,
  kind: z.string().max(256),
  /** What was corrected: a contact, an agent, a queue. */
  subject: z.string().max(600),
  before: z.string().max(600),
  after: z.string().max(600),
});

export const factSchema = z.discriminatedUnion('type', [
  contactFact,
  segmentFact,
  intervalFact,
  gapFact,
  correctionFact,
]);
export type Fact = z.infer<typeof factSchema>;
export type FactOf<T extends Fact['type']> = Extract<Fact, { type: T }>;

/**
 * What the API says of a site and of everything in it, as schemas. Instants are epoch milliseconds on the site's clock unless
 * said otherwise; a value that is not known is null, never zero. Every number is described in docs/metrics.md.
 */
import { z } from 'zod';
import {
  type AgentRatios,
  agentRatiosOf,
  COUNTERS,
  type Counter,
  type Ratios,
  ratiosOf,
  SERVICE_LEVELS,
  type ServiceLevel,
  zeroCounters,
} from './metric.ts';
import { ACTIVITIES, type Activity, PRESENCES, type Presence } from './presence.ts';
import { BUCKET_COUNTERS, HEADCOUNT } from './view.ts';
import type { TimeWindow } from './window.ts';

export const instant = z.int();
export const durationMs = z.int().nonnegative();
export const count = z.int().nonnegative();
export const id = z.string().min(1);
const ratio = z.number().nullable();

/** An object schema whose fields are all of one kind. */
const fieldsOf = <N extends string, S extends z.ZodType>(names: readonly N[], schema: S) =>
  Object.fromEntries(names.map((name) => [name, schema])) as Record<N, S>;

export const FRESHNESS_STATES = ['live', 'stale', 'lost', 'connecting'] as const;
export type FreshnessState = (typeof FRESHNESS_STATES)[number];

const sourceFreshnessSchema = z.object({
  id,
  state: z.enum(FRESHNESS_STATES),
  ageMs: durationMs.nullable().describe('Age of the newest proof of life by the server clock; null before the first.'),
  cause: z.string().nullable().describe('Why the source was lost; null while it is not.'),
});

const freshnessSchema = z.object({
  state: z
    .enum(FRESHNESS_STATES)
    .describe('The worst state of any source. Only `live` numbers may be shown as current.'),
  ageMs: durationMs.nullable().describe('Age of the source heard least recently; null before every source was heard.'),
  sources: z.array(sourceFreshnessSchema),
});
export type Freshness = z.infer<typeof freshnessSchema>;

/** What every answer carries beside its list. */
export const envelope = {
  asOf: instant.describe('Site clock for which the answer holds: now while live, else the newest commit.'),
  rev: count.describe('Grows with every change of what is listed.'),
  freshness: freshnessSchema,
};

const serviceLevel = z
  .enum(Object.keys(SERVICE_LEVELS) as [ServiceLevel, ...ServiceLevel[]])
  .describe('The variant in force now; its value is `serviceLevelRatio` of the day and of each window.');

export const LIVE_NUMBERS = [
  'waiting',
  'oldestWaitingSince',
  'longestWaitMs',
  'overdue',
  'suspects',
  'freeSince',
  'longestFreeMs',
  ...HEADCOUNT,
] as const;

const liveSchema = z.object({
  waiting: count,
  oldestWaitingSince: instant.nullable().describe('Of those who are no suspects.'),
  longestWaitMs: durationMs.nullable().describe('`asOf` - `oldestWaitingSince`; null when nobody waits.'),
  overdue: count.describe('Waiting beyond their threshold: misses already.'),
  suspects: count.describe(
    'Calls and agents in a state for so long that the source is being asked whether it is real.',
  ),
  freeSince: instant.nullable().describe('Since when the agent who has been free longest is free.'),
  longestFreeMs: durationMs.nullable(),
  ...fieldsOf(HEADCOUNT, count),
} satisfies Record<(typeof LIVE_NUMBERS)[number], z.ZodType>);

/** Names as the functions that derive the ratios give them, so that none can be forgotten here. */
export const RATIOS = Object.keys(ratiosOf(zeroCounters(), { onContactMs: 0, idleMs: 0 })) as (keyof Ratios)[];
export const AGENT_RATIOS = Object.keys(
  agentRatiosOf({ presenceMs: [], activityMs: [], availableIdleMs: 0, handled: 0, talkMsSum: 0, acwMsSum: 0 }),
) as (keyof AgentRatios)[];
/** Minutes and quarter hours carry no agent time and no waits of abandoned calls. */
export const WINDOW_RATIOS = RATIOS.filter(
  (name): name is Exclude<keyof Ratios, 'occupancy' | 'abandonWaitMs'> =>
    name !== 'occupancy' && name !== 'abandonWaitMs',
);
export const PERCENTILES = ['waitP50Ms', 'waitP80Ms', 'waitP95Ms'] as const;

const sums = <C extends Counter, R extends string>(counters: readonly C[], ratios: readonly R[]) => ({
  ...fieldsOf(counters, count),
  ratios: z.object(fieldsOf(ratios, ratio)).describe('Derived from the counters; null without a denominator.'),
  serviceLevelRatio: ratio.describe('The ratio that `serviceLevel` names.'),
  isSampleEnough: z.boolean().describe('Enough contacts were offered for a colour; with fewer, show the number grey.'),
});

const sumsOfDaySchema = z.object(sums(COUNTERS, RATIOS));
const todaySchema = sumsOfDaySchema.extend({
  percentiles: z
    .object(fieldsOf(PERCENTILES, durationMs.nullable()))
    .describe('Of the waits of answered contacts, to 1 %; null without any.'),
});

const windowSchema = z.object({
  startAt: instant,
  endAt: instant.describe('`asOf` for windows that run, else the end of the interval.'),
  ...sums(BUCKET_COUNTERS, WINDOW_RATIOS),
  hasGap: z.boolean().describe('A source was away in it and the PBX has not told what happened meanwhile.'),
});
export type WindowAnswer = z.infer<typeof windowSchema>;

const windowsSchema = z.object({
  last5: windowSchema,
  last15: windowSchema,
  last30: windowSchema,
  last60: windowSchema,
  interval: windowSchema,
  previousInterval: windowSchema.nullable(),
} satisfies Record<TimeWindow, z.ZodType>);

/** What queues, groups and sites have in common. */
const aggregate = {
  serviceLevel,
  targetRatio: z.number().nullable().describe('Null where queues with different targets are added up.'),
  live: liveSchema,
  windows: windowsSchema.describe(
    'Rolling minutes (the running one and those before), and quarter hours of the business day; `previousInterval` is null in its first.',
  ),
};

export const queueSchema = z.object({
  id,
  name: z.string(),
  group: z.string().nullable(),
  order: z.int().nullable().describe('Place on the screens; queues without one follow by name.'),
  colour: z.string().nullable(),
  thresholdMs: durationMs,
  shortAbandonMs: durationMs,
  sources: z.array(id).describe('Who feeds it.'),
  ...aggregate,
  today: todaySchema,
});
export type QueueAnswer = z.infer<typeof queueSchema>;

export const groupSchema = z.object({
  id,
  name: z.string(),
  queues: z.array(id),
  ...aggregate,
  today: sumsOfDaySchema.describe('Sums over the queues: a call that visited two of them counts in both.'),
});
export type GroupAnswer = z.infer<typeof groupSchema>;

export const siteSchema = z.object({
  id,
  name: z.string(),
  ...envelope,
  timeZone: z.string().nullable(),
  businessDay: z
    .object({ date: z.iso.date(), startAt: instant, endAt: instant })
    .nullable()
    .describe('Null until the site has its first data.'),
  ...aggregate,
  today: todaySchema.describe('A call counts once, however many queues it visited.'),
});
export type SiteAnswer = z.infer<typeof siteSchema>;

export const AGENT_SUMS = ['answered', 'handled', 'talkMsSum', 'holdMsSum', 'acwMsSum', 'ringNoAnswer'] as const;

/** What an agent did today, or the agents of a team together. */
const agentDaySchema = z.object({
  ...fieldsOf(AGENT_SUMS, count),
  signedInMs: durationMs,
  availableIdleMs: durationMs.describe('Idle while available.'),
  presenceMs: z
    .object(fieldsOf<Presence, typeof durationMs>(PRESENCES, durationMs))
    .describe('Time in each presence, the running one up to `asOf`.'),
  activityMs: z
    .object(fieldsOf<Activity, typeof durationMs>(ACTIVITIES, durationMs))
    .describe('Time in each activity, the running one up to `asOf`; time held for stuck counts as idle.'),
  ratios: z.object(fieldsOf(AGENT_RATIOS, ratio)),
});
export type AgentDayAnswer = z.infer<typeof agentDaySchema>;

export const agentSchema = z.object({
  id,
  name: z.string(),
  team: z.string().nullable(),
  presence: z.enum(PRESENCES),
  presenceReason: z.string().describe('As the source spells it; empty without one.'),
  presenceSince: instant.nullable(),
  activity: z.enum(ACTIVITIES),
  activitySince: instant.nullable(),
  canTakeCall: z.boolean(),
  isSuspect: z.boolean().describe('In this state for so long that it is held for stuck.'),
  queues: z.array(id),
  pausedIn: z.array(id),
  contactQueue: id.nullable(),
  caller: z.string().nullable().describe('Masked.'),
  today: agentDaySchema,
});
export type AgentAnswer = z.infer<typeof agentSchema>;

export const teamSchema = z.object({
  id,
  name: z.string(),
  agents: z.array(id),
  live: z.object({ ...fieldsOf(HEADCOUNT, count), suspects: count }),
  today: agentDaySchema,
});
export type TeamAnswer = z.infer<typeof teamSchema>;

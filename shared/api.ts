/**
 * HTTP contracts. The server guards requests and answers with them, OpenAPI is made from them, the client infers its
 * types from them. Instants are epoch milliseconds on the site's clock unless said otherwise; a value that is not known
 * is null, never zero.
 */
import { z } from 'zod';
import { COUNTERS, type Counter, type Ratios, SERVICE_LEVELS } from './metric.ts';
import { ACTIVITIES, PRESENCES } from './presence.ts';

const instant = z.int();
const durationMs = z.int().nonnegative();
const count = z.int().nonnegative();
const id = z.string().min(1);

export const FRESHNESS_STATES = ['live', 'stale', 'lost', 'connecting'] as const;
export type FreshnessState = (typeof FRESHNESS_STATES)[number];

const sourceFreshnessSchema = z.object({
  id,
  state: z.enum(FRESHNESS_STATES),
  ageMs: durationMs.nullable().describe('Age of the newest proof of life by the server clock; null before the first.'),
  cause: z.string().nullable().describe('Why the source was lost; null while it is not.'),
});

export const freshnessSchema = z.object({
  state: z
    .enum(FRESHNESS_STATES)
    .describe('The worst state of any source. Only `live` numbers may be shown as current.'),
  ageMs: durationMs.nullable().describe('Age of the source heard least recently; null before every source was heard.'),
  sources: z.array(sourceFreshnessSchema),
});
export type Freshness = z.infer<typeof freshnessSchema>;

/** What every answer carries beside its list. */
const envelope = {
  asOf: instant.describe('Site clock for which the answer holds: now while live, else the newest commit.'),
  rev: count.describe('Grows with every change of what is listed.'),
  freshness: freshnessSchema,
};

const liveSchema = z.object({
  waiting: count,
  oldestWaitingSince: instant.nullable(),
  longestWaitMs: durationMs.nullable().describe('`asOf` - `oldestWaitingSince`; null when nobody waits.'),
  signedIn: count,
  free: count.describe('Can take a call now.'),
  ringing: count,
  talking: count,
  holding: count,
  afterCallWork: count,
  internalCalls: count,
  onBreak: count,
});

const counterFields = Object.fromEntries(COUNTERS.map((name) => [name, count])) as Record<Counter, typeof count>;

const ratio = z.number().nullable();
const rate = [
  ...Object.keys(SERVICE_LEVELS),
  'answerRate',
  'abandonRate',
  'occupancy',
  'asaMs',
  'ahtMs',
] as (keyof Ratios)[];
const ratioFields = Object.fromEntries(rate.map((name) => [name, ratio])) as Record<keyof Ratios, typeof ratio>;

/** Counters of the business day and every ratio derived from them; null without a denominator. */
const todaySchema = z.object({ ...counterFields, ratios: z.object(ratioFields) });

export const queueSchema = z.object({
  id,
  name: z.string(),
  thresholdMs: durationMs,
  live: liveSchema,
  today: todaySchema,
});
export type QueueAnswer = z.infer<typeof queueSchema>;

export const siteSchema = z.object({
  id,
  name: z.string(),
  ...envelope,
  businessDay: z
    .object({ date: z.iso.date(), startAt: instant, endAt: instant })
    .nullable()
    .describe('Null until the site has its first data.'),
  live: liveSchema,
  today: todaySchema,
});
export type SiteAnswer = z.infer<typeof siteSchema>;

export const agentSchema = z.object({
  id,
  name: z.string(),
  presence: z.enum(PRESENCES),
  presenceReason: z.string().describe('As the source spells it; empty without one.'),
  presenceSince: instant.nullable(),
  activity: z.enum(ACTIVITIES),
  activitySince: instant.nullable(),
  canTakeCall: z.boolean(),
  queues: z.array(id),
  pausedIn: z.array(id),
  contactQueue: id.nullable(),
  caller: z.string().nullable().describe('Masked.'),
  today: z.object({ answered: count, talkMsSum: durationMs, ringNoAnswer: count }),
});
export type AgentAnswer = z.infer<typeof agentSchema>;

const healthSchema = z.object({ status: z.literal('ok') });

export const readinessSchema = z.object({
  ready: z.boolean(),
  reasons: z.array(z.string()).describe('Why it is not ready; empty when it is.'),
  redis: z.boolean(),
  sites: z.array(
    z.object({
      id,
      hasOwner: z.boolean(),
      isInStep: z.boolean().describe('This gateway follows the views of the site.'),
      newestCommitAgeMs: durationMs.nullable(),
      freshness: z.enum(FRESHNESS_STATES),
    }),
  ),
});
export type Readiness = z.infer<typeof readinessSchema>;

const noParams = z.object({});
const siteParams = z.object({ site: z.string().min(1).max(64) });

export interface Endpoint<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly method: 'get';
  /** Path parameters in braces, as in OpenAPI. */
  readonly path: string;
  readonly summary: string;
  readonly params: P;
  readonly response: R;
  /** Status besides 200 that carries the same body. */
  readonly alsoStatus?: 503;
}

const endpoint = <P extends z.ZodType, R extends z.ZodType>(one: Endpoint<P, R>): Endpoint<P, R> => one;

export const API = {
  health: endpoint({
    method: 'get',
    path: '/healthz',
    summary: 'The process is up.',
    params: noParams,
    response: healthSchema,
  }),
  readiness: endpoint({
    method: 'get',
    path: '/readyz',
    summary: 'Redis answers, every site has an owner, and this gateway is in step; 503 with reasons otherwise.',
    params: noParams,
    response: readinessSchema,
    alsoStatus: 503,
  }),
  sites: endpoint({
    method: 'get',
    path: '/api/v1/sites',
    summary: 'Sites with their totals. Over several sites, `asOf` is the oldest, `rev` the sum, `freshness` the worst.',
    params: noParams,
    response: z.object({ ...envelope, sites: z.array(siteSchema) }),
  }),
  queues: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/queues',
    summary: 'Queues of a site, live and today.',
    params: siteParams,
    response: z.object({ ...envelope, queues: z.array(queueSchema) }),
  }),
  agents: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/agents',
    summary: 'Agents of a site.',
    params: siteParams,
    response: z.object({ ...envelope, agents: z.array(agentSchema) }),
  }),
} as const;

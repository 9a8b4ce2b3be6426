/**
 * HTTP contracts. The server guards requests and answers with them, OpenAPI is made from them, the client infers its
 * types from them.
 */
import { z } from 'zod';
import {
  agentDayParams,
  agentDayQuery,
  agentDaySchema,
  callBackBody,
  callBackSchema,
  callerBody,
  callerSchema,
  contactParams,
  contactsQuery,
  contactsSchema,
} from './api-history.ts';
import { integritySchema } from './api-integrity.ts';
import {
  agentSchema,
  count,
  durationMs,
  envelope,
  FRESHNESS_STATES,
  groupSchema,
  id,
  queueSchema,
  siteSchema,
  teamSchema,
} from './api-numbers.ts';
import {
  agentSettingsChangeSchema,
  agentSettingsParams,
  queueSettingsChangeSchema,
  queueSettingsParams,
  settingsListSchema,
  siteParams,
  storedAgentSettingsSchema,
  storedQueueSettingsSchema,
} from './api-settings.ts';
import type { Right } from './policy.ts';

const healthSchema = z.object({ status: z.literal('ok') });

export const readinessSchema = z.object({
  ready: z.boolean(),
  reasons: z.array(z.string()).describe('Why it is not ready; empty when it is.'),
  redis: z.boolean().describe('It answers.'),
  sites: z.array(
    z.object({
      id,
      hasOwner: z.boolean(),
      isWritable: z.boolean().describe('Redis takes writes for it.'),
      isInStep: z.boolean().describe('This gateway follows the views of the site.'),
      newestCommitAgeMs: durationMs.nullable(),
      streamLagMs: durationMs.nullable().describe('Events that are not counted yet reach back so far.'),
      freshness: z.enum(FRESHNESS_STATES),
    }),
  ),
  history: z
    .array(
      z.object({
        site: id,
        entries: count.describe('Facts that wait for PostgreSQL.'),
        ageMs: durationMs.describe('Age of the oldest of them.'),
      }),
    )
    .describe('For information: boards do not depend on it. Empty where this process writes no history.'),
});
export type Readiness = z.infer<typeof readinessSchema>;

const noParams = z.object({});

export interface Endpoint<
  P extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
> {
  /** Everything but `get` changes something, and needs the admin token. */
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** Path parameters in braces, as in OpenAPI. */
  readonly path: string;
  readonly summary: string;
  /** What whoever asks must be allowed to. */
  readonly right?: Right | 'anybody' | 'person';
  readonly params: P;
  /** What may stand behind the path, where anything may. */
  readonly query?: Q;
  /** Body of the request, where there is one. */
  readonly body?: B;
  readonly response: R;
  /** Status besides 200 that carries the same body. */
  readonly alsoStatus?: 503;
}

/** Method and path keep their text as a type: by them the client asks, so that no schema travels to a screen. */
const endpoint = <const E extends Endpoint>(one: E): E => one;

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
    summary:
      'Redis answers and takes writes, every site has an owner, and this gateway is in step; 503 with reasons otherwise.',
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
    summary: 'Queues of a site: live, today and in windows of time.',
    params: siteParams,
    response: z.object({ ...envelope, queues: z.array(queueSchema) }),
  }),
  groups: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/groups',
    summary: 'Queue groups of a site: sums over their queues; an agent counts once.',
    params: siteParams,
    response: z.object({
      ...envelope,
      groups: z.array(groupSchema),
      withoutGroup: z.array(id).describe('Queues that are in no group.'),
    }),
  }),
  agents: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/agents',
    summary: 'Agents of a site.',
    params: siteParams,
    response: z.object({ ...envelope, agents: z.array(agentSchema) }),
  }),
  teams: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/teams',
    summary: 'Teams of a site: sums over their agents.',
    params: siteParams,
    response: z.object({
      ...envelope,
      teams: z.array(teamSchema),
      withoutTeam: z.array(id).describe('Agents who are in no team.'),
    }),
  }),
  integrity: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/integrity',
    summary: "Whether today's counters are exact, and every gap, anomaly and correction that is known.",
    params: siteParams,
    response: integritySchema,
  }),
  settings: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/settings',
    summary: 'Settings of every queue and agent of a site that has any.',
    params: siteParams,
    response: settingsListSchema,
  }),
  queueSettings: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/queues/{queue}/settings',
    summary: 'Settings of a queue. The answer carries its version as ETag too.',
    params: queueSettingsParams,
    response: storedQueueSettingsSchema,
  }),
  changeQueueSettings: endpoint({
    method: 'put',
    path: '/api/v1/sites/{site}/queues/{queue}/settings',
    summary:
      'Changes the settings of a queue, whole; 409 if somebody else changed them since. In force within a second.',
    params: queueSettingsParams,
    body: queueSettingsChangeSchema,
    response: storedQueueSettingsSchema,
  }),
  agentSettings: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/agents/{agent}/settings',
    summary: 'Settings of an agent. The answer carries its version as ETag too.',
    params: agentSettingsParams,
    response: storedAgentSettingsSchema,
  }),
  changeAgentSettings: endpoint({
    method: 'put',
    path: '/api/v1/sites/{site}/agents/{agent}/settings',
    summary:
      'Changes the settings of an agent, whole; 409 if somebody else changed them since. In force within a second.',
    params: agentSettingsParams,
    body: agentSettingsChangeSchema,
    response: storedAgentSettingsSchema,
  }),
  agentDay: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/agents/{agent}/day',
    summary:
      "An agent's business day: states, contacts, gaps. Of the running day the open state is of the live view, the rest of history, which comes some seconds later.",
    right: 'agents.view',
    params: agentDayParams,
    query: agentDayQuery,
    response: agentDaySchema,
  }),
  contacts: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/contacts',
    summary: 'Contacts that are over, newest first, a page at a time. Callers are masked.',
    right: 'contacts.view',
    params: siteParams,
    query: contactsQuery,
    response: contactsSchema,
  }),
  revealCaller: endpoint({
    method: 'post',
    path: '/api/v1/sites/{site}/contacts/{contact}/caller',
    summary: 'The whole number of a caller. Every look is in the audit log, with its reason.',
    right: 'caller.reveal',
    params: contactParams,
    body: callerBody,
    response: callerSchema,
  }),
  callBack: endpoint({
    method: 'post',
    path: '/api/v1/sites/{site}/contacts/{contact}/call-back',
    summary: 'One step of calling a lost caller back; 409 if somebody else took one since.',
    right: 'contacts.view',
    params: contactParams,
    body: callBackBody,
    response: callBackSchema,
  }),
} as const;

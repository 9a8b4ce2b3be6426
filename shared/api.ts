/**
 * HTTP contracts. The server guards requests and answers with them, OpenAPI is made from them, the client infers its
 * types from them.
 */
import { z } from 'zod';
import { actingSchema, commandParams } from './api-command.ts';
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
import { commandSchema, statusSchema } from './command.ts';
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
> {
  /** All but `get` change something, and need the admin token. */
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** Path parameters in braces, as in OpenAPI. */
  readonly path: string;
  readonly summary: string;
  /** What the asker must hold; `person`: to be one, signed in; `anybody`: nothing. */
  readonly right?: Right | 'person' | 'anybody';
  readonly params: P;
  /** Body of the request, where there is one. */
  readonly body?: B;
  readonly response: R;
  /** Status of success where it is not 200. */
  readonly status?: 202;
  /** Status besides that which carries the same body. */
  readonly alsoStatus?: 503;
}

const endpoint = <P extends z.ZodType, R extends z.ZodType, B extends z.ZodType = z.ZodUndefined>(
  one: Endpoint<P, R, B>,
): Endpoint<P, R, B> => one;

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
  acting: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/acting',
    summary: 'What can be done to the PBX of a site now, and what of it the asker may.',
    right: 'agents.view',
    params: siteParams,
    response: actingSchema,
  }),
  placeCommand: endpoint({
    method: 'post',
    path: '/api/v1/sites/{site}/commands',
    summary:
      'Acts on the PBX. Answers with the end of it where it comes within 1.5 s, else with the state so far; the same id again is the same command. Only `confirmed` means that the PBX has shown the effect.',
    right: 'agents.view',
    params: siteParams,
    body: commandSchema,
    status: 202,
    response: statusSchema,
  }),
  command: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/commands/{command}',
    summary: 'What became of a command; for a day.',
    right: 'agents.view',
    params: commandParams,
    response: statusSchema,
  }),
  undoCommand: endpoint({
    method: 'post',
    path: '/api/v1/sites/{site}/commands/{command}/undo',
    summary:
      'Takes a confirmed command back, by another command, whose state it answers. 409 after ten seconds, and where nothing can be brought back.',
    right: 'agents.view',
    params: commandParams,
    status: 202,
    response: statusSchema,
  }),
} as const;

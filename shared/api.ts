/**
 * HTTP contracts. The server guards requests and answers with them, OpenAPI is made from them, the client infers its
 * types from them.
 */
import { z } from 'zod';
import {
  auditQuery,
  auditSchema,
  changePersonBody,
  newPersonBody,
  newTokenBody,
  newTokenSchema,
  passwordBody,
  peopleSchema,
  personParams,
  personSchema,
  sessionSchema,
  setUpBody,
  signInBody,
  signOnFinishBody,
  signOnStartSchema,
  tokenParams,
  tokensSchema,
  totpBody,
  totpStartSchema,
} from './api-access.ts';
import { actingSchema, commandParams } from './api-command.ts';
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
  changeScreenBody,
  claimedPairingSchema,
  claimPairingBody,
  orderScreenBody,
  pairingParams,
  pairingSchema,
  pairScreenBody,
  reportBody,
  screenParams,
  screenSchema,
  screensSchema,
  startedPairingSchema,
  startPairingBody,
  wantedSchema,
} from './api-screens.ts';
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
  Q extends z.ZodType = z.ZodType,
> {
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** Path parameters in braces, as in OpenAPI. */
  readonly path: string;
  readonly summary: string;
  /** What the asker must hold; `person`, `screen`: to be one; `anybody`: nothing. Checked before anything else is. */
  readonly right: Right | 'person' | 'screen' | 'anybody';
  readonly params: P;
  readonly query?: Q;
  /** Body of the request, where there is one. */
  readonly body?: B;
  readonly response: R;
  /** Status of success where it is not 200. */
  readonly status?: 202;
  /** Status besides that which carries the same body. */
  readonly alsoStatus?: 503;
}

/** Method and path keep their text as a type: by them the client asks, so that no schema travels to a screen. */
const endpoint = <const E extends Endpoint>(one: E): E => one;

const nothing = z.object({});

export const API = {
  health: endpoint({
    method: 'get',
    path: '/healthz',
    summary: 'The process is up.',
    right: 'anybody',
    params: noParams,
    response: healthSchema,
  }),
  readiness: endpoint({
    method: 'get',
    path: '/readyz',
    summary:
      'Redis answers and takes writes, every site has an owner, and this gateway is in step; 503 with reasons otherwise.',
    right: 'anybody',
    params: noParams,
    response: readinessSchema,
    alsoStatus: 503,
  }),
  sites: endpoint({
    method: 'get',
    path: '/api/v1/sites',
    summary: 'Sites with their totals. Over several sites, `asOf` is the oldest, `rev` the sum, `freshness` the worst.',
    right: 'numbers.view',
    params: noParams,
    response: z.object({ ...envelope, sites: z.array(siteSchema) }),
  }),
  queues: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/queues',
    summary: 'Queues of a site: live, today and in windows of time.',
    right: 'numbers.view',
    params: siteParams,
    response: z.object({ ...envelope, queues: z.array(queueSchema) }),
  }),
  groups: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/groups',
    summary: 'Queue groups of a site: sums over their queues; an agent counts once.',
    right: 'numbers.view',
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
    right: 'agents.view',
    params: siteParams,
    response: z.object({ ...envelope, agents: z.array(agentSchema) }),
  }),
  teams: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/teams',
    summary: 'Teams of a site: sums over their agents.',
    right: 'agents.view',
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
    right: 'integrity.view',
    params: siteParams,
    response: integritySchema,
  }),
  settings: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/settings',
    summary: 'Settings of every queue and agent of a site that has any.',
    right: 'settings.view',
    params: siteParams,
    response: settingsListSchema,
  }),
  queueSettings: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/queues/{queue}/settings',
    summary: 'Settings of a queue. The answer carries its version as ETag too.',
    right: 'settings.view',
    params: queueSettingsParams,
    response: storedQueueSettingsSchema,
  }),
  changeQueueSettings: endpoint({
    method: 'put',
    path: '/api/v1/sites/{site}/queues/{queue}/settings',
    summary:
      'Changes the settings of a queue, whole; 409 if somebody else changed them since. In force within a second.',
    right: 'settings.change',
    params: queueSettingsParams,
    body: queueSettingsChangeSchema,
    response: storedQueueSettingsSchema,
  }),
  agentSettings: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/agents/{agent}/settings',
    summary: 'Settings of an agent. The answer carries its version as ETag too.',
    right: 'settings.view',
    params: agentSettingsParams,
    response: storedAgentSettingsSchema,
  }),
  changeAgentSettings: endpoint({
    method: 'put',
    path: '/api/v1/sites/{site}/agents/{agent}/settings',
    summary:
      'Changes the settings of an agent, whole; 409 if somebody else changed them since. In force within a second.',
    right: 'settings.change',
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
    right: 'contact.callBack',
    params: contactParams,
    body: callBackBody,
    response: callBackSchema,
  }),
  session: endpoint({
    method: 'get',
    path: '/api/v1/session',
    summary: 'Who asks, and whether there is anybody yet.',
    right: 'anybody',
    params: noParams,
    response: sessionSchema,
  }),
  signIn: endpoint({
    method: 'post',
    path: '/api/v1/session',
    summary: 'Signs in; the session is a cookie. 401 `auth.codeNeeded` asks for the second step.',
    right: 'anybody',
    params: noParams,
    body: signInBody,
    response: sessionSchema,
  }),
  startSignOn: endpoint({
    method: 'post',
    path: '/api/v1/session/single-sign-on',
    summary: 'Begins a sign-in through the identity provider of the house.',
    right: 'anybody',
    params: noParams,
    body: nothing,
    response: signOnStartSchema,
  }),
  finishSignOn: endpoint({
    method: 'put',
    path: '/api/v1/session/single-sign-on',
    summary: 'Ends it, once the browser is back; the session is a cookie.',
    right: 'anybody',
    params: noParams,
    body: signOnFinishBody,
    response: sessionSchema,
  }),
  signOut: endpoint({
    method: 'delete',
    path: '/api/v1/session',
    summary: 'Ends this session.',
    right: 'anybody',
    params: noParams,
    response: sessionSchema,
  }),
  signOutEverywhere: endpoint({
    method: 'delete',
    path: '/api/v1/sessions',
    summary: 'Ends every session of the person who asks, this one too.',
    right: 'person',
    params: noParams,
    response: sessionSchema,
  }),
  setUp: endpoint({
    method: 'post',
    path: '/api/v1/setup',
    summary: 'Creates the first administrator and signs in; once.',
    right: 'anybody',
    params: noParams,
    body: setUpBody,
    response: sessionSchema,
  }),
  changePassword: endpoint({
    method: 'put',
    path: '/api/v1/session/password',
    summary: 'Changes the own password; every other session of the person ends.',
    right: 'person',
    params: noParams,
    body: passwordBody,
    response: sessionSchema,
  }),
  startTotp: endpoint({
    method: 'post',
    path: '/api/v1/session/totp',
    summary: 'A new secret for an authenticator app; in force once a code of it has been sent back within ten minutes.',
    right: 'person',
    params: noParams,
    response: totpStartSchema,
  }),
  changeTotp: endpoint({
    method: 'put',
    path: '/api/v1/session/totp',
    summary: 'Switches the second step of sign-in on, or off.',
    right: 'person',
    params: noParams,
    body: totpBody,
    response: sessionSchema,
  }),
  people: endpoint({
    method: 'get',
    path: '/api/v1/people',
    summary: 'People whom the asker may manage.',
    right: 'people.manage',
    params: noParams,
    response: peopleSchema,
  }),
  createPerson: endpoint({
    method: 'post',
    path: '/api/v1/people',
    summary:
      'Adds a person, who has to change the password at the first sign-in. Nobody can give what they do not have.',
    right: 'people.manage',
    params: noParams,
    body: newPersonBody,
    response: personSchema,
  }),
  changePerson: endpoint({
    method: 'put',
    path: '/api/v1/people/{person}',
    summary:
      'Changes a person, whole and by version; in force at once, also in open sessions. People are never deleted.',
    right: 'people.manage',
    params: personParams,
    body: changePersonBody,
    response: personSchema,
  }),
  signOutPerson: endpoint({
    method: 'post',
    path: '/api/v1/people/{person}/sign-out',
    summary: 'Ends every session of a person.',
    right: 'people.manage',
    params: personParams,
    response: nothing,
  }),
  tokens: endpoint({
    method: 'get',
    path: '/api/v1/tokens',
    summary: 'API tokens that were not revoked.',
    right: 'token.manage',
    params: noParams,
    response: tokensSchema,
  }),
  createToken: endpoint({
    method: 'post',
    path: '/api/v1/tokens',
    summary: 'A new API token. It never reaches further than the person who made it, then and later.',
    right: 'token.manage',
    params: noParams,
    body: newTokenBody,
    response: newTokenSchema,
  }),
  revokeToken: endpoint({
    method: 'delete',
    path: '/api/v1/tokens/{token}',
    summary: 'Revokes an API token at once.',
    right: 'token.manage',
    params: tokenParams,
    response: nothing,
  }),
  audit: endpoint({
    method: 'get',
    path: '/api/v1/audit',
    summary: 'Who did what to whom, why and from where; newest first.',
    right: 'audit.view',
    params: noParams,
    query: auditQuery,
    response: auditSchema,
  }),
  acting: endpoint({
    method: 'get',
    path: '/api/v1/sites/{site}/acting',
    summary: 'What can be done to the PBX of a site now. Who may do it, the rights of the asker say.',
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
  startPairing: endpoint({
    method: 'post',
    path: '/api/v1/pairings',
    summary: 'A TV asks for a code to show; it holds for ten minutes.',
    right: 'anybody',
    params: noParams,
    body: startPairingBody,
    response: startedPairingSchema,
  }),
  claimPairing: endpoint({
    method: 'post',
    path: '/api/v1/pairings/claim',
    summary:
      'The TV asks, by its secret, whether somebody has paired it; the answer then brings its token as a cookie.',
    right: 'anybody',
    params: noParams,
    body: claimPairingBody,
    response: claimedPairingSchema,
  }),
  pairing: endpoint({
    method: 'get',
    path: '/api/v1/pairings/{code}',
    summary: 'Which TV shows this code.',
    right: 'screen.manage',
    params: pairingParams,
    response: pairingSchema,
  }),
  screens: endpoint({
    method: 'get',
    path: '/api/v1/screens',
    summary: 'TVs that the asker may manage, with what each of them reported last.',
    right: 'screen.manage',
    params: noParams,
    response: screensSchema,
  }),
  pairScreen: endpoint({
    method: 'post',
    path: '/api/v1/screens',
    summary: 'Pairs the TV that shows the code. It reads numbers of one site, no more than the asker may.',
    right: 'screen.manage',
    params: noParams,
    body: pairScreenBody,
    response: screenSchema,
  }),
  changeScreen: endpoint({
    method: 'put',
    path: '/api/v1/screens/{screen}',
    summary: 'Changes what a TV is called and shows, whole and by version; it follows within a second.',
    right: 'screen.manage',
    params: screenParams,
    body: changeScreenBody,
    response: screenSchema,
  }),
  orderScreen: endpoint({
    method: 'post',
    path: '/api/v1/screens/{screen}/orders',
    summary: 'Makes a TV show its name, load its page anew, go blank, or come back.',
    right: 'screen.manage',
    params: screenParams,
    body: orderScreenBody,
    response: screenSchema,
  }),
  revokeScreen: endpoint({
    method: 'delete',
    path: '/api/v1/screens/{screen}',
    summary: 'Takes the token of a TV away at once.',
    right: 'screen.manage',
    params: screenParams,
    response: nothing,
  }),
  reportScreen: endpoint({
    method: 'post',
    path: '/api/v1/screen/report',
    summary: 'A TV says how it is and is told what it shall show. The answer may bring a newer token.',
    right: 'screen',
    params: noParams,
    body: reportBody,
    response: wantedSchema,
  }),
} as const;

/** HTTP contracts of the break desk. Wired into API by name. */
import { z } from 'zod';
import { count, durationMs, envelope, id, instant } from './api-numbers.ts';
import { siteParams } from './api-settings.ts';
import { breakSettingsSchema } from './break-setting.ts';
import { WHY_NOT } from './breaks.ts';

export const breakParams = siteParams.extend({ request: z.uuid() });

export const BREAK_STATES = [
  'requested',
  'granted',
  'onBreak',
  'ended',
  'refused',
  'withdrawn',
  'expired',
  'failed',
] as const;
export type BreakState = (typeof BREAK_STATES)[number];

export const breakRequestSchema = z.object({
  id: z.uuid(),
  agent: id,
  name: z.string(),
  reason: z.string(),
  state: z
    .enum(BREAK_STATES)
    .describe('`granted` until the PBX has shown the pause; `failed`, with a `cause`, where it did not.'),
  requestedAt: instant.describe('Server clock, as all instants of a request.'),
  requestedBy: z.string(),
  decidedAt: instant.nullable(),
  decidedBy: z.string().nullable(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  isEnding: z.boolean().describe('Its end was asked for, and the PBX has not shown it yet.'),
  cause: z.string().nullable().describe('Why it expired or failed, or could not be ended.'),
});
export type BreakRequest = z.infer<typeof breakRequestSchema>;

const whyNot = z.enum(WHY_NOT).nullable().describe('Why not now; null: now.');
const person = { agent: id, name: z.string(), team: z.string().nullable() };

export const breakDeskSchema = z.object({
  ...envelope,
  timeZone: z.string().describe('Of the half hours.'),
  settings: breakSettingsSchema,
  used: count.describe('On break or at a meal, or about to be; of the whole site.'),
  quota: z.array(z.object({ startAt: instant, people: count })).describe('This half hour and the next two.'),
  free: count.describe('Can take a call now; of the whole site.'),
  minFree: count.describe('So many stay.'),
  breaks: z
    .array(
      z.object({
        ...person,
        reason: z.string(),
        since: instant.nullable().describe('Null while the PBX has not shown it yet.'),
        maxMs: durationMs,
        request: breakRequestSchema.nullable().describe('Null for a break that the agent took alone.'),
      }),
    )
    .describe('Who rests, and who is about to; the one with the least time left first.'),
  requests: z
    .array(z.object({ ...person, request: breakRequestSchema, unrestedSince: instant.nullable(), whyNot }))
    .describe('Requests that wait, in the order in which they are granted.'),
  unrested: z
    .array(
      z.object({
        ...person,
        unrestedSince: instant,
        workedMs: durationMs,
        earnedMs: durationMs.describe('Rest earned by it today.'),
        takenMs: durationMs,
        whyNot,
        hasRequest: z.boolean(),
      }),
    )
    .describe('Everybody else who is signed in, the longest unrested first.'),
  recent: z.array(breakRequestSchema).describe('Of the last hour: refused, expired or failed; newest first.'),
});
export type BreakDesk = z.infer<typeof breakDeskSchema>;

export const newBreakBody = z.strictObject({
  id: z.uuid().describe('Chosen by the asker: asking twice is asking once.'),
  agent: z.string().min(1).max(256),
  reason: breakSettingsSchema.shape.reasons.unwrap().element.shape.reason,
  isGranted: z.boolean().default(false).describe('Send them now, if the rules allow it.'),
});

export const BREAK_STEPS = ['grant', 'refuse', 'withdraw', 'end'] as const;
export type BreakStep = (typeof BREAK_STEPS)[number];
export const breakStepBody = z.strictObject({
  step: z.enum(BREAK_STEPS),
  why: z.string().trim().max(200).default('').describe('For the audit log.'),
});

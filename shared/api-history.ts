/** HTTP contracts of what is over: an agent's day, contacts, calling lost callers back. */
import { z } from 'zod';
import { durationMs, envelope, id, instant } from './api-numbers.ts';
import { agentSettingsParams, siteParams } from './api-settings.ts';
import { CALL_BACK_STATES, CALL_BACK_STEPS } from './call-back.ts';
import { leaveOutcomeSchema } from './event.ts';
import { ACTIVITIES, PRESENCES } from './presence.ts';

export const OUTCOMES = ['answered', ...leaveOutcomeSchema.options] as const;
export type Outcome = (typeof OUTCOMES)[number];

const contact = {
  id,
  queue: id,
  offeredAt: instant,
  answeredAt: instant.nullable(),
  endedAt: instant,
  outcome: z.enum(OUTCOMES),
  waitMs: durationMs.nullable().describe('Null where nobody saw it.'),
  talkMs: durationMs.nullable().describe('Null where nobody saw it.'),
  holdMs: durationMs,
  acwMs: durationMs,
  isTransferred: z.boolean(),
  isEndInferred: z.boolean().describe('The end was concluded from silence or from a picture, not reported.'),
  caller: z.string().nullable().describe('Masked; null when the number was hidden or its time to be kept is over.'),
};

export const agentDayParams = agentSettingsParams;
export const agentDayQuery = z.object({
  date: z.iso.date().optional().describe('ISO date on which the business day began; without it the running one.'),
});

const segmentSchema = z.object({
  startAt: instant,
  endAt: instant,
  presence: z.enum(PRESENCES),
  reason: z.string().describe('As the source spells it; empty without one.'),
  activity: z.enum(ACTIVITIES),
  isOpen: z.boolean().describe('Of the live view: it goes on, `endAt` is `asOf`.'),
});
export type Segment = z.infer<typeof segmentSchema>;

export const agentDaySchema = z.object({
  ...envelope,
  agent: id,
  businessDay: z.object({ date: z.iso.date(), startAt: instant, endAt: instant }),
  isRunning: z.boolean().describe('The day holds `asOf`.'),
  segments: z
    .array(segmentSchema)
    .describe('Oldest first, cut to the day. Time outside them is signed out, or not written yet.'),
  contacts: z
    .array(z.object(contact))
    .describe('Contacts of the agent that were offered in the day, oldest first; those that are over.'),
  gaps: z
    .array(
      z.object({
        source: id,
        startAt: instant,
        endAt: instant.nullable().describe('Null while it lasts.'),
        isFilled: z.boolean().nullable().describe("The PBX's own log has told what happened; null: no longer known."),
      }),
    )
    .describe('Periods without a living source that touch the day.'),
  unwrittenSince: instant
    .nullable()
    .describe(
      'What was told since then is not in history yet, so states and contacts may be missing. Null: nothing is.',
    ),
});
export type DayOfAgent = z.infer<typeof agentDaySchema>;
export type PastContact = DayOfAgent['contacts'][number];

export const contactParams = siteParams.extend({ contact: z.string().min(1).max(1_024) });

/** One value or several, separated by commas. */
const oneOrMore = <T extends string>(names: readonly [T, ...T[]]) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(names)).min(1))
    .optional();

const atMs = z.coerce.number().pipe(instant.nonnegative()).optional();

export const contactsQuery = z.object({
  date: z.iso
    .date()
    .optional()
    .describe('Of the business day that began on this ISO date; without it the running one.'),
  from: atMs.describe('Offered at or after it, whatever the day.'),
  to: atMs.describe('Offered before it, whatever the day.'),
  queue: z.string().min(1).max(256).optional(),
  agent: z.string().min(1).max(256).optional().describe('Who answered.'),
  outcome: oneOrMore(OUTCOMES).describe(`One or several of ${OUTCOMES.join(', ')}, separated by commas.`),
  minWaitMs: z.coerce.number().pipe(durationMs).optional(),
  callBack: oneOrMore(CALL_BACK_STATES).describe(
    `One or several of ${CALL_BACK_STATES.join(', ')}, separated by commas; contacts that were answered have none.`,
  ),
  cursor: z.string().max(2_000).optional().describe('`next` of the page before; the other filters as they were.'),
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
});

export const callBackSchema = z.object({
  version: z.int().nonnegative().describe('Rises with every step; 0 before the first.'),
  state: z.enum(CALL_BACK_STATES),
  claimant: z
    .object({ name: z.string(), isYou: z.boolean() })
    .nullable()
    .describe('Who has it, or brought it to its end.'),
  claimedAt: instant.nullable().describe('Server clock.'),
  attempts: z.int().nonnegative().describe('How often somebody called.'),
  result: z.enum(['reached', 'notReached']).nullable().describe('Of the newest attempt.'),
  steps: z
    .array(z.object({ step: z.enum(CALL_BACK_STEPS), by: z.string(), at: instant.describe('Server clock.') }))
    .describe('Oldest first.'),
});
export type CallBackAnswer = z.infer<typeof callBackSchema>;

const listedContactSchema = z.object({
  ...contact,
  agent: id.nullable().describe('Who answered.'),
  cameBackAt: instant
    .nullable()
    .describe('When the same caller, lost here, was answered within a day: nobody needs to call. Null: was not.'),
  callBack: callBackSchema.nullable().describe('Null for a contact that was answered.'),
});
export type ListedContact = z.infer<typeof listedContactSchema>;

export const contactsSchema = z.object({
  businessDay: z.iso.date().nullable().describe('The day that was asked for; null where instants were.'),
  contacts: z.array(listedContactSchema),
  next: z.string().nullable().describe('Cursor of the next page; null at the end.'),
});

export const callerBody = z.strictObject({
  reason: z.string().trim().min(1).max(200).describe('Why; it stands in the audit log.'),
});
export const callerSchema = z.object({
  number: z.string().nullable().describe('Null when it was hidden or its time to be kept is over.'),
  name: z.string().nullable(),
});

export const callBackBody = z.strictObject({
  do: z.enum(CALL_BACK_STEPS),
  version: z.int().nonnegative().describe('The version that you read.'),
});

/** HTTP contracts of TVs: how one is paired, what it reports, what is wanted of it, and the fleet. Wired into API by name. */
import { z } from 'zod';
import { scopeSchema } from './policy.ts';
import { CODE_ALPHABET, CODE_LENGTH } from './screen.ts';

const id = z.string().min(1).max(64);
const instant = z.int();
const durationMs = z.int().nonnegative();

/** As somebody types it: in any case, with spaces or dashes. */
const codeSchema = z
  .string()
  .max(32)
  .transform((typed) => typed.toUpperCase().replace(/[\s-]/g, ''))
  .pipe(
    z.string().regex(new RegExp(`^[${CODE_ALPHABET}]{${CODE_LENGTH}}$`), 'give the six characters that the TV shows'),
  );

const minute = z.int().min(0).max(1_439);
/** Of the site's day, in minutes; over midnight where it ends before it begins. */
export const daySpanSchema = z
  .strictObject({ from: minute, to: minute })
  .refine(({ from, to }) => from !== to, 'give a beginning and an end that differ');
export type DaySpan = z.infer<typeof daySpanSchema>;

/** `standard`: the wall as it comes; else the id of a board. */
export const shownBoardSchema = z.string().regex(/^[\w-]{1,64}$/, 'give the id of a board, or standard');

export const screenOptionsSchema = z.strictObject({
  language: z.enum(['zh-CN', 'en']),
  inches: z.number().min(20).max(150).nullable().describe('Diagonal of the TV; null: 65.'),
  metres: z.number().min(1).max(40).nullable().describe('To the farthest seat; null: 6.'),
  page: z.int().min(1).max(99).nullable().describe('Holds this page; null: they take turns.'),
  timeZone: z.string().min(1).max(64).nullable().describe('Of the clock; null: that of the site.'),
  dim: daySpanSchema.nullable().describe('When it is darker.'),
  off: daySpanSchema.nullable().describe('When it shows no numbers.'),
  offShows: z.enum(['clock', 'black']),
  hasChime: z.boolean().describe('A sound when a breach begins.'),
});
export type ScreenOptions = z.infer<typeof screenOptionsSchema>;

const nameSchema = z.string().trim().min(1).max(64);
const viewFields = { queues: scopeSchema.shape.queues, teams: scopeSchema.shape.teams };
const assignmentFields = {
  name: nameSchema,
  site: id,
  ...viewFields,
  board: shownBoardSchema,
  options: screenOptionsSchema,
};

export const startPairingBody = z.strictObject({
  width: z.int().min(0).max(20_000),
  height: z.int().min(0).max(20_000),
  language: z.enum(['zh-CN', 'en']),
});
export const startedPairingSchema = z.object({
  code: z.string().describe('To be shown.'),
  secret: z.string().describe('Never to be shown: whoever has it gets the token of the TV.'),
  expiresAt: instant,
});
export type StartedPairing = z.infer<typeof startedPairingSchema>;

export const claimPairingBody = z.strictObject({
  secret: z.string().max(64),
  waitMs: z.int().min(0).max(25_000).default(0).describe('How long to wait for somebody to pair it.'),
});
export const claimedPairingSchema = z.object({
  state: z.enum(['waiting', 'paired', 'gone']).describe('`paired` brings the cookie; after `gone` ask for a new code.'),
});

export const pairingParams = z.object({ code: codeSchema });
export const pairingSchema = z.object({
  from: z.string().describe('Address of the TV.'),
  width: z.int(),
  height: z.int(),
  language: z.enum(['zh-CN', 'en']),
  expiresAt: instant,
});
export type Pairing = z.infer<typeof pairingSchema>;

export const pairScreenBody = z.strictObject({ code: codeSchema, ...assignmentFields });

/** What a TV says of itself. Ages instead of instants: nobody sets the clock of a TV. */
export const reportBody = z.strictObject({
  build: z.string().max(64).nullable().describe('Of the screens that it runs; null before it has heard of one.'),
  assignment: z.int().min(0).describe('Version of the assignment in force on it; 0: none yet.'),
  width: z.int().min(0).max(20_000),
  height: z.int().min(0).max(20_000),
  paintAgeMs: durationMs.max(10 * 86_400_000),
  upMs: durationMs.max(1_000 * 86_400_000).describe('Since its page was loaded.'),
  heapBytes: z
    .int()
    .min(0)
    .max(2 ** 40)
    .nullable(),
  freshness: z.enum(['starting', 'fresh', 'ageing', 'stale']).nullable(),
  board: z.string().max(64),
  shows: z.enum(['board', 'clock', 'black', 'blank']),
  isDimmed: z.boolean(),
  sound: z.enum(['off', 'on', 'blocked']),
  identified: z.int().nullable().describe('`identify` that it has shown last.'),
});
export type Report = z.infer<typeof reportBody>;

export const wantedSchema = z.object({
  id,
  number: z.int().describe('Shown with its name, to tell TVs apart.'),
  version: z.int(),
  name: z.string(),
  site: id,
  board: z.string(),
  boardNumber: z.int().nullable().describe('Its public version; null: the standard board, or nobody can say now.'),
  options: screenOptionsSchema,
  isBlank: z.boolean(),
  build: z.string().describe('Of the screens that the server has now.'),
  identify: instant.nullable().describe('Show your name, once.'),
  reload: z.boolean(),
});
export type Wanted = z.infer<typeof wantedSchema>;

const orderSchema = z.object({ at: instant, doneAt: instant.nullable() }).nullable();

export const screenSchema = z.object({
  id,
  number: z.int(),
  version: z.int(),
  name: z.string(),
  site: id,
  ...viewFields,
  board: z.string(),
  options: screenOptionsSchema,
  isBlank: z.boolean(),
  pairedAt: instant,
  pairedBy: z.string(),
  state: z.enum(['waiting', 'online', 'offline']).describe('`waiting`: it has not reported yet.'),
  report: z
    .object({
      at: instant,
      from: z.string(),
      ...reportBody.omit({ paintAgeMs: true, upMs: true, identified: true }).shape,
      lastPaintAt: instant,
      startedAt: instant,
    })
    .nullable(),
  identify: orderSchema,
  reload: orderSchema,
});
export type FleetScreen = z.infer<typeof screenSchema>;

export const screensSchema = z.object({ asOf: instant, build: z.string(), screens: z.array(screenSchema) });
export type Fleet = z.infer<typeof screensSchema>;

export const screenParams = z.object({ screen: id });
export const changeScreenBody = z.strictObject({ version: z.int().positive(), ...assignmentFields });
export const SCREEN_ORDERS = ['identify', 'reload', 'blank', 'unblank'] as const;
export type ScreenOrder = (typeof SCREEN_ORDERS)[number];
export const orderScreenBody = z.strictObject({ order: z.enum(SCREEN_ORDERS) });

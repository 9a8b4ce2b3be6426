/** What a site sets for its break desk. Defaults are those of the handbooks; every one is a setting of the site. */
import { z } from 'zod';
import { MINUTE_MS } from './time.ts';

const people = z.int().min(0).max(10_000);
const maxMs = z
  .int()
  .min(1_000)
  .max(8 * 60 * MINUTE_MS);
/** Ends up as the reason of a pause: one line (see shared/command.ts). */
const reason = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'give a text without line breaks and control characters');

export const breakSettingsSchema = z.object({
  quota: people.default(3).describe('How many people may be on break at a time.'),
  quotaByHalfHour: z
    .array(
      z.strictObject({
        from: z.string().regex(/^([01]\d|2[0-3]):(00|30)$/, 'give the beginning of a half hour, such as 11:30'),
        people,
      }),
    )
    .max(48)
    .refine((all) => new Set(all.map(({ from }) => from)).size === all.length, 'give each half hour once')
    .default([])
    .describe('Half hours, in local time, in which another number holds.'),
  restMsPerHour: z
    .int()
    .min(0)
    .max(60 * MINUTE_MS)
    .default(5 * MINUTE_MS)
    .describe('Rest that is earned with every hour worked.'),
  reasons: z
    .array(z.strictObject({ reason, maxMs }))
    .min(1)
    .max(20)
    .refine((all) => new Set(all.map((one) => one.reason)).size === all.length, 'give each reason once')
    .default([
      { reason: '小休', maxMs: 10 * MINUTE_MS },
      { reason: '用餐', maxMs: 30 * MINUTE_MS },
    ])
    .describe('Reasons of a break that the desk offers, and how long each may take; the first is the usual one.'),
  otherMaxMs: maxMs.default(15 * MINUTE_MS).describe('The same for every other reason.'),
  minFree: people.default(1).describe('So many agents stay who can take a call.'),
  minFreeShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('The same as a share of those signed in; the larger holds.'),
  noRestMs: z
    .int()
    .min(0)
    .max(8 * 60 * MINUTE_MS)
    .default(30 * MINUTE_MS)
    .describe('No break for so long after sign-in.'),
  isAutoGranting: z.boolean().default(false).describe('Requests are granted by themselves once the rules allow it.'),
});
export type BreakSettings = z.infer<typeof breakSettingsSchema>;

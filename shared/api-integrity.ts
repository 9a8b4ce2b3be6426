/** How far the counters of a site may be believed today, with everything that speaks against them. */
import { z } from 'zod';
import { count, durationMs, envelope, FRESHNESS_STATES, id, instant } from './api-numbers.ts';

/** Why today's counters are not exact. Codes never change meaning. */
export const DOUBTS = {
  'site.noData': 'Nothing is known of the site yet.',
  'source.connecting': 'Sources that have not been heard of yet.',
  'source.stale': 'Sources that give no sign of life.',
  'source.lost': 'Sources that are gone; what happens there now is not counted.',
  'gap.unfilled': 'Periods without a living source, of which the PBX has not told what happened.',
  'contacts.unknown': 'Contacts that ended while nobody listened: counted as unknown, in no service level.',
  'waits.unseen': 'Answered contacts whose wait nobody saw: in no wait sum and no service level.',
  'suspects.open': 'Calls or agents held for stuck, until their source has been asked.',
  'events.rejected': 'Events that could not be read or folded and are missing.',
} as const;
export type Doubt = keyof typeof DOUBTS;

export const integritySchema = z.object({
  ...envelope,
  businessDay: z.iso.date().nullable(),
  isExact: z.boolean().describe("Today's counters equal what happened, to the last call."),
  reasons: z
    .array(
      z.object({
        code: z.enum(Object.keys(DOUBTS) as [Doubt, ...Doubt[]]),
        count: count.describe('How many of them.'),
        text: z.string(),
      }),
    )
    .describe('Why they are not exact; empty when they are.'),
  sources: z.array(
    z.object({
      id,
      state: z.enum(FRESHNESS_STATES),
      ageMs: durationMs.nullable(),
      cause: z.string().nullable(),
      aliveAt: instant.nullable().describe('Server wall clock of the newest proof of life.'),
      syncedAt: instant.nullable().describe('Server wall clock of the newest full picture.'),
      lostAt: instant.nullable().describe('Server wall clock; null while it is there.'),
      clockOffsetMs: z.int().nullable().describe("The source's clock minus the server's, to a tenth of a second."),
    }),
  ),
  gaps: z
    .array(
      z.object({
        source: id,
        startAt: instant,
        endAt: instant.nullable().describe('Null while it lasts.'),
        durationMs: durationMs.describe('Up to `asOf` while it lasts.'),
        cause: z.string(),
        isFilled: z.boolean().describe("The PBX's own log has told what happened in it."),
      }),
    )
    .describe('Periods of the business day without a living source, newest first.'),
  suspects: z.object({
    total: count,
    queues: z
      .array(z.object({ queue: id, suspects: count }))
      .describe('Queues with suspects, agents of theirs included.'),
    agents: z.array(id),
  }),
  anomalies: z
    .array(z.object({ kind: z.string(), today: count, total: count, newestAt: instant }))
    .describe('What should not happen, by kind, the most frequent of today first.'),
  corrections: z.object({
    newest: z
      .array(
        z.object({
          number: z.int().positive().describe('Counts the corrections of the site.'),
          at: instant,
          kind: z.string(),
          subject: z.string().describe('What was corrected: a contact, an agent, a queue.'),
          before: z.string(),
          after: z.string(),
        }),
      )
      .describe('Newest first, as many as the live store keeps.'),
    total: count.describe('Since the site exists.'),
    more: count.describe('How many are not listed here.'),
    allIn: z.literal('corrections').describe('The table of PostgreSQL that holds all of them.'),
  }),
});
export type IntegrityAnswer = z.infer<typeof integritySchema>;

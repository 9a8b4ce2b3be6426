/** What people set for a queue or an agent. A missing field (null) means: as the source says, else the site's default. */
import { z } from 'zod';
import { SERVICE_LEVELS, type ServiceLevel } from './metric.ts';

const durationMs = z.int().nonnegative().max(86_400_000);
const shortText = z.string().trim().min(1).max(64);
const serviceLevel = z.enum(Object.keys(SERVICE_LEVELS) as [ServiceLevel, ...ServiceLevel[]]);

/** From a local time on, until the next band begins: which service level is shown, and its target. */
const bandSchema = z.object({
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'give a local time such as 09:00'),
  serviceLevel,
  targetRatio: z.number().gt(0).lte(1),
});
export type Band = z.infer<typeof bandSchema>;

export const queueSettingsSchema = z.object({
  name: shortText.nullable().default(null),
  /** Queue group: queues of one group are added up. */
  group: shortText.nullable().default(null),
  /** Place on the screens; queues without one follow by name. */
  order: z.int().min(0).max(100_000).nullable().default(null),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, 'give a colour such as #3b82f6')
    .nullable()
    .default(null),
  thresholdMs: durationMs.min(1).nullable().default(null),
  shortAbandonMs: durationMs.nullable().default(null),
  /** After-call work counted after each talk where the source does not tell of it. */
  wrapUpMs: durationMs.nullable().default(null),
  /** In order of time; the last band of a day goes on until the first one of the next. Empty: the site's default. */
  bands: z
    .array(bandSchema)
    .max(24)
    .refine((bands) => bands.every((band, i) => i === 0 || band.from > (bands[i - 1] as Band).from), {
      error: 'give bands in order of time, each start once',
    })
    .default([]),
});
export type QueueSettings = z.infer<typeof queueSettingsSchema>;

export const agentSettingsSchema = z.object({
  name: shortText.nullable().default(null),
  team: shortText.nullable().default(null),
});
export type AgentSettings = z.infer<typeof agentSettingsSchema>;

export const NO_QUEUE_SETTINGS: QueueSettings = queueSettingsSchema.parse({});
export const NO_AGENT_SETTINGS: AgentSettings = agentSettingsSchema.parse({});

/** HTTP contracts of settings: read and changed whole, by version. */
import { z } from 'zod';
import { breakSettingsSchema } from './break-setting.ts';
import { agentSettingsSchema, queueSettingsSchema } from './setting.ts';

const id = z.string().min(1).max(256);
const instant = z.int();

const version = z.int().nonnegative();
const stored = {
  version: version.describe('Rises with every change; 0 while nothing was ever set.'),
  updatedAt: instant.nullable().describe('Server clock; null while nothing was ever set.'),
};
/** A typing error in a name must not silently put a setting back to its default. */
const change = <T extends z.ZodRawShape>(settings: z.ZodObject<T>) =>
  z.strictObject({
    version: version.optional().describe('The version that this changes; may stand in If-Match instead.'),
    settings: settings.strict().describe('All settings; one that is left out goes back to its default.'),
  });

export const siteParams = z.object({ site: z.string().min(1).max(64) });
export const queueSettingsParams = siteParams.extend({ queue: id });
export const agentSettingsParams = siteParams.extend({ agent: id });

export const storedQueueSettingsSchema = z.object({ queue: id, ...stored, settings: queueSettingsSchema });
export const storedAgentSettingsSchema = z.object({ agent: id, ...stored, settings: agentSettingsSchema });
export const storedBreakSettingsSchema = z.object({ ...stored, settings: breakSettingsSchema });
export const breakSettingsChangeSchema = change(breakSettingsSchema);
export const queueSettingsChangeSchema = change(queueSettingsSchema);
export const agentSettingsChangeSchema = change(agentSettingsSchema);
export const settingsListSchema = z.object({
  queues: z.array(storedQueueSettingsSchema),
  agents: z.array(storedAgentSettingsSchema),
});

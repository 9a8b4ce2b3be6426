/** HTTP contracts of acting on a PBX. Wired into API by name. */
import { z } from 'zod';
import { siteParams } from './api-settings.ts';
import { DOES } from './command.ts';

export const commandParams = siteParams.extend({ command: z.uuid() });

/** As the process that holds the PBX tells it. */
export const abilitiesSchema = z.object({
  isAway: z.boolean().describe('No PBX of the site is connected, or none that can be acted on.'),
  can: z.array(z.enum(DOES)).describe('What the PBX lets this server do.'),
  lacks: z.array(z.string()).describe('What the PBX would have to grant for the rest, in its own words.'),
});

/** What can be done in a site now, and what of it the asker may. */
export const actingSchema = abilitiesSchema.extend({
  may: z.array(z.enum(DOES)).describe('What the asker has the right to.'),
});
export type ActingAnswer = z.infer<typeof actingSchema>;

/** HTTP contracts of acting on a PBX. Wired into API by name. */
import { z } from 'zod';
import { siteParams } from './api-settings.ts';
import { DOES } from './command.ts';

export const commandParams = siteParams.extend({ command: z.uuid() });

/** What can be done in a site now, as the process that holds the PBX tells it. Who may do it is another question. */
export const actingSchema = z.object({
  isAway: z.boolean().describe('No PBX of the site is connected, or none that can be acted on.'),
  can: z.array(z.enum(DOES)).describe('What the PBX lets this server do.'),
  lacks: z.array(z.string()).describe('What the PBX would have to grant for the rest, in its own words.'),
});
export type ActingAnswer = z.infer<typeof actingSchema>;

/** Commands over HTTP. */
import type { ActingAnswer } from '../../../shared/api-command.ts';
import type { Command, CommandStatus } from '../../../shared/command.ts';
import { send } from '../access/access-api.ts';

export interface CommandApi {
  acting(site: string): Promise<ActingAnswer>;
  place(site: string, command: Command): Promise<CommandStatus>;
  read(site: string, id: string): Promise<CommandStatus>;
  undo(site: string, id: string): Promise<CommandStatus>;
}

const addressOf = (site: string, rest: string): string => `/api/v1/sites/${encodeURIComponent(site)}/${rest}`;

export const commandApi: CommandApi = {
  acting: (site) => send('GET', addressOf(site, 'acting')),
  place: (site, body) => send('POST', addressOf(site, 'commands'), { body }),
  read: (site, id) => send('GET', addressOf(site, `commands/${id}`)),
  undo: (site, id) => send('POST', addressOf(site, `commands/${id}/undo`), { body: {} }),
};

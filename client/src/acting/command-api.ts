/** Commands over HTTP. */
import type { ActingAnswer } from '../../../shared/api-command.ts';
import type { Command, CommandStatus } from '../../../shared/command.ts';
import { request } from '../api.ts';

export interface CommandApi {
  acting(site: string): Promise<ActingAnswer>;
  place(site: string, command: Command): Promise<CommandStatus>;
  read(site: string, id: string): Promise<CommandStatus>;
  undo(site: string, id: string): Promise<CommandStatus>;
}

export const commandApi: CommandApi = {
  acting: (site) => request('GET /api/v1/sites/{site}/acting', { params: { site } }),
  place: (site, body) => request('POST /api/v1/sites/{site}/commands', { params: { site }, body }),
  read: (site, command) => request('GET /api/v1/sites/{site}/commands/{command}', { params: { site, command } }),
  undo: (site, command) => request('POST /api/v1/sites/{site}/commands/{command}/undo', { params: { site, command } }),
};

/** Commands over HTTP. A failure is told by its code; a network that is gone by none. */
import type { ActingAnswer } from '../../../shared/api-command.ts';
import type { Command, CommandStatus } from '../../../shared/command.ts';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export interface CommandApi {
  acting(site: string): Promise<ActingAnswer>;
  place(site: string, command: Command): Promise<CommandStatus>;
  read(site: string, id: string): Promise<CommandStatus>;
  undo(site: string, id: string): Promise<CommandStatus>;
}

const addressOf = (site: string, rest: string): string => `/api/v1/sites/${encodeURIComponent(site)}/${rest}`;

export const commandApi: CommandApi = {
  acting: (site) => ask(addressOf(site, 'acting')),
  place: (site, command) => ask(addressOf(site, 'commands'), command),
  read: (site, id) => ask(addressOf(site, `commands/${id}`)),
  undo: (site, id) => ask(addressOf(site, `commands/${id}/undo`), {}),
};

/** With a body it is a POST. The server checks its answers against the contract; here only the shape of a failure is. */
async function ask<T>(address: string, body?: unknown): Promise<T> {
  const response = await fetch(address, {
    headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer as T;
  throw new Refusal(codeOf(answer) ?? 'server.failed');
}

function codeOf(answer: unknown): string | null {
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : null;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}

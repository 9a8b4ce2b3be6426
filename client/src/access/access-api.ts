/** Requests of who is who, by name. */
import type { AuditEntry, Person, Token } from '../../../shared/api-access.ts';
import { type Answer, type Input, request } from '../api.ts';

type Body<A extends Parameters<typeof request>[0]> = Input<A> extends { readonly body: infer B } ? B : never;

export const fetchSession = (signal?: AbortSignal) => request('GET /api/v1/session', { signal });
export const setUp = (body: Body<'POST /api/v1/setup'>) => request('POST /api/v1/setup', { body });
export const signIn = (body: Body<'POST /api/v1/session'>) => request('POST /api/v1/session', { body });
export const startSignOn = () => request('POST /api/v1/session/single-sign-on', { body: {} });
export const finishSignOn = (body: Body<'PUT /api/v1/session/single-sign-on'>) =>
  request('PUT /api/v1/session/single-sign-on', { body });
export const signOut = () => request('DELETE /api/v1/session', {});
export const signOutEverywhere = () => request('DELETE /api/v1/sessions', {});
export const changePassword = (body: Body<'PUT /api/v1/session/password'>) =>
  request('PUT /api/v1/session/password', { body });
export const startTotp = (signal?: AbortSignal) => request('POST /api/v1/session/totp', { signal });
export const putTotp = (body: Body<'PUT /api/v1/session/totp'>) => request('PUT /api/v1/session/totp', { body });

export const fetchPeople = async (signal?: AbortSignal): Promise<readonly Person[]> =>
  (await request('GET /api/v1/people', { signal })).people;
export const createPerson = (body: Body<'POST /api/v1/people'>) => request('POST /api/v1/people', { body });
export const changePerson = (person: string, body: Body<'PUT /api/v1/people/{person}'>) =>
  request('PUT /api/v1/people/{person}', { params: { person }, body });
export const signOutPerson = (person: string) =>
  request('POST /api/v1/people/{person}/sign-out', { params: { person } });

export const fetchTokens = async (signal?: AbortSignal): Promise<readonly Token[]> =>
  (await request('GET /api/v1/tokens', { signal })).tokens;
export const createToken = (body: Body<'POST /api/v1/tokens'>) => request('POST /api/v1/tokens', { body });
export const revokeToken = (token: string) => request('DELETE /api/v1/tokens/{token}', { params: { token } });

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly next: number | null;
}
export function fetchAudit(
  { before, limit, text }: { readonly before?: number | null; readonly limit: number; readonly text: string },
  signal?: AbortSignal,
): Promise<AuditPage> {
  const query = { before: before ?? undefined, limit, text: text || undefined };
  return request('GET /api/v1/audit', { query, signal });
}

type Named = Pick<Answer<'GET /api/v1/sites/{site}/queues'>['queues'][number], 'id' | 'name'>;
export const fetchQueueNames = async (site: string, signal?: AbortSignal): Promise<readonly Named[]> =>
  (await request('GET /api/v1/sites/{site}/queues', { params: { site }, signal })).queues;
export const fetchTeamNames = async (site: string, signal?: AbortSignal): Promise<readonly Named[]> =>
  (await request('GET /api/v1/sites/{site}/teams', { params: { site }, signal })).teams;

/**
 * Requests of who is who. Answers are taken as the contracts type them, the server has checked them; a refusal becomes a
 * `RequestFailed` with its code.
 */
import type { z } from 'zod';
import type {
  AuditEntry,
  changePersonBody,
  newPersonBody,
  newTokenBody,
  newTokenSchema,
  Person,
  passwordBody,
  SessionAnswer,
  setUpBody,
  signInBody,
  signOnFinishBody,
  signOnStartSchema,
  Token,
  totpBody,
  totpStartSchema,
} from '../../../shared/api-access.ts';
import { ERROR_CODES, type ErrorBody, type ErrorCode } from '../../../shared/error.ts';

/** Told on `window` when the server asked somebody to sign in who thought to be. Whoever fetches tells it. */
export const AUTH_NEEDED = 'floorcast.authNeeded';

export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  /** Null: there was no answer, or none of ours (the page of a proxy). */
  readonly code: ErrorCode | null;
  readonly issues: ErrorBody['error']['issues'];
  readonly retryAfterMs: number | null;

  constructor(message: string, error: ErrorBody['error'] | null = null, retryAfterMs: number | null = null) {
    super(message);
    this.code = error?.code ?? null;
    this.issues = error?.issues;
    this.retryAfterMs = retryAfterMs;
  }
}

export const codeOf = (error: unknown): ErrorCode | null => (error instanceof RequestFailed ? error.code : null);

interface Sending {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

async function send<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, sending: Sending = {}): Promise<T> {
  const { body, signal } = sending;
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(path, {
      method,
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const text = await response.text();
    answer = text === '' ? null : parsed(text);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new RequestFailed(`${path} was not answered`);
  }
  if (response.ok && answer !== undefined) return answer as T;
  const error = errorOf(answer);
  if (error?.code === 'auth.needed') window.dispatchEvent(new Event(AUTH_NEEDED));
  const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN);
  throw new RequestFailed(
    error?.message ?? `${path} answered ${response.status}`,
    error,
    Number.isFinite(retryAfterS) ? retryAfterS * 1_000 : null,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorOf(answer: unknown): ErrorBody['error'] | null {
  const error = (answer as Partial<ErrorBody> | null | undefined)?.error;
  return error && (ERROR_CODES as readonly string[]).includes(error.code) ? error : null;
}

const at = (id: string): string => encodeURIComponent(id);

export const fetchSession = (signal?: AbortSignal) => send<SessionAnswer>('GET', '/api/v1/session', { signal });
export const setUp = (body: z.input<typeof setUpBody>) => send<unknown>('POST', '/api/v1/setup', { body });
export const signIn = (body: z.input<typeof signInBody>) => send<unknown>('POST', '/api/v1/session', { body });
const SIGN_ON = '/api/v1/session/single-sign-on';
export const startSignOn = () => send<z.infer<typeof signOnStartSchema>>('POST', SIGN_ON, { body: {} });
export const finishSignOn = (body: z.input<typeof signOnFinishBody>) => send<unknown>('PUT', SIGN_ON, { body });
export const signOut = () => send<unknown>('DELETE', '/api/v1/session');
export const signOutEverywhere = () => send<unknown>('DELETE', '/api/v1/sessions');
export const changePassword = (body: z.input<typeof passwordBody>) =>
  send<unknown>('PUT', '/api/v1/session/password', { body });
export const startTotp = (signal?: AbortSignal) =>
  send<z.infer<typeof totpStartSchema>>('POST', '/api/v1/session/totp', { body: {}, signal });
export const putTotp = (body: z.input<typeof totpBody>) => send<unknown>('PUT', '/api/v1/session/totp', { body });

export const fetchPeople = async (signal?: AbortSignal): Promise<readonly Person[]> =>
  (await send<{ people: Person[] }>('GET', '/api/v1/people', { signal })).people;
export const createPerson = (body: z.input<typeof newPersonBody>) => send<unknown>('POST', '/api/v1/people', { body });
export const changePerson = (id: string, body: z.input<typeof changePersonBody>) =>
  send<unknown>('PUT', `/api/v1/people/${at(id)}`, { body });
export const signOutPerson = (id: string) => send<unknown>('POST', `/api/v1/people/${at(id)}/sign-out`, { body: {} });

export const fetchTokens = async (signal?: AbortSignal): Promise<readonly Token[]> =>
  (await send<{ tokens: Token[] }>('GET', '/api/v1/tokens', { signal })).tokens;
export const createToken = (body: z.input<typeof newTokenBody>) =>
  send<z.infer<typeof newTokenSchema>>('POST', '/api/v1/tokens', { body });
export const revokeToken = (id: string) => send<unknown>('DELETE', `/api/v1/tokens/${at(id)}`);

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly next: number | null;
}
export function fetchAudit(
  query: { readonly before?: number | null; readonly limit: number; readonly text: string },
  signal?: AbortSignal,
): Promise<AuditPage> {
  const { before, limit, text } = query;
  const search = new URLSearchParams({
    ...(before && { before: String(before) }),
    limit: String(limit),
    ...(text && { text }),
  });
  return send<AuditPage>('GET', `/api/v1/audit?${search}`, { signal });
}

interface Named {
  readonly id: string;
  readonly name: string;
}
export const fetchQueueNames = async (site: string, signal?: AbortSignal): Promise<readonly Named[]> =>
  (await send<{ queues: Named[] }>('GET', `/api/v1/sites/${at(site)}/queues`, { signal })).queues;
export const fetchTeamNames = async (site: string, signal?: AbortSignal): Promise<readonly Named[]> =>
  (await send<{ teams: Named[] }>('GET', `/api/v1/sites/${at(site)}/teams`, { signal })).teams;

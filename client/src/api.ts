/**
 * The only fetch of the client. A request names its contract by method and path as shared/api.ts spells them; types follow
 * from there, and no schema travels to a screen: `request('GET /api/v1/sites/{site}/contacts', { params: { site } })`.
 */
import type { z } from 'zod';
import type { API } from '../../shared/api.ts';
import type { ErrorBody, ErrorCode } from '../../shared/error.ts';

type Contracts = typeof API;
type Contract = Contracts[keyof Contracts];
type AddressOf<C extends Contract> = C extends Contract ? `${Uppercase<C['method']>} ${C['path']}` : never;
export type Address = AddressOf<Contract>;
type ContractOf<A extends Address> = {
  [N in keyof Contracts]: AddressOf<Contracts[N]> extends A ? Contracts[N] : never;
}[keyof Contracts];

/** Query and body as the server reads them; a list in a query goes out separated by commas. */
type Some<T> = { readonly [K in keyof T]?: T[K] | undefined };
type WithParams<C> = C extends { params: infer P extends z.ZodType }
  ? z.input<P> extends Record<string, never>
    ? object
    : { readonly params: Readonly<z.input<P>> }
  : object;
type WithQuery<C> = C extends { query: infer Q extends z.ZodType } ? { readonly query?: Some<z.output<Q>> } : object;
type WithBody<C> = C extends { body: infer B extends z.ZodType } ? { readonly body: z.input<B> } : object;

/** One contract at a time: the parts of all contracts crossed with each other are more than the compiler takes. */
type InputOf<C> = C extends Contract
  ? WithParams<C> & WithQuery<C> & WithBody<C> & { readonly signal?: AbortSignal | undefined }
  : never;
export type Input<A extends Address> = InputOf<ContractOf<A>>;
export type Answer<A extends Address> = z.output<ContractOf<A>['response']>;

/** `request.unanswered`: no server, or something else than ours (the page of a proxy), answered. */
type FailureCode = ErrorCode | 'request.unanswered';

/** Told on `window` when the server asked somebody to sign in who thought to be. */
export const AUTH_NEEDED = 'floorcast.authNeeded';

/** A request that brought no answer. An aborted one rejects with the signal's own reason instead. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  readonly code: FailureCode;
  /** 0 without any answer. */
  readonly status: number;
  /** What in the body does not fit. */
  readonly issues: NonNullable<ErrorBody['error']['issues']>;
  /** Null: the server did not say. */
  readonly retryAfterMs: number | null;

  constructor(
    code: FailureCode,
    status: number,
    message: string,
    { issues = [], retryAfterMs = null }: Partial<Pick<RequestFailed, 'issues' | 'retryAfterMs'>> = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.issues = issues;
    this.retryAfterMs = retryAfterMs;
  }
}

export const codeOf = (error: unknown): FailureCode | null => (error instanceof RequestFailed ? error.code : null);

/** Rejects with `RequestFailed`. The server checks its answers against the contract, so they are taken as they come. */
export async function request<A extends Address>(address: A, input: Input<A>): Promise<Answer<A>> {
  const [method = 'GET', path = ''] = address.split(' ');
  const { params = {}, query = {}, body, signal }: Loose = input;
  const response = await reach(`${filled(path, params)}${queryText(query)}`, {
    method,
    headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const answer = await read(response, signal);
  if (response.ok && answer !== undefined) return answer as Answer<A>;
  const failure = failureOf(response, answer, address);
  if (failure.code === 'auth.needed') window.dispatchEvent(new Event(AUTH_NEEDED));
  throw failure;
}

export interface SiteName {
  readonly id: string;
  readonly name: string;
}

export async function fetchSites(signal?: AbortSignal): Promise<readonly SiteName[]> {
  const body: unknown = await request('GET /api/v1/sites', { signal });
  // Asked of whatever version runs there: a wall may be older or newer than its server.
  const sites = isRecord(body) && Array.isArray(body.sites) ? body.sites : [];
  return sites.flatMap((site: unknown) =>
    isRecord(site) && typeof site.id === 'string' ? [{ id: site.id, name: String(site.name ?? site.id) }] : [],
  );
}

interface Loose {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new RequestFailed('request.unanswered', 0, `${url}: ${String(error)}`);
  }
}

/** Undefined where it is no JSON: a proxy's own page. */
async function read(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    return (await response.json()) as unknown;
  } catch (error) {
    if (signal?.aborted) throw error;
    return undefined;
  }
}

const filled = (path: string, params: Readonly<Record<string, string>>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));

function queryText(query: Readonly<Record<string, unknown>>): string {
  const known = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(known.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

function failureOf({ status, headers }: Response, answer: unknown, address: string): RequestFailed {
  const told = isRecord(answer) && isRecord(answer.error) ? answer.error : {};
  if (typeof told.code !== 'string') return new RequestFailed('request.unanswered', status, `${address}: ${status}`);
  const issues = Array.isArray(told.issues) ? (told.issues as RequestFailed['issues']) : [];
  const retryAfterS = Number(headers.get('retry-after') ?? Number.NaN);
  return new RequestFailed(told.code as ErrorCode, status, String(told.message ?? told.code), {
    issues,
    retryAfterMs: Number.isFinite(retryAfterS) ? retryAfterS * 1_000 : null,
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

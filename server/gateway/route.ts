/** Serves a contract of shared/api.ts: parameters are parsed before the handler, the answer is checked after it. */
import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { Endpoint } from '../../shared/api.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';

export interface RouteOptions {
  /**
   * What an answer that breaks its own contract becomes: a failure where tests look, a logged anomaly where a supervisor
   * needs the numbers more than we need the contract.
   */
  readonly onBrokenAnswer: 'fail' | 'report';
  readonly log: Logger;
  readonly countAnomaly: (kind: string) => void;
}

export interface Route {
  readonly method: Endpoint['method'];
  /** As express spells it. */
  readonly path: string;
  readonly handle: RequestHandler;
}

/** What a handler is given beside the parameters. */
export interface Asked<B, Q = unknown> {
  readonly body: B;
  readonly query: Q;
  /** Version that the caller wants to change, from If-Match; null without the header. */
  readonly ifMatch: number | null;
}

type Answer<R> = R | Reply<R>;

/** `handler` gives the body, or a `Reply` where the contract names another status or a header goes with it. */
export function route<P extends z.ZodType, R extends z.ZodType, B extends z.ZodType, Q extends z.ZodType>(
  contract: Endpoint<P, R, B, Q>,
  options: RouteOptions,
  handler: (
    params: z.output<P>,
    asked: Asked<z.output<B>, z.output<Q>>,
  ) => Answer<z.input<R>> | Promise<Answer<z.input<R>>>,
): Route {
  return {
    method: contract.method,
    path: contract.path.replace(/\{(\w+)\}/g, ':$1'),
    async handle(request: Request, response: Response) {
      const params = contract.params.safeParse(request.params);
      if (!params.success) throw new AppError('request.invalid', params.error.message);
      const asked = {
        query: parsed(contract.query, request.query),
        body: parsed(contract.body, request.body),
        ifMatch: ifMatchOf(request),
      };
      const answer = await handler(params.data, asked as Asked<z.output<B>, z.output<Q>>);
      const { status, body, headers } = answer instanceof Reply ? answer : new Reply(200, answer);
      const checked = contract.response.safeParse(body);
      if (!checked.success) {
        const detail = `${contract.path} broke its contract: ${checked.error.message}`;
        if (options.onBrokenAnswer === 'fail') throw new AppError('server.failed', detail);
        options.countAnomaly('api.brokenAnswer');
        options.log.error({ path: contract.path, issues: checked.error.issues.slice(0, 5) }, 'api.brokenAnswer');
      }
      response.status(status).set(headers).json(body);
    },
  };
}

export class Reply<B> {
  readonly status: number;
  readonly body: B;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: B, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

function parsed(schema: z.ZodType | undefined, given: unknown): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  throw new AppError('request.invalid', parsed.error.message, { issues });
}

/** A version as ETag: `"7"`, also where a proxy made it weak. */
function ifMatchOf(request: Request): number | null {
  const header = request.headers['if-match'];
  if (header === undefined) return null;
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(header)?.[1];
  if (version === undefined) throw new AppError('request.invalid', `If-Match ${header} is no version`);
  return Number(version);
}

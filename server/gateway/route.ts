/**
 * Serves a contract of shared/api.ts: the asker's right is checked first, then parameters, query and body are parsed, then
 * comes the handler, and its answer is checked. Nobody makes the server read a body who may not send one.
 */
import type { IncomingMessage } from 'node:http';
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import type { Endpoint } from '../../shared/api.ts';
import type { Subject } from '../../shared/policy.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Door } from './door.ts';

export interface RouteOptions {
  /**
   * What an answer that breaks its own contract becomes: a failure where tests look, a logged anomaly where a supervisor
   * needs the numbers more than we need the contract.
   */
  readonly onBrokenAnswer: 'fail' | 'report';
  readonly log: Logger;
  readonly countAnomaly: (kind: string) => void;
  readonly door: Door;
}

export interface Route {
  readonly method: Endpoint['method'];
  /** As express spells it. */
  readonly path: string;
  readonly handle: RequestHandler;
}

/** What a handler is given beside the parameters. */
export interface Asked<B, Q = unknown> {
  /** Who asks: holds the right of the contract, also for the site and the queue in the path. */
  readonly subject: Subject;
  /** Address of the asker. */
  readonly from: string;
  readonly request: IncomingMessage;
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
      const entered = await options.door.enter(request, contract, request.params);
      const params = contract.params.safeParse(request.params);
      if (!params.success) throw new AppError('request.invalid', params.error.message);
      const asked = {
        ...entered,
        request,
        body: contract.body && parsed(contract.body, await readBody(request, response, contract)),
        query: contract.query && parsed(contract.query, request.query),
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

/** What anybody may send is small. */
const readers = {
  small: express.json({ limit: '4kb', inflate: false }),
  usual: express.json({ limit: '64kb', inflate: false }),
};

/** Only JSON is read: a page elsewhere cannot make a browser send that without being asked first. */
function readBody(request: Request, response: Response, { right }: Pick<Endpoint, 'right'>): Promise<unknown> {
  const read = right === 'anybody' ? readers.small : readers.usual;
  return new Promise((resolve, reject) => {
    read(request, response, (error?: unknown) => (error ? reject(error) : resolve(request.body)));
  });
}

function parsed(schema: z.ZodType, value: unknown): unknown {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const issues = found.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  throw new AppError('request.invalid', found.error.message, { issues });
}

/** A version as ETag: `"7"`, also where a proxy made it weak. */
function ifMatchOf(request: Request): number | null {
  const header = request.headers['if-match'];
  if (header === undefined) return null;
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(header)?.[1];
  if (version === undefined) throw new AppError('request.invalid', `If-Match ${header} is no version`);
  return Number(version);
}

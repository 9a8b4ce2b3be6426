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
  /** As express spells it. */
  readonly path: string;
  readonly handle: RequestHandler;
}

/** `handler` gives the body, or `reply(status, body)` where the contract names another status. */
export function route<P extends z.ZodType, R extends z.ZodType>(
  contract: Endpoint<P, R>,
  options: RouteOptions,
  handler: (params: z.output<P>) => z.input<R> | Reply<z.input<R>> | Promise<z.input<R> | Reply<z.input<R>>>,
): Route {
  return {
    path: contract.path.replace(/\{(\w+)\}/g, ':$1'),
    async handle(request: Request, response: Response) {
      const params = contract.params.safeParse(request.params);
      if (!params.success) throw new AppError('request.invalid', params.error.message);
      const answer = await handler(params.data);
      const { status, body } = answer instanceof Reply ? answer : { status: 200, body: answer };
      const checked = contract.response.safeParse(body);
      if (!checked.success) {
        const detail = `${contract.path} broke its contract: ${checked.error.message}`;
        if (options.onBrokenAnswer === 'fail') throw new AppError('server.failed', detail);
        options.countAnomaly('api.brokenAnswer');
        options.log.error({ path: contract.path, issues: checked.error.issues.slice(0, 5) }, 'api.brokenAnswer');
      }
      response.status(status).json(body);
    },
  };
}

export class Reply<B> {
  readonly status: number;
  readonly body: B;

  constructor(status: number, body: B) {
    this.status = status;
    this.body = body;
  }
}

/**
 * The web server without the sockets: security headers, the screens, the API, and one shape for every failure.
 * The screens are files of client/dist; the server renders nothing.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { AppError, answerTo } from '../errors.ts';
import type { Logger } from '../log.ts';
import { isLocal } from '../request.ts';
import { hasBearer } from './door.ts';
import { openApi } from './openapi.ts';
import type { Route } from './route.ts';

/** Paths of client screens; each serves index.html and the client takes it from there. */
const SCREENS = [
  ...['/', '/wall', '/wall/*rest', '/floor', '/floor/*rest'],
  ...['/setup', '/sign-in', '/people', '/tokens', '/audit', '/screens', '/boards', '/boards/*rest', '/breaks'],
];

export interface HttpOptions {
  readonly routes: readonly Route[];
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  /** Folder with the built client; it may appear or change while the server runs. */
  readonly clientDir: string;
  /** Opens `/metrics` to those who are not on this machine. */
  readonly adminToken: string | null;
  readonly log: Logger;
}

export function createHttpApp(options: HttpOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(securityHeaders);
  app.use(['/api', '/metrics', '/readyz'], (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  for (const { method, path: pattern, handle } of options.routes) app[method](pattern, handle);
  const description = JSON.stringify(openApi(), null, 2);
  app.get('/api/v1/openapi.json', (_request, response) => void response.type('json').send(description));
  app.get('/metrics', forOperators(options.adminToken), async (_request, response) => {
    response.type(options.metrics.contentType).send(await options.metrics.text());
  });
  serveClient(app, options.clientDir);
  app.use((request, response) => {
    if (request.path.startsWith('/api')) throw new AppError('request.notFound');
    response.status(404).type('text').send('Not found. The screens are /wall and /floor.\n');
  });
  app.use(failures(options.log));
  return app;
}

/**
 * Scripts and styles only from here and never inline, no plug-ins, nobody else's frame. `connect-src` names the sockets
 * too, because browsers of TV sets do not read 'self' as including them.
 */
export const securityHeaders: RequestHandler = (request, response, next) => {
  const host = /^[\w.:[\]-]+$/.exec(request.headers.host ?? '')?.[0];
  const sockets = host ? ` ws://${host} wss://${host}` : '';
  response.set({
    'Content-Security-Policy': [
      "default-src 'self'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      `connect-src 'self'${sockets}`,
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'self'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  });
  next();
};

/** Whoever has the admin token, and without one a program on this machine. A wrong token is refused wherever it comes from. */
export function forOperators(adminToken: string | null): RequestHandler {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = adminToken === null ? null : digest(adminToken);
  const isRight = (given: string) => expected !== null && timingSafeEqual(digest(given), expected);
  return (request, _response, next) => {
    const given = /^Bearer +(.*)$/i.exec(request.headers.authorization ?? '')?.[1]?.trim();
    if (given === undefined ? isLocal(request) : isRight(given)) return next();
    next(new AppError(given === undefined ? 'auth.needed' : 'auth.tokenWrong'));
  };
}

function serveClient(app: Express, clientDir: string): void {
  // The build names assets by their content, so an address never changes its bytes.
  const assets = { index: false, fallthrough: true, immutable: true, maxAge: '365d' } as const;
  app.use('/assets', express.static(path.join(clientDir, 'assets'), assets));
  app.use(express.static(clientDir, { index: false, cacheControl: false, setHeaders: revalidate }));
  app.get(SCREENS, (_request, response) => {
    revalidate(response);
    response.sendFile('index.html', { root: clientDir, cacheControl: false }, (error) => {
      if (!error || response.headersSent) return;
      response.status(503).type('html').send(NOT_BUILT);
    });
  });
}

const revalidate = (response: { setHeader(name: string, value: string): unknown }): void => {
  response.setHeader('Cache-Control', 'no-cache');
};

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Floorcast</title>
<h1>The screens are not built yet</h1>
<p>Run <code>npm start</code>, which builds them, or <code>npx vite build client</code>. The API is up: <a href="/api/v1/sites">/api/v1/sites</a>.</p>
<h1 lang="zh-CN">界面尚未构建</h1>
<p lang="zh-CN">请运行 <code>npm start</code> 完成构建。</p>
</html>
`;

/** Last in line: whatever was thrown becomes the one error shape. Express' own refusals (bad URLs) are the caller's fault. */
export function failures(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const isRefusal = !(error instanceof AppError) && isClientError(error);
    const { status, body } = answerTo(isRefusal ? new AppError('request.invalid') : error);
    if (status >= 500) log.error({ method: request.method, path: request.path, err: error }, 'http.failed');
    if (response.headersSent) return next(error);
    response.status(status).set(headersOf(error, request)).json(body);
  };
}

function headersOf(error: unknown, request: IncomingMessage): Record<string, string> {
  if (!(error instanceof AppError)) return {};
  if (error.retryAfterMs !== undefined) return { 'Retry-After': String(Math.ceil(error.retryAfterMs / 1_000)) };
  return error.code === 'auth.tokenWrong' && hasBearer(request) ? { 'WWW-Authenticate': 'Bearer' } : {};
}

function isClientError(error: unknown): boolean {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 0;
  return status >= 400 && status < 500;
}

/** One gateway: mirror, screens, API and sockets on one port. Stops in the reverse order of their dependence. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { freshnessOf } from './freshness.ts';
import { createHttpApp } from './http.ts';
import { type Mirror, type MirrorFeed, startMirror } from './mirror.ts';
import type { RouteOptions } from './route.ts';
import { healthRoutes, type Store } from './routes/health.ts';
import { liveRoutes } from './routes/live.ts';
import { attachSockets } from './socket.ts';

export interface GatewayOptions {
  readonly port: number;
  readonly host: string;
  readonly adminToken: string | null;
  readonly clientDir: string;
  readonly feeds: ReadonlyMap<string, MirrorFeed>;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly log: Logger;
  readonly onBrokenAnswer: RouteOptions['onBrokenAnswer'];
}

export interface Gateway {
  readonly port: number;
  readonly mirror: Mirror;
  stop(): Promise<void>;
}

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { metrics, now, log, feeds } = options;
  const server = createServer();
  const port = await listen(server, options.host, options.port);
  const mirror = startMirror({
    feeds,
    now,
    log,
    onDelta: (site, channel, delta) => {
      sockets.delta(site, channel, delta);
      if (channel === 'board') metrics.emitted(site, delta.to, now());
    },
    onReset: (site, channel) => sockets.reset(site, channel),
  });
  const sockets = attachSockets(server, {
    mirror,
    now,
    log,
    onFrame: (channel, kind, frame) => metrics.frame(channel, kind, JSON.stringify(frame).length),
    onSkip: metrics.socketSkipped,
  });
  const routeOptions = { log, countAnomaly: metrics.anomaly, onBrokenAnswer: options.onBrokenAnswer };
  const app = createHttpApp({
    routes: [...healthRoutes(mirror, options.store, now, routeOptions), ...liveRoutes(mirror, now, routeOptions)],
    metrics: { contentType: metrics.registry.contentType, text: () => metrics.registry.metrics() },
    clientDir: options.clientDir,
    adminToken: options.adminToken,
    log,
  });
  server.on('request', app);
  metrics.watch({ sockets: sockets.count, sourceAges: () => sourceAges(mirror, now()) });
  return {
    port,
    mirror,
    async stop() {
      await sockets.stop();
      await mirror.stop();
    },
  };
}

function* sourceAges(mirror: Mirror, now: number) {
  for (const site of mirror.sites) {
    const board = mirror.view(site, 'board');
    if (!board) continue;
    for (const { id, ageMs } of freshnessOf(board, now).sources) yield { site, source: id, ageMs };
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new AppError('http.portTaken', listenProblem(error, host, port), { cause: error })),
    );
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function listenProblem({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use by another process; stop it or set another FLOORCAST_PORT.`;
    case 'EACCES':
      return `Port ${port} needs more rights than this process has; set FLOORCAST_PORT to 1024 or above.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine; correct FLOORCAST_HOST.`;
    default:
      return `The web server cannot listen on ${host}:${port} (${message}); correct FLOORCAST_HOST or FLOORCAST_PORT.`;
  }
}

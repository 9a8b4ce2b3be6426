/** One gateway: mirror, screens, API and sockets on one port. Stops in the reverse order of their dependence. */
import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { buildOf } from './build.ts';
import { listIn, maybeNumberIn, numberIn } from './cells.ts';
import { createDoor } from './door.ts';
import { freshnessOf } from './freshness.ts';
import { createHttpApp } from './http.ts';
import type { IdentityPort } from './identity.ts';
import { listen } from './listen.ts';
import type { Mirror } from './mirror.ts';
import { type Mirrors, startMirrors } from './mirrors.ts';
import type { RouteOptions } from './route.ts';
import { type AccessPort, accessRoutes } from './routes/access.ts';
import { type BoardsPort, boardRoutes } from './routes/boards.ts';
import { type BreaksPort, breakRoutes } from './routes/breaks.ts';
import { type AuditPort, type CommandPort, commandRoutes } from './routes/commands.ts';
import { healthRoutes, oneAtATime, type Store, within } from './routes/health.ts';
import { type HistoryPort, historyRoutes } from './routes/history.ts';
import { liveRoutes } from './routes/live.ts';
import { type NoticesPort, noticeRoutes } from './routes/notices.ts';
import { type ScreensPort, screenRoutes } from './routes/screens.ts';
import { type Floor, type SettingsPort, settingsRoutes } from './routes/settings.ts';
import { attachSockets } from './socket.ts';

/** The screens of a large gateway leave within a second, a few at once. */
const DRAIN_STEPS = 40;
const DRAIN_STEP_MS = 25;
const FINISH_MS = 250;

export interface GatewayOptions {
  readonly port: number;
  readonly host: string;
  readonly adminToken: string | null;
  readonly clientDir: string;
  readonly store: Store;
  readonly settings: SettingsPort;
  readonly history: HistoryPort;
  /** Of every site that does not say it itself. */
  readonly businessDay: { readonly timeZone: string; readonly start: string };
  readonly identity: IdentityPort;
  readonly access: AccessPort;
  readonly screens: ScreensPort;
  readonly boards: BoardsPort;
  readonly notices: NoticesPort;
  /** Addresses of proxies that are believed about whom they serve. */
  readonly isProxy: (address: string) => boolean;
  readonly commands: CommandPort;
  readonly audit: AuditPort;
  readonly breaks: BreaksPort;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly log: Logger;
  readonly onBrokenAnswer: RouteOptions['onBrokenAnswer'];
}

export interface Gateway {
  readonly port: number;
  readonly mirror: Mirrors;
  /** Takes no more connections and parts with the screens, not all at one moment: they go to another gateway. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { metrics, now, log } = options;
  const server = createServer();
  const drainScreens = screenDrain(server);
  const port = await listen(server, options.host, options.port, 'FLOORCAST_PORT');
  const mirror = startMirrors({
    feeds: new Map(),
    now,
    log,
    onCommit: (site, frames) => sockets.commit(site, frames),
    onReset: (site, channel) => sockets.reset(site, channel),
    asksForTouched: (site) => sockets.isScoped(site),
  });
  const store = oneAtATime(options.store);
  const { identity, isProxy, onBrokenAnswer } = options;
  const door = createDoor({ identity, isProxy, now });
  const routeOptions = { log, countAnomaly: metrics.anomaly, onBrokenAnswer, door };
  const app = createHttpApp({
    routes: [
      ...healthRoutes(mirror, store, { ...routeOptions, now, history: metrics.historyBacklogs }),
      ...liveRoutes(mirror, now, routeOptions),
      ...settingsRoutes(floorOf(mirror), options.settings, routeOptions),
      ...historyRoutes(mirror, options.history, { ...routeOptions, now, businessDay: options.businessDay }),
      ...accessRoutes(options.access, routeOptions),
      ...commandRoutes(mirror, options.commands, options.audit, routeOptions),
      ...breakRoutes(mirror, options.breaks, { ...routeOptions, now }),
      ...screenRoutes(options.screens, {
        ...{ ...routeOptions, now, build: buildOf(options.clientDir, now) },
        hasSite: (site) => mirror.sites.includes(site),
        hasBoard: (asker, site, board) => options.boards.isFor(asker, site, board),
      }),
      ...noticeRoutes(options.notices, { ...routeOptions, hasSite: (site) => mirror.sites.includes(site) }),
      ...boardRoutes(options.boards, { ...routeOptions, hasSite: (site) => mirror.sites.includes(site) }),
    ],
    metrics: { contentType: metrics.registry.contentType, text: () => metrics.registry.metrics() },
    clientDir: options.clientDir,
    adminToken: options.adminToken,
    log,
  });
  // Before the sockets, which keep their own requests from everybody who listened earlier, and only from them.
  server.on('request', app);
  const sockets = attachSockets(server, {
    mirror,
    identity: options.identity,
    now,
    log,
    onFrame: metrics.frame,
    onSkip: metrics.socketSkipped,
    onSent: (site, { channel, rev }) => {
      if (channel === 'board') metrics.emitted(site, rev, now());
    },
  });
  const stopWishes = options.screens.onWish((credential) => sockets.call(credential));
  const stopNotices = options.notices.onChange((site) => sockets.tellNotices(site));
  metrics.watch({
    sockets: sockets.count,
    sources: () => sourcesOf(mirror, now()),
    anomalies: () => anomaliesOf(mirror),
    streamLags: () => streamLagsOf(mirror, store),
  });
  return {
    port,
    mirror,
    drain: drainScreens,
    async stop() {
      stopWishes();
      stopNotices();
      await sockets.stop();
      // A server that was drained is closed already: `sockets.stop` does not wait for what is left on it.
      server.closeAllConnections();
      await mirror.stop();
    },
  };
}

/**
 * Ends sockets one after the other, so that the gateway they go to need not serve all of them at once. The end of a
 * connection, unlike the protocol's own farewell, makes every client come back by itself.
 */
function screenDrain(server: Server): () => Promise<void> {
  const screens = new Set<Duplex>();
  server.on('upgrade', (_request, screen) => {
    screens.add(screen);
    screen.once('close', () => screens.delete(screen));
  });
  return async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    const perStep = Math.ceil(screens.size / DRAIN_STEPS);
    let ended = 0;
    for (const screen of [...screens]) {
      screen.end();
      if (++ended % perStep === 0) await wait(Math.min(DRAIN_STEP_MS, screens.size));
    }
    // Requests in flight are answered; long polls are not worth the time.
    const finishing = new AbortController();
    await Promise.race([closed, wait(FINISH_MS, undefined, { signal: finishing.signal }).catch(() => {})]);
    finishing.abort();
  };
}

const floorOf = (mirror: Mirror): Floor => ({
  hasSite: (site) => mirror.sites.includes(site),
  queuesOfAgents(site) {
    const rows = mirror.view(site, 'agents')?.rows('agents') ?? [];
    return new Map(Array.from(rows, ([agent, row]) => [agent, listIn('agents', row, 'queues')]));
  },
});

function* sourcesOf(mirror: Mirror, now: number) {
  for (const site of mirror.sites) {
    const board = mirror.view(site, 'board');
    if (!board) continue;
    const rows = new Map(board.rows('sources'));
    for (const { id, state, ageMs } of freshnessOf(board, now).sources) {
      const clockOffsetMs = maybeNumberIn('sources', rows.get(id) ?? [], 'clockOffsetMs');
      yield { site, source: id, state, ageMs, clockOffsetMs };
    }
  }
}

function* anomaliesOf(mirror: Mirror) {
  for (const site of mirror.sites) {
    for (const [kind, row] of mirror.view(site, 'integrity')?.rows('anomalies') ?? [])
      yield { site, kind, today: numberIn('anomalies', row, 'today'), total: numberIn('anomalies', row, 'total') };
  }
}

async function streamLagsOf(mirror: Mirror, store: Store) {
  const lags = await Promise.all(
    mirror.sites.map(async (site) => ({ site, lagMs: await within(store.streamLagMs(site)) })),
  );
  return lags.flatMap(({ site, lagMs }) => (lagMs === undefined ? [] : [{ site, lagMs }]));
}

/** What a process without screens tells of itself: `/metrics` for Prometheus and `/healthz` for whoever watches over it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { failures, forOperators, securityHeaders } from './http.ts';
import { listen } from './listen.ts';

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly adminToken: string | null;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export interface MetricsServer {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { registry } = options.metrics;
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders);
  app.get('/healthz', (_request, response) => void response.json({ ok: true }));
  app.get('/metrics', forOperators(options.adminToken), async (_request, response) => {
    response
      .set('Cache-Control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics());
  });
  app.use(
    (_request, response) => void response.status(404).type('text').send('Not found. Here are /metrics and /healthz.\n'),
  );
  app.use(failures(options.log));
  const server = createServer(app);
  const port = await listen(server, options.host, options.port, 'FLOORCAST_METRICS_PORT');
  return {
    port,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

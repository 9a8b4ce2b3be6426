/** The thread of source-thread.ts: role `source` with connections of its own, at the orders of the thread that started it. */
import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { closeRedis, connectRedis } from '../redis/client.ts';
import { startStoreClock } from '../redis/clock.ts';
import { plannedSites } from './sites.ts';
import { startSources } from './source.ts';
import type { ThreadData, ThreadOrder, ThreadReport } from './source-thread.ts';

const { config, redisUrl } = workerData as ThreadData;
const tell = (report: ThreadReport): void => parentPort?.postMessage(report);
const log = createLogger({ level: config.logLevel, format: 'json', write: (line) => tell({ is: 'logged', line }) });

try {
  const connect = (purpose: 'command' | 'reader') => connectRedis(redisUrl, purpose, log);
  const command = await connect('command');
  const clock = await startStoreClock(command);
  const node = {
    config,
    log,
    now: clock.now,
    random: Math.random,
    command,
    connect,
    metrics: {
      ingested: (site: string, source: string, events: number) => tell({ is: 'ingested', site, source, events }),
      anomaly: (kind: string) => tell({ is: 'anomaly', kind }),
    },
  };
  const sources = await startSources(node, plannedSites(node) ?? []);
  const carryOut: Record<ThreadOrder, () => Promise<void>> = {
    letGo: () => sources.letGo(),
    async close() {
      await sources.close();
      clock.stop();
      await closeRedis(command);
    },
  };
  parentPort?.on('message', (order: ThreadOrder) => {
    void carryOut[order]()
      .catch((err: unknown) => log.warn({ err }, 'app.stopFailed'))
      .then(() => tell({ is: 'done', order }));
  });
  tell({ is: 'started' });
} catch (error) {
  const code = error instanceof AppError ? error.code : null;
  tell({ is: 'refused', code, message: error instanceof Error ? error.message : String(error) });
}

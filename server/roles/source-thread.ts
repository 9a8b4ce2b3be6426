/**
 * Role `source` on a thread of its own, beside the other roles of this process: reading a PBX is half of the work that an
 * event costs, and must not wait for a burst of screens. The thread has its own connections to Redis and shares nothing; what
 * it says crosses as messages. The other end is source-worker.ts.
 */
import { Worker } from 'node:worker_threads';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { LogLevel } from '../log.ts';
import type { Node, Role } from './node.ts';

export interface ThreadData {
  readonly config: Config;
  readonly redisUrl: string;
}

export type ThreadOrder = 'letGo' | 'close';

export type ThreadReport =
  | { readonly is: 'started' }
  | { readonly is: 'refused'; readonly code: AppError['code'] | null; readonly message: string }
  | { readonly is: 'done'; readonly order: ThreadOrder }
  | { readonly is: 'ingested'; readonly site: string; readonly source: string; readonly events: number }
  | { readonly is: 'anomaly'; readonly kind: string }
  | { readonly is: 'logged'; readonly line: string };

/** Resolves when the sources are at work. Rejects as the role itself does, with no thread left. */
export async function startSourceThread(
  { config, log, metrics }: Node,
  redisUrl: string,
  onFatal: (reason: string) => void,
): Promise<Role> {
  const data: ThreadData = { config, redisUrl };
  const worker = new Worker(new URL('./source-worker.ts', import.meta.url), { workerData: data });
  const waiting = new Map<string, () => void>();
  const { promise: started, resolve, reject } = Promise.withResolvers<void>();
  let isOver = false;
  const answer = (order: string) => waiting.get(order)?.();
  worker.on('message', (report: ThreadReport) => {
    switch (report.is) {
      case 'started':
        return resolve();
      case 'refused':
        return reject(report.code === null ? new Error(report.message) : new AppError(report.code, report.message));
      case 'done':
        return answer(report.order);
      case 'ingested':
        return metrics.ingested(report.site, report.source, report.events);
      case 'anomaly':
        return metrics.anomaly(report.kind);
      case 'logged': {
        const {
          level,
          time: _,
          msg,
          ...fields
        } = JSON.parse(report.line) as { level: LogLevel; msg: string; time: string };
        if (level !== 'silent') log[level](fields, msg);
        return;
      }
    }
  });
  worker.on('error', reject);
  const failed = (reason: string) => {
    if (!isOver) onFatal(reason);
    isOver = true;
    answer('letGo');
    answer('close');
  };
  worker.on('exit', (code) => failed(`the thread of the sources ended (code ${code})`));
  try {
    await started;
  } catch (error) {
    isOver = true;
    await worker.terminate();
    throw error;
  }
  worker.off('error', reject);
  worker.on('error', (error) => failed(`the thread of the sources failed: ${String(error)}`));

  const ask = async (order: ThreadOrder): Promise<void> => {
    if (isOver) return;
    await new Promise<void>((done) => {
      waiting.set(order, done);
      worker.postMessage(order);
    });
  };
  return {
    letGo: () => ask('letGo'),
    async close() {
      await ask('close');
      isOver = true;
      await worker.terminate();
    },
  };
}

/** The real gateway (its environment says so) in a process whose garbage can be collected on request. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createApp } from '../../server/app.ts';
import { parseConfig } from '../../server/config.ts';
import { createLogger } from '../../server/log.ts';

export type GatewayOrder = 'collectGarbage';
export type GatewayReport =
  | { readonly is: 'serving'; readonly url: string }
  | { readonly is: 'collected'; readonly residentBytes: number; readonly heapBytes: number };

setFlagsFromString('--expose-gc');
/** `last-resort` also gives back the room that the heap had taken in a rush: what stays is what is needed. */
const collectGarbage = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;

const { config } = parseConfig(process.env, { timeZone: 'UTC', resolve: (folder) => folder });
const app = createApp(config, { log: createLogger({ level: 'warn', format: 'text', write: () => {} }) });
await app.start();
process.on('message', () => {
  for (let n = 0; n < 3; n++) collectGarbage({ type: 'major', flavor: 'last-resort' });
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ is: 'collected', residentBytes: rss, heapBytes: heapUsed } satisfies GatewayReport);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ is: 'serving', url: app.url } satisfies GatewayReport);

/** Role `gateway`: serves screens, API and sockets of every site it follows. */
import path from 'node:path';
import type { Database } from '../db/database.ts';
import { AppError } from '../errors.ts';
import { type GatewayOptions, startGateway } from '../gateway/gateway.ts';
import type { Mirror, MirrorFeed } from '../gateway/mirror.ts';
import { within } from '../gateway/routes/health.ts';
import { createHistoryReader } from '../history/reader.ts';
import { dropRedis } from '../redis/client.ts';
import { nextFactId } from '../redis/facts.ts';
import { redisHealth } from '../redis/health.ts';
import { readFrames, readView } from '../redis/stream.ts';
import { startSettings } from '../settings/settings.ts';
import type { Node, Role } from './node.ts';

export interface Serving extends Role {
  readonly url: string;
  readonly mirror: Mirror;
  join(site: string): Promise<void>;
  leave(site: string): Promise<void>;
}

const noDatabase = async (): Promise<never> => {
  throw new AppError('database.unreachable', 'Settings and history are kept in PostgreSQL; set DATABASE_URL.');
};
const NO_SETTINGS: GatewayOptions['settings'] = { list: noDatabase, read: noDatabase, write: noDatabase };
const NO_HISTORY: GatewayOptions['history'] = {
  agentDay: noDatabase,
  contacts: noDatabase,
  caller: noDatabase,
  callBack: noDatabase,
};
/** Nobody is known by name yet, so there is nothing to write down. */
const NO_AUDIT: GatewayOptions['audit'] = { record: async () => {} };

const CLIENT_DIR = path.join(import.meta.dirname, '../../client/dist');

export async function startServing(
  { config, command, connect, metrics, now, log }: Node,
  database: Database | null,
  { clientDir = CLIENT_DIR, onBrokenAnswer = 'report' }: Partial<Pick<GatewayOptions, 'clientDir' | 'onBrokenAnswer'>>,
): Promise<Serving> {
  const feedOf = async (site: string): Promise<MirrorFeed> => {
    const reader = await connect('reader');
    return {
      readView: (channel) => readView(command, site, channel),
      readFrames: (cursor, options) => readFrames(reader, site, cursor, options),
      close: () => dropRedis(reader),
    };
  };
  const settings = database && (await startSettings({ database, connect, now, log }));
  // A day is worth showing without it: while Redis is away the screen says so anyway.
  const nextFact = async (site: string, cursor: string) => (await within(nextFactId(command, site, cursor))) ?? null;
  const history = database && createHistoryReader({ database, nextFact, now });
  const gateway = await startGateway({
    port: config.port,
    host: config.host,
    adminToken: config.adminToken,
    clientDir,
    store: redisHealth(command),
    settings: settings ?? NO_SETTINGS,
    history: history ?? NO_HISTORY,
    audit: NO_AUDIT,
    businessDay: { timeZone: config.timeZone, start: config.businessDayStart },
    metrics,
    now,
    log,
    onBrokenAnswer,
  });
  return {
    url: `http://${isEveryAddress(config.host) ? 'localhost' : hostInUrl(config.host)}:${gateway.port}`,
    mirror: gateway.mirror,
    async join(site) {
      await gateway.mirror.join(site, await feedOf(site));
      settings?.join(site);
    },
    async leave(site) {
      settings?.leave(site);
      await gateway.mirror.leave(site);
    },
    letGo: () => gateway.drain(),
    async close() {
      await settings?.stop();
      await gateway.stop();
    },
  };
}

const isEveryAddress = (host: string): boolean => ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host);
export const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Role `gateway`: serves screens, API and sockets of every site it follows. */
import path from 'node:path';
import { abilitiesSchema } from '../../shared/api-command.ts';
import type { Database } from '../db/database.ts';
import { AppError } from '../errors.ts';
import { type GatewayOptions, startGateway } from '../gateway/gateway.ts';
import type { Mirror, MirrorFeed } from '../gateway/mirror.ts';
import { dropRedis, type Redis } from '../redis/client.ts';
import { placeCommand, readActing, readCommand } from '../redis/commands.ts';
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
  throw new AppError('database.unreachable', 'Settings are kept in PostgreSQL; set DATABASE_URL.');
};
const NO_SETTINGS: GatewayOptions['settings'] = { list: noDatabase, read: noDatabase, write: noDatabase };

/** Until there is an audit log. */
const NO_AUDIT: GatewayOptions['audit'] = { record: async () => {} };

const commandsOver = (redis: Redis): GatewayOptions['commands'] => ({
  place: (site, order) => placeCommand(redis, site, order),
  read: (site, id) => readCommand(redis, site, id),
  acting: async (site) => abilitiesSchema.nullable().parse(await readActing(redis, site)),
});

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
  const gateway = await startGateway({
    port: config.port,
    host: config.host,
    adminToken: config.adminToken,
    clientDir,
    store: redisHealth(command),
    settings: settings ?? NO_SETTINGS,
    commands: commandsOver(command),
    audit: NO_AUDIT,
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

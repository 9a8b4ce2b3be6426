/** Role `gateway`: serves screens, API and sockets of every site it follows. */
import path from 'node:path';
import { type GatewayOptions, startGateway } from '../gateway/gateway.ts';
import type { Mirror, MirrorFeed } from '../gateway/mirror.ts';
import { dropRedis } from '../redis/client.ts';
import { redisHealth } from '../redis/health.ts';
import { readFrames, readView } from '../redis/stream.ts';
import type { Node, Role } from './node.ts';

export interface Serving extends Role {
  readonly url: string;
  readonly mirror: Mirror;
  join(site: string): Promise<void>;
  leave(site: string): Promise<void>;
}

const CLIENT_DIR = path.join(import.meta.dirname, '../../client/dist');

export async function startServing(
  { config, command, connect, metrics, now, log }: Node,
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
  const gateway = await startGateway({
    port: config.port,
    host: config.host,
    adminToken: config.adminToken,
    clientDir,
    store: redisHealth(command),
    metrics,
    now,
    log,
    onBrokenAnswer,
  });
  return {
    url: `http://${isEveryAddress(config.host) ? 'localhost' : hostInUrl(config.host)}:${gateway.port}`,
    mirror: gateway.mirror,
    join: async (site) => gateway.mirror.join(site, await feedOf(site)),
    leave: (site) => gateway.mirror.leave(site),
    letGo: () => gateway.drain(),
    close: () => gateway.stop(),
  };
}

const isEveryAddress = (host: string): boolean => ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host);
const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

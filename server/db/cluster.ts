/** The folder of a cluster and how its server is set up: what does not depend on a server that runs. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import type { RunAs } from './system-user.ts';

export const PORT = 5432;

/** Where a cluster is made, before it is moved to its place. */
export const draftOf = (cluster: string): string => `${cluster}.new`;

/** Locales of the machine change with its libraries, and with them the order in which an index was built; this one does not. */
export const LOCALE = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
export function serverSettings(name: string, socket: string): string[] {
  const settings: Record<string, string | number> = {
    cluster_name: name,
    listen_addresses: '',
    port: PORT,
    unix_socket_directories: socket,
    unix_socket_permissions: '0700',
    max_connections: 30,
    shared_buffers: '64MB',
    jit: 'off',
    io_method: 'sync',
    // Nobody replicates from it.
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_wal_size: '512MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
  };
  return Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

export function requireVersion(cluster: string, major: number): void {
  const file = join(cluster, 'PG_VERSION');
  if (!existsSync(file)) return;
  const made = readFileSync(file, 'utf8').trim();
  if (made === String(major)) return;
  throw new AppError(
    'database.unsupported',
    `${cluster} was made by PostgreSQL ${made}, this Floorcast brings ${major}. Move the history as docs/operations.md says.`,
  );
}

/** One password for the life of the cluster. */
export function keepPassword(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}

export function giveTo({ ids }: RunAs, path: string): void {
  if (ids) chownSync(path, ids.uid, ids.gid);
}

/** A backup that was copied back by hand belongs to whoever copied it, and is as open as his other files. */
export function claimCluster({ ids }: RunAs, cluster: string): void {
  const { uid, mode } = statSync(cluster);
  if (ids !== null && uid !== ids.uid) spawnSync('chown', ['-R', `${ids.uid}:${ids.gid}`, cluster]);
  if ((mode & 0o777) !== 0o700) chmodSync(cluster, 0o700);
}

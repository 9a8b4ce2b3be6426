/** `owner.json` in the data folder: which living process runs the server there. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from './errors.ts';

interface Owner {
  readonly pid: number;
  /** Start time as the system counts it, so that a later process with the same pid is not taken for the owner. */
  readonly startedAt: string | null;
}

const fileOf = (folder: string): string => join(folder, 'owner.json');

/** Throws `code` while another owner lives. */
export function claimFolder(folder: string, code: 'redis.inUse' | 'database.inUse'): void {
  const found = readOwner(folder);
  if (found && isRunning(found)) {
    throw new AppError(
      code,
      `Floorcast already runs on ${folder} (pid ${found.pid}). Stop it or choose another FLOORCAST_DATA_DIR.`,
    );
  }
  const mine: Owner = { pid: process.pid, startedAt: startTimeOf(process.pid) };
  rmSync(fileOf(folder), { force: true });
  try {
    // Exclusive: of two that start at once, one finds the file of the other.
    writeFileSync(fileOf(folder), JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    throw new AppError(code, `${folder} cannot be claimed: another Floorcast starts there, or it is not writable.`, {
      cause,
    });
  }
}

export function releaseFolder(folder: string): void {
  if (readOwner(folder)?.pid === process.pid) rmSync(fileOf(folder), { force: true });
}

function readOwner(folder: string): Owner | null {
  try {
    return JSON.parse(readFileSync(fileOf(folder), 'utf8')) as Owner;
  } catch {
    // Never claimed, or torn by a crash: nobody's either way.
    return null;
  }
}

function isRunning(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const startedAt = startTimeOf(owner.pid);
  return startedAt === null || owner.startedAt === null || startedAt === owner.startedAt;
}

/** Field 22 of /proc/<pid>/stat with the boot it belongs to; null where the system has no /proc. */
function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return null;
  }
}

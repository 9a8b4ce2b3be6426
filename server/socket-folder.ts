/** Where the unix socket of a server of our own lies: the system keeps the paths of sockets short. */
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from './errors.ts';

/** The system keeps socket paths in 108 bytes with a closing zero, on some systems in 104. */
const MAX_SOCKET_PATH = 100;

/**
 * `folder`, or where the path of the socket in it is too long a private temporary folder that the hash of `folder` names.
 * `owner` is the user who serves the socket, if that is not the user of this process. Throws `code`.
 */
export function socketFolderFor(
  folder: string,
  socket: string,
  code: 'redis.inUse' | 'database.missing',
  owner?: { readonly uid: number; readonly gid: number },
): string {
  if (Buffer.byteLength(join(folder, socket)) <= MAX_SOCKET_PATH) return folder;
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const privateFolder = join(tmpdir(), `floorcast-${hash}`);
  mkdirSync(privateFolder, { recursive: true, mode: 0o700 });
  const found = lstatSync(privateFolder);
  // Anyone may create names in the temporary folder: a link or somebody else's folder would hand them our data.
  const allowed = [process.getuid?.() ?? found.uid, owner?.uid];
  if (!found.isDirectory() || !allowed.includes(found.uid)) {
    throw new AppError(code, `${privateFolder} belongs to somebody else. Remove it or choose a shorter DATA_DIR.`);
  }
  chmodSync(privateFolder, 0o700);
  if (owner) chownSync(privateFolder, owner.uid, owner.gid);
  return privateFolder;
}

/** The unix socket of an embedded server: where it is, whether somebody serves it, and how a leftover server is retired. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { socketFolderFor } from '../socket-folder.ts';

const RETIRE_MS = 4_000;
const POLL_MS = 15;

/** In the data folder, or where that path is too long in a private temporary folder that its hash names. */
export const socketPathFor = (folder: string): string =>
  join(socketFolderFor(folder, 'redis.sock', 'redis.inUse'), 'redis.sock');

/** One inline command; the first line of the answer, or null when nobody answers in time. */
export function askServer(socket: string, command: string, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    let answer = '';
    const finish = (result: string | null) => {
      clearTimeout(timer);
      connection.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => finish(null), timeoutMs);
    connection.setEncoding('utf8');
    connection.on('connect', () => connection.write(`${command}\r\n`));
    connection.on('data', (text) => {
      answer += text;
      if (answer.includes('\r\n')) finish(answer.slice(0, answer.indexOf('\r\n')));
    });
    connection.on('error', () => finish(null));
    connection.on('close', () => finish(null));
  });
}

/** A server that is still loading answers too, but with an error. */
export const isServing = async (socket: string): Promise<boolean> =>
  (await askServer(socket, 'PING', 1_000)) === '+PONG';

/** Ends a server that an earlier, killed owner left behind, and waits until it is gone. True when there was one. */
export async function retireLeftover(socket: string, pidFile: string): Promise<boolean> {
  const pid = leftoverPid(socket, pidFile);
  const answers = (await askServer(socket, 'PING', 1_000)) !== null;
  if (pid === null && !answers) return false;
  const deadline = performance.now() + RETIRE_MS;
  await askServer(socket, 'SHUTDOWN NOSAVE', RETIRE_MS / 2);
  while (pid === null ? (await askServer(socket, 'PING', 1_000)) !== null : isAlive(pid)) {
    const leftMs = deadline - performance.now();
    if (leftMs < -2_000)
      throw new AppError(
        'redis.inUse',
        `Another redis-server (pid ${pid}) holds ${socket} and does not end. Stop it first.`,
      );
    // Known to be ours, and deaf: it has had its time to write what it holds.
    if (leftMs < 0 && pid !== null) process.kill(pid, 'SIGKILL');
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
  return true;
}

/** The pid in the file, if that process is really the server of this socket: pids are used again after a reboot. */
function leftoverPid(socket: string, pidFile: string): number | null {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    // A Redis server shows its socket in its title.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(socket) ? pid : null;
  } catch {
    // No file, no such process, or a system without /proc: then only the socket can tell.
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie has let go of everything; its parent has not looked yet.
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

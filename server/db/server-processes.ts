/** PostgreSQL processes by what each of them shows in its command line: the cluster's name, or the folder it is made in. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { AppError } from '../errors.ts';

const POLL_MS = 20;
/** In order for 5 s, then at once (the next start recovers), then by force. */
const SIGNALS: readonly (readonly [signal: NodeJS.Signals, ms: number])[] = [
  ['SIGINT', 5_000],
  ['SIGQUIT', 2_000],
  ['SIGKILL', 2_000],
];

/**
 * Ends what an earlier, killed owner left behind: never two servers on one cluster. True when there was something.
 * Gives up, with it still there, when `isStopped`.
 */
export async function retireServer(marks: readonly string[], isStopped: () => boolean): Promise<boolean> {
  if (processesOf(marks).length === 0) return false;
  for (const [signal, ms] of SIGNALS) {
    const deadline = performance.now() + ms;
    for (const pid of processesOf(marks)) send(pid, signal);
    while (performance.now() < deadline) {
      if (processesOf(marks).length === 0 || isStopped()) return true;
      await new Promise((wake) => setTimeout(wake, POLL_MS));
    }
  }
  throw new AppError(
    'database.inUse',
    `Another PostgreSQL (pid ${processesOf(marks)[0]}) holds the data folder and does not end. Stop it first.`,
  );
}

/** Zombies have no command line and count as gone. */
function processesOf(marks: readonly string[]): number[] {
  return commandLines()
    .filter(([, line]) => isPostgres(line) && marks.some((mark) => line.includes(mark)))
    .map(([pid]) => pid);
}

/** By its program, not by its words: an editor may be open on the same folder. */
const isPostgres = (line: string): boolean =>
  /(^|\/)(postgres|initdb)(:.*)?$/.test(line.split(/\0| -D /)[0]?.trim() ?? '');

function commandLines(): (readonly [pid: number, line: string])[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [[Number(name), lineOf(name)] as const] : []));
  } catch {
    const { stdout } = spawnSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' });
    return (stdout ?? '').split('\n').map((line) => [Number.parseInt(line, 10), line.replace(/^ *\d+ /, '')] as const);
  }
}

function lineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // Gone between the two looks.
    return '';
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile, or not ours to end: the deadline tells.
  }
}

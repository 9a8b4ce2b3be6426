/** PostgreSQL processes by the cluster's name, which each of them shows in its command line. */
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

/** Ends what an earlier, killed owner left behind: never two servers on one cluster. True when there was something. */
export async function retireServer(clusterName: string): Promise<boolean> {
  if (processesOf(clusterName).length === 0) return false;
  for (const [signal, ms] of SIGNALS) {
    const deadline = performance.now() + ms;
    for (const pid of processesOf(clusterName)) send(pid, signal);
    while (performance.now() < deadline) {
      if (processesOf(clusterName).length === 0) return true;
      await new Promise((wake) => setTimeout(wake, POLL_MS));
    }
  }
  throw new AppError(
    'database.inUse',
    `Another PostgreSQL (pid ${processesOf(clusterName)[0]}) holds the data folder and does not end. Stop it first.`,
  );
}

/** Zombies have no command line and count as gone. */
function processesOf(clusterName: string): number[] {
  return commandLines()
    .filter(([pid, line]) => pid !== process.pid && line.includes(clusterName))
    .map(([pid]) => pid);
}

function commandLines(): (readonly [pid: number, line: string])[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [[Number(name), lineOf(name)] as const] : []));
  } catch {
    const { stdout } = spawnSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' });
    return (stdout ?? '').split('\n').map((line) => [Number.parseInt(line, 10), line] as const);
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

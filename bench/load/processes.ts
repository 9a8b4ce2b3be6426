/** Child processes of a benchmark: started, spoken to, timed by the kernel, ended by their own id. */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** USER_HZ of the kernel: the unit of /proc/<pid>/stat. */
const TICKS_PER_SECOND = 100;
const END_MS = 5_000;

/** CPU seconds (user + system) a process has used. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;

/** First child of a process whose command holds a word: the embedded Redis of a server. */
export function childOf(pid: number, word: string): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const child = children.find((id) => readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(word));
  if (child === undefined) throw new Error(`process ${pid} has no child "${word}"`);
  return Number(child);
}

/** Thousands of sockets need as many files; children inherit the limit. Throws when the system does not allow it. */
export function allowFiles(needed: number): void {
  const limits = /Max open files\s+(\d+|unlimited)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  if (limits === 'unlimited' || Number(limits) >= needed) return;
  try {
    execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${needed}:${needed}`], { stdio: 'pipe' });
  } catch (cause) {
    throw new Error(`this benchmark opens ${needed} files; allow them: ulimit -n ${needed}`, { cause });
  }
}

export interface Helper<Order, Report> {
  readonly pid: number;
  send(order: Order): void;
  /** The next report of that kind; ask before what causes it. Rejects when the process ends first. */
  next<K extends Report extends { readonly is: infer I } ? I : never>(
    kind: K,
  ): Promise<Extract<Report, { readonly is: K }>>;
  stop(): Promise<void>;
}

export function startHelper<Order extends object | string, Report extends { readonly is: string }>(
  file: string,
  args: readonly string[] = [],
  options: { readonly execArgv?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Helper<Order, Report> {
  const child = fork(new URL(file, import.meta.url), [...args], {
    serialization: 'advanced',
    execArgv: [...(options.execArgv ?? [])],
    env: { ...process.env, ...options.env },
  });
  endWithUs(child);
  return {
    pid: child.pid as number,
    send: (order) => void child.send(order),
    next: (kind) =>
      new Promise((resolve, reject) => {
        const onExit = () => reject(new Error(`${file} ended`));
        const onMessage = (report: Report) => {
          if (report.is !== kind) return;
          child.off('message', onMessage as never);
          child.off('exit', onExit);
          resolve(report as never);
        };
        child.on('message', onMessage as never);
        child.once('exit', onExit);
      }),
    stop: () => endChild(child),
  };
}

const living = new Set<ChildProcess>();

/** A benchmark that fails, and one that is interrupted, leaves nothing running. */
export function endWithUs(child: ChildProcess): void {
  living.add(child);
  child.once('exit', () => living.delete(child));
}

export function killAll(): void {
  for (const child of living) child.kill('SIGKILL');
}
process.once('exit', killAll);

export async function endChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await ended;
  clearTimeout(timer);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

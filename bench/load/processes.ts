/** Child processes of a benchmark: started, spoken to, timed by the kernel, ended by pid. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

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

export interface Helper<Order, Report> {
  send(order: Order): void;
  next<T extends Report>(wanted: (report: Report) => report is T): Promise<T>;
  stop(): Promise<void>;
}

export function startHelper<Order extends object | string, Report>(
  file: string,
  args: string[] = [],
): Helper<Order, Report> {
  const child = fork(new URL(file, import.meta.url), args);
  return {
    send: (order) => void child.send(order),
    next: (wanted) =>
      new Promise((resolve, reject) => {
        const onExit = () => reject(new Error(`${file} ended`));
        const onMessage = (message: unknown) => {
          if (!wanted(message as Report)) return;
          child.off('message', onMessage);
          child.off('exit', onExit);
          resolve(message as never);
        };
        child.on('message', onMessage);
        child.once('exit', onExit);
      }),
    stop: () => stopChild(child),
  };
}

export interface ServerProcess {
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** The product as `npm start` runs it, on a free port; resolves when it is ready. */
export async function startServer(env: Readonly<Record<string, string>>, port: number): Promise<ServerProcess> {
  const main = new URL('../../server/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...env, FLOORCAST_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`);
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return { pid: child.pid as number, url, stop: () => stopChild(child) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stopChild(child);
  throw new Error('the server did not get ready in 20 s');
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** One process of the product: `node server/main.ts` with its roles, which may be killed, paused and started again in its place. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const PROJECT = path.join(import.meta.dirname, '..');
const CLOCK = path.join(import.meta.dirname, 'shifted-clock.ts');
const START_MS = 60_000;
/** What a process says when it begins and ceases to be the one that works. */
const BEGINS = new Set(['site.owned', 'source.held']);
const CEASES = new Set(['site.lost', 'source.fenced']);

interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface ServiceOptions {
  readonly name: string;
  /** Logs and the clock's file are kept there. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Its clock can be made to jump. */
  readonly hasClock: boolean;
}

export class Service {
  readonly name: string;
  readonly #options: ServiceOptions;
  readonly #log: WriteStream;
  readonly #clockFile: string;
  #child: ChildProcess | null = null;
  #port = 0;
  #heldSince = 0;
  #takeOvers = 0;

  constructor(options: ServiceOptions) {
    this.name = options.name;
    this.#options = options;
    this.#log = createWriteStream(path.join(options.folder, `${options.name}.log`), { flags: 'a' });
    this.#clockFile = path.join(options.folder, `${options.name}.clock`);
  }

  /** By address; the same one after a restart. Empty without the gateway role. */
  get url(): string {
    return this.#port === 0 ? '' : `http://127.0.0.1:${this.#port}`;
  }

  /** When it began to hold the lease, as far as it knows; 0 while it does not. */
  get heldSince(): number {
    return this.#heldSince;
  }

  /** How often it began to hold the lease. */
  get takeOvers(): number {
    return this.#takeOvers;
  }

  /** Resolves when it serves, or without the gateway role when it works. */
  async start(): Promise<void> {
    const { env, hasClock } = this.#options;
    const child = spawn(process.execPath, ['server/main.ts'], {
      cwd: PROJECT,
      env: {
        PATH: process.env.PATH ?? '',
        FLOORCAST_LOG_FORMAT: 'json',
        FLOORCAST_PORT: String(this.#port),
        ...(hasClock && { NODE_OPTIONS: `--import=${CLOCK}`, CHAOS_CLOCK_FILE: this.#clockFile }),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const killWithUs = (): void => void child.kill('SIGKILL');
    process.once('exit', killWithUs);
    child.once('exit', () => process.off('exit', killWithUs));
    child.stderr?.on('data', (text: Buffer) => this.#log.write(text));
    const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
    const started = new Promise<void>((resolve, reject) => {
      child.once('exit', (code, signal) => {
        if (this.#child === child) this.#heldSince = 0;
        reject(new Error(`${this.name} ended at its start (${signal ?? `code ${code}`}); see its log`));
      });
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (text) => {
        this.#log.write(`${text}\n`);
        const line = JSON.parse(text) as LogLine;
        if (BEGINS.has(line.msg)) {
          this.#heldSince = performance.now();
          this.#takeOvers++;
        }
        if (CEASES.has(line.msg)) this.#heldSince = 0;
        if (line.msg.startsWith('serving') && typeof line.wall === 'string')
          this.#port = Number(new URL(line.wall).port);
        if (line.msg.startsWith('serving') || line.msg === 'started') resolve();
      });
    });
    await started.finally(() => clearTimeout(timer));
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Off the real time; 0 sets it right. */
  setClock(offMs: number): void {
    writeFileSync(this.#clockFile, String(offMs));
    this.#child?.kill('SIGUSR2');
  }

  async stop(): Promise<void> {
    this.resume();
    await this.#end('SIGTERM');
    await new Promise<void>((resolve) => this.#log.end(resolve));
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    child.kill(signal);
    await exited;
    clearTimeout(timer);
  }
}

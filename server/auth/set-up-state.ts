/**
 * Whether the installation has an administrator. PostgreSQL knows; what it said last stands in Redis, so that a start
 * without it does not open what was closed.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log.ts';
import type { Redis } from '../redis/client.ts';
import { tellNews } from '../redis/news.ts';
import { forgetSetUp, isSetUpIn, rememberSetUp, setUpCodeIn } from '../redis/set-up.ts';
import { soon } from '../redis/soon.ts';
import { hasAdministrator } from './people.ts';
import { toBase32 } from './totp.ts';

export interface SetUpStateOptions {
  readonly redis: Redis;
  readonly database: Database | null;
  readonly log: Logger;
}

export class SetUpState {
  readonly #options: SetUpStateOptions;
  #isDone: boolean;
  #code: string | null = null;
  #onDone = () => {};

  private constructor(options: SetUpStateOptions, isDone: boolean) {
    this.#options = options;
    this.#isDone = isDone;
  }

  static async read(options: SetUpStateOptions): Promise<SetUpState> {
    return new SetUpState(options, await isSetUpIn(options.redis));
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** There can be accounts. */
  get isPossible(): boolean {
    return this.#options.database !== null;
  }

  isCode(given: string): boolean {
    const plain = (code: string) => Buffer.from(code.toUpperCase().replace(/[^A-Z2-7]/g, ''));
    const [mine, theirs] = [plain(this.#code ?? ''), plain(given)];
    return mine.length > 0 && mine.length === theirs.length && timingSafeEqual(mine, theirs);
  }

  onDone(listener: () => void): void {
    this.#onDone = listener;
  }

  /** Asks PostgreSQL, where it is there. The first time that there is no administrator, the log tells how to make one. */
  async look(): Promise<void> {
    const { redis, database, log } = this.#options;
    if (!database?.isUp) {
      if (database === null && (await soon(redis, isSetUpIn))) this.hear();
      return;
    }
    if (await hasAdministrator(database)) {
      if (!(await soon(redis, isSetUpIn))) await soon(redis, rememberSetUp);
      return this.hear();
    }
    if (this.#isDone) await soon(redis, forgetSetUp);
    this.#isDone = false;
    if (this.#code !== null) return;
    this.#code = await soon(redis, (one) => setUpCodeIn(one, newCode()));
    log.info({ code: this.#code }, 'not set up yet: open /setup on this machine, or on another one with the code');
  }

  /** The administrator exists. */
  async finish(): Promise<void> {
    const { redis } = this.#options;
    this.hear();
    await soon(redis, rememberSetUp);
    await soon(redis, (one) => tellNews(one, { kind: 'anybody', id: '' }));
  }

  hear(): void {
    const wasDone = this.#isDone;
    this.#isDone = true;
    this.#code = null;
    if (!wasDone) this.#onDone();
  }
}

/** 60 bits, in groups that can be read out. */
const newCode = (): string => (toBase32(randomBytes(8)).slice(0, 12).match(/.{4}/g) ?? []).join('-');

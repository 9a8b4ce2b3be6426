/**
 * PostgreSQL as the features see it: there or not there. It may be away at the start and at any time later; then
 * statements fail at once with `database.unreachable`, and behind them one loop tries until it is back. Nothing that is
 * live depends on it, so nothing waits for it unless it asks to.
 *
 *   starting --connected, migrated--> up --a statement or connection breaks--> away --connected, migrated--> up
 */
import pg from 'pg';
import { AppError } from '../errors.ts';
import { hidePassword, type Logger } from '../log.ts';
import { type Connection, type EmbeddedPostgres, embedPostgres } from './embedded.ts';
import { isAway, isOutage, reasonOf } from './failure.ts';
import { type Migration, migrate } from './migrate.ts';
import type { Session, Sql } from './sql.ts';

export interface Database extends Sql {
  readonly isUp: boolean;
  /** Tells this database from every other; a restored backup keeps it. Empty before the first connection. */
  readonly id: string;
  /** Resolves when it is up, or when the signal is aborted. */
  whenUp(signal: AbortSignal): Promise<void>;
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  openSession(): Promise<Session>;
  /** Ends the connections, then the embedded server; bounded. */
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  /** Null: an embedded server in `dataDir`. */
  readonly url: string | null;
  readonly dataDir: string;
  readonly log: Logger;
  /** A failure that waiting does not mend was found after the start: the tables are not ours to use. */
  readonly onFatal: (reason: string) => void;
  readonly migrations?: readonly Migration[];
  readonly endsWithParent?: boolean;
  /** A server that says nothing for so long counts as away. */
  readonly silentMs?: number;
}

/** NULLS NOT DISTINCT came with 15. */
const MIN_MAJOR = 15;
const CONNECT_MS = 3_000;
const MAX_RETRY_MS = 2_000;
const GOODBYE_MS = 200;
/** A migration may rewrite a large table, or wait for another process that does. */
const MIGRATE_MS = 600_000;
const INT8 = 20;

/**
 * Resolves at once, before the first connection. Rejects with an AppError that names what to do when there can be no
 * database: no PostgreSQL for this platform, a cluster of another version.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, dataDir, log, endsWithParent } = options;
  const server =
    url === null ? embedPostgres({ dataDir, log, ...(endsWithParent !== undefined && { endsWithParent }) }) : null;
  const database = new PgDatabase(options, server);
  database.start();
  return database;
}

class PgDatabase implements Database {
  readonly #options: DatabaseOptions;
  readonly #server: EmbeddedPostgres | null;
  /** Known once the server was reached. */
  #pool: pg.Pool | null = null;
  readonly #stopping = new AbortController();
  #isUp = false;
  #id = '';
  #wasUp = false;
  #awaySince: number | null = null;
  #waiting: (() => void)[] = [];
  #connecting: Promise<void> = Promise.resolve();

  constructor(options: DatabaseOptions, server: EmbeddedPostgres | null) {
    this.#options = options;
    this.#server = server;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get id(): string {
    return this.#id;
  }

  start(): void {
    this.#connecting = this.#connect();
  }

  async whenUp(signal: AbortSignal): Promise<void> {
    if (this.#isUp || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const pool = this.#requireUp();
    return this.#guard(async () => (await pool.query(text, [...values])).rows as Row[]);
  }

  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const pool = this.#requireUp();
    const client = await this.#guard(() => pool.connect());
    // The pool listens to idle connections only.
    const onError = (error: Error) => this.#lost(error);
    client.on('error', onError);
    let failure: unknown;
    try {
      return await transactionOn(client, (run) => this.#guard(run), work);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      client.off('error', onError);
      // A connection that failed in any way is not given to the next one.
      client.release(failure instanceof Error ? failure : false);
    }
  }

  async openSession(): Promise<Session> {
    const { options } = this.#requireUp();
    return this.#guard(() => this.#openSession(options));
  }

  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.#isUp = false;
    for (const wake of this.#waiting.splice(0)) wake();
    // Waits for statements under way, unless the server is deaf; the process does not.
    const ended = this.#pool?.end();
    await Promise.race([ended, pause(GOODBYE_MS)]);
    await this.#server?.stop();
    await Promise.race([this.#connecting, pause(GOODBYE_MS)]);
  }

  async #openSession(settings: pg.ClientConfig): Promise<Session> {
    const client = new pg.Client(settings);
    client.on('error', (error) => this.#lost(error));
    await client.connect();
    const guard = <T>(run: () => Promise<T>) => this.#guard(run);
    const sql = sqlOn(client, guard);
    return {
      ...sql,
      transaction: (work) => transactionOn(client, guard, work),
      close: () => hangUp(client),
    };
  }

  async #connect(): Promise<void> {
    const { log, url } = this.#options;
    let told: string | null = null;
    for (let attempt = 0; !this.#stopping.signal.aborted; attempt++) {
      try {
        const settings = this.#settingsFor(await this.#server?.ensureRunning());
        await this.#prepare(settings);
        return this.#up(settings);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        // A process that has run goes on without history: a newer version may be taking over step by step.
        if (isFatal(error) && !this.#wasUp) return this.#options.onFatal(reasonOf(error));
        const reason = reasonOf(error);
        // Once per outage and reason: the next attempt may know better what is wrong.
        if (reason !== told) log.warn({ reason, ...(url !== null && { url: hidePassword(url) }) }, 'database.away');
        told = reason;
        this.#awaySince ??= performance.now();
      }
      await pause(Math.min(MAX_RETRY_MS, 50 * 2 ** Math.min(attempt, 10)), this.#stopping.signal);
    }
  }

  #settingsFor(embedded: Connection | undefined): pg.ClientConfig {
    return {
      ...(embedded ?? { connectionString: this.#options.url ?? '' }),
      application_name: 'floorcast',
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: this.#options.silentMs ?? 10_000,
      keepAlive: true,
      types: { getTypeParser: (oid, format) => (oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) },
    };
  }

  /** Also after an outage: what is back may be an older backup, or another server. */
  async #prepare(settings: pg.ClientConfig): Promise<void> {
    const session = await this.#openSession({ ...settings, query_timeout: MIGRATE_MS });
    try {
      const [version] = await session.query<{ number: number }>(
        "SELECT current_setting('server_version_num')::int AS number",
      );
      requireMajor(Math.floor((version?.number ?? 0) / 10_000));
      const applied = await migrate(session, this.#options.migrations);
      if (applied.length > 0) this.#options.log.info({ applied }, 'database.migrated');
      const [installation] = await session.query<{ id: string }>('SELECT id FROM installation');
      this.#id = installation?.id ?? '';
    } finally {
      await session.close();
    }
  }

  #up(settings: pg.ClientConfig): void {
    this.#pool ??= this.#createPool(settings);
    const outageMs = this.#awaySince === null ? null : Math.round(performance.now() - this.#awaySince);
    this.#isUp = true;
    this.#wasUp = true;
    this.#awaySince = null;
    this.#options.log.info(outageMs === null ? {} : { outageMs }, outageMs === null ? 'database.up' : 'database.back');
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #createPool(settings: pg.ClientConfig): pg.Pool {
    // Idle connections stay, so that the end of the server is noticed without a statement.
    const pool = new pg.Pool({ ...settings, max: 5, idleTimeoutMillis: 0, allowExitOnIdle: true });
    pool.on('error', (error) => this.#lost(error));
    return pool;
  }

  #lost(error: unknown): void {
    if (!this.#isUp || this.#stopping.signal.aborted) return;
    this.#isUp = false;
    this.#awaySince = performance.now();
    this.#options.log.warn({ reason: reasonOf(error) }, 'database.lost');
    this.start();
  }

  #requireUp(): pg.Pool {
    if (!this.#isUp || this.#pool === null) throw new AppError('database.unreachable');
    return this.#pool;
  }

  async #guard<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof AppError || !isOutage(error)) throw error;
      this.#lost(error);
      throw new AppError('database.unreachable', `PostgreSQL is away: ${reasonOf(error)}`, { cause: error });
    }
  }
}

type Guard = <T>(run: () => Promise<T>) => Promise<T>;

function sqlOn(client: pg.ClientBase, guard: Guard): Sql {
  return {
    query: <Row>(text: string, values: readonly unknown[] = []) =>
      // Without values several statements may stand in one text, as in a migration.
      guard(
        async () => (await (values.length === 0 ? client.query(text) : client.query(text, [...values]))).rows as Row[],
      ),
  };
}

async function transactionOn<T>(client: pg.ClientBase, guard: Guard, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = sqlOn(client, guard);
  await sql.query('BEGIN');
  try {
    const result = await work(sql);
    await sql.query('COMMIT');
    return result;
  } catch (error) {
    // On a broken or deaf connection there is nobody to ask; its end takes everything back.
    if (!isAway(error)) await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** What waiting does not mend. A folder in use may come free, as everything else that is away may come back. */
const isFatal = (error: unknown): boolean =>
  error instanceof AppError && !isAway(error) && error.code !== 'database.inUse';

function requireMajor(major: number): void {
  if (major >= MIN_MAJOR) return;
  throw new AppError(
    'database.unsupported',
    `PostgreSQL ${major} is too old: Floorcast needs ${MIN_MAJOR} or newer. Point DATABASE_URL to one, or unset it for the embedded one.`,
  );
}

/** Says goodbye where somebody listens; a deaf server must not hold up the end. */
async function hangUp(client: pg.Client): Promise<void> {
  await Promise.race([client.end().catch(() => {}), pause(GOODBYE_MS)]);
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

/** Settings in PostgreSQL: what holds, and every change that led to it. */
import { type BreakSettings, breakSettingsSchema } from '../../shared/break-setting.ts';
import {
  type AgentSettings,
  agentSettingsSchema,
  type QueueSettings,
  queueSettingsSchema,
} from '../../shared/setting.ts';
import type { Database } from '../db/database.ts';
import { isBadData } from '../db/failure.ts';
import type { Sql } from '../db/sql.ts';
import { AppError } from '../errors.ts';

export interface SettingsOf {
  queue: QueueSettings;
  agent: AgentSettings;
  /** Of the whole site, with '' for a subject. */
  break: BreakSettings;
}
export type Kind = keyof SettingsOf;

export interface Stored<K extends Kind> {
  readonly subject: string;
  /** Id of the newest change; 0 while nothing was ever set. */
  readonly version: number;
  readonly settings: SettingsOf[K];
  readonly updatedAt: number | null;
}

/** Of what the site is told; the break desk reads its settings itself. */
export interface Change {
  readonly id: number;
  readonly kind: Exclude<Kind, 'break'>;
  readonly subject: string;
  readonly after: unknown;
}

const SCHEMAS: { readonly [K in Kind]: { parse(value: unknown): SettingsOf[K] } } = {
  queue: queueSettingsSchema,
  agent: agentSettingsSchema,
  break: breakSettingsSchema,
};

interface Row {
  readonly subject: string;
  readonly version: number;
  readonly settings: unknown;
  readonly updated_at: Date;
}

const tableOf = (kind: Kind): string => `${kind}_settings`;

export async function readSettings<K extends Kind>(
  sql: Sql,
  site: string,
  kind: K,
  subject: string,
): Promise<Stored<K>> {
  const [row] = await sql.query<Row>(
    `SELECT ${kind} AS subject, version, settings, updated_at FROM ${tableOf(kind)} WHERE site = $1 AND ${kind} = $2`,
    [site, subject],
  );
  return row === undefined
    ? { subject, version: 0, settings: SCHEMAS[kind].parse({}), updatedAt: null }
    : storedOf(kind, row);
}

export async function listSettings<K extends Kind>(sql: Sql, site: string, kind: K): Promise<Stored<K>[]> {
  const rows = await sql.query<Row>(
    `SELECT ${kind} AS subject, version, settings, updated_at FROM ${tableOf(kind)} WHERE site = $1 ORDER BY ${kind}`,
    [site],
  );
  return rows.map((row) => storedOf(kind, row));
}

export interface Wanted<K extends Kind> {
  /** The version that is changed. */
  readonly base: number;
  readonly settings: SettingsOf[K];
  readonly by: string;
  /** Done in the transaction of the change: both happen or neither. */
  readonly note?: (sql: Sql, before: SettingsOf[K] | null, after: SettingsOf[K]) => Promise<void>;
}

/** Throws `settings.conflict` unless `base` is the version that holds. */
export async function writeSettings<K extends Kind>(
  database: Database,
  site: string,
  kind: K,
  subject: string,
  change: Wanted<K>,
): Promise<Stored<K>> {
  const after = JSON.stringify(change.settings);
  try {
    return await database.transaction(async (sql) => {
      await lockSite(sql, site);
      const before = await readSettings(sql, site, kind, subject);
      if (before.version !== change.base) throw new AppError('settings.conflict');
      const [row] = await sql.query<Row>(
        `WITH change AS (
           INSERT INTO setting_changes (site, kind, subject, before, after, changed_by)
           VALUES ($1, '${kind}', $2, $3, $4, $5) RETURNING id, changed_at)
         INSERT INTO ${tableOf(kind)} (site, ${kind}, version, settings, updated_at)
         SELECT $1, $2, id, $4, changed_at FROM change
         ON CONFLICT (site, ${kind}) DO UPDATE
           SET version = excluded.version, settings = excluded.settings, updated_at = excluded.updated_at
         RETURNING ${kind} AS subject, version, settings, updated_at`,
        [site, subject, before.version === 0 ? null : JSON.stringify(before.settings), after, change.by],
      );
      await change.note?.(sql, before.version === 0 ? null : before.settings, change.settings);
      return storedOf(kind, row as Row);
    });
  } catch (error) {
    // What a text of PostgreSQL cannot hold: NUL.
    if (isBadData(error)) throw new AppError('request.invalid', (error as Error).message, { cause: error });
    throw error;
  }
}

/** Newest id that was ever given to a change, and the oldest changes above `cursor`. */
export async function readChanges(
  sql: Sql,
  site: string,
  cursor: number,
  limit: number,
): Promise<{ newestId: number; changes: Change[] }> {
  const changes = await sql.query<Change>(
    "SELECT id, kind, subject, after FROM setting_changes WHERE site = $1 AND id > $2 AND kind <> 'break' ORDER BY id LIMIT $3",
    [site, cursor, limit],
  );
  const [newest] = await sql.query<{ id: number }>(
    'SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS id FROM setting_changes_id_seq',
  );
  return { newestId: newest?.id ?? 0, changes };
}

/**
 * After a restore of an older backup: the site was told changes that PostgreSQL no longer knows. What holds here is
 * changed once more, with ids above anything that was ever told, so that it holds there too.
 */
export async function outdo(database: Database, site: string, toldId: number): Promise<void> {
  await database.transaction(async (sql) => {
    await lockSite(sql, site);
    await sql.query(
      "SELECT setval('setting_changes_id_seq', GREATEST($1, (SELECT last_value FROM setting_changes_id_seq)))",
      [toldId],
    );
    for (const kind of ['queue', 'agent'] as const) {
      await sql.query(
        `WITH change AS (
           INSERT INTO setting_changes (site, kind, subject, before, after, changed_by)
           SELECT site, '${kind}', ${kind}, settings, settings, 'restore' FROM ${tableOf(kind)} WHERE site = $1
           RETURNING id, subject)
         UPDATE ${tableOf(kind)} SET version = change.id FROM change WHERE site = $1 AND ${kind} = change.subject`,
        [site],
      );
    }
  });
}

/** One change of a site at a time, so that the order of ids is the order of commits. */
async function lockSite(sql: Sql, site: string): Promise<void> {
  await sql.query("SELECT pg_advisory_xact_lock(hashtextextended('floorcast.settings.' || $1, 0))", [site]);
}

function storedOf<K extends Kind>(kind: K, row: Row): Stored<K> {
  return {
    subject: row.subject,
    version: row.version,
    settings: SCHEMAS[kind].parse(row.settings),
    updatedAt: row.updated_at.getTime(),
  };
}

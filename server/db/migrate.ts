/**
 * Brings the tables to the form that this version needs: migrations/NNNN-name.sql in order, all that are missing in one
 * transaction, one process at a time. A file that was applied never changes again; what was applied is known by checksum.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import type { Session } from './sql.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly sql: string;
}

const FOLDER = join(import.meta.dirname, 'migrations');
/** Any number; the same in every version. */
const LOCK = 4_702_111_234;

export function readMigrations(folder = FOLDER): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file, index) => {
      const parts = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file);
      if (Number(parts?.[1]) !== index + 1) throw new Error(`${file} is not migration ${index + 1} by its name`);
      const sql = readFileSync(join(folder, file), 'utf8');
      // A checkout may turn the ends of lines.
      const checksum = createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
      return { number: index + 1, name: parts?.[2] ?? '', checksum, sql };
    });
}

/** What was applied; and what tells this database from every other, because two must not write one history. */
const BOOKKEEPING = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE IF NOT EXISTS installation (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), is_only boolean NOT NULL DEFAULT true UNIQUE CHECK (is_only));
  INSERT INTO installation DEFAULT VALUES ON CONFLICT DO NOTHING`;

/** Names of those applied now. Throws `database.migrationChanged` or `database.newer`; then nothing was changed. */
export function migrate(session: Session, migrations: readonly Migration[] = readMigrations()): Promise<string[]> {
  return session.transaction(async (sql) => {
    await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await sql.query(BOOKKEEPING);
    const applied = await sql.query<{ number: number; name: string; checksum: string }>(
      'SELECT number, name, checksum FROM schema_migrations ORDER BY number',
    );
    for (const { number, name, checksum } of applied) requireSame(migrations[number - 1], number, name, checksum);
    const missing = migrations.slice(applied.length);
    for (const { number, name, checksum, sql: text } of missing) {
      await sql.query(text);
      await sql.query('INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)', [
        number,
        name,
        checksum,
      ]);
    }
    return missing.map(({ name }) => name);
  });
}

function requireSame(ours: Migration | undefined, number: number, name: string, checksum: string): void {
  if (ours === undefined) {
    throw new AppError(
      'database.newer',
      `The database has migration ${number} (${name}), which this version does not know: a newer Floorcast made it. Run that version, or restore an older backup.`,
    );
  }
  if (ours.checksum === checksum) return;
  throw new AppError(
    'database.migrationChanged',
    `Migration ${number} (${ours.name}) is not the one that was applied to the database (${name}). Restore the original file; changes belong into a new migration.`,
  );
}

/** TVs in PostgreSQL, each with the hashes of its tokens. */
import { z } from 'zod';
import { type ScreenOptions, screenOptionsSchema, shownBoardSchema } from '../../shared/api-screens.ts';
import { SCREEN_RIGHTS, type Subject, scopeSchema, type View } from '../../shared/policy.ts';
import type { Sql } from '../db/sql.ts';

const viewSchema = scopeSchema.pick({ queues: true, teams: true });

/** Also how it is copied to Redis, so that a TV shows numbers while PostgreSQL is away. */
export const storedScreenSchema = z.object({
  id: z.string(),
  number: z.int(),
  version: z.int(),
  name: z.string(),
  site: z.string(),
  view: viewSchema,
  board: shownBoardSchema.catch('standard'),
  options: screenOptionsSchema,
  isBlank: z.boolean(),
  pairedAt: z.int(),
  pairedBy: z.string(),
  secretHash: z.string().nullable(),
  secretAt: z.int().nullable(),
  nextHash: z.string().nullable(),
  nextAt: z.int().nullable(),
  previousHash: z.string().nullable(),
  previousUntil: z.int().nullable(),
});
export type StoredScreen = z.infer<typeof storedScreenSchema>;

export const subjectOfScreen = ({ id, name, site, view }: StoredScreen): Subject => ({
  ...{ kind: 'screen', id, name, rights: SCREEN_RIGHTS },
  scope: { sites: [site], ...view },
});

export interface Assignment {
  readonly name: string;
  readonly site: string;
  readonly view: View;
  readonly board: string;
  readonly options: ScreenOptions;
}

const COLUMNS = `id, number, version, name, site, view, board, options, is_blank, paired_at, paired_by_name,
  secret_hash, secret_at, next_hash, next_at, previous_hash, previous_until`;

interface Row {
  readonly id: string;
  readonly number: number;
  readonly version: number;
  readonly name: string;
  readonly site: string;
  readonly view: unknown;
  readonly board: string;
  readonly options: unknown;
  readonly is_blank: boolean;
  readonly paired_at: Date;
  readonly paired_by_name: string;
  readonly secret_hash: string | null;
  readonly secret_at: Date | null;
  readonly next_hash: string | null;
  readonly next_at: Date | null;
  readonly previous_hash: string | null;
  readonly previous_until: Date | null;
}

const screenOf = (row: Row): StoredScreen =>
  storedScreenSchema.parse({
    ...row,
    isBlank: row.is_blank,
    pairedAt: row.paired_at.getTime(),
    pairedBy: row.paired_by_name,
    secretHash: row.secret_hash,
    secretAt: row.secret_at?.getTime() ?? null,
    nextHash: row.next_hash,
    nextAt: row.next_at?.getTime() ?? null,
    previousHash: row.previous_hash,
    previousUntil: row.previous_until?.getTime() ?? null,
  });

export async function listScreens(sql: Sql): Promise<StoredScreen[]> {
  const rows = await sql.query<Row>(`SELECT ${COLUMNS} FROM screens WHERE revoked_at IS NULL ORDER BY number`);
  return rows.map(screenOf);
}

export async function screensOfBoard(sql: Sql, board: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>('SELECT id FROM screens WHERE board = $1 AND revoked_at IS NULL', [
    board,
  ]);
  return rows.map(({ id }) => id);
}

export async function findScreen(sql: Sql, id: string): Promise<StoredScreen | null> {
  const [row] = await sql.query<Row>(`SELECT ${COLUMNS} FROM screens WHERE id = $1 AND revoked_at IS NULL`, [id]);
  return row ? screenOf(row) : null;
}

/** Nobody else changes it before the end of the transaction. */
export async function lockScreen(sql: Sql, id: string): Promise<StoredScreen | null> {
  const [row] = await sql.query<Row>(`SELECT ${COLUMNS} FROM screens WHERE id = $1 AND revoked_at IS NULL FOR UPDATE`, [
    id,
  ]);
  return row ? screenOf(row) : null;
}

export async function insertScreen(
  sql: Sql,
  id: string,
  { name, site, view, board, options }: Assignment,
  by: { readonly id: string | null; readonly name: string },
): Promise<StoredScreen> {
  const [row] = await sql.query<Row>(
    `INSERT INTO screens (id, name, site, view, board, options, paired_by, paired_by_name)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${COLUMNS}`,
    [id, name, site, JSON.stringify(view), board, JSON.stringify(options), by.id, by.name],
  );
  return screenOf(row as Row);
}

export async function updateScreen(
  sql: Sql,
  id: string,
  { name, site, view, board, options, isBlank }: Assignment & { readonly isBlank: boolean },
): Promise<StoredScreen> {
  const [row] = await sql.query<Row>(
    `UPDATE screens SET version = version + 1, name = $2, site = $3, view = $4, board = $5, options = $6, is_blank = $7
     WHERE id = $1 RETURNING ${COLUMNS}`,
    [id, name, site, JSON.stringify(view), board, JSON.stringify(options), isBlank],
  );
  return screenOf(row as Row);
}

export async function markScreenRevoked(sql: Sql, id: string, at: number): Promise<void> {
  await sql.query('UPDATE screens SET revoked_at = $2, secret_hash = NULL, next_hash = NULL WHERE id = $1', [
    id,
    new Date(at),
  ]);
}

export async function isScreenRevoked(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql.query('SELECT 1 FROM screens WHERE id = $1 AND revoked_at IS NOT NULL', [id]);
  return rows.length > 0;
}

/** The only token from now on. Null: it was revoked, or is not there yet. */
export async function giveFirstSecret(sql: Sql, id: string, hash: string, at: number): Promise<StoredScreen | null> {
  const [row] = await sql.query<Row>(
    `UPDATE screens SET secret_hash = $2, secret_at = $3, next_hash = NULL, previous_hash = NULL
     WHERE id = $1 AND revoked_at IS NULL RETURNING ${COLUMNS}`,
    [id, hash, new Date(at)],
  );
  return row ? screenOf(row) : null;
}

/** Of several who offer one at the same moment one succeeds; the others give null. */
export async function offerSecret(
  sql: Sql,
  { id, nextHash }: StoredScreen,
  hash: string,
  at: number,
): Promise<StoredScreen | null> {
  const [row] = await sql.query<Row>(
    `UPDATE screens SET next_hash = $2, next_at = $3
     WHERE id = $1 AND revoked_at IS NULL AND next_hash IS NOT DISTINCT FROM $4 RETURNING ${COLUMNS}`,
    [id, hash, new Date(at), nextHash],
  );
  return row ? screenOf(row) : null;
}

/** The TV has used what it was offered: it is its token now, and the one before holds until then. */
export async function takeOffered(
  sql: Sql,
  { id, nextHash }: StoredScreen,
  now: number,
  previousUntil: number,
): Promise<StoredScreen | null> {
  await sql.query(
    `UPDATE screens SET previous_hash = secret_hash, previous_until = $3, secret_hash = next_hash, secret_at = $4,
       next_hash = NULL, next_at = NULL
     WHERE id = $1 AND revoked_at IS NULL AND next_hash = $2`,
    [id, nextHash, new Date(previousUntil), new Date(now)],
  );
  return findScreen(sql, id);
}

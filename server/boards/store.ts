/** Boards in PostgreSQL: one draft each, and what was published of it. */
import type { BoardSummary, BoardVersion, PublishedBoard, StoredBoard } from '../../shared/api-boards.ts';
import { type Board, boardSchema } from '../../shared/board.ts';
import type { Sql } from '../db/sql.ts';

const SELECT = `SELECT b.id, b.site, b.name, b.version, b.draft, b.updated_at, b.updated_by, v.number, v.published_at,
    v.published_by, v.content, v.name AS published_name
  FROM boards b LEFT JOIN board_versions v ON v.board = b.id AND v.number = b.published`;

interface Row {
  readonly id: string;
  readonly site: string;
  readonly name: string;
  readonly version: number;
  readonly draft: unknown;
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly number: number | null;
  readonly published_at: Date | null;
  readonly published_by: string | null;
  readonly content: unknown;
  readonly published_name: string | null;
}

/** With what is public of it, which may name other queues than the draft. */
export interface KnownBoard extends StoredBoard {
  readonly shown: PublishedBoard | null;
}

function boardOf(row: Row): KnownBoard {
  const { id, site, name, version, updated_by: updatedBy } = row;
  const draft = boardSchema.parse(row.draft);
  const content = row.number === null ? null : boardSchema.parse(row.content);
  const isDraft = row.published_name === name && JSON.stringify(content) === JSON.stringify(draft);
  return {
    ...{ id, site, name, version, draft, updatedAt: row.updated_at.getTime(), updatedBy },
    published:
      row.number === null
        ? null
        : { number: row.number, at: row.published_at?.getTime() ?? 0, by: row.published_by ?? '', isDraft },
    shown:
      row.number === null || content === null
        ? null
        : { id, site, name: row.published_name ?? name, number: row.number, board: content },
  };
}

export const summaryOf = ({ draft: { profile }, shown: _, ...rest }: KnownBoard): BoardSummary => ({
  ...rest,
  profile,
});
export const storedOf = ({ shown: _, ...rest }: KnownBoard): StoredBoard => rest;

export async function listBoards(sql: Sql): Promise<KnownBoard[]> {
  const rows = await sql.query<Row>(`${SELECT} WHERE b.deleted_at IS NULL ORDER BY b.site, b.name, b.id`);
  return rows.map(boardOf);
}

export async function findBoard(sql: Sql, id: string): Promise<KnownBoard | null> {
  const [row] = await sql.query<Row>(`${SELECT} WHERE b.id = $1 AND b.deleted_at IS NULL`, [id]);
  return row ? boardOf(row) : null;
}

/** Nobody else changes it before the end of the transaction. */
export async function lockBoard(sql: Sql, id: string): Promise<KnownBoard | null> {
  await sql.query('SELECT 1 FROM boards WHERE id = $1 FOR UPDATE', [id]);
  return findBoard(sql, id);
}

export async function insertBoard(
  sql: Sql,
  { id, site, name, draft, by }: Pick<StoredBoard, 'id' | 'site' | 'name' | 'draft'> & { readonly by: string },
): Promise<void> {
  await sql.query('INSERT INTO boards (id, site, name, draft, updated_by) VALUES ($1, $2, $3, $4, $5)', [
    ...[id, site, name, JSON.stringify(draft), by],
  ]);
}

export async function updateDraft(
  sql: Sql,
  { id, name, draft, by }: Pick<StoredBoard, 'id' | 'name' | 'draft'> & { readonly by: string },
): Promise<void> {
  await sql.query(
    'UPDATE boards SET version = version + 1, name = $2, draft = $3, updated_by = $4, updated_at = now() WHERE id = $1',
    [id, name, JSON.stringify(draft), by],
  );
}

/** Gives its number. */
export async function insertVersion(sql: Sql, { id, name, content, by, restores }: Published): Promise<number> {
  const [row] = await sql.query<{ number: number }>(
    `INSERT INTO board_versions (board, number, name, content, published_by, restores)
     SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5 FROM board_versions WHERE board = $1 RETURNING number`,
    [id, name, JSON.stringify(content), by, restores],
  );
  const number = row?.number ?? 0;
  await sql.query('UPDATE boards SET published = $2 WHERE id = $1', [id, number]);
  return number;
}

interface Published {
  readonly id: string;
  readonly name: string;
  readonly content: Board;
  readonly by: string;
  readonly restores: number | null;
}

interface VersionRow {
  readonly number: number;
  readonly name: string;
  readonly content: unknown;
  readonly published_at: Date;
  readonly published_by: string;
  readonly restores: number | null;
}

/** Newest first. */
export async function listVersions(sql: Sql, id: string): Promise<BoardVersion[]> {
  const rows = await sql.query<VersionRow>(
    `SELECT number, name, content, published_at, published_by, restores FROM board_versions
     WHERE board = $1 ORDER BY number DESC LIMIT 200`,
    [id],
  );
  return rows.map(({ number, content, published_at: at, published_by: by, restores }) => ({
    ...{ number, at: at.getTime(), by, restores, pages: boardSchema.parse(content).pages.length },
  }));
}

export async function findVersion(
  sql: Sql,
  id: string,
  number: number,
): Promise<{ readonly name: string; readonly content: Board } | null> {
  const [row] = await sql.query<VersionRow>(
    `SELECT number, name, content, published_at, published_by, restores FROM board_versions
     WHERE board = $1 AND number = $2`,
    [id, number],
  );
  return row ? { name: row.name, content: boardSchema.parse(row.content) } : null;
}

export async function publishedNumber(sql: Sql, id: string): Promise<number | null> {
  const [row] = await sql.query<{ published: number | null }>(
    'SELECT published FROM boards WHERE id = $1 AND deleted_at IS NULL',
    [id],
  );
  return row?.published ?? null;
}

export async function markDeleted(sql: Sql, id: string, at: number): Promise<void> {
  await sql.query('UPDATE boards SET deleted_at = $2 WHERE id = $1', [id, new Date(at)]);
}

/** Notices in PostgreSQL. */
import { type CreateNotice, NOTICE_LEVELS } from '../../shared/api-notices.ts';
import type { Subject } from '../../shared/policy.ts';
import type { Sql } from '../db/sql.ts';

export interface StoredNotice extends Omit<CreateNotice, 'minutes'> {
  readonly site: string;
  readonly by: Pick<Subject, 'kind' | 'id' | 'name'>;
  readonly at: number;
  readonly endsAt: number;
  readonly isTakenBack: boolean;
}

interface Row {
  readonly id: string;
  readonly site: string;
  readonly text: string;
  readonly level: string;
  readonly queues: string[] | null;
  readonly teams: string[] | null;
  readonly by_kind: Subject['kind'];
  readonly by_id: string;
  readonly by_name: string;
  readonly at: Date;
  readonly ends_at: Date;
  readonly taken_back_at: Date | null;
}

const COLUMNS = 'id, site, text, level, queues, teams, by_kind, by_id, by_name, at, ends_at, taken_back_at';

function noticeOf(row: Row): StoredNotice {
  const { id, site, text, queues, teams } = row;
  return {
    ...{ id, site, text, queues, teams },
    level: NOTICE_LEVELS.find((one) => one === row.level) ?? 'info',
    by: { kind: row.by_kind, id: row.by_id, name: row.by_name },
    at: row.at.getTime(),
    endsAt: row.ends_at.getTime(),
    isTakenBack: row.taken_back_at !== null,
  };
}

/** Those that hold, important ones first, then the newest. */
export async function listNotices(sql: Sql, site: string, now: number): Promise<StoredNotice[]> {
  const rows = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM notices WHERE site = $1 AND taken_back_at IS NULL AND ends_at > $2
     ORDER BY level = 'important' DESC, at DESC, id`,
    [site, new Date(now)],
  );
  return rows.map(noticeOf);
}

export async function findNotice(sql: Sql, id: string): Promise<StoredNotice | null> {
  const [row] = await sql.query<Row>(`SELECT ${COLUMNS} FROM notices WHERE id = $1 FOR UPDATE`, [id]);
  return row ? noticeOf(row) : null;
}

/** False: the id is in use. */
export async function insertNotice(sql: Sql, notice: StoredNotice): Promise<boolean> {
  const { id, site, text, level, queues, teams, by, at, endsAt } = notice;
  const rows = await sql.query(
    `INSERT INTO notices (id, site, text, level, queues, teams, by_kind, by_id, by_name, at, ends_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING RETURNING id`,
    [id, site, text, level, queues, teams, by.kind, by.id, by.name, new Date(at), new Date(endsAt)],
  );
  return rows.length > 0;
}

export async function markTakenBack(sql: Sql, id: string, now: number): Promise<void> {
  await sql.query('UPDATE notices SET taken_back_at = $2 WHERE id = $1', [id, new Date(now)]);
}

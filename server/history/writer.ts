/**
 * One batch of stream entries into PostgreSQL: facts, what is set aside, and the cursor, in one transaction. The cursor is
 * compared first, so of two writers that hold the same one only one gets through.
 */
import { isBadData } from '../db/failure.ts';
import type { Session, Sql } from '../db/sql.ts';
import type { FactEntry } from '../redis/facts.ts';
import { type Told, upsertFacts } from './upsert.ts';

export interface Rejected {
  readonly entryMs: number;
  readonly entrySeq: number;
  readonly position: number;
  readonly reason: string;
  readonly body: string;
}

export interface Written {
  readonly facts: number;
  readonly rejected: readonly Rejected[];
}

/** Somebody else has written from the same cursor: whoever hears this reads the cursor again. */
export class CursorMoved extends Error {
  override readonly name = 'CursorMoved';
}

export interface WriterOptions {
  readonly site: string;
  /** False: numbers and names of callers are not written at all. */
  readonly keepsCallers: boolean;
}

export async function readCursor(sql: Sql, site: string): Promise<string | null> {
  const [row] = await sql.query<{ cursor: string }>('SELECT cursor FROM history_cursors WHERE site = $1', [site]);
  return row?.cursor ?? null;
}

/** `from` is the cursor as it was read, null before the first; the last entry becomes the new one. */
export async function writeEntries(
  session: Session,
  options: WriterOptions,
  from: string | null,
  entries: readonly FactEntry[],
): Promise<Written> {
  const told = entries.flatMap((entry) => toldOf(entry, options.keepsCallers));
  const rejected = entries.flatMap(rejectedOf);
  const to = entries.at(-1)?.id;
  if (to === undefined) return { facts: 0, rejected };
  try {
    await session.transaction(async (sql) => {
      await moveCursor(sql, options.site, from, to);
      await upsertFacts(sql, options.site, told);
      await setAside(sql, options.site, rejected);
    });
    return { facts: told.length, rejected };
  } catch (error) {
    // A fact that fits its schema and still cannot be a row: found by writing one by one, and set aside.
    if (!isBadData(error)) throw error;
    return writeOneByOne(session, options.site, from, to, told, rejected);
  }
}

async function writeOneByOne(
  session: Session,
  site: string,
  from: string | null,
  to: string,
  told: readonly Told[],
  rejected: Rejected[],
): Promise<Written> {
  const all = [...rejected];
  await session.transaction(async (sql) => {
    await moveCursor(sql, site, from, to);
    for (const one of told) {
      await sql.query('SAVEPOINT one');
      try {
        await upsertFacts(sql, site, [one]);
      } catch (error) {
        if (!isBadData(error)) throw error;
        await sql.query('ROLLBACK TO SAVEPOINT one');
        const { fact, ...place } = one;
        all.push({ ...place, reason: `${fact.type}: ${(error as Error).message}`, body: JSON.stringify(fact) });
      }
    }
    await setAside(sql, site, all);
  });
  return { facts: told.length + rejected.length - all.length, rejected: all };
}

async function moveCursor(sql: Sql, site: string, from: string | null, to: string): Promise<void> {
  const moved =
    from === null
      ? await sql.query(
          'INSERT INTO history_cursors (site, cursor) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING site',
          [site, to],
        )
      : await sql.query(
          'UPDATE history_cursors SET cursor = $2, updated_at = now() WHERE site = $1 AND cursor = $3 RETURNING site',
          [site, to, from],
        );
  if (moved.length === 0) throw new CursorMoved(`the cursor of ${site} is no longer ${from ?? 'unset'}`);
}

async function setAside(sql: Sql, site: string, rejected: readonly Rejected[]): Promise<void> {
  if (rejected.length === 0) return;
  await sql.query(
    `INSERT INTO rejected_facts (site, entry_ms, entry_seq, position, reason, body)
     SELECT $1, u.* FROM unnest($2::bigint[], $3::bigint[], $4::int[], $5::text[], $6::text[]) AS u ON CONFLICT DO NOTHING`,
    [
      site,
      rejected.map(({ entryMs }) => entryMs),
      rejected.map(({ entrySeq }) => entrySeq),
      rejected.map(({ position }) => position),
      rejected.map(({ reason }) => reason),
      rejected.map(({ body }) => body),
    ],
  );
}

function toldOf({ id, facts }: FactEntry, keepsCallers: boolean): Told[] {
  const version = versionOf(id);
  return facts.map(({ fact, position }) => ({
    ...version,
    position,
    fact: keepsCallers || fact.type !== 'contact' ? fact : { ...fact, callerNumber: null, callerName: null },
  }));
}

const rejectedOf = ({ id, rejected }: FactEntry): Rejected[] => rejected.map((one) => ({ ...versionOf(id), ...one }));

function versionOf(entryId: string): { entryMs: number; entrySeq: number } {
  const [entryMs = 0, entrySeq = 0] = entryId.split('-').map(Number);
  return { entryMs, entrySeq };
}

/** Contacts as they are read: an agent's day, pages of them, one caller. Nobody but `readCaller` gives a whole number. */

import type { Outcome } from '../../shared/api-history.ts';
import type { CallBackState, CallBackStep } from '../../shared/call-back.ts';
import { maskNumber } from '../../shared/caller.ts';
import type { Sql } from '../db/sql.ts';
import { AppError } from '../errors.ts';
import { type CallBackRow, callBackOf, type StoredCallBack } from './call-backs.ts';

export interface PastContact {
  readonly id: string;
  readonly queue: string;
  readonly offeredAt: number;
  readonly answeredAt: number | null;
  readonly endedAt: number;
  readonly outcome: Outcome;
  readonly waitMs: number | null;
  readonly talkMs: number | null;
  readonly holdMs: number;
  readonly acwMs: number;
  readonly isTransferred: boolean;
  readonly isEndInferred: boolean;
  /** Masked. */
  readonly caller: string | null;
}

export interface ListedContact extends PastContact {
  readonly agent: string | null;
  readonly cameBackAt: number | null;
  /** Null for one that was answered. */
  readonly callBack: StoredCallBack | null;
}

export interface ContactFilter {
  readonly from: number;
  readonly to: number | null;
  /** Those that the asker sees; null: all. */
  readonly queues: readonly string[] | null;
  readonly queue: string | null;
  readonly agent: string | null;
  readonly outcomes: readonly Outcome[] | null;
  readonly minWaitMs: number | null;
  readonly callBack: readonly CallBackState[] | null;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

interface ContactRow {
  readonly id: string;
  readonly queue: string;
  readonly agent: string | null;
  readonly offered_at: Date;
  readonly answered_at: Date | null;
  readonly ended_at: Date;
  readonly outcome: Outcome;
  readonly wait_ms: number | null;
  readonly talk_ms: number | null;
  readonly hold_ms: number;
  readonly acw_ms: number;
  readonly is_transferred: boolean;
  readonly is_end_inferred: boolean;
  readonly caller_number: string | null;
}

interface ListedRow extends ContactRow, CallBackRow {
  readonly came_back_at: Date | null;
  readonly steps: readonly { readonly step: CallBackStep; readonly by: string; readonly at: number }[] | null;
}

const COLUMNS = `c.id, c.queue, c.agent, c.offered_at, c.answered_at, c.ended_at, c.outcome, c.wait_ms, c.talk_ms, c.hold_ms,
  c.acw_ms, c.is_transferred, c.is_end_inferred, c.caller_number`;
const instant = (parameter: string): string => `to_timestamp(${parameter}::bigint / 1000.0)`;

/** More than anybody can take in a day. */
const MOST_OF_AGENT = 2_000;

/** Oldest first. A contact belongs to the day in which it was offered. */
export async function readContactsOfAgent(
  sql: Sql,
  site: string,
  agent: string,
  day: { readonly startAt: number; readonly endAt: number },
  queues: readonly string[] | null,
): Promise<PastContact[]> {
  const rows = await sql.query<ContactRow>(
    `SELECT ${COLUMNS} FROM contacts c
     WHERE c.site = $1 AND c.agent = $2 AND c.offered_at >= ${instant('$3')} AND c.offered_at < ${instant('$4')}
       AND ($5::text[] IS NULL OR c.queue = ANY ($5))
     ORDER BY c.offered_at, c.id LIMIT ${MOST_OF_AGENT}`,
    [site, agent, day.startAt, day.endAt, queues],
  );
  return rows.map(contactOf);
}

/** Within so long a caller who was lost may be answered after all. */
const CAME_BACK_WITHIN = "interval '24 hours'";

/**
 * Newest first. A page begins behind the last row of the one before, not at a count of rows: what comes in meanwhile
 * neither repeats a row nor skips one.
 */
export async function readContacts(
  sql: Sql,
  site: string,
  filter: ContactFilter,
  { cursor, limit }: { readonly cursor: string | null; readonly limit: number },
): Promise<Page<ListedContact>> {
  const after = cursor === null ? null : readCursor(cursor);
  const rows = await sql.query<ListedRow>(
    `SELECT ${COLUMNS}, b.version, b.state, b.claimant, b.claimant_name, b.claimed_at, b.attempts, b.result, steps.steps,
       came_back.at AS came_back_at
     FROM contacts c
     LEFT JOIN call_backs b ON b.site = c.site AND b.contact = c.id
     LEFT JOIN LATERAL (
       SELECT json_agg(json_build_object('step', s.step, 'by', s.by_name, 'at', round(extract(epoch FROM s.at) * 1000)) ORDER BY s.version) AS steps
       FROM call_back_steps s WHERE s.site = c.site AND s.contact = c.id) steps ON b.version IS NOT NULL
     LEFT JOIN LATERAL (
       SELECT min(later.answered_at) AS at FROM contacts later
       WHERE c.outcome <> 'answered' AND later.site = c.site AND later.caller_number = c.caller_number
         AND later.offered_at > c.offered_at AND later.offered_at < c.offered_at + ${CAME_BACK_WITHIN}
         AND later.outcome = 'answered') came_back ON true
     WHERE c.site = $1 AND c.offered_at >= ${instant('$2')}
       AND ($3::bigint IS NULL OR c.offered_at < ${instant('$3')})
       AND ($4::text[] IS NULL OR c.queue = ANY ($4))
       AND ($5::text IS NULL OR c.agent = $5)
       AND ($6::text[] IS NULL OR c.outcome = ANY ($6))
       AND ($7::bigint IS NULL OR c.wait_ms >= $7)
       AND ($8::text[] IS NULL OR c.outcome <> 'answered' AND COALESCE(b.state, 'open') = ANY ($8))
       AND ($9::bigint IS NULL OR (c.offered_at, c.id) < (${instant('$9')}, $10))
       AND ($11::text IS NULL OR c.queue = $11)
     ORDER BY c.offered_at DESC, c.id DESC LIMIT $12`,
    [
      site,
      filter.from,
      filter.to,
      filter.queues,
      filter.agent,
      filter.outcomes,
      filter.minWaitMs,
      filter.callBack,
      after?.offeredAt ?? null,
      after?.id ?? null,
      filter.queue,
      limit + 1,
    ],
  );
  const page = rows.slice(0, limit).map(listedOf);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last) : null };
}

export async function readCaller(
  sql: Sql,
  site: string,
  contact: string,
  queues: readonly string[] | null,
): Promise<{ readonly number: string | null; readonly name: string | null; readonly queue: string }> {
  const [row] = await sql.query<{ number: string | null; name: string | null; queue: string }>(
    `SELECT caller_number AS number, caller_name AS name, queue FROM contacts
     WHERE site = $1 AND id = $2 AND ($3::text[] IS NULL OR queue = ANY ($3))`,
    [site, contact, queues],
  );
  if (!row) throw new AppError('contact.unknown');
  return row;
}

const cursorOf = ({ offeredAt, id }: PastContact): string => Buffer.from(`${offeredAt}|${id}`).toString('base64url');

function readCursor(cursor: string): { offeredAt: number; id: string } {
  const [, at, id] = /^(\d{1,15})\|(.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (at === undefined || id === undefined || id.includes('\0'))
    throw new AppError('request.invalid', 'The cursor is not one that a page gave as `next`.');
  return { offeredAt: Number(at), id };
}

function contactOf(row: ContactRow): PastContact {
  return {
    id: row.id,
    queue: row.queue,
    offeredAt: row.offered_at.getTime(),
    answeredAt: row.answered_at?.getTime() ?? null,
    endedAt: row.ended_at.getTime(),
    outcome: row.outcome,
    waitMs: row.wait_ms,
    talkMs: row.talk_ms,
    holdMs: row.hold_ms,
    acwMs: row.acw_ms,
    isTransferred: row.is_transferred,
    isEndInferred: row.is_end_inferred,
    caller: maskNumber(row.caller_number),
  };
}

const listedOf = (row: ListedRow): ListedContact => ({
  ...contactOf(row),
  agent: row.agent,
  cameBackAt: row.came_back_at?.getTime() ?? null,
  callBack: row.outcome === 'answered' ? null : callBackOf(row, row.steps ?? []),
});

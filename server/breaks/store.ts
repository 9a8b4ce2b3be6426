/** Requests for breaks in PostgreSQL. A step is taken only from the state that it was decided on, so each is taken once. */
import { z } from 'zod';
import type { BreakRequest, BreakState } from '../../shared/api-breaks.ts';
import type { Subject } from '../../shared/policy.ts';
import type { Sql } from '../db/sql.ts';

export type Who = Pick<Subject, 'kind' | 'id' | 'name'>;

export interface StoredBreak {
  readonly id: string;
  readonly site: string;
  readonly agent: string;
  readonly agentName: string;
  readonly reason: string;
  readonly state: BreakState;
  readonly requestedAt: number;
  readonly requestedBy: Who;
  readonly decidedAt: number | null;
  readonly decidedBy: Who | null;
  /** Of the pause. */
  readonly command: string | null;
  readonly startedAt: number | null;
  readonly endAskedAt: number | null;
  readonly endAskedBy: Who | null;
  /** Of the end of the pause. */
  readonly endCommand: string | null;
  readonly endedAt: number | null;
  readonly cause: string | null;
}

const whoSchema = z.object({
  kind: z.enum(['person', 'token', 'screen', 'anybody']),
  id: z.string(),
  name: z.string(),
});

interface Row {
  readonly id: string;
  readonly site: string;
  readonly agent: string;
  readonly agent_name: string;
  readonly reason: string;
  readonly state: BreakState;
  readonly requested_at: Date;
  readonly requested_by: unknown;
  readonly decided_at: Date | null;
  readonly decided_by: unknown;
  readonly command: string | null;
  readonly started_at: Date | null;
  readonly end_asked_at: Date | null;
  readonly end_asked_by: unknown;
  readonly end_command: string | null;
  readonly ended_at: Date | null;
  readonly cause: string | null;
}

const storedOf = (row: Row): StoredBreak => ({
  id: row.id,
  site: row.site,
  agent: row.agent,
  agentName: row.agent_name,
  reason: row.reason,
  state: row.state,
  requestedAt: row.requested_at.getTime(),
  requestedBy: whoSchema.parse(row.requested_by),
  decidedAt: row.decided_at?.getTime() ?? null,
  decidedBy: whoSchema.nullable().parse(row.decided_by),
  command: row.command,
  startedAt: row.started_at?.getTime() ?? null,
  endAskedAt: row.end_asked_at?.getTime() ?? null,
  endAskedBy: whoSchema.nullable().parse(row.end_asked_by),
  endCommand: row.end_command,
  endedAt: row.ended_at?.getTime() ?? null,
  cause: row.cause,
});

/** As the API tells it. */
export const toldOf = (one: StoredBreak): BreakRequest => ({
  id: one.id,
  agent: one.agent,
  name: one.agentName,
  reason: one.reason,
  state: one.state,
  requestedAt: one.requestedAt,
  requestedBy: one.requestedBy.name,
  decidedAt: one.decidedAt,
  decidedBy: one.decidedBy?.name ?? null,
  startedAt: one.startedAt,
  endedAt: one.endedAt,
  isEnding: one.state === 'onBreak' && one.endCommand !== null,
  cause: one.cause,
});

/** One decision of a site at a time: each is made on what those before it left. */
export async function lockSite(sql: Sql, site: string): Promise<void> {
  await sql.query("SELECT pg_advisory_xact_lock(hashtextextended('floorcast.breaks.' || $1, 0))", [site]);
}

export async function listOpen(sql: Sql, site: string): Promise<StoredBreak[]> {
  const rows = await sql.query<Row>(
    "SELECT * FROM break_requests WHERE site = $1 AND state IN ('requested', 'granted', 'onBreak') ORDER BY requested_at, id",
    [site],
  );
  return rows.map(storedOf);
}

/** What came to nothing since, newest first. */
export async function listRecent(sql: Sql, site: string, since: number): Promise<StoredBreak[]> {
  const rows = await sql.query<Row>(
    `SELECT * FROM break_requests WHERE site = $1 AND state IN ('refused', 'expired', 'failed')
       AND requested_at >= to_timestamp($2::bigint / 1000.0) - interval '12 hours'
       AND ended_at >= to_timestamp($2::bigint / 1000.0) ORDER BY ended_at DESC, id LIMIT 20`,
    [site, since],
  );
  return rows.map(storedOf);
}

export async function findBreak(sql: Sql, site: string, id: string): Promise<StoredBreak | null> {
  const [row] = await sql.query<Row>('SELECT * FROM break_requests WHERE site = $1 AND id = $2', [site, id]);
  return row ? storedOf(row) : null;
}

/** Null where the id is taken, here or in another site. */
export async function insertBreak(
  sql: Sql,
  { id, site, agent, agentName, reason, requestedAt, requestedBy }: NewBreak,
): Promise<StoredBreak | null> {
  const [row] = await sql.query<Row>(
    `INSERT INTO break_requests (id, site, agent, agent_name, reason, state, requested_at, requested_by)
     VALUES ($1, $2, $3, $4, $5, 'requested', to_timestamp($6::bigint / 1000.0), $7) ON CONFLICT (id) DO NOTHING RETURNING *`,
    [id, site, agent, agentName, reason, requestedAt, JSON.stringify(requestedBy)],
  );
  return row ? storedOf(row) : null;
}
export type NewBreak = Pick<
  StoredBreak,
  'id' | 'site' | 'agent' | 'agentName' | 'reason' | 'requestedAt' | 'requestedBy'
>;

type Changes = Partial<Omit<StoredBreak, keyof NewBreak>>;

/** Null where the request is no longer as it was. */
export async function changeBreak(sql: Sql, before: StoredBreak, changes: Changes): Promise<StoredBreak | null> {
  const after = { ...before, ...changes };
  const json = (who: Who | null): string | null => (who === null ? null : JSON.stringify(who));
  const [row] = await sql.query<Row>(
    `UPDATE break_requests SET state = $4, decided_at = to_timestamp($5::bigint / 1000.0), decided_by = $6, command = $7,
       started_at = to_timestamp($8::bigint / 1000.0), end_asked_at = to_timestamp($9::bigint / 1000.0), end_asked_by = $10,
       end_command = $11, ended_at = to_timestamp($12::bigint / 1000.0), cause = $13
     WHERE id = $1 AND state = $2 AND end_command IS NOT DISTINCT FROM $3 RETURNING *`,
    [
      ...[before.id, before.state, before.endCommand],
      ...[after.state, after.decidedAt, json(after.decidedBy), after.command, after.startedAt],
      ...[after.endAskedAt, json(after.endAskedBy), after.endCommand, after.endedAt, after.cause],
    ],
  );
  return row ? storedOf(row) : null;
}

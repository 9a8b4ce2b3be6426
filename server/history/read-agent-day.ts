/** What history knows of an agent's day. The state that goes on is not over: the gateway adds it from its live view. */
import type { Activity, Presence } from '../../shared/presence.ts';
import type { Sql } from '../db/sql.ts';
import { type PastContact, readContactsOfAgent } from './read-contacts.ts';
import { readCursor } from './writer.ts';

interface Span {
  readonly startAt: number;
  readonly endAt: number;
}

export interface PastSegment extends Span {
  readonly presence: Presence;
  readonly reason: string;
  readonly activity: Activity;
}

export interface PastGap {
  readonly source: string;
  readonly startAt: number;
  readonly endAt: number | null;
}

export interface AgentDayHistory {
  /** Oldest first, cut to the day. */
  readonly segments: readonly PastSegment[];
  readonly contacts: readonly PastContact[];
  readonly gaps: readonly PastGap[];
  /** Facts up to this entry are in all of them; null before the first was written. */
  readonly cursor: string | null;
}

/** Segments are cut where a business day begins, so none is longer than the longest day. */
const LONGEST_MS = 48 * 3_600_000;

/** Contacts of `queues` only; null: of all. */
export async function readAgentDay(
  sql: Sql,
  site: string,
  agent: string,
  day: Span,
  queues: readonly string[] | null,
): Promise<AgentDayHistory> {
  // First, so that what is read after it holds at least this much.
  const cursor = await readCursor(sql, site);
  const [segments, contacts, gaps] = await Promise.all([
    readSegments(sql, site, agent, day),
    readContactsOfAgent(sql, site, agent, day, queues),
    readGaps(sql, site, day),
  ]);
  return { segments, contacts, gaps, cursor };
}

async function readSegments(sql: Sql, site: string, agent: string, day: Span): Promise<PastSegment[]> {
  const rows = await sql.query<{
    start_at: Date;
    end_at: Date;
    presence: Presence;
    reason: string;
    activity: Activity;
  }>(
    `SELECT start_at, end_at, presence, reason, activity FROM agent_segments
     WHERE site = $1 AND agent = $2 AND start_at >= to_timestamp($3::bigint / 1000.0)
       AND start_at < to_timestamp($5::bigint / 1000.0) AND end_at > to_timestamp($4::bigint / 1000.0)
     ORDER BY start_at`,
    [site, agent, day.startAt - LONGEST_MS, day.startAt, day.endAt],
  );
  return rows.map(({ start_at, end_at, presence, reason, activity }) => ({
    startAt: Math.max(start_at.getTime(), day.startAt),
    endAt: Math.min(end_at.getTime(), day.endAt),
    presence,
    reason,
    activity,
  }));
}

async function readGaps(sql: Sql, site: string, day: Span): Promise<PastGap[]> {
  const rows = await sql.query<{ source: string; start_at: Date; end_at: Date | null }>(
    `SELECT source, start_at, end_at FROM gaps
     WHERE site = $1 AND start_at < to_timestamp($3::bigint / 1000.0)
       AND (end_at IS NULL OR end_at > to_timestamp($2::bigint / 1000.0))
     ORDER BY start_at, source`,
    [site, day.startAt, day.endAt],
  );
  return rows.map(({ source, start_at, end_at }) => ({
    source,
    startAt: start_at.getTime(),
    endAt: end_at?.getTime() ?? null,
  }));
}

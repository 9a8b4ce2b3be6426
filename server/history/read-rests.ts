/** Since when people are there and when they rested last, as far as it is over and written. */
import type { LastRest } from '../../shared/breaks.ts';
import type { Sql } from '../db/sql.ts';

export async function readRests(sql: Sql, site: string, since: number): Promise<Map<string, LastRest>> {
  const rows = await sql.query<{ agent: string; signed_out_until: Date | null; rested_until: Date | null }>(
    `SELECT agent, max(end_at) FILTER (WHERE presence = 'signedOut') AS signed_out_until,
       max(end_at) FILTER (WHERE presence IN ('onBreak', 'meal')) AS rested_until
     FROM agent_segments
     WHERE site = $1 AND end_at >= to_timestamp($2::bigint / 1000.0) AND presence IN ('signedOut', 'onBreak', 'meal')
     GROUP BY agent`,
    [site, since],
  );
  return new Map(
    rows.map((row) => [
      row.agent,
      {
        signedOutUntil: row.signed_out_until?.getTime() ?? null,
        restedUntil: row.rested_until?.getTime() ?? null,
      },
    ]),
  );
}

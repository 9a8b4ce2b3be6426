/** Deletes what is older than its time, in small portions, so that nobody waits behind a large delete. */
import type { Database } from '../db/database.ts';

/** Days; a day is 24 hours here. */
export interface Retention {
  readonly contactDays: number;
  readonly segmentDays: number;
  readonly intervalDays: number;
  /** Gaps and corrections. */
  readonly correctionDays: number;
  /** Numbers and names of callers, in contacts and in what was set aside; 0 writes none. */
  readonly callerDays: number;
}

interface Rule {
  readonly table: string;
  readonly isOld: string;
  readonly days: (retention: Retention) => number;
  /** Null deletes the row. */
  readonly set?: string;
}

const RULES: readonly Rule[] = [
  { table: 'contacts', isOld: 'ended_at < $1', days: (one) => one.contactDays },
  { table: 'agent_segments', isOld: 'end_at < $1', days: (one) => one.segmentDays },
  { table: 'intervals', isOld: 'start_at < $1', days: (one) => one.intervalDays },
  { table: 'gaps', isOld: 'end_at < $1', days: (one) => one.correctionDays },
  { table: 'corrections', isOld: 'at < $1', days: (one) => one.correctionDays },
  { table: 'rejected_facts', isOld: 'rejected_at < $1', days: (one) => one.callerDays },
  {
    table: 'contacts',
    isOld: 'ended_at < $1 AND (caller_number IS NOT NULL OR caller_name IS NOT NULL)',
    days: (one) => one.callerDays,
    set: 'caller_number = NULL, caller_name = NULL',
  },
];

const PORTION = 1_000;
const DAY_MS = 86_400_000;

/** Rows deleted or emptied. Stops between two portions when the signal is aborted; the next run goes on. */
export async function applyRetention(
  database: Database,
  retention: Retention,
  now: number,
  signal: AbortSignal,
): Promise<number> {
  let total = 0;
  for (const { table, isOld, days, set } of RULES) {
    const before = new Date(now - days(retention) * DAY_MS).toISOString();
    const change = set === undefined ? `DELETE FROM ${table}` : `UPDATE ${table} SET ${set}`;
    const statement = `
      WITH changed AS (
        ${change} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${isOld} LIMIT ${PORTION} FOR UPDATE SKIP LOCKED)) RETURNING 1)
      SELECT count(*)::int AS rows FROM changed`;
    for (let rows = PORTION; rows === PORTION && !signal.aborted; ) {
      [{ rows }] = (await database.query<{ rows: number }>(statement, [before])) as [{ rows: number }];
      total += rows;
    }
  }
  return total;
}

/** Calling lost callers back: one step at a time, by version, so that of two who claim at once one gets it. */
import { type CallBack, type CallBackStep, type Claimant, NO_CALL_BACK, stepped } from '../../shared/call-back.ts';
import type { Database } from '../db/database.ts';
import type { Sql } from '../db/sql.ts';
import { AppError } from '../errors.ts';

export interface StoredCallBack extends CallBack {
  /** 0 before the first step. */
  readonly version: number;
  /** Oldest first. */
  readonly steps: readonly Step[];
}

interface Step {
  readonly step: CallBackStep;
  /** Name. */
  readonly by: string;
  readonly at: number;
}

export interface CallBackRow {
  readonly version: number | null;
  readonly state: CallBack['state'] | null;
  readonly claimant: string | null;
  readonly claimant_name: string | null;
  readonly claimed_at: Date | null;
  readonly attempts: number | null;
  readonly result: CallBack['result'];
}

export interface CallBackChange {
  readonly step: CallBackStep;
  /** The version that it was decided on. */
  readonly base: number;
  readonly by: Claimant;
  /** Server clock. */
  readonly at: number;
  /** A contact of another queue is as one that does not exist. Null: of all queues. */
  readonly queues: readonly string[] | null;
  /** Written down in the transaction of the step itself. */
  readonly note: (sql: Sql, before: CallBack, after: CallBack) => Promise<void>;
}

/** Throws `callBack.conflict` when somebody was faster, `callBack.notPossible` when the step does not fit. */
export async function takeStep(
  database: Database,
  site: string,
  contact: string,
  { step, base, by, at, queues, note }: CallBackChange,
): Promise<StoredCallBack> {
  return database.transaction(async (sql) => {
    const { outcome, ...before } = await readCallBack(sql, site, contact, queues);
    if (before.version !== base) throw new AppError('callBack.conflict');
    const next = outcome === 'answered' ? null : stepped(before, step, by, at);
    if (next === null) throw new AppError('callBack.notPossible');
    await write(sql, site, contact, base, next);
    await sql.query(
      `INSERT INTO call_back_steps (site, contact, version, step, by, by_name, at)
       VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7::bigint / 1000.0))`,
      [site, contact, base + 1, step, by.id, by.name, at],
    );
    await note(sql, before, next);
    return { ...next, version: base + 1, steps: [...before.steps, { step, by: by.name, at }] };
  });
}

export function callBackOf(row: CallBackRow, steps: readonly Step[]): StoredCallBack {
  if (row.version === null || row.state === null) return { ...NO_CALL_BACK, version: 0, steps: [] };
  return {
    version: row.version,
    state: row.state,
    claimant: row.claimant === null ? null : { id: row.claimant, name: row.claimant_name ?? row.claimant },
    claimedAt: row.claimed_at?.getTime() ?? null,
    attempts: row.attempts ?? 0,
    result: row.result,
    steps,
  };
}

async function readCallBack(
  sql: Sql,
  site: string,
  contact: string,
  queues: readonly string[] | null,
): Promise<StoredCallBack & { outcome: string }> {
  const [row] = await sql.query<CallBackRow & { outcome: string }>(
    `SELECT c.outcome, b.version, b.state, b.claimant, b.claimant_name, b.claimed_at, b.attempts, b.result
     FROM contacts c LEFT JOIN call_backs b ON b.site = c.site AND b.contact = c.id WHERE c.site = $1 AND c.id = $2
       AND ($3::text[] IS NULL OR c.queue = ANY ($3))`,
    [site, contact, queues],
  );
  if (!row) throw new AppError('contact.unknown');
  const steps = await sql.query<{ step: CallBackStep; by: string; at: Date }>(
    'SELECT step, by_name AS by, at FROM call_back_steps WHERE site = $1 AND contact = $2 ORDER BY version',
    [site, contact],
  );
  return {
    outcome: row.outcome,
    ...callBackOf(
      row,
      steps.map((one) => ({ ...one, at: one.at.getTime() })),
    ),
  };
}

/** Whoever waited here for another's commit finds the version gone on, and nothing is written. */
async function write(sql: Sql, site: string, contact: string, base: number, next: CallBack): Promise<void> {
  const written = await sql.query(
    `INSERT INTO call_backs AS b (site, contact, version, state, claimant, claimant_name, claimed_at, attempts, result)
     VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7::bigint / 1000.0), $8, $9)
     ON CONFLICT (site, contact) DO UPDATE SET version = excluded.version, state = excluded.state, claimant = excluded.claimant,
       claimant_name = excluded.claimant_name, claimed_at = excluded.claimed_at, attempts = excluded.attempts, result = excluded.result
     WHERE b.version = $10 RETURNING 1`,
    [
      site,
      contact,
      base + 1,
      next.state,
      next.claimant?.id ?? null,
      next.claimant?.name ?? null,
      next.claimedAt,
      next.attempts,
      next.result,
      base,
    ],
  );
  if (written.length === 0) throw new AppError('callBack.conflict');
}

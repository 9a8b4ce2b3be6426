/**
 * Who did what. Entries are only ever added (a trigger of the database sees to it), in the transaction of the act itself
 * where it has one: there is no act without its entry, and no entry of an act that did not happen.
 */
import type { AuditEntry } from '../../shared/api-access.ts';
import { isWhole, type Subject, viewOf } from '../../shared/policy.ts';
import type { Sql } from '../db/sql.ts';

export interface AuditRecord {
  readonly who: Pick<Subject, 'kind' | 'id' | 'name'>;
  /** `noun.past`, as person.created. */
  readonly act: string;
  readonly site: string | null;
  /** Id of what was acted on. */
  readonly subject: string;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
  /** Address of the asker. */
  readonly from: string;
}

const MAX_TEXT = 500;
const HIDDEN = '[hidden]';
const IS_SECRET = /password|secret|token$|hash$|^code$/i;

export async function recordAct(sql: Sql, entry: AuditRecord): Promise<void> {
  const { who, act, site, subject, reason, before, after, from } = entry;
  await sql.query(
    `INSERT INTO audit_log (who_kind, who_id, who_name, act, site, subject, reason, before, after, from_address)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      who.kind,
      who.id,
      who.name,
      act,
      site,
      textOf(subject),
      reason === null ? null : textOf(reason),
      jsonOf(before),
      jsonOf(after),
      textOf(from),
    ],
  );
}

/** What PostgreSQL cannot hold is left out: an act is not refused for the words of its reason. */
const textOf = (text: string): string => text.replaceAll('\0', '').slice(0, MAX_TEXT);

/** A second line of defence: whoever records an act leaves secrets out. */
function jsonOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const hide = (key: string, one: unknown) =>
    IS_SECRET.test(key) && typeof one === 'string' ? HIDDEN : typeof one === 'string' ? one.replaceAll('\0', '') : one;
  return JSON.stringify(value, hide);
}

interface Row {
  readonly number: number;
  readonly at: Date;
  readonly who_kind: string;
  readonly who_id: string;
  readonly who_name: string;
  readonly act: string;
  readonly site: string | null;
  readonly subject: string;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly from_address: string;
}

export interface AuditQuery {
  readonly before?: number | undefined;
  readonly limit: number;
  readonly text?: string | undefined;
}

/**
 * Newest first, what the asker may see: of all sites everything; of some sites what was done there; whoever sees only some
 * queues or teams, the own acts, because an entry does not say of which queue or team it is.
 */
export async function readAudit(
  sql: Sql,
  asker: Subject,
  { before, limit, text }: AuditQuery,
): Promise<{ entries: AuditEntry[]; next: number | null }> {
  const { sites } = asker.scope;
  const pattern = text ? `%${text.replaceAll('\0', '').replace(/[\\%_]/g, '\\$&')}%` : null;
  const rows = await sql.query<Row>(
    `SELECT number, at, who_kind, who_id, who_name, act, site, subject, reason, before, after, from_address
     FROM audit_log
     WHERE ($1::bigint IS NULL OR number < $1)
       AND ($2::text IS NULL OR act ILIKE $2 OR subject ILIKE $2 OR reason ILIKE $2 OR who_name ILIKE $2)
       AND ((who_kind = $3 AND who_id = $4) OR ($5 AND ($6::text[] IS NULL OR site = ANY($6))))
     ORDER BY number DESC LIMIT $7`,
    [before ?? null, pattern, asker.kind, asker.id, isWhole(viewOf(asker)), sites, limit + 1],
  );
  const entries = rows.slice(0, limit).map(entryOf);
  return { entries, next: rows.length > limit ? (entries.at(-1)?.number ?? null) : null };
}

const entryOf = (row: Row): AuditEntry => ({
  number: row.number,
  at: row.at.getTime(),
  who: { kind: row.who_kind, id: row.who_id, name: row.who_name },
  act: row.act,
  site: row.site,
  subject: row.subject,
  reason: row.reason,
  before: row.before,
  after: row.after,
  from: row.from_address,
});

/** What a failure of PostgreSQL means: our mistake in a statement, or a server that is not there. */
import { AppError } from '../errors.ts';

/** SQLSTATE classes that speak of the statement or its data; everything else is about the server or the way to it. */
const OF_THE_STATEMENT = ['0A', '21', '22', '23', '25', '26', '2B', '34', '40', '42', '44', '55', 'P0'];
/** Class 25, but after a failover: a server that takes no writes is not the one we need. */
const READ_ONLY = '25006';
const OF_THE_DATA = ['22', '23'];

function sqlStateOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E') ? code : null;
}

/** Waiting may mend it: unreachable, stopping, out of connections or disk, log-in refused, read-only. */
export function isOutage(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === null ? isOfTheWay(error) : state === READ_ONLY || !OF_THE_STATEMENT.includes(state.slice(0, 2));
}

/** What `Database` says of an outage. */
export const isAway = (error: unknown): boolean => error instanceof AppError && error.code === 'database.unreachable';

/** The rows can never be written as they are. */
export const isBadData = (error: unknown): boolean => OF_THE_DATA.includes(sqlStateOf(error)?.slice(0, 2) ?? '');

export function reasonOf(error: unknown): string {
  // A name with several addresses fails with one error for each.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return first instanceof Error ? first.message : String(first);
}

/** Failures of sockets and what `pg` itself says of broken or silent connections. A TypeError is neither. */
function isOfTheWay(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.every(isOfTheWay);
  if ('code' in error && typeof error.code === 'string') return true;
  return /connection|timeout|timed out|terminat|not queryable|closed/i.test(error.message);
}

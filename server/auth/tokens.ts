/** API tokens in PostgreSQL, each by the hash of its secret. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Token } from '../../shared/api-access.ts';
import { covers, RIGHTS, type Right, type Scope, scopeSchema } from '../../shared/policy.ts';
import type { Sql } from '../db/sql.ts';
import { type Account, findPeople, powersOf } from './people.ts';

export const TOKEN_PREFIX = 'fc_';

/** The secret has 256 random bits: a fast hash is enough, and lets PostgreSQL find it. */
export const hashOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** A right that a newer version gave and this one does not know is none. */
const rightsSchema = z.array(z.string()).transform((names): Right[] => RIGHTS.filter((right) => names.includes(right)));

export interface StoredToken extends Token {
  /** Null: made with the admin token. */
  readonly makerId: string | null;
}

const COLUMNS = 'id, name, rights, scope, created_at, created_by, created_by_name, expires_at, used_at';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly rights: unknown;
  readonly scope: unknown;
  readonly created_at: Date;
  readonly created_by: string | null;
  readonly created_by_name: string;
  readonly expires_at: Date | null;
  readonly used_at: Date | null;
}

const tokenOf = (row: Row): StoredToken => ({
  id: row.id,
  name: row.name,
  rights: rightsSchema.parse(row.rights),
  scope: scopeSchema.parse(row.scope),
  createdAt: row.created_at.getTime(),
  createdBy: row.created_by_name,
  makerId: row.created_by,
  expiresAt: row.expires_at?.getTime() ?? null,
  usedAt: row.used_at?.getTime() ?? null,
});

export async function listTokens(sql: Sql): Promise<StoredToken[]> {
  const rows = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM api_tokens WHERE revoked_at IS NULL ORDER BY created_at, id`,
  );
  return rows.map(tokenOf);
}

/**
 * The token of a secret, where it holds now: not revoked, not expired, and within what its maker may. Somebody who was
 * taken a right, or left, must not keep it in a token.
 */
export async function findHolding(sql: Sql, secretHash: string, now: number): Promise<StoredToken | null> {
  const [row] = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM api_tokens WHERE secret_hash = $1 AND revoked_at IS NULL`,
    [secretHash],
  );
  if (!row) return null;
  const token = tokenOf(row);
  if (token.expiresAt !== null && token.expiresAt <= now) return null;
  if (token.makerId === null) return token;
  const [maker] = await findPeople(sql, [token.makerId]);
  return maker && isWithin(maker, token) ? token : null;
}

const isWithin = (maker: Account, token: Pick<Token, 'rights' | 'scope'>): boolean =>
  maker.isActive && covers(powersOf(maker), token);

export interface NewToken {
  readonly id: string;
  readonly name: string;
  readonly secretHash: string;
  readonly rights: readonly Right[];
  readonly scope: Scope;
  readonly makerId: string | null;
  readonly makerName: string;
  readonly expiresAt: number | null;
}

export async function insertToken(sql: Sql, one: NewToken): Promise<StoredToken> {
  const [row] = await sql.query<Row>(
    `INSERT INTO api_tokens (id, name, secret_hash, rights, scope, created_by, created_by_name, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${COLUMNS}`,
    [
      one.id,
      one.name,
      one.secretHash,
      JSON.stringify(one.rights),
      JSON.stringify(one.scope),
      one.makerId,
      one.makerName,
      one.expiresAt === null ? null : new Date(one.expiresAt),
    ],
  );
  return tokenOf(row as Row);
}

/** Null: there is none that could be revoked. */
export async function findToken(sql: Sql, id: string): Promise<StoredToken | null> {
  const [row] = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM api_tokens WHERE id = $1 AND revoked_at IS NULL FOR UPDATE`,
    [id],
  );
  return row ? tokenOf(row) : null;
}

export async function markRevoked(sql: Sql, id: string, at: number): Promise<void> {
  await sql.query('UPDATE api_tokens SET revoked_at = $2 WHERE id = $1', [id, new Date(at)]);
}

export async function markUsed(sql: Sql, id: string, at: number): Promise<void> {
  await sql.query('UPDATE api_tokens SET used_at = greatest(used_at, $2) WHERE id = $1', [id, new Date(at)]);
}

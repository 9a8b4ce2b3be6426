/** People in PostgreSQL. */
import { z } from 'zod';
import type { Person } from '../../shared/api-access.ts';
import { RIGHTS_OF, ROLES, type Role, type Scope, type Subject, scopeSchema } from '../../shared/policy.ts';
import type { Sql } from '../db/sql.ts';

export interface Account {
  readonly id: string;
  readonly version: number;
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly isActive: boolean;
  readonly passwordHash: string | null;
  readonly mustChangePassword: boolean;
  readonly totpSecret: string | null;
  readonly totpStep: number;
  /** The identity provider's name for somebody who signs in through it; null until the first time. */
  readonly signOnSubject: string | null;
  readonly createdAt: number;
  readonly signedInAt: number | null;
}

const roleSchema = z.enum(ROLES);

const COLUMNS = `id, version, login, name, role, scope, is_active, password_hash, must_change_password,
  totp_secret, totp_step, sign_on_subject, created_at, signed_in_at`;

interface Row {
  readonly id: string;
  readonly version: number;
  readonly login: string;
  readonly name: string;
  readonly role: string;
  readonly scope: unknown;
  readonly is_active: boolean;
  readonly password_hash: string | null;
  readonly must_change_password: boolean;
  readonly totp_secret: string | null;
  readonly totp_step: number;
  readonly sign_on_subject: string | null;
  readonly created_at: Date;
  readonly signed_in_at: Date | null;
}

const accountOf = (row: Row): Account => ({
  id: row.id,
  version: row.version,
  login: row.login,
  name: row.name,
  role: roleSchema.parse(row.role),
  scope: scopeSchema.parse(row.scope),
  isActive: row.is_active,
  passwordHash: row.password_hash,
  mustChangePassword: row.must_change_password,
  totpSecret: row.totp_secret,
  totpStep: row.totp_step,
  signOnSubject: row.sign_on_subject,
  createdAt: row.created_at.getTime(),
  signedInAt: row.signed_in_at?.getTime() ?? null,
});

export async function findByLogin(sql: Sql, login: string): Promise<Account | null> {
  const [row] = await sql.query<Row>(`SELECT ${COLUMNS} FROM people WHERE login = $1`, [login]);
  return row ? accountOf(row) : null;
}

/** Somebody who signs in through the identity provider. */
export async function findBySubject(sql: Sql, subject: string): Promise<Account | null> {
  const [row] = await sql.query<Row>(`SELECT ${COLUMNS} FROM people WHERE sign_on_subject = $1`, [subject]);
  return row ? accountOf(row) : null;
}

/** From now on nobody else over there is this person. No new version: what the person may is the same. */
export async function bindSubject(sql: Sql, id: string, subject: string): Promise<Account> {
  const [row] = await sql.query<Row>(`UPDATE people SET sign_on_subject = $2 WHERE id = $1 RETURNING ${COLUMNS}`, [
    id,
    subject,
  ]);
  return accountOf(row as Row);
}

export async function findPerson(sql: Sql, id: string): Promise<Account | null> {
  const [row] = await sql.query<Row>(`SELECT ${COLUMNS} FROM people WHERE id = $1`, [id]);
  return row ? accountOf(row) : null;
}

export async function findPeople(sql: Sql, ids: readonly string[]): Promise<Account[]> {
  return (await sql.query<Row>(`SELECT ${COLUMNS} FROM people WHERE id = ANY($1)`, [ids])).map(accountOf);
}

export async function listPeople(sql: Sql): Promise<Account[]> {
  return (await sql.query<Row>(`SELECT ${COLUMNS} FROM people ORDER BY login`)).map(accountOf);
}

/** Somebody who can do everything everywhere; without one the installation is not set up. */
const IS_ADMINISTRATOR = `role = 'administrator' AND is_active
  AND scope -> 'sites' = 'null' AND scope -> 'queues' = 'null' AND scope -> 'teams' = 'null'`;

export async function hasAdministrator(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ is: boolean }>(`SELECT EXISTS (SELECT FROM people WHERE ${IS_ADMINISTRATOR}) AS is`);
  return row?.is === true;
}

/** One change of people at a time, so that two cannot each take the other's right to be the last administrator. */
export async function lockPeople(sql: Sql): Promise<void> {
  await sql.query("SELECT pg_advisory_xact_lock(hashtextextended('floorcast.people', 0))");
}

type NewAccount = Pick<Account, 'id' | 'login' | 'name' | 'role' | 'scope' | 'passwordHash' | 'mustChangePassword'>;

/** Null: the login is taken. */
export async function insertPerson(sql: Sql, one: NewAccount): Promise<Account | null> {
  const [row] = await sql.query<Row>(
    `INSERT INTO people (id, login, name, role, scope, password_hash, must_change_password)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (login) DO NOTHING RETURNING ${COLUMNS}`,
    [one.id, one.login, one.name, one.role, JSON.stringify(one.scope), one.passwordHash, one.mustChangePassword],
  );
  return row ? accountOf(row) : null;
}

/** Writes the account whole, with the next version. */
export async function updatePerson(sql: Sql, one: Account): Promise<Account> {
  const [row] = await sql.query<Row>(
    `UPDATE people SET version = version + 1, name = $2, role = $3, scope = $4, is_active = $5, password_hash = $6,
       must_change_password = $7, totp_secret = $8, sign_on_subject = $9 WHERE id = $1 RETURNING ${COLUMNS}`,
    [
      one.id,
      one.name,
      one.role,
      JSON.stringify(one.scope),
      one.isActive,
      one.passwordHash,
      one.mustChangePassword,
      one.totpSecret,
      one.signOnSubject,
    ],
  );
  return accountOf(row as Row);
}

/** False: the code of that step, or of a later one, was taken before. */
export async function takeTotpStep(sql: Sql, id: string, step: number): Promise<boolean> {
  const taken = await sql.query('UPDATE people SET totp_step = $2 WHERE id = $1 AND totp_step < $2 RETURNING id', [
    id,
    step,
  ]);
  return taken.length === 1;
}

export async function noteSignIn(sql: Sql, id: string, at: number, rehashed: string | null): Promise<void> {
  await sql.query('UPDATE people SET signed_in_at = $2, password_hash = coalesce($3, password_hash) WHERE id = $1', [
    id,
    new Date(at),
    rehashed,
  ]);
}

export const personOf = (account: Account): Person => ({
  id: account.id,
  version: account.version,
  login: account.login,
  name: account.name,
  role: account.role,
  scope: account.scope,
  isActive: account.isActive,
  hasTotp: account.totpSecret !== null,
  isLocal: account.passwordHash !== null,
  createdAt: account.createdAt,
  signedInAt: account.signedInAt,
});

export const powersOf = ({ role, scope }: Pick<Account, 'role' | 'scope'>): Pick<Subject, 'rights' | 'scope'> => ({
  rights: RIGHTS_OF[role],
  scope,
});

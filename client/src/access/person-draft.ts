/** A person as a form holds one, and what of it does not fit. Pure. */
import type { z } from 'zod';
import type { changePersonBody, newPersonBody, Person } from '../../../shared/api-access.ts';
import { EVERYWHERE, type Role, type Scope } from '../../../shared/policy.ts';
import type { FieldErrors } from './field-errors.ts';
import { MIN_PASSWORD_LENGTH } from './password-strength.ts';

/** The rules of the contracts, said again without their schemas, which would travel to every screen. A test compares them. */
const LOGIN = /^[\p{L}\p{N}._@-]{2,64}$/u;
const MAX_NAME = 64;

export interface PersonDraft {
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly isActive: boolean;
  /** Null: the one they have stays. */
  readonly password: string | null;
  readonly resetTotp: boolean;
}

/** The least somebody can be: what they may do is chosen on purpose. */
export const NEW_PERSON: PersonDraft = {
  login: '',
  name: '',
  role: 'viewer',
  scope: EVERYWHERE,
  isActive: true,
  password: '',
  resetTotp: false,
};

export const draftOf = ({ login, name, role, scope, isActive }: Person): PersonDraft => ({
  ...{ login, name, role, scope, isActive },
  password: null,
  resetTotp: false,
});

export function checkAccount(account: { name: string; login?: string; password?: string | null }): FieldErrors {
  const { name, login, password } = account;
  const { length } = name.trim();
  return {
    ...(length === 0 && { name: 'missing' }),
    ...(length > MAX_NAME && { name: 'nameLong' }),
    ...(login?.trim() === '' && { login: 'missing' }),
    ...(login && login.trim() !== '' && !LOGIN.test(login.trim()) && { login: 'loginShape' }),
    ...(password === '' && { password: 'missing' }),
    ...(password && password.length < MIN_PASSWORD_LENGTH && { password: 'passwordShort' }),
  };
}

export function newBody({ login, name, role, scope, password }: PersonDraft): z.input<typeof newPersonBody> {
  return { login, name, role, scope: tidy(scope), password };
}

export function changeBody(draft: PersonDraft, version: number): z.input<typeof changePersonBody> {
  const { name, role, scope, isActive, password, resetTotp } = draft;
  return {
    ...{ version, name, role, scope: tidy(scope), isActive },
    ...(password !== null && { password }),
    ...(resetTotp && { resetTotp }),
  };
}

const tidyNames = (names: readonly string[] | null): string[] | null => names && [...new Set(names)].sort();

const tidy = ({ sites, queues, teams }: Scope): Scope => ({
  sites: tidyNames(sites),
  queues: tidyNames(queues),
  teams: tidyNames(teams),
});

export const isSameDraft = (one: PersonDraft, other: PersonDraft): boolean => differences(one, other).length === 0;

export const DRAFT_FIELDS = [
  'name',
  'login',
  'role',
  'sites',
  'queues',
  'teams',
  'isActive',
  'password',
  'resetTotp',
] as const;
export type DraftField = (typeof DRAFT_FIELDS)[number];

/** In which fields two drafts differ, in the order of the form. */
export function differences(one: PersonDraft, other: PersonDraft): readonly DraftField[] {
  const text = (draft: PersonDraft, field: DraftField): string =>
    JSON.stringify(
      field === 'sites' || field === 'queues' || field === 'teams' ? tidy(draft.scope)[field] : draft[field],
    );
  return DRAFT_FIELDS.filter((field) => text(one, field) !== text(other, field));
}

/** What does not fit, field by field, as keys of `access.problem`. */
import { codeOf, type RequestFailed } from '../api.ts';

export const FIELDS = [
  'name',
  'login',
  'password',
  'code',
  'scope',
  'rights',
  'current',
  'role',
  'expiresInDays',
] as const;
export type Field = (typeof FIELDS)[number];
export type Problem =
  | 'missing'
  | 'nameLong'
  | 'loginShape'
  | 'loginTaken'
  | 'passwordShort'
  | 'passwordWeak'
  | 'passwordWrong'
  | 'setUpCode'
  | 'noRights'
  | 'tooMuch'
  | 'unfit';
export type FieldErrors = { readonly [F in Field]?: Problem };

export const NO_ERRORS: FieldErrors = {};

/** The refusals that belong to one field. Empty: it concerns the whole form. */
export function serverErrors(error: unknown): FieldErrors {
  switch (codeOf(error)) {
    case 'access.loginTaken':
      return { login: 'loginTaken' };
    case 'auth.passwordWeak':
      return { password: 'passwordWeak' };
    case 'setup.codeWrong':
      return { code: 'setUpCode' };
    case 'request.invalid':
      return fromIssues(error as RequestFailed);
    default:
      return NO_ERRORS;
  }
}

/** The server names fields by path, as `scope.queues.0`; its texts are English, so they are said anew. */
function fromIssues({ issues }: RequestFailed): FieldErrors {
  const found: Partial<Record<Field, Problem>> = {};
  for (const { path } of issues) {
    const named = path.split('.')[0] === 'next' ? 'password' : path.split('.')[0];
    const field = FIELDS.find((one) => one === named);
    // One that has no place on the form must not vanish.
    if (!field) return NO_ERRORS;
    found[field] = field === 'login' ? 'loginShape' : field === 'password' ? 'passwordShort' : 'unfit';
  }
  return found;
}

/** HTTP contracts of who is who: set-up, sessions, people, tokens, audit. Wired into API by name. */
import { z } from 'zod';
import { RIGHTS, ROLES, scopeSchema } from './policy.ts';

const id = z.string().min(1).max(64);
const instant = z.int();
const text = (max: number) => z.string().trim().min(1).max(max);

/** Signs in with it; case does not matter. */
export const loginSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[\p{L}\p{N}._@-]{2,64}$/u, 'give 2 to 64 letters, digits or . _ @ -');
/** Length is what counts (NIST SP 800-63B); the server also refuses the login itself and what everybody uses. */
export const passwordSchema = z.string().min(10, 'give at least 10 characters').max(256);
const nameSchema = text(64);
const codeSchema = z.string().regex(/^\d{6}$/, 'give the six digits');

const whoSchema = z.object({
  kind: z.enum(['person', 'token', 'screen', 'anybody']),
  id: z.string(),
  name: z.string(),
  rights: z.array(z.enum(RIGHTS)),
  scope: scopeSchema,
});

/** What a page asks first. */
export const sessionSchema = z.object({
  isSetUp: z.boolean().describe('False until the first administrator exists; until then this machine alone may look.'),
  canSetUp: z.boolean().describe('The set-up page may be used from where this was asked.'),
  needsSetUpCode: z.boolean().describe('From another machine the set-up needs the code in the server log.'),
  hasSingleSignOn: z.boolean(),
  who: whoSchema.nullable().describe('Null: sign in first.'),
  person: z
    .object({
      login: z.string(),
      role: z.enum(ROLES),
      isLocal: z.boolean().describe('Has a password here; false: signs in through single sign-on.'),
      hasTotp: z.boolean(),
      mustChangePassword: z.boolean(),
    })
    .nullable(),
});
export type SessionAnswer = z.infer<typeof sessionSchema>;

export const setUpBody = z.strictObject({
  login: loginSchema,
  name: nameSchema,
  password: passwordSchema,
  code: z.string().max(64).optional(),
});
export const signInBody = z.strictObject({
  login: z.string().max(256),
  password: z.string().max(256),
  code: codeSchema.optional(),
});
export const signOnStartSchema = z.object({ url: z.string().describe('Where to send the browser.') });
export const signOnFinishBody = z.strictObject({
  query: z.string().max(4_000).describe('What the browser came back with, behind the `?`.'),
});
export const passwordBody = z.strictObject({ current: z.string().max(256), next: passwordSchema });
export const totpStartSchema = z.object({
  secret: z.string(),
  uri: z.string().describe('otpauth:// for an authenticator app'),
});
export const totpBody = z.strictObject({
  password: z.string().max(256),
  code: codeSchema.nullable().describe('Null: switches it off.'),
});

export const personSchema = z.object({
  id,
  version: z.int().positive(),
  login: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  scope: scopeSchema,
  isActive: z.boolean(),
  hasTotp: z.boolean(),
  isLocal: z.boolean().describe('Signs in with a password here; false: through single sign-on.'),
  createdAt: instant,
  signedInAt: instant.nullable(),
});
export type Person = z.infer<typeof personSchema>;

const personFields = { name: nameSchema, role: z.enum(ROLES), scope: scopeSchema };
export const newPersonBody = z.strictObject({
  login: loginSchema,
  password: passwordSchema.nullable().describe('Null: signs in through single sign-on.'),
  ...personFields,
});
export const changePersonBody = z.strictObject({
  version: z.int().positive(),
  ...personFields,
  isActive: z.boolean(),
  password: passwordSchema
    .nullable()
    .optional()
    .describe('Sets a new one, which the person has to change; null: through single sign-on from now on.'),
  resetTotp: z.boolean().optional(),
});
export const personParams = z.object({ person: id });
export const peopleSchema = z.object({ people: z.array(personSchema) });

export const tokenSchema = z.object({
  id,
  name: z.string(),
  rights: z.array(z.enum(RIGHTS)),
  scope: scopeSchema,
  createdAt: instant,
  createdBy: z.string(),
  expiresAt: instant.nullable(),
  usedAt: instant.nullable(),
});
export type Token = z.infer<typeof tokenSchema>;
export const newTokenBody = z.strictObject({
  name: nameSchema,
  rights: z.array(z.enum(RIGHTS)).min(1),
  scope: scopeSchema,
  expiresInDays: z.int().min(1).max(3_650).nullable(),
});
export const tokenParams = z.object({ token: id });
export const tokensSchema = z.object({ tokens: z.array(tokenSchema) });
export const newTokenSchema = tokenSchema.extend({ secret: z.string().describe('Shown this once.') });

/** One act: who did what to whom, why, and from where. Never a password, a secret or a caller's whole number. */
export const auditEntrySchema = z.object({
  number: z.int().positive(),
  at: instant,
  who: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  /** `noun.past`, as person.created. */
  act: z.string(),
  site: z.string().nullable(),
  subject: z.string(),
  reason: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  from: z.string().describe('Address of the asker.'),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export const auditQuery = z.object({
  before: z.coerce.number().int().positive().optional().describe('Only entries with a smaller number: the next page.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  text: z.string().max(100).optional().describe('In act, subject, reason or name.'),
});
export const auditSchema = z.object({ entries: z.array(auditEntrySchema), next: z.int().positive().nullable() });

/** Error codes as they travel: on HTTP in `error.code`, on sockets in a refused `subscribe`. Codes never change meaning. */
import { z } from 'zod';

export const ERROR_CODES = [
  'request.invalid',
  'request.notFound',
  'request.tooMany',
  'auth.tokenWrong',
  'auth.needed',
  'auth.forbidden',
  'auth.crossSite',
  'auth.wrong',
  'auth.codeNeeded',
  'auth.throttled',
  'auth.passwordWeak',
  'access.unknown',
  'access.conflict',
  'signOn.off',
  'signOn.refused',
  'signOn.unknown',
  'signOn.unreachable',
  'access.loginTaken',
  'access.lastAdministrator',
  'access.tooMuch',
  'screen.unknown',
  'screen.codeWrong',
  'screen.tooMany',
  'board.unknown',
  'board.conflict',
  'notice.unknown',
  'notice.conflict',
  'notice.tooMany',
  'break.unknown',
  'break.conflict',
  'break.notNow',
  'break.notLive',
  'setup.done',
  'setup.codeWrong',
  'site.unknown',
  'channel.tooMany',
  'agent.unknown',
  'command.unknown',
  'command.conflict',
  'command.notUndoable',
  'settings.versionMissing',
  'settings.conflict',
  'contact.unknown',
  'callBack.conflict',
  'callBack.notPossible',
  'database.unreachable',
  'server.notReady',
  'server.failed',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Body of every answer that is not a success. `message` says what to do about it, in English, for people. */
export const errorBodySchema = z.object({
  error: z.object({
    code: z.enum(ERROR_CODES),
    message: z.string(),
    issues: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('What in the body of the request does not fit, field by field.'),
  }),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;

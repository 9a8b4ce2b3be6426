/**
 * A failure that somebody can do something about: an `AppError` answers a caller or, at start, tells the operator why the
 * process will not run. Anything else is a bug: callers see `server.failed`, the log has the rest.
 */
import { ERROR_CODES, type ErrorBody, type ErrorCode } from '../shared/error.ts';

interface Registered {
  readonly status: number;
  /** What is wrong and what to do. Never holds data of the failure itself. */
  readonly message: string;
}

/** Failures that stop the start; they never travel. */
type StartCode =
  | 'config.invalid'
  | 'data.unwritable'
  | 'http.portTaken'
  | 'redis.missing'
  | 'redis.inUse'
  | 'redis.failed'
  | 'redis.unreachable'
  | 'database.missing'
  | 'database.inUse'
  | 'database.unsupported'
  | 'database.migrationChanged'
  | 'database.newer';

/** The only place that ties a code to a status and a text. */
export const ERRORS: { readonly [C in ErrorCode | StartCode]: Registered } = {
  'request.invalid': { status: 400, message: 'The request does not fit its contract; see /api/v1/openapi.json.' },
  'request.notFound': { status: 404, message: 'Nothing is served here; see /api/v1/openapi.json for what is.' },
  'request.tooMany': { status: 429, message: 'Too many messages; wait ten seconds, then go on at a slower pace.' },
  'auth.tokenWrong': {
    status: 401,
    message: 'The bearer token is unknown, has expired or was revoked; send a valid one or none.',
  },
  'auth.needed': {
    status: 401,
    message: 'Nobody is signed in; sign in with POST /api/v1/session, or send Authorization: Bearer <token>.',
  },
  'auth.forbidden': { status: 403, message: 'You may not do this; ask an administrator for the right to it.' },
  'auth.crossSite': {
    status: 403,
    message:
      'The request comes from a page of another address; use the screens of this server, and let a proxy in front pass Host on.',
  },
  'auth.wrong': { status: 401, message: 'Login, password or code is wrong; check them and try again.' },
  'auth.codeNeeded': {
    status: 401,
    message: 'Two-step sign-in is on; send the six digits that the authenticator app shows now as code.',
  },
  'auth.throttled': {
    status: 429,
    message: 'Too many attempts failed; wait for as many seconds as Retry-After says, then try again.',
  },
  'auth.passwordWeak': {
    status: 422,
    message: 'This password is among the first that are guessed; choose a longer one, such as a few words.',
  },
  'access.unknown': { status: 404, message: 'There is no such person or token; read the list again.' },
  'access.conflict': {
    status: 409,
    message: 'Somebody changed this since you read it; read it again and repeat your change.',
  },
  'signOn.off': {
    status: 409,
    message:
      'Single sign-on is not set up here; see FLOORCAST_OIDC_ISSUER in docs/configuration.md, or give a password.',
  },
  'signOn.refused': { status: 401, message: 'The sign-in elsewhere did not come through; begin it again.' },
  'signOn.unknown': {
    status: 403,
    message: 'You are known elsewhere, but nobody has let you in here; ask an administrator to add your login.',
  },
  'signOn.unreachable': {
    status: 503,
    message: 'The identity provider cannot be reached; try again in a moment, or ask whoever runs it.',
  },
  'access.loginTaken': { status: 409, message: 'Somebody else signs in with this login; choose another one.' },
  'access.lastAdministrator': {
    status: 409,
    message: 'Nobody else is an active administrator; make somebody one first.',
  },
  'access.tooMuch': {
    status: 403,
    message: 'Nobody can give what they do not have; choose fewer rights, or fewer sites, queues and teams.',
  },
  'screen.unknown': { status: 404, message: 'There is no such TV; read the list again.' },
  'screen.codeWrong': {
    status: 404,
    message: 'No TV shows this code now; read it off the TV again, it changes every ten minutes.',
  },
  'screen.tooMany': {
    status: 429,
    message: 'Too many TVs wait to be paired; pair or switch off some, or wait ten minutes.',
  },
  'board.unknown': { status: 404, message: 'There is no such board, or no such version of it; read the list again.' },
  'board.conflict': {
    status: 409,
    message: 'Somebody changed this board since you read it; read it again and repeat your change.',
  },
  'notice.unknown': { status: 404, message: 'There is no such notice; read the list again.' },
  'notice.conflict': { status: 409, message: 'Another notice has this id already; give every notice a new id.' },
  'notice.tooMany': { status: 409, message: 'As many notices as can be read stand already; take one back first.' },
  'break.unknown': { status: 404, message: 'There is no such request for a break; read the break desk again.' },
  'break.conflict': {
    status: 409,
    message: 'The agent has a request already, or this one was decided since you read it; read the break desk again.',
  },
  'break.notNow': {
    status: 409,
    message: 'The rules of the break desk do not allow it now; `issues` says why. Let it wait in the queue.',
  },
  'break.notLive': {
    status: 409,
    message: 'The numbers of the floor are not live, so nobody is sent on break; wait for the PBX, then repeat.',
  },
  'setup.done': { status: 409, message: 'Floorcast is set up already; sign in instead.' },
  'setup.codeWrong': {
    status: 403,
    message: 'This is not the set-up code; take the one that the log of the server shows since its last start.',
  },
  'site.unknown': { status: 404, message: 'No such site; GET /api/v1/sites lists those that exist.' },
  'channel.tooMany': { status: 429, message: 'This connection follows too many channels; unsubscribe from one first.' },
  'agent.unknown': {
    status: 404,
    message: 'No such agent here; GET /api/v1/sites/{site}/agents lists those that you may see.',
  },
  'command.unknown': { status: 404, message: 'No such command within the last day; ask for the one that you placed.' },
  'command.conflict': {
    status: 409,
    message: 'Another command has this id already; give every command a new id.',
  },
  'command.notUndoable': {
    status: 409,
    message: 'This cannot be undone any more, or never could; look at the present state and give a new command.',
  },
  'settings.versionMissing': {
    status: 428,
    message: 'Say which version you change; read the settings and send their version back, in the body or in If-Match.',
  },
  'settings.conflict': {
    status: 409,
    message: 'Somebody changed these settings since you read them; read them again and repeat your change.',
  },
  'contact.unknown': {
    status: 404,
    message: 'No such contact; one that has just ended is known some seconds later, an old one may have been deleted.',
  },
  'callBack.conflict': {
    status: 409,
    message: 'Somebody else took a step of this call-back since you read it; read the contacts again.',
  },
  'callBack.notPossible': {
    status: 409,
    message:
      'This step does not fit; claim the contact first: only a lost one is called back, by whoever has claimed it.',
  },
  'database.unreachable': {
    status: 503,
    message:
      'PostgreSQL does not answer, so people, settings and history can be neither read nor changed; try again in a few seconds.',
  },
  'server.notReady': {
    status: 503,
    message: 'The server is not ready; GET /readyz says why. Try again in a few seconds.',
  },
  'server.failed': {
    status: 500,
    message: 'The server failed to answer; try again, and look into its log if it stays.',
  },
  'config.invalid': { status: 500, message: 'The configuration is invalid; see docs/configuration.md.' },
  'data.unwritable': {
    status: 500,
    message: 'The data folder cannot be written; correct FLOORCAST_DATA_DIR or its owner.',
  },
  'http.portTaken': { status: 500, message: 'The port cannot be used; set another FLOORCAST_PORT.' },
  'redis.missing': { status: 500, message: 'No redis-server is installed; install it or set REDIS_URL.' },
  'redis.inUse': {
    status: 500,
    message: 'Another Floorcast or its Redis uses the data folder; stop it or choose another FLOORCAST_DATA_DIR.',
  },
  'redis.failed': { status: 500, message: 'The Redis that Floorcast runs has failed; see its last words in the log.' },
  'redis.unreachable': { status: 503, message: 'Redis does not answer; start it or correct REDIS_URL.' },
  'database.missing': { status: 500, message: 'PostgreSQL cannot run on this machine; set DATABASE_URL.' },
  'database.inUse': {
    status: 500,
    message: 'Another Floorcast uses the data folder; stop it or set FLOORCAST_DATA_DIR.',
  },
  'database.unsupported': { status: 500, message: 'This PostgreSQL cannot be used; see docs/operations.md.' },
  'database.migrationChanged': {
    status: 500,
    message: 'The database was built by another edition of a migration; restore the original file.',
  },
  'database.newer': { status: 500, message: 'A newer Floorcast built the database; run that version.' },
};

type Issues = ErrorBody['error']['issues'];

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode | StartCode;
  readonly issues: Issues;
  /** When it is worth while to try again. */
  readonly retryAfterMs: number | undefined;

  /** `message` is for the operator (log, stderr); callers are told the registered text, and what of theirs does not fit. */
  constructor(
    code: ErrorCode | StartCode,
    message?: string,
    options?: ErrorOptions & { readonly issues?: Issues; readonly retryAfterMs?: number },
  ) {
    super(message ?? ERRORS[code].message, options);
    this.code = code;
    this.issues = options?.issues;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** What a caller is told about any failure. */
export function answerTo(error: unknown): { status: number; body: ErrorBody } {
  const code = error instanceof AppError ? wireCode(error) : 'server.failed';
  const issues = error instanceof AppError && error.issues;
  return {
    status: ERRORS[code].status,
    body: { error: { code, message: ERRORS[code].message, ...(issues && { issues }) } },
  };
}

function wireCode({ code }: AppError): ErrorCode {
  const known = ERROR_CODES.find((one) => one === code);
  return known ?? (code === 'redis.unreachable' ? 'server.notReady' : 'server.failed');
}

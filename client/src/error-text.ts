/** What went wrong, and what to do about it, in the reader's language. */
import type { TFunction } from 'i18next';
import { RequestFailed } from './api.ts';

export function errorText(t: TFunction, error: unknown): string {
  if (!(error instanceof RequestFailed)) return t('access.error.bug');
  const { code, message, retryAfterMs, issues } = error;
  switch (code) {
    case 'request.unanswered':
      return t('access.error.noAnswer');
    case 'auth.needed':
      return t('access.error.needed');
    case 'auth.forbidden':
      return t('access.error.forbidden');
    case 'auth.crossSite':
      return t('access.error.crossSite');
    case 'auth.wrong':
      return t('access.error.wrong');
    case 'auth.codeNeeded':
      return t('access.error.codeNeeded');
    case 'auth.throttled':
      return t('access.error.throttled', { seconds: Math.ceil((retryAfterMs ?? 60_000) / 1_000) });
    case 'auth.passwordWeak':
      return t('access.error.passwordWeak');
    case 'signOn.off':
      return t('access.error.signOnOff');
    case 'signOn.refused':
      return t('access.error.signOnRefused');
    case 'signOn.unknown':
      return t('access.error.signOnUnknown');
    case 'signOn.unreachable':
      return t('access.error.signOnUnreachable');
    case 'access.unknown':
      return t('access.error.unknown');
    case 'access.conflict':
      return t('access.error.conflict');
    case 'access.loginTaken':
      return t('access.error.loginTaken');
    case 'access.lastAdministrator':
      return t('access.error.lastAdministrator');
    case 'access.tooMuch':
      return t('access.error.tooMuch');
    case 'request.tooMany':
      return t('access.error.tooMany');
    case 'agent.unknown':
      return t('failure.agent.unknown');
    case 'break.conflict':
      return t('failure.break.conflict');
    case 'break.notLive':
      return t('failure.break.notLive');
    case 'break.unknown':
      return t('failure.break.unknown');
    case 'contact.unknown':
      return t('failure.contact.unknown');
    case 'callBack.conflict':
      return t('failure.callBack.conflict');
    case 'callBack.notPossible':
      return t('failure.callBack.notPossible');
    case 'screen.unknown':
      return t('access.error.screenUnknown');
    case 'screen.codeWrong':
      return t('access.error.screenCode');
    case 'screen.tooMany':
      return t('access.error.screensTooMany');
    case 'board.unknown':
      return t('boards.error.unknown');
    case 'board.conflict':
      return t('boards.error.conflict');
    case 'notice.unknown':
      return t('notice.error.unknown');
    case 'notice.conflict':
      return t('notice.error.conflict');
    case 'notice.tooMany':
      return t('notice.error.tooMany');
    case 'setup.done':
      return t('access.error.setUpDone');
    case 'setup.codeWrong':
      return t('access.error.setUpCode');
    case 'database.unreachable':
      return t('access.error.database');
    case 'server.notReady':
    case 'server.failed':
      return t('access.error.server');
    case 'request.invalid':
      return t('access.error.invalid', { fields: issues.map(({ path }) => path).join(', ') || '?' });
    default:
      return message;
  }
}

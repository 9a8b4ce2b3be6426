import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Gate } from './gate.tsx';
import { nextAddress, useGo } from './go.ts';
import { useSession } from './session.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { SingleSignOnButton } from './single-sign-on.tsx';

export function SignInPage(): ReactNode {
  const { t } = useTranslation();
  const go = useGo();
  const { answer } = useSession();
  const next = nextAddress(location.search, location.origin);
  const isAlready = answer?.who != null && answer.isSetUp;
  const needsSetUp = answer?.isSetUp === false;
  useEffect(() => {
    if (isAlready) go(next);
    else if (needsSetUp) go('/');
  }, [isAlready, needsSetUp, next, go]);
  return (
    <Gate title={t('access.signIn.title')}>
      <SignInForm onSignedIn={() => go(next)} />
      {answer?.hasSingleSignOn && (
        <>
          <p className="gate__or">{t('access.signIn.or')}</p>
          <SingleSignOnButton next={next.slice(location.origin.length)} />
        </>
      )}
      <p className="gate__note">{t('access.signIn.forgotten')}</p>
    </Gate>
  );
}

/** What stands before every screen of a desk: nobody sees one without the right to it. */
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Right } from '../../../shared/policy.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Gate } from './gate.tsx';
import { signInAddress, useGo } from './go.ts';
import { useMay, useSession } from './session.tsx';
import { SignInForm } from './sign-in-form.tsx';

// Schemas travel to those who fill in a form, not to every screen.
const PasswordForm = lazy(async () => ({ default: (await import('./password-form.tsx')).PasswordForm }));

interface DeskProps {
  readonly right: Right;
  /** What is being typed on it must outlive the end of a session: it is signed in over it, not left. */
  readonly keepsPage?: boolean;
  readonly children: ReactNode;
}

export function Desk({ right, keepsPage = false, children }: DeskProps): ReactNode {
  const { t } = useTranslation();
  const { answer, hasFailed, ask } = useSession();
  const isAllowed = useMay()(right);
  const go = useGo();
  const [wasShown, setWasShown] = useState(false);
  const isSignedOut = answer !== null && answer.who === null;
  const isSetUp = answer?.isSetUp !== false;
  const staysOver = isSignedOut && isSetUp && keepsPage && wasShown;

  useEffect(() => {
    if (isAllowed) setWasShown(true);
  }, [isAllowed]);
  useEffect(() => {
    if (!isSignedOut || staysOver) return;
    // Who may not set it up from here is told so on the start page.
    go(isSetUp ? signInAddress(location) : '/');
  }, [isSignedOut, staysOver, isSetUp, go]);

  if (answer === null) return hasFailed ? <Unreachable /> : null;
  if (staysOver)
    return (
      <>
        {children}
        <SignInAgain onSignedIn={() => void ask()} />
      </>
    );
  if (isSignedOut) return null;
  if (answer.person?.mustChangePassword) return <FirstPassword />;
  if (isAllowed) return children;
  return (
    <Gate title={t('access.forbidden.title')} lead={t('access.forbidden.lead')}>
      <a className="button button--plain gate__alone" href="/">
        {t('app.home')}
      </a>
    </Gate>
  );
}

function Unreachable(): ReactNode {
  const { t } = useTranslation();
  const { ask } = useSession();
  return (
    <Gate title={t('access.unreachable.title')} lead={t('access.unreachable.lead')}>
      <Button className="gate__alone" onClick={() => void ask()}>
        {t('access.form.tryNow')}
      </Button>
    </Gate>
  );
}

/** An administrator chose the password: it is known to two people until it is another one. */
export function FirstPassword(): ReactNode {
  const { t } = useTranslation();
  const { ask } = useSession();
  return (
    <Gate title={t('access.firstPassword.title')} lead={t('access.firstPassword.lead')}>
      <Suspense fallback={null}>
        <PasswordForm onChanged={() => void ask()} />
      </Suspense>
    </Gate>
  );
}

function SignInAgain({ onSignedIn }: { onSignedIn: () => void }): ReactNode {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <Dialog title={t('access.again.title')} size="small" onClose={() => go(signInAddress(location))}>
      <p className="dialog__lead">{t('access.again.lead')}</p>
      <SignInForm onSignedIn={onSignedIn} />
    </Dialog>
  );
}

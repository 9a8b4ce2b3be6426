/** Who is signed in, what is theirs to change, and the way out. */
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '../error-text.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Given } from '../ui/given.tsx';
import { useToast } from '../ui/toast.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { signOut, signOutEverywhere } from './access-api.ts';
import { useGo } from './go.ts';
import { useMay, useSession } from './session.tsx';
import './account-menu.css';

// The floor carries the menu; what is behind it comes when it is asked for.
const PasswordForm = lazy(async () => ({ default: (await import('./password-form.tsx')).PasswordForm }));
const TwoStep = lazy(async () => ({ default: (await import('./two-step.tsx')).TwoStep }));

export const ADMIN_PAGES = [
  { path: '/breaks', page: 'breaks', right: 'break.grant' },
  { path: '/people', page: 'people', right: 'people.manage' },
  { path: '/tokens', page: 'tokens', right: 'token.manage' },
  { path: '/audit', page: 'audit', right: 'audit.view' },
  { path: '/boards', page: 'boards', right: 'board.edit' },
  { path: '/screens', page: 'screens', right: 'screen.manage' },
] as const;

export function AccountMenu(): ReactNode {
  const { t } = useTranslation();
  const { answer } = useSession();
  const [opened, setOpened] = useState<'password' | 'twoStep' | null>(null);
  const { ask } = useSession();
  const toast = useToast();
  if (!answer?.who) return null;
  if (!answer.isSetUp)
    return answer.canSetUp ? (
      <a className="tool account__set-up" href="/setup">
        {t('access.setUp.invite')}
      </a>
    ) : null;
  const changed = (text: string): void => {
    setOpened(null);
    toast(text);
    void ask();
  };
  const { who, person } = answer;
  return (
    <>
      <Menu name={who.name}>
        {(close) => (
          <>
            <div className="account__who">
              <strong>
                <Given text={who.name} />
              </strong>
              {person && (
                <span className="account__role">
                  {t(`access.role.${person.role}`)} · <Given text={person.login} />
                </span>
              )}
            </div>
            <PageLinks />
            {person?.isLocal && (
              <ul className="account__items">
                <li>
                  <button type="button" onClick={() => close(() => setOpened('password'))}>
                    {t('access.account.changePassword')}
                  </button>
                </li>
                <li>
                  <button type="button" onClick={() => close(() => setOpened('twoStep'))}>
                    {t('access.account.twoStep')}
                    <span className="account__state">
                      {person.hasTotp ? t('access.account.isOn') : t('access.account.isOff')}
                    </span>
                  </button>
                </li>
              </ul>
            )}
            {person && <SignOut />}
          </>
        )}
      </Menu>
      {opened === 'password' && (
        <Dialog title={t('access.account.changePassword')} size="small" onClose={() => setOpened(null)}>
          <Suspense fallback={null}>
            <PasswordForm onChanged={() => changed(t('access.account.passwordChanged'))} />
          </Suspense>
        </Dialog>
      )}
      {opened === 'twoStep' && person && (
        <Dialog title={t('access.account.twoStep')} onClose={() => setOpened(null)}>
          <Suspense fallback={null}>
            <TwoStep
              isOn={person.hasTotp}
              onChanged={() =>
                changed(person.hasTotp ? t('access.twoStep.wasSwitchedOff') : t('access.twoStep.wasSwitchedOn'))
              }
            />
          </Suspense>
        </Dialog>
      )}
    </>
  );
}

/** A disclosure, not a menu of a program: links and buttons in it are reached with Tab, Esc leads out of it. */
function Menu({
  name,
  children,
}: {
  name: string;
  children: (close: (then: () => void) => void) => ReactNode;
}): ReactNode {
  const { t } = useTranslation();
  const details = useRef<HTMLDetailsElement>(null);
  const close = (then: () => void): void => {
    if (details.current) details.current.open = false;
    // So that a dialog that opens now gives the focus back to where it came from.
    details.current?.querySelector('summary')?.focus();
    then();
  };
  return (
    <details
      ref={details}
      className="account"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !details.current?.open) return;
        event.stopPropagation();
        close(() => {});
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false;
      }}
    >
      <summary className="tool account__name" title={t('access.account.title')}>
        <Given text={name} />
        <svg className="account__arrow" viewBox="0 0 10 10" aria-hidden="true">
          <path d="m1.500 3.500 3.500 3.500 3.500-3.500" fill="none" stroke="currentColor" strokeWidth="1.400" />
        </svg>
      </summary>
      <div className="account__panel">{children(close)}</div>
    </details>
  );
}

function PageLinks(): ReactNode {
  const { t } = useTranslation();
  const may = useMay();
  const pages = ADMIN_PAGES.filter(({ right }) => may(right));
  if (pages.length === 0) return null;
  return (
    <ul className="account__items">
      {pages.map(({ path, page }) => (
        <li key={path}>
          <a href={path}>{t(`access.${page}.title`)}</a>
        </li>
      ))}
    </ul>
  );
}

function SignOut(): ReactNode {
  const { t } = useTranslation();
  const go = useGo();
  const here = useSubmit(async () => {
    await signOut();
    go('/sign-in');
  });
  const everywhere = useSubmit(async () => {
    await signOutEverywhere();
    go('/sign-in');
  });
  const error = here.error ?? everywhere.error;
  return (
    <ul className="account__items">
      <li>
        <button type="button" aria-disabled={here.isBusy || undefined} onClick={here.submit}>
          {t('access.account.signOut')}
        </button>
      </li>
      <li>
        <button type="button" aria-disabled={everywhere.isBusy || undefined} onClick={everywhere.submit}>
          {t('access.account.signOutEverywhere')}
        </button>
        {error !== null && (
          <p className="account__error" role="alert">
            {errorText(t, error)}
          </p>
        )}
      </li>
    </ul>
  );
}

/** Signing in through the identity provider of the house: the way there, and the page where the browser comes back. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { FormError } from '../ui/field.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { finishSignOn, startSignOn } from './access-api.ts';
import { Gate } from './gate.tsx';
import { nextAddress, useGo } from './go.ts';
import { useSession } from './session.tsx';

/** Where to go on afterwards; kept in this tab, because the provider does not bring it back. */
const NEXT = 'floorcast.signOnNext';

export function SingleSignOnButton({ next }: { next: string }): ReactNode {
  const { t } = useTranslation();
  const go = useGo();
  const { isBusy, error, submit } = useSubmit(async () => {
    const { url } = await startSignOn();
    sessionStorage.setItem(NEXT, next);
    go(url);
  });
  return (
    <form className="form" onSubmit={submit}>
      <FormError>{error !== null && errorText(t, error)}</FormError>
      <Button type="submit" className="gate__alone" isBusy={isBusy}>
        {t('access.signIn.singleSignOn')}
      </Button>
    </form>
  );
}

export function SignOnReturnPage(): ReactNode {
  const { t } = useTranslation();
  const go = useGo();
  const { ask } = useSession();
  const [error, setError] = useState<unknown>(null);
  const isSent = useRef(false);
  useEffect(() => {
    // The answer of the provider is good once.
    if (isSent.current) return;
    isSent.current = true;
    const finish = async (): Promise<void> => {
      await finishSignOn({ query: location.search.slice(1) });
      const next = sessionStorage.getItem(NEXT) ?? '/';
      sessionStorage.removeItem(NEXT);
      await ask();
      go(nextAddress(`?${new URLSearchParams({ next })}`, location.origin));
    };
    finish().catch(setError);
  }, [ask, go]);
  if (error === null) return <Gate title={t('access.signOn.coming')} />;
  return (
    <Gate title={t('access.signOn.failed')} lead={errorText(t, error)}>
      <a className="button button--primary gate__alone" href="/sign-in">
        {t('access.signOn.again')}
      </a>
    </Gate>
  );
}

import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import type { Loaded } from '../ui/use-load.ts';

/** A list that is on its way, that failed, or that is here; one that failed to be renewed stays in sight. */
export function LoadState({ loaded, children }: { loaded: Loaded<unknown>; children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { data, error, isLoading, reload } = loaded;
  return (
    <>
      {error !== null && (
        <div className="notice" role="alert">
          <p>{errorText(t, error)}</p>
          <Button onClick={() => void reload()} isBusy={isLoading}>
            {t('access.form.tryNow')}
          </Button>
        </div>
      )}
      {data === null ? error === null && <p className="list__empty">{t('access.form.loading')}</p> : children}
    </>
  );
}

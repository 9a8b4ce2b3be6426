import { useTranslation } from 'react-i18next';
import type { RequestFailed } from '../api.ts';

/** What a failed request means to whoever asked, in their language; by its code where there are no words for it yet. */
export function useFailureText(): (failure: Pick<RequestFailed, 'code'>) => string {
  const { t } = useTranslation();
  // Any of the keys: codes may be newer than the words.
  return ({ code }) => t(`failure.${code}` as 'failed', { code, defaultValue: t('failed', { code }) });
}

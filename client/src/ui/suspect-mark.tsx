import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** So long in one state that the source is being asked whether it is real: a question mark and a word, no alarm. */
export function SuspectMark({ count }: { count?: number }): ReactNode {
  const { t } = useTranslation();
  return (
    <span className="suspect" title={t('suspect.why')}>
      <svg className="mark" viewBox="0 0 16 16" aria-hidden="true">
        <path
          d="M5.400 5.600a2.700 2.700 0 1 1 4.100 2.300c-.9.560-1.500 1.050-1.500 2.100M8 12.600v.4"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.700"
          strokeLinecap="round"
        />
      </svg>
      {count === undefined ? t('suspect.one') : t('suspect.some', { count })}
    </span>
  );
}

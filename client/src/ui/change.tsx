import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Direction against a quarter hour ago; nothing while there is nothing to compare with. Neutral: states judge. */
export function Change({ value, text }: { value: number | null; text: (size: number) => string }): ReactNode {
  const { t } = useTranslation();
  if (value === null) return null;
  const words =
    value === 0
      ? t('change.steady')
      : value > 0
        ? t('change.up', { value: text(value) })
        : t('change.down', { value: text(-value) });
  return (
    <span className="change" title={t('change.quarterHour')}>
      <svg className="mark" viewBox="0 0 16 16" aria-hidden="true">
        <path
          d={value === 0 ? FLAT : value > 0 ? UP : DOWN}
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span aria-hidden="true">{value === 0 ? t('change.steady') : text(Math.abs(value))}</span>
      <span className="sr-only">{`${words} ${t('change.quarterHour')}`}</span>
    </span>
  );
}

const UP = 'M8 13V3.500M3.800 7.700 8 3.500l4.200 4.200';
const DOWN = 'M8 3v9.500M3.800 8.300 8 12.500l4.200-4.200';
const FLAT = 'M3 8h10';

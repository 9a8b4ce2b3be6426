import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format.ts';

/** One business day back, one forward, and to the running one. */
export function DayPicker({
  shown,
  isRunning,
  onDate,
}: {
  /** Null while the running day is not known yet. */
  shown: string | null;
  isRunning: boolean;
  onDate: (date: string | null) => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <span className="day-picker">
      <button
        type="button"
        className="tool"
        aria-label={t('day.earlier')}
        disabled={shown === null}
        onClick={() => shown && onDate(dateBy(shown, -1))}
      >
        <Chevron d="M10 3 5 8l5 5" />
      </button>
      <span className="day-picker__date">
        {shown === null ? t('metric.today') : format.isoDate(shown)}
        {isRunning && shown !== null && <span className="quiet"> {t('metric.today')}</span>}
      </span>
      <button
        type="button"
        className="tool"
        aria-label={t('day.later')}
        disabled={isRunning || shown === null}
        onClick={() => shown && onDate(dateBy(shown, 1))}
      >
        <Chevron d="m6 3 5 5-5 5" />
      </button>
      {!isRunning && (
        <button type="button" className="tool tool--framed" onClick={() => onDate(null)}>
          {t('metric.today')}
        </button>
      )}
    </span>
  );
}

function Chevron({ d }: { d: string }): ReactNode {
  return (
    <svg className="mark" viewBox="0 0 16 16" aria-hidden="true">
      <path d={d} fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

/** A date has no zone: reckoned in UTC, where every day has its 24 hours. */
function dateBy(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

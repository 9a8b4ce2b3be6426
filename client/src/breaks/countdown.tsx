import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type BreakLevel, countdown } from '../../../shared/breaks.ts';
import { formatDuration, NOTHING } from '../i18n/format.ts';
import { type MarkKind, SeverityMark } from '../ui/severity-mark.tsx';

const MARKS: Readonly<Record<BreakLevel, MarkKind>> = { normal: 'normal', amber: 'warning', red: 'critical' };

/** What is left of a break: figure, bar, mark and word. `now` of null: nobody knows. */
export function Countdown({ since, maxMs, now }: { since: number; maxMs: number; now: number | null }): ReactNode {
  const { t } = useTranslation();
  if (now === null) return <span className="countdown">{NOTHING}</span>;
  const { leftMs, level } = countdown(since, maxMs, now);
  const share = Math.min(1, Math.max(0, leftMs / maxMs));
  return (
    <span className="countdown" data-level={level}>
      <strong className="countdown__left">
        {leftMs > 0
          ? formatDuration(Math.ceil(leftMs / 1_000) * 1_000)
          : t('breaks.resting.over', { value: formatDuration(-leftMs) })}
      </strong>
      <span className="countdown__level">
        <SeverityMark kind={MARKS[level]} />
        {t(`breaks.level.${level}`)}
      </span>
      <svg className="countdown__bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect className="countdown__track" width="100" height="4" />
        <rect className="countdown__rest" width={level === 'red' ? 100 : share * 100} height="4" />
      </svg>
    </span>
  );
}

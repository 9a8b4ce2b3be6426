import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Severity } from '../board/severity.ts';

export type MarkKind = Severity | 'eased';

/** Ring, triangle, octagon: told apart without colour and from afar. */
export function SeverityMark({ kind }: { kind: MarkKind }): ReactNode {
  return (
    <svg className={`mark mark--${kind}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[kind]}
    </svg>
  );
}

const SHAPES: Record<MarkKind, ReactNode> = {
  watch: <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" strokeWidth="2.6" />,
  warning: <path d="M8 1.2 15.600 14.500H.4Z" fill="currentColor" />,
  critical: <path d="M5.1 1h5.800L15 5.100v5.800L10.900 15H5.100L1 10.900V5.100Z" fill="currentColor" />,
  eased: <path d="m3 8.500 3.300 3.300L13 5" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
  normal: <circle cx="8" cy="8" r="2" fill="currentColor" />,
  unjudged: <path d="M4 8h8" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
};

/** Shape and word. Nothing at all for what is in order, unless asked for. */
export function SeverityTag({ kind, isAlways = false }: { kind: MarkKind; isAlways?: boolean }): ReactNode {
  const { t } = useTranslation();
  if (!isAlways && (kind === 'normal' || kind === 'unjudged')) return null;
  return (
    <span className={`tag tag--${kind}`}>
      <SeverityMark kind={kind} />
      {t(`severity.${kind}`)}
    </span>
  );
}

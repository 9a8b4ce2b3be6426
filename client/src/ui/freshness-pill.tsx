import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { vitalSources } from '../../../shared/source.ts';
import { formatDuration } from '../i18n/format.ts';
import type { Freshness, FreshnessLevel } from '../live/freshness.ts';
import { Given } from './given.tsx';

/** Why the numbers cannot be trusted, in words. */
export function useCauseText(freshness: Freshness, refusal: string | null): string | null {
  const { t } = useTranslation();
  if (refusal !== null && freshness.cause !== 'source') return t('fresh.refused', { code: refusal });
  if (freshness.cause === null) return null;
  const said =
    freshness.cause === 'source' ? vitalSources(freshness.sources).find(({ cause }) => cause !== null) : null;
  if (said?.cause === 'fileMissing' || said?.cause === 'fileUnreadable') return t(`fresh.${said.cause}`);
  return t(`fresh.${freshness.cause}`);
}

const DOTS: Record<FreshnessLevel, ReactNode> = {
  fresh: <circle cx="6" cy="6" r="4" fill="currentColor" />,
  ageing: <path d="M6 2a4 4 0 0 1 0 8Z" fill="currentColor" stroke="currentColor" strokeWidth="1.500" />,
  starting: <circle cx="6" cy="6" r="3.600" fill="none" stroke="currentColor" strokeWidth="1.600" />,
  stale: <path d="m2.500 2.500 7 7m0-7-7 7" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
};

/** One pill per source: shape and word; the age once it matters. */
export function FreshnessPills({ freshness }: { freshness: Freshness }): ReactNode {
  const { t } = useTranslation();
  const isSourceBlamed = freshness.cause === 'source' || freshness.cause === null;
  // Without a connection nothing can be said of the sources, so they must not look alive.
  const pills = isSourceBlamed ? freshness.sources : [];
  if (pills.length === 0)
    return <Pill level={freshness.level} text={t(`fresh.${wordOf(freshness.level)}`, { age: '' })} />;
  return pills.map(({ id, level, ageMs }) => (
    <Pill
      key={id}
      level={level}
      name={id}
      text={level === 'ageing' ? t('fresh.ageing', { age: formatDuration(ageMs ?? 0) }) : t(`fresh.${level}`)}
    />
  ));
}

const wordOf = (level: FreshnessLevel): 'fresh' | 'stale' | 'starting' => (level === 'ageing' ? 'stale' : level);

function Pill({ level, name, text }: { level: FreshnessLevel; name?: string; text: string }): ReactNode {
  return (
    <span className={`pill pill--${level}`}>
      <svg className="pill__dot" viewBox="0 0 12 12" aria-hidden="true">
        {DOTS[level]}
      </svg>
      {name && <Given text={name} className="pill__name" />}
      <span>{text}</span>
    </span>
  );
}

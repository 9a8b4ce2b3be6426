import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format.ts';
import { type Freshness, isPartlyLost } from '../live/freshness.ts';
import { Given } from '../ui/given.tsx';

/** Says in a sentence why numbers are missing or late. Nothing while all is well. */
export function FreshnessBanner({ freshness, cause }: { freshness: Freshness; cause: string | null }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  if (freshness.level === 'fresh') return null;
  const isStale = freshness.level === 'stale';
  const isPartly = isPartlyLost(freshness);
  const lost = isPartly ? freshness.sources.filter(({ level }) => level === 'stale').map(({ id }) => id) : [];
  const text = isStale
    ? t(isPartly ? 'fresh.bannerPartly' : 'fresh.bannerStale')
    : freshness.level === 'ageing'
      ? t('fresh.bannerAgeing')
      : t('wall.starting');
  return (
    <div className="banner" data-level={freshness.level} role={isStale ? 'alert' : 'status'}>
      {isStale && <strong>{t('fresh.stale')}</strong>}
      {lost.length > 0 && <Given text={lost.join(t('strip.and'))} className="banner__source" />}
      {cause && <span>{cause}</span>}
      <span>{text}</span>
      {freshness.provenAt !== null && (
        <span className="banner__until">{t('fresh.until', { time: format.time(freshness.provenAt) })}</span>
      )}
    </div>
  );
}

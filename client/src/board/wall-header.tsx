import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format.ts';
import type { Freshness } from '../live/freshness.ts';
import type { SiteView } from '../live/rows.ts';
import { useLive, useServerNow } from '../live/use-live.tsx';
import { FreshnessPills } from '../ui/freshness-pill.tsx';
import { Given } from '../ui/given.tsx';

/** More pages than this are told in figures. */
const MOST_DOTS = 8;

export interface PageDots {
  readonly page: number;
  readonly pages: number;
  /** Pages with a queue in breach. */
  readonly breached: ReadonlySet<number>;
}

export function WallHeader({
  site,
  freshness,
  dots,
  title = null,
  note = null,
}: {
  site: SiteView | null;
  freshness: Freshness;
  dots: PageDots | null;
  /** Of the page, where it has one. */
  title?: string | null;
  /** What must be said of the whole wall. */
  note?: string | null;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { connection } = useLive();
  const now = useServerNow();
  return (
    <header className="wall-header">
      <h1 className="wall-header__site">
        <Given text={site?.name ?? t('app.name')} />
      </h1>
      {title !== null && <Given text={title} className="wall-header__title" />}
      {note !== null && (
        <span className="wall-header__note" role="status">
          {note}
        </span>
      )}
      {site?.businessDate && title === null && note === null && (
        <span className="wall-header__quiet">{t('wall.businessDay', { date: format.isoDate(site.businessDate) })}</span>
      )}
      <span className="wall-header__space" />
      {dots && dots.pages > MOST_DOTS && (
        <span className="wall-dots wall-dots--many">
          {dots.page + 1} / {dots.pages}
        </span>
      )}
      {dots && dots.pages > 1 && dots.pages <= MOST_DOTS && (
        <span className="wall-dots" role="img" aria-label={t('wall.page', { page: dots.page + 1, pages: dots.pages })}>
          {[...Array(dots.pages).keys()].map((page) => (
            <span
              key={page}
              className="wall-dots__dot"
              data-current={page === dots.page}
              data-breached={dots.breached.has(page)}
            />
          ))}
        </span>
      )}
      <span className="wall-header__sources">
        <FreshnessPills freshness={freshness} />
      </span>
      <span className="wall-header__date">{format.date(now)}</span>
      <time className="wall-header__clock" data-known={connection.serverClock.isSet}>
        {connection.serverClock.isSet ? format.time(now) : '--:--:--'}
      </time>
    </header>
  );
}

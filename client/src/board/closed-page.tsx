import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format.ts';
import type { SiteView } from '../live/rows.ts';
import { useServerNow } from '../live/use-live.tsx';
import { Given } from '../ui/given.tsx';

/** Nobody signed in, nothing happening: the time and a sentence, no zeros that look like good news. */
export function ClosedPage({ site }: { site: SiteView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useServerNow();
  return (
    <div className="closed">
      <h1 className="closed__site">
        <Given text={site.name} />
      </h1>
      <time className="closed__clock">{format.timeShort(now)}</time>
      <p className="closed__date">{format.date(now)}</p>
      <p className="closed__text">{t('wall.closed')}</p>
      <p className="closed__detail">{t('wall.closedDetail')}</p>
    </div>
  );
}

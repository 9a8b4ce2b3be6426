import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePixelShift } from '../board/upkeep.ts';
import { useFormat } from '../i18n/format.ts';
import { useLive, useServerNow } from '../live/use-live.tsx';

/** Outside its hours: the time, dark and in no fixed place. */
export function NightPage(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { connection } = useLive();
  const now = useServerNow();
  usePixelShift();
  return (
    <main className="tv tv--night">
      <time className="tv__clock">{connection.serverClock.isSet ? format.timeShort(now) : '--:--'}</time>
      <p className="tv__date">{format.date(now)}</p>
      <p className="tv__quiet">{t('tv.night')}</p>
    </main>
  );
}

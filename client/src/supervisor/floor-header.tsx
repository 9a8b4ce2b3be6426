import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AccountMenu } from '../access/account-menu.tsx';
import { useFormat } from '../i18n/format.ts';
import type { Freshness } from '../live/freshness.ts';
import type { SiteView } from '../live/rows.ts';
import { useLive, useServerNow } from '../live/use-live.tsx';
import { FreshnessPills } from '../ui/freshness-pill.tsx';
import { Given } from '../ui/given.tsx';
import { LanguageSwitch, ThemeSwitch } from '../ui/language-switch.tsx';
import type { Density } from './preferences.ts';

interface FloorHeaderProps {
  readonly site: SiteView | null;
  readonly freshness: Freshness;
  readonly density: Density;
  readonly onDensity: (density: Density) => void;
  readonly onPalette: () => void;
  readonly onHelp: () => void;
}

export function FloorHeader(props: FloorHeaderProps): ReactNode {
  const { site, freshness, density, onDensity, onPalette, onHelp } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const { connection } = useLive();
  const now = useServerNow();
  const otherDensity: Density = density === 'compact' ? 'comfortable' : 'compact';
  return (
    <header className="floor-header">
      <a className="floor-header__home" href="/" aria-label={t('app.home')}>
        <img src="/favicon.svg" alt="" width="22" height="22" />
      </a>
      <h1 className="floor-header__site">
        <Given text={site?.name ?? t('floor.title')} />
      </h1>
      {site?.businessDate && (
        <span className="quiet floor-header__day">
          {t('wall.businessDay', { date: format.isoDate(site.businessDate) })}
        </span>
      )}
      <span className="floor-header__sources">
        <FreshnessPills freshness={freshness} />
      </span>
      <span className="floor-header__tools">
        <button
          type="button"
          className="tool tool--framed tool--palette"
          onClick={onPalette}
          aria-keyshortcuts="Control+K Meta+K"
        >
          {t('palette.short')} <kbd>Ctrl K</kbd>
        </button>
        <button type="button" className="tool" onClick={() => onDensity(otherDensity)} title={t('floor.density')}>
          {t(`floor.${otherDensity}`)}
        </button>
        <ThemeSwitch />
        <LanguageSwitch />
        <button
          type="button"
          className="tool tool--key"
          aria-label={t('floor.shortcuts')}
          aria-keyshortcuts="?"
          onClick={onHelp}
        >
          ?
        </button>
        <AccountMenu />
      </span>
      <time className="floor-header__clock">{connection.serverClock.isSet ? format.time(now) : '--:--:--'}</time>
    </header>
  );
}

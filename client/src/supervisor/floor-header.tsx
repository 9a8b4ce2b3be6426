import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format.ts';
import { type Language, setLanguage } from '../i18n/i18n.ts';
import type { Freshness } from '../live/freshness.ts';
import type { SiteView } from '../live/rows.ts';
import { useLive, useServerNow } from '../live/use-live.tsx';
import { FreshnessPills } from '../ui/freshness-pill.tsx';
import { Given } from '../ui/given.tsx';
import { setTheme, type Theme } from '../ui/theme.ts';
import type { Density } from './preferences.ts';

interface FloorHeaderProps {
  readonly site: SiteView | null;
  readonly freshness: Freshness;
  readonly density: Density;
  readonly theme: Theme;
  readonly onDensity: (density: Density) => void;
  readonly onTheme: (theme: Theme) => void;
  readonly onPalette: () => void;
  readonly onHelp: () => void;
}

export function FloorHeader(props: FloorHeaderProps): ReactNode {
  const { site, freshness, density, theme, onDensity, onTheme, onPalette, onHelp } = props;
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { connection } = useLive();
  const now = useServerNow();
  const otherTheme = theme === 'dark' ? 'light' : 'dark';
  const otherLanguage: Language = i18n.language === 'en' ? 'zh-CN' : 'en';
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
        <button
          type="button"
          className="tool"
          title={t('floor.theme')}
          onClick={() => {
            setTheme(otherTheme);
            onTheme(otherTheme);
          }}
        >
          {otherTheme === 'dark' ? t('floor.themeDark') : t('floor.themeLight')}
        </button>
        <button
          type="button"
          className="tool"
          lang={otherLanguage}
          title={t('floor.language')}
          onClick={() => setLanguage(i18n, otherLanguage)}
        >
          {otherLanguage === 'en' ? t('app.inEnglish') : t('app.inChinese')}
        </button>
        <button
          type="button"
          className="tool tool--key"
          aria-label={t('floor.shortcuts')}
          aria-keyshortcuts="?"
          onClick={onHelp}
        >
          ?
        </button>
      </span>
      <time className="floor-header__clock">{connection.serverClock.isSet ? format.time(now) : '--:--:--'}</time>
    </header>
  );
}

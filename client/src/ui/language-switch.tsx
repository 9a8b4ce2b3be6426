import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Language, setLanguage } from '../i18n/i18n.ts';
import { setTheme, useTheme } from './theme.ts';

/** Each button offers the other one. */
export function LanguageSwitch(): ReactNode {
  const { t, i18n } = useTranslation();
  const other: Language = i18n.language === 'en' ? 'zh-CN' : 'en';
  return (
    <button
      type="button"
      className="tool"
      lang={other}
      title={t('floor.language')}
      onClick={() => setLanguage(i18n, other)}
    >
      {other === 'en' ? t('app.inEnglish') : t('app.inChinese')}
    </button>
  );
}

export function ThemeSwitch(): ReactNode {
  const { t } = useTranslation();
  const theme = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <button type="button" className="tool" title={t('floor.theme')} onClick={() => setTheme(other)}>
      {other === 'dark' ? t('floor.themeDark') : t('floor.themeLight')}
    </button>
  );
}

import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.ts';
import { zhCn } from './zh-cn.ts';

export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = 'floorcast.language';

/** The address wins (a TV is set up by its address), then the last choice, then the browser; Chinese otherwise. */
export function chooseLanguage(query: URLSearchParams, stored: string | null, browser: readonly string[]): Language {
  for (const wish of [query.get('lang'), stored, ...browser]) {
    const language = LANGUAGES.find((known) => wish?.toLowerCase().startsWith(known.slice(0, 2).toLowerCase()));
    if (language) return language;
  }
  return 'zh-CN';
}

export function createI18n(language: Language): i18n {
  const instance = i18next.createInstance();
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'zh-CN',
    resources: { 'zh-CN': { translation: zhCn }, en: { translation: en } },
    // React escapes; doing it twice would show entities.
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return instance;
}

export const storedLanguage = (): string | null => localStorage.getItem(KEY);

export function setLanguage(instance: i18n, language: Language): void {
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
  void instance.changeLanguage(language);
}

import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

/** Date and time of this machine, as people write them; the year only where it is another one. */
export function useInstant(): (at: number) => string {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    const day = { month: i18n.language === 'en' ? 'short' : 'long', day: 'numeric' } as const;
    const near = new Intl.DateTimeFormat(i18n.language, { ...day, ...clock });
    const far = new Intl.DateTimeFormat(i18n.language, { year: 'numeric', ...day, ...clock });
    const year = new Date().getFullYear();
    return (at) => (new Date(at).getFullYear() === year ? near : far).format(at);
  }, [i18n.language]);
}

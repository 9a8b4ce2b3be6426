import { useTranslation } from 'react-i18next';
import { formatDuration, useFormat } from '../i18n/format.ts';
import type { DayContact } from './day-timeline.ts';

/** A call in one line: when, which queue, how long it waited and talked, what was special. */
export function useCallWords(queueName: (id: string) => string): (contact: DayContact) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (contact) => {
    const { offeredAt, queue, outcome, waitMs, talkMs, holdMs, acwMs, caller } = contact;
    const part = (name: string, ms: number | null) => (ms === null ? '' : `${name} ${formatDuration(ms)}`);
    return [
      format.time(offeredAt),
      queueName(queue),
      outcome === 'answered' ? '' : t(`outcome.${outcome}`),
      part(t('contact.wait'), waitMs),
      part(t('contact.talk'), talkMs),
      holdMs > 0 ? part(t('contact.hold'), holdMs) : '',
      acwMs > 0 ? part(t('contact.afterCall'), acwMs) : '',
      caller ?? '',
      ...specialsOf(contact).map((word) => t(`contact.${word}`)),
    ]
      .filter(Boolean)
      .join(' · ');
  };
}

export function specialsOf({ isTransferred, isEndInferred }: DayContact): ('transferred' | 'endInferred')[] {
  return [...(isTransferred ? (['transferred'] as const) : []), ...(isEndInferred ? (['endInferred'] as const) : [])];
}

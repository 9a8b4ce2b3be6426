import type { CsvCell } from '../csv.ts';
import type { ContactColumnsOptions } from './contact-columns.tsx';
import type { ListedContact } from './contact-pages.ts';

/** Contacts as lines of a file: instants as local text, durations as seconds, callers as masked as on the screen. */
export function contactRows(
  contacts: readonly ListedContact[],
  { t, format, queueName, agentName }: Pick<ContactColumnsOptions, 't' | 'format' | 'queueName' | 'agentName'>,
): CsvCell[][] {
  const seconds = (ms: number | null): CsvCell => (ms === null ? null : Math.round(ms / 100) / 10);
  const inSeconds = (name: string): string => t('csv.seconds', { name });
  const head = [
    t('contact.offered'),
    t('metric.queue'),
    t('contact.outcome'),
    inSeconds(t('contact.wait')),
    inSeconds(t('contact.talk')),
    inSeconds(t('contact.hold')),
    inSeconds(t('contact.afterCall')),
    t('contact.caller'),
    t('metric.agent'),
    t('callBack.title'),
    t('callBack.by'),
    t('callBack.cameBackAt'),
  ];
  return [
    head,
    ...contacts.map((contact) => [
      format.dateTime(contact.offeredAt),
      queueName(contact.queue),
      t(`outcome.${contact.outcome}`),
      seconds(contact.waitMs),
      seconds(contact.talkMs),
      seconds(contact.holdMs),
      seconds(contact.acwMs),
      contact.caller,
      contact.agent === null ? null : agentName(contact.agent),
      contact.callBack && t(`callBack.state.${contact.callBack.state}`),
      contact.callBack?.claimant?.name ?? null,
      contact.cameBackAt === null ? null : format.dateTime(contact.cameBackAt),
    ]),
  ];
}

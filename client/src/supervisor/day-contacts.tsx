import type { TFunction } from 'i18next';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration, NOTHING, useFormat } from '../i18n/format.ts';
import { Given } from '../ui/given.tsx';
import { specialsOf } from './call-words.ts';
import type { DayContact } from './day-timeline.ts';

/** The calls of the day under the timeline, newest first; the one that is picked there is marked here and in view. */
export function DayContacts({
  contacts,
  queueName,
  picked,
  onPick,
}: {
  contacts: readonly DayContact[];
  queueName: (id: string) => string;
  picked: string | null;
  onPick: (contact: string | null) => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const marked = useRef<HTMLTableRowElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row of what is picked, each time something else is.
  useEffect(() => {
    marked.current?.scrollIntoView?.({ block: 'nearest' });
  }, [picked]);
  return (
    <section className="day-contacts" aria-label={t('drawer.callsOf', { count: contacts.length })}>
      <h3 className="timeline__title">
        {t('drawer.calls')} <span className="quiet">{contacts.length}</span>
      </h3>
      {contacts.length === 0 ? (
        <p className="quiet">{t('drawer.noCalls')}</p>
      ) : (
        <table className="calls">
          <thead>
            <tr>
              <th scope="col">{t('contact.offered')}</th>
              <th scope="col">{t('metric.queue')}</th>
              <th scope="col">{t('contact.caller')}</th>
              <th scope="col" className="calls__number">
                {t('contact.wait')}
              </th>
              <th scope="col" className="calls__number">
                {t('contact.talk')}
              </th>
              <th scope="col" className="calls__number calls__less">
                {t('contact.hold')}
              </th>
              <th scope="col" className="calls__number calls__less">
                {t('contact.afterCall')}
              </th>
            </tr>
          </thead>
          <tbody>
            {[...contacts].reverse().map((contact) => (
              <tr
                key={contact.id}
                data-picked={contact.id === picked}
                {...(contact.id === picked && { ref: marked })}
                onClick={() => onPick(contact.id === picked ? null : contact.id)}
              >
                <td>{format.time(contact.offeredAt)}</td>
                <td>
                  <span className="calls__queue">
                    <Given text={queueName(contact.queue)} />
                    {wordsOf(contact, t).map((word) => (
                      <span key={word} className="quiet calls__special">
                        {word}
                      </span>
                    ))}
                  </span>
                </td>
                <td>{contact.caller && <Given text={contact.caller} className="quiet" />}</td>
                <td className="calls__number">{durationOr(contact.waitMs)}</td>
                <td className="calls__number">{durationOr(contact.talkMs)}</td>
                <td className="calls__number calls__less">{contact.holdMs > 0 ? durationOr(contact.holdMs) : ''}</td>
                <td className="calls__number calls__less">{contact.acwMs > 0 ? durationOr(contact.acwMs) : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function wordsOf(contact: DayContact, t: TFunction): string[] {
  const outcome = contact.outcome === 'answered' ? [] : [t(`outcome.${contact.outcome}`)];
  return [...outcome, ...specialsOf(contact).map((word) => t(`contact.${word}`))];
}

const durationOr = (ms: number | null): string => (ms === null ? NOTHING : formatDuration(ms));

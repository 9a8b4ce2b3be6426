import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { type Format, formatDuration, NOTHING } from '../i18n/format.ts';
import { Given } from '../ui/given.tsx';
import type { CallBack, ListedContact } from './contact-pages.ts';
import type { GridColumn } from './grid-column.ts';

export interface ContactColumnsOptions {
  readonly t: TFunction;
  readonly format: Format;
  readonly queueName: (id: string) => string;
  readonly agentName: (id: string) => string;
  readonly isWide: boolean;
  /** Nobody answered any of them. */
  readonly isLost: boolean;
  /** Null for whoever may not call back. */
  readonly onClaim: ((contact: ListedContact) => void) | null;
}

/** No column sorts: the list is by time, and comes page by page. */
export function contactColumns(options: ContactColumnsOptions): GridColumn<ListedContact>[] {
  const { t, format, queueName, agentName, isWide, isLost, onClaim } = options;
  const columns: GridColumn<ListedContact>[] = [
    {
      id: 'offered',
      header: t('contact.offered'),
      width: '4.6rem',
      cell: ({ offeredAt }) => format.time(offeredAt),
    },
    {
      id: 'queue',
      header: t('metric.queue'),
      width: 'minmax(6rem, 1fr)',
      cell: ({ queue }) => <Given text={queueName(queue)} />,
    },
    {
      id: 'outcome',
      header: t('contact.outcome'),
      width: 'minmax(5.5rem, 0.7fr)',
      cell: ({ outcome }) => (
        <span className="outcome" data-outcome={outcome}>
          {t(`outcome.${outcome}`)}
        </span>
      ),
    },
    {
      id: 'wait',
      header: t('contact.wait'),
      width: '3.4rem',
      isEnd: true,
      cell: ({ waitMs }) => (waitMs === null ? NOTHING : formatDuration(waitMs)),
    },
    {
      id: 'talk',
      header: t('contact.talk'),
      width: '3.4rem',
      isEnd: true,
      cell: ({ talkMs }) => (talkMs === null ? null : formatDuration(talkMs)),
    },
    {
      id: 'caller',
      header: t('contact.caller'),
      width: 'minmax(7rem, 0.8fr)',
      cell: ({ caller }) =>
        caller === null ? <span className="quiet">{t('contact.hidden')}</span> : <Given text={caller} />,
    },
    {
      id: 'agent',
      header: t('metric.agent'),
      width: 'minmax(5rem, 0.8fr)',
      cell: ({ agent }) => agent && <Given text={agentName(agent)} />,
    },
    {
      id: 'callback',
      header: t('callBack.title'),
      width: 'minmax(11.5rem, 1.3fr)',
      cell: (contact) =>
        contact.callBack && (
          <>
            <CallBackMark contact={contact} callBack={contact.callBack} t={t} format={format} />
            {onClaim && contact.callBack.state === 'open' && (
              // Not a stop of its own: Enter opens the row, which can be claimed there.
              <button
                type="button"
                className="tool tool--framed tool--small"
                tabIndex={-1}
                onClick={() => onClaim(contact)}
              >
                {t('callBack.claim')}
              </button>
            )}
          </>
        ),
    },
  ];
  return columns.filter(({ id }) => (id !== 'talk' || (isWide && !isLost)) && (id !== 'agent' || !isLost));
}

/** How far it is with calling back, by shape and word. */
function CallBackMark({
  contact: { cameBackAt },
  callBack: { state, claimant, claimedAt, attempts, result },
  t,
  format,
}: {
  contact: ListedContact;
  callBack: CallBack;
} & Pick<ContactColumnsOptions, 't' | 'format'>): ReactNode {
  if (state === 'claimed') {
    const who = claimant?.isYou ? t('callBack.you') : (claimant?.name ?? '');
    const tried = result === null ? '' : t(`callBack.${result}`);
    return (
      <span className="call-back" data-state={claimant?.isYou ? 'mine' : 'claimed'}>
        <Given text={[who, tried].filter(Boolean).join(' · ')} />
        {claimedAt !== null && (
          <span className="quiet" title={t('callBack.since', { time: format.time(claimedAt) })}>
            {format.timeShort(claimedAt)}
          </span>
        )}
      </span>
    );
  }
  if (state === 'done') {
    return (
      <span className="call-back" data-state="done">
        {t(result === 'reached' ? 'callBack.doneReached' : 'callBack.done')}
        {claimant && <Given text={claimant.name} className="quiet" />}
      </span>
    );
  }
  return (
    <span className="call-back" data-state={cameBackAt === null ? 'open' : 'back'}>
      {cameBackAt === null
        ? attempts > 0
          ? t('callBack.tried', { count: attempts })
          : t('callBack.open')
        : t('callBack.cameBack', { time: format.timeShort(cameBackAt) })}
    </span>
  );
}

import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Notice } from '../../../shared/api-notices.ts';
import { useFormat } from '../i18n/format.ts';
import { useNotices } from './use-notices.ts';
import { NoticeWords } from './wall-notices.tsx';
import './notices.css';

/** More would push the numbers off a small screen; the rest is behind a button. */
const SHOWN = 2;

interface FloorNoticesProps {
  readonly queueName: (id: string) => string;
  readonly onOpen: () => void;
}

/** The notices of the site above the floor, each with its author and times; nothing while there are none. */
export function FloorNotices({ queueName, onOpen }: FloorNoticesProps): ReactNode {
  const { t } = useTranslation();
  const notices = useNotices();
  if (notices.length === 0) return null;
  return (
    <section className="floor-notices" aria-label={t('notice.title')} aria-live="polite">
      {notices.slice(0, SHOWN).map((notice, index) => (
        <div key={notice.id} className="floor-notice" data-level={notice.level}>
          <NoticeWords notice={notice} />
          <NoticeFacts notice={notice} queueName={queueName} />
          {index === 0 && (
            <button type="button" className="tool floor-notice__open" onClick={onOpen}>
              {notices.length > SHOWN ? t('notice.more', { count: notices.length - SHOWN }) : t('notice.open')}
            </button>
          )}
        </div>
      ))}
    </section>
  );
}

/** Whom it is for, who wrote it when, and until when it stands. */
export function NoticeFacts({ notice, queueName }: { notice: Notice; queueName: (id: string) => string }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { by, at, endsAt, queues, teams } = notice;
  const whom = [...(teams ?? []), ...(queues ?? []).map(queueName)].join(t('access.list.comma'));
  return (
    <span className="notice-facts">
      {whom !== '' && <bdi>{t('notice.for', { whom })}</bdi>}
      {by !== null && <bdi>{by}</bdi>}
      <span>{format.timeShort(at)}</span>
      <span>{t('notice.until', { time: format.timeShort(endsAt) })}</span>
    </span>
  );
}

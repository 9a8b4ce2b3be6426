import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Notice } from '../../../shared/api-notices.ts';
import { useServerNow } from '../live/use-live.tsx';
import { useNotices } from './use-notices.ts';
import './notices.css';

/** By the server's clock, so that all walls of a hall show the same one. */
const TURN_EVERY_MS = 10_000;
/** In widths of a Chinese character; more gets smaller letters. */
const LONG_FROM = 56;

/** The notices of a site in a row of the wall; nothing while there are none. One after the other, so that none is small. */
export function WallNotices(): ReactNode {
  const { t } = useTranslation();
  const notices = useNotices();
  const now = useServerNow();
  const turn = Math.floor(now / TURN_EVERY_MS) % Math.max(1, notices.length);
  const notice = notices[turn];
  if (!notice) return null;
  return (
    <section className="wall-notice" aria-label={t('notice.title')} data-level={notice.level}>
      <NoticeWords notice={notice} />
      {notices.length > 1 && (
        <span className="wall-notice__turn">
          {turn + 1}/{notices.length}
        </span>
      )}
    </section>
  );
}

/** What it says, with the word of its level where it is important. Also for a tile of a board. */
export function NoticeWords({ notice: { text, level } }: { notice: Notice }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {level === 'important' && <strong className="notice-level">{t('notice.level.important')}</strong>}
      <bdi className="notice-text" data-long={widthOf(text) > LONG_FROM || text.includes('\n')}>
        {text}
      </bdi>
    </>
  );
}

const widthOf = (text: string): number => [...text].reduce((sum, one) => sum + (one > '\u2e80' ? 1 : 0.55), 0);

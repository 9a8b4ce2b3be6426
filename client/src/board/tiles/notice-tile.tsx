import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tile } from '../../../../shared/board.ts';

/** In the language of the wall; in the other where it was written in one only. */
export function NoticeTile({
  settings: { zh, en },
}: {
  settings: Extract<Tile, { kind: 'notice' }>['settings'];
}): ReactNode {
  const { i18n } = useTranslation();
  const isEnglish = i18n.language === 'en' ? en !== '' : zh === '';
  return (
    <p className="tile-notice" lang={isEnglish ? 'en' : 'zh-CN'} dir="auto">
      {isEnglish ? en : zh}
    </p>
  );
}

import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, Tile } from '../../../shared/board.ts';
import { figureSize, isShown } from '../../../shared/board-grid.ts';

interface TileFaceProps {
  readonly tile: Tile;
  readonly profile: Board['profile'];
  readonly what: string;
}

/** A tile without data: its name, and specimens of its figures as large as a wall draws them. */
export function TileFace({ tile, profile, what }: TileFaceProps): ReactNode {
  const { t } = useTranslation();
  const size = figureSize(tile);
  const isHidden = tile.kind === 'number' && !isShown(profile, tile.settings.metric);
  const style = { '--figure': size ?? 0 } as React.CSSProperties;
  return (
    <span className="face" style={style} data-kind={tile.kind} aria-hidden="true">
      <span className="face__name">{what}</span>
      {isHidden ? <span className="face__note">{t('boards.tile.hidden')}</span> : <Specimen tile={tile} />}
    </span>
  );
}

function Specimen({ tile }: { tile: Tile }): ReactNode {
  const { i18n } = useTranslation();
  switch (tile.kind) {
    case 'number':
      return <span className="face__figure">{FIGURES[tile.settings.metric] ?? '88'}</span>;
    case 'serviceLevel':
      return <span className="face__figure">88%</span>;
    case 'clock':
      return <span className="face__figure">08:08</span>;
    case 'states':
      return (
        <span className="face__bar">
          {[4, 3, 2, 1].map((share) => (
            <i key={share} style={{ flexGrow: share }} />
          ))}
        </span>
      );
    case 'queues':
    case 'heat':
      return (
        <span className="face__rows">
          {Array.from({ length: tile.settings.rows }, (_, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a specimen are all alike.
            <span key={row} className="face__row">
              {Array.from({ length: tile.kind === 'queues' ? tile.settings.columns.length : 12 }, (_, cell) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                <i key={cell}>{tile.kind === 'queues' ? '88' : ''}</i>
              ))}
            </span>
          ))}
        </span>
      );
    case 'trend':
      return (
        <svg className="face__curve" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
          <path d="M0 36C12 34 16 12 30 14s16 14 28 12 14-20 24-20 12 14 18 16" />
        </svg>
      );
    case 'notice': {
      const { zh, en } = tile.settings;
      return <span className="face__text">{i18n.language === 'en' ? en || zh : zh || en}</span>;
    }
  }
}

const FIGURES: Readonly<Record<string, string>> = { longestWait: '8:08', serviceLevel: '88%', answerRate: '88%' };

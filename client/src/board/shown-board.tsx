import { type CSSProperties, Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, Page, Tile } from '../../../shared/board.ts';
import { figureSize } from '../../../shared/board-grid.ts';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import type { BoardData } from './tile-scope.ts';
import { ClockTile } from './tiles/clock-tile.tsx';
import { HeatTile } from './tiles/heat-tile.tsx';
import { NoticeTile } from './tiles/notice-tile.tsx';
import { NumberTile } from './tiles/number-tile.tsx';
import { QueuesTile } from './tiles/queues-tile.tsx';
import { ServiceLevelTile } from './tiles/service-level-tile.tsx';
import { StatesTile } from './tiles/states-tile.tsx';
import { TrendTile } from './tiles/trend-tile.tsx';
import './shown-board.css';

interface ShownBoardPageProps {
  readonly page: Page;
  readonly profile: Board['profile'];
  readonly data: BoardData;
}

/**
 * One page of a board, as large as what holds it, which must have a size of its own. Whether its numbers may be shown is
 * told by the `TrustProvider` around; the zone of its times by the `LiveProvider`.
 */
export function ShownBoardPage({ page, profile, data }: ShownBoardPageProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="shown-board">
      <div className="shown-board__grid">
        {page.tiles.map((tile) => (
          <section key={tile.id} className={`tile tile--${tile.kind}`} style={placeOf(tile)} data-rows={tile.h}>
            <ErrorBoundary fallback={<p className="quiet">{t('app.broken')}</p>}>
              <Content tile={tile} profile={profile} data={data} />
            </ErrorBoundary>
          </section>
        ))}
        {page.tiles.length === 0 && <p className="shown-board__empty quiet">{t('shown.pageEmpty')}</p>}
      </div>
    </div>
  );
}

function placeOf(tile: Tile): CSSProperties {
  const { x, y, w, h } = tile;
  const size = figureSize(tile);
  return {
    gridColumn: `${x + 1} / span ${w}`,
    gridRow: `${y + 1} / span ${h}`,
    // A small tile keeps its label in proportion; no label is larger than those of the standard wall.
    '--label': Math.max(1.7, Math.min(2.6, h * 1.3, w * 0.95)),
    ...(size !== null && { '--figure': size }),
  } as CSSProperties;
}

function Content({ tile, profile, data }: { tile: Tile } & Omit<ShownBoardPageProps, 'page'>): ReactNode {
  switch (tile.kind) {
    case 'number':
      return <NumberTile settings={tile.settings} profile={profile} data={data} />;
    case 'serviceLevel':
      return <ServiceLevelTile settings={tile.settings} data={data} />;
    case 'queues':
      return <QueuesTile settings={tile.settings} profile={profile} data={data} />;
    case 'states':
      return <StatesTile data={data} columns={tile.w < 6 && tile.h > 1 ? 4 : 7} />;
    case 'trend':
      return <TrendTile data={data} />;
    case 'heat':
      return <HeatTile settings={tile.settings} data={data} />;
    case 'notice':
      return <NoticeTile settings={tile.settings} />;
    case 'clock':
      return <ClockTile data={data} />;
    default:
      // A board of a later server may have more kinds than this screen knows.
      return <Fragment />;
  }
}

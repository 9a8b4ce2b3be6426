/** What every wall has, whatever it shows: heading, the line of breaches, and the calm page of a closed centre. */
import type { CSSProperties, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { WallNotices } from '../notices/wall-notices.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { TrustProvider } from '../ui/trust.tsx';
import { isClosed, siteJudgement } from './board-model.ts';
import { ClosedPage } from './closed-page.tsx';
import { CriticalStrip } from './critical-strip.tsx';
import type { Rotation } from './rotation.ts';
import type { WallSizing } from './sizing.ts';
import { useUpkeep } from './upkeep.ts';
import type { WallNow } from './use-wall.ts';
import { WallHeader } from './wall-header.tsx';
import { useTellWatch } from './wall-watch.ts';
import './wall.css';

interface WallFrameProps {
  readonly wall: WallNow;
  /** `standard`, or the id of the board that is shown. */
  readonly board: string;
  readonly rotation: Rotation;
  readonly pages: number;
  /** Pages with a queue in breach. */
  readonly breached: ReadonlySet<number>;
  readonly sizing?: WallSizing;
  readonly title?: string | null;
  readonly note?: string | null;
  readonly hidesWaits?: boolean;
  /** Above the line of breaches. */
  readonly headline?: ReactNode;
  /** What makes the page another one, besides its place in the rotation. */
  readonly pageKey?: string;
  readonly children: ReactNode;
}

export function WallFrame(props: WallFrameProps): ReactNode {
  const { wall, board, rotation, pages, breached, sizing, title, note, hidesWaits, headline, children } = props;
  const { t } = useTranslation();
  const { tables, states, freshness, cause, now, siteNow, withheld, breaches } = wall;
  const { level } = freshness;
  useUpkeep(tables.site?.businessDate ?? null, level === 'fresh');
  useTellWatch(board, level, breaches, siteNow - rotation.since);
  const style = sizing && { '--hero': sizing.hero, '--headline': sizing.headline, '--row': sizing.row };
  const broken = <p className="quiet">{t('app.broken')}</p>;
  if (level !== 'starting' && level !== 'stale' && tables.site && isClosed(tables, now)) {
    return (
      <main className="wall wall--closed">
        <WallHeader site={tables.site} freshness={freshness} dots={null} />
        <ClosedPage site={tables.site} />
      </main>
    );
  }
  return (
    <main
      className={headline === undefined ? 'wall wall--board' : 'wall'}
      style={style as CSSProperties}
      data-freshness={level}
      data-rows={sizing && sizing.row > 6.5 ? 'large' : 'usual'}
    >
      <WallHeader
        site={tables.site}
        freshness={freshness}
        dots={{ page: rotation.page, pages, breached }}
        title={title ?? null}
        note={note ?? null}
      />
      <TrustProvider freshness={freshness}>
        {headline !== undefined && (
          <ErrorBoundary key={`headline ${rotation.page}`} fallback={broken}>
            {headline}
          </ErrorBoundary>
        )}
        <CriticalStrip
          breaches={breaches}
          states={states}
          withheld={withheld}
          hasCounts={tables.counts !== null}
          ofSite={siteJudgement(tables, states, now)}
          freshness={freshness}
          cause={cause}
          hidesWaits={hidesWaits ?? false}
        />
        <WallNotices />
        <div className="wall__page" key={`${props.pageKey ?? ''} ${rotation.page}`}>
          <ErrorBoundary fallback={broken}>{children}</ErrorBoundary>
        </div>
      </TrustProvider>
    </main>
  );
}

import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { boardTables, dayIntervals, queueState } from '../board/board-model.ts';
import { EVERY_QUEUE } from '../board/rolling.ts';
import { DayTrend } from '../charts/day-trend.tsx';
import { NOTHING, useFormat } from '../i18n/format.ts';
import { useFreshness, useLive, useSiteNow, useTables } from '../live/use-live.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { useCauseText } from '../ui/freshness-pill.tsx';
import { TrustProvider, trustOf } from '../ui/trust.tsx';
import { AGENTS_GRID_ID, AgentPanel } from './agent-panel.tsx';
import { FloorHeader } from './floor-header.tsx';
import { FreshnessBanner } from './freshness-banner.tsx';
import { type Density, storeDensity, storedDensity, useMedia } from './preferences.ts';
import { QueuePanel } from './queue-panel.tsx';
import { ShortcutsDialog, useShortcuts } from './shortcuts.tsx';
import { Totals } from './totals.tsx';
import { useQueueStates } from './use-queue-states.ts';
import './floor.css';

const ROW_HEIGHT: Record<Density, number> = { comfortable: 40, compact: 30 };
const CARD_HEIGHT = { queue: 92, agent: 104 };

/** The supervisor's screen: the whole floor in one view, every row findable from the keyboard. */
export function Floor(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { connection, site } = useLive();
  const freshness = useFreshness();
  const tables = useTables('board', boardTables);
  const now = useSiteNow();
  const states = useQueueStates(tables, now, queueState);
  const [density, setDensity] = useState(storedDensity);
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const filter = useRef<HTMLInputElement>(null);
  const isPhone = useMedia('(max-width: 700px)');
  const isWide = useMedia('(min-width: 1500px)');
  const cause = useCauseText(freshness, connection.refusal(site));
  const trust = trustOf(freshness);
  useShortcuts({
    '/': () => filter.current?.focus(),
    '?': () => setIsHelpOpen(true),
  });

  const points = tables.site
    ? dayIntervals(tables.site, tables.trend, now).map((startAt) => {
        const { offered, answered } = tables.trend.interval(EVERY_QUEUE, startAt);
        return { startAt, offered, answered };
      })
    : [];
  const broken = <p className="quiet">{t('app.broken')}</p>;
  return (
    <div className="floor" data-density={density}>
      <a className="skip" href={`#${AGENTS_GRID_ID}`}>
        {t('floor.skip')}
      </a>
      <FloorHeader
        site={tables.site}
        freshness={freshness}
        density={density}
        onDensity={(next) => {
          storeDensity(next);
          setDensity(next);
        }}
        onHelp={() => setIsHelpOpen(true)}
      />
      <FreshnessBanner freshness={freshness} cause={cause} />
      <TrustProvider trust={trust}>
        <main className="floor__main" data-freshness={freshness.level}>
          <ErrorBoundary fallback={broken}>
            <Totals tables={tables} states={states} now={now} />
          </ErrorBoundary>
          <div className="floor__left">
            <ErrorBoundary fallback={broken}>
              <QueuePanel
                states={states}
                rowHeight={isPhone ? CARD_HEIGHT.queue : ROW_HEIGHT[density]}
                isWhole={isPhone && states.length <= 30}
                isWide={isWide}
              />
            </ErrorBoundary>
            <section className="panel panel--trend" aria-label={t('wall.trendOfDay')}>
              <h2 className="panel__title">{t('wall.trendOfDay')}</h2>
              <DayTrend
                points={points}
                hour={format.timeShort}
                words={{
                  offered: t('metric.offered'),
                  answered: t('metric.answered'),
                  summary: t('wall.trendOfDay'),
                  few: t('wall.trendFew'),
                }}
                shown={(count) => (trust.isWithheld ? NOTHING : String(count))}
              />
            </section>
          </div>
          <ErrorBoundary fallback={broken}>
            <AgentPanel
              queues={tables.queues}
              rowHeight={isPhone ? CARD_HEIGHT.agent : ROW_HEIGHT[density]}
              isWide={isWide}
              filterRef={filter}
            />
          </ErrorBoundary>
        </main>
      </TrustProvider>
      <ShortcutsDialog isOpen={isHelpOpen} onClose={() => setIsHelpOpen(false)} />
    </div>
  );
}

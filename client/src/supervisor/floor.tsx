import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Channel, SITE_ROW } from '../../../shared/view.ts';
import { useMay } from '../access/session.tsx';
import { ActingLayer } from '../acting/acting-layer.tsx';
import { type BoardTables, liveTables, queueState } from '../board/board-model.ts';
import { isWithheld, judgedAt, proofOfQueue } from '../live/freshness.ts';
import { useCounts, useFreshness, useLive, useSiteNow, useTables } from '../live/use-live.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { useCauseText } from '../ui/freshness-pill.tsx';
import { QueueTrust, TrustProvider } from '../ui/trust.tsx';
import { AGENTS_GRID_ID, AgentPanel } from './agent-panel.tsx';
import { DayChart } from './day-chart.tsx';
import { FloorHeader } from './floor-header.tsx';
import { FreshnessBanner } from './freshness-banner.tsx';
import { type Density, storeDensity, storedDensity, useMedia } from './preferences.ts';
import { QueueDetail } from './queue-detail.tsx';
import { QueuePanel } from './queue-panel.tsx';
import { ShortcutsDialog, useShortcuts } from './shortcuts.tsx';
import { Totals } from './totals.tsx';
import { useQueueStates } from './use-queue-states.ts';
import './floor.css';

const ROW_HEIGHT: Record<Density, number> = { comfortable: 40, compact: 30 };
const CARD_HEIGHT = { queue: 92, agent: 104 };

const NO_SOURCES: readonly string[] = [];
const CHANNELS: readonly Channel[] = ['board', 'counts', 'agents'];
const WITHOUT_AGENTS: readonly Channel[] = ['board', 'counts'];

/** The supervisor's screen: the whole floor in one view, every row findable from the keyboard. */
export function Floor(): ReactNode {
  const { t } = useTranslation();
  const { connection, site } = useLive();
  // A channel that would be refused is not asked for: one refusal makes the whole site look refused.
  const seesAgents = useMay()('agents.view', { site });
  const freshness = useFreshness(seesAgents ? CHANNELS : WITHOUT_AGENTS);
  const live = useTables('board', liveTables);
  const counts = useCounts();
  const tables: BoardTables = useMemo(() => ({ ...live, counts }), [live, counts]);
  const now = useSiteNow();
  const serverNow = connection.serverClock.now();
  const states = useQueueStates(
    tables,
    ({ sources }) => judgedAt(proofOfQueue(freshness, sources), now, serverNow),
    queueState,
  );
  const [picked, setPicked] = useState<string | null>(null);
  const detail = states.find(({ queue }) => queue.id === picked);
  const pick = useCallback((id: string) => setPicked((before) => (before === id ? null : id)), []);
  const [density, setDensity] = useState(storedDensity);
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const filter = useRef<HTMLInputElement>(null);
  const isPhone = useMedia('(max-width: 700px)');
  const isWide = useMedia('(min-width: 1500px)');
  const cause = useCauseText(freshness, connection.refusal(site));
  useShortcuts({
    '/': () => filter.current?.focus(),
    '?': () => setIsHelpOpen(true),
    escape: () => setPicked(null),
  });

  const broken = <p className="quiet">{t('app.broken')}</p>;
  return (
    <div className="floor" data-density={density}>
      {seesAgents && (
        <a className="skip" href={`#${AGENTS_GRID_ID}`}>
          {t('floor.skip')}
        </a>
      )}
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
      <TrustProvider freshness={freshness}>
        <main
          className="floor__main"
          data-freshness={freshness.level}
          data-detail={detail !== undefined}
          data-agents={seesAgents}
        >
          <ErrorBoundary fallback={broken}>
            <Totals tables={tables} states={states} now={judgedAt(freshness, now, serverNow)} />
          </ErrorBoundary>
          <div className="floor__left">
            <ErrorBoundary fallback={broken}>
              <QueuePanel
                states={states}
                rowHeight={isPhone ? CARD_HEIGHT.queue : ROW_HEIGHT[density]}
                isWhole={isPhone && states.length <= 30}
                isWide={isWide}
                onPick={pick}
              />
            </ErrorBoundary>
            <ErrorBoundary key={detail?.queue.id ?? ''} fallback={broken}>
              {detail ? (
                <QueueTrust sources={detail.queue.sources}>
                  <QueueDetail state={detail} tables={tables} now={now} onClose={() => setPicked(null)} />
                </QueueTrust>
              ) : (
                <section
                  className="panel panel--trend"
                  aria-label={t('wall.trendOfDay')}
                  data-withheld={isWithheld(freshness)}
                >
                  <DayChart tables={tables} queue={SITE_ROW} sources={NO_SOURCES} now={now} />
                </section>
              )}
            </ErrorBoundary>
          </div>
          {seesAgents && (
            <ErrorBoundary fallback={broken}>
              <AgentPanel
                queues={tables.queues}
                rowHeight={isPhone ? CARD_HEIGHT.agent : ROW_HEIGHT[density]}
                isWide={isWide}
                isPhone={isPhone}
                filterRef={filter}
              />
            </ErrorBoundary>
          )}
        </main>
      </TrustProvider>
      <ActingLayer />
      <ShortcutsDialog isOpen={isHelpOpen} onClose={() => setIsHelpOpen(false)} />
    </div>
  );
}

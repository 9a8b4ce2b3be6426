import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Channel, SITE_ROW } from '../../../shared/view.ts';
import { useMay } from '../access/session.tsx';
import { ActingLayer } from '../acting/acting-layer.tsx';
import { type BoardTables, liveTables, queueState } from '../board/board-model.ts';
import { isWithheld, judgedAt, proofOfQueue } from '../live/freshness.ts';
import { useCounts, useFreshness, useLive, useSiteNow, useTables } from '../live/use-live.tsx';
import { FloorNotices } from '../notices/floor-notices.tsx';
import { NoticeDialog } from '../notices/notice-dialog.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { useCauseText } from '../ui/freshness-pill.tsx';
import { QueueTrust, TrustProvider } from '../ui/trust.tsx';
import { AGENTS_GRID_ID, AgentPanel } from './agent-panel.tsx';
import { DayChart } from './day-chart.tsx';
import { type AgentFilter, ALL_CONTACTS } from './floor-address.ts';
import { FloorDrawer } from './floor-drawer.tsx';
import { FloorHeader } from './floor-header.tsx';
import { FloorPalette } from './floor-palette.tsx';
import { FreshnessBanner } from './freshness-banner.tsx';
import { type Density, storeDensity, storedDensity, useMedia } from './preferences.ts';
import { QueueDetail } from './queue-detail.tsx';
import { QueuePanel } from './queue-panel.tsx';
import { ShortcutsDialog, usePaletteKey, useShortcuts } from './shortcuts.tsx';
import { Totals } from './totals.tsx';
import { useFloorAddress } from './use-floor-address.ts';
import { useQueueStates } from './use-queue-states.ts';
import { useSavedViews } from './use-saved-views.ts';
import './floor.css';
import './floor-drawer.css';

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
  const may = useMay();
  const seesAgents = may('agents.view', { site });
  const seesContacts = may('contacts.view', { site });
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
  const { address, store } = useFloorAddress();
  const views = useSavedViews(site);
  const detail = states.find(({ queue }) => queue.id === address.queue);
  const pick = useCallback((id: string) => store.change({ queue: store.read().queue === id ? null : id }), [store]);
  const openAgent = useCallback((agent: string) => store.open({ kind: 'agent', agent, date: null }), [store]);
  const setFilter = useCallback((filter: AgentFilter) => store.change({ filter }), [store]);
  const openLost = (queue: string | null) =>
    store.open({ kind: 'contacts', filter: { ...ALL_CONTACTS, queue, outcomes: ['abandoned'] } });
  const [density, setShownDensity] = useState(storedDensity);
  const setDensity = (next: Density): void => {
    storeDensity(next);
    setShownDensity(next);
  };
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const [isNoticesOpen, setIsNoticesOpen] = useState(false);
  const queueName = (id: string): string => tables.queues.find((queue) => queue.id === id)?.name ?? id;
  const [isPaletteOpen, setIsPaletteOpen] = useState(false);
  const save = useRef<(() => void) | null>(null);
  const filter = useRef<HTMLInputElement>(null);
  const isPhone = useMedia('(max-width: 700px)');
  const isWide = useMedia('(min-width: 1500px)');
  const cause = useCauseText(freshness, connection.refusal(site));
  useShortcuts({
    '/': () => filter.current?.focus(),
    '?': () => setIsHelpOpen(true),
    escape: () => store.change({ queue: null }),
  });
  usePaletteKey(() => setIsPaletteOpen(true));

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
        onDensity={setDensity}
        onPalette={() => setIsPaletteOpen(true)}
        onHelp={() => setIsHelpOpen(true)}
      />
      <div className="floor__top">
        <FreshnessBanner freshness={freshness} cause={cause} />
        <FloorNotices queueName={queueName} onOpen={() => setIsNoticesOpen(true)} />
      </div>
      <TrustProvider freshness={freshness}>
        <main
          className="floor__main"
          data-freshness={freshness.level}
          data-detail={detail !== undefined}
          data-agents={seesAgents}
        >
          <ErrorBoundary fallback={broken}>
            <Totals
              tables={tables}
              states={states}
              now={judgedAt(freshness, now, serverNow)}
              onContacts={seesContacts ? () => openLost(null) : null}
            />
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
                  <QueueDetail
                    state={detail}
                    tables={tables}
                    now={now}
                    onContacts={seesContacts ? () => openLost(detail.queue.id) : null}
                    onClose={() => store.change({ queue: null })}
                  />
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
                filter={address.filter}
                onFilter={setFilter}
                views={views}
                saveRef={save}
                onOpen={openAgent}
              />
            </ErrorBoundary>
          )}
        </main>
        <FloorDrawer
          store={store}
          drawer={address.drawer}
          queues={tables.queues}
          rowHeight={ROW_HEIGHT[density]}
          isPhone={isPhone}
          isWide={isWide}
        />
      </TrustProvider>
      <ActingLayer />
      {isPaletteOpen && (
        <FloorPalette
          store={store}
          queues={tables.queues}
          views={views.views}
          density={density}
          onDensity={setDensity}
          onHelp={() => setIsHelpOpen(true)}
          onNotices={() => setIsNoticesOpen(true)}
          onSave={() => save.current?.()}
          onClose={() => setIsPaletteOpen(false)}
        />
      )}
      {isNoticesOpen && (
        <NoticeDialog queues={tables.queues} queueName={queueName} onClose={() => setIsNoticesOpen(false)} />
      )}
      <ShortcutsDialog isOpen={isHelpOpen} onClose={() => setIsHelpOpen(false)} />
    </div>
  );
}

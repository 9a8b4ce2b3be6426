import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { intervalStart } from '../../../shared/time.ts';
import type { Channel } from '../../../shared/view.ts';
import { isWithheld, judgedAt, proofOfQueue } from '../live/freshness.ts';
import type { DayView, SiteView } from '../live/rows.ts';
import { useCounts, useFreshness, useLive, useSiteNow, useTables } from '../live/use-live.tsx';
import { WallNotices } from '../notices/wall-notices.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { useCauseText } from '../ui/freshness-pill.tsx';
import { TrustProvider } from '../ui/trust.tsx';
import {
  type BoardTables,
  breachesOf,
  isClosed,
  liveTables,
  type QueueState,
  queueState,
  siteDay,
  siteJudgement,
} from './board-model.ts';
import { ClosedPage } from './closed-page.tsx';
import { CriticalStrip } from './critical-strip.tsx';
import { DayPage } from './day-page.tsx';
import { Headline, type HeadlineKey, headlineValues } from './headline.tsx';
import { type HeldBreaches, holdBreaches, NO_BREACHES, shownBreaches } from './held-breaches.ts';
import { PastValues } from './past-values.ts';
import { QueuePage } from './queue-page.tsx';
import { type Rotation, rotate, startRotation } from './rotation.ts';
import { sizingFromQuery } from './sizing.ts';
import { useUpkeep } from './upkeep.ts';
import { WallHeader } from './wall-header.tsx';
import { chooseQueues, pagesOf } from './wall-pages.ts';
import { useTellWatch } from './wall-watch.ts';
import './wall.css';

const CHANNELS: readonly Channel[] = ['board', 'counts'];

/** The TV board: nothing to click, nothing to scroll; whatever happens it shows the truth or says that it cannot. */
export function Wall(): ReactNode {
  const { t } = useTranslation();
  const { connection, site } = useLive();
  const freshness = useFreshness(CHANNELS);
  const live = useTables('board', liveTables);
  const counts = useCounts();
  const tables: BoardTables = useMemo(() => ({ ...live, counts }), [live, counts]);
  const siteNow = useSiteNow();
  const query = useMemo(() => new URLSearchParams(location.search), []);
  const sizing = useMemo(() => sizingFromQuery(query), [query]);
  const cause = useCauseText(freshness, connection.refusal(site));

  const serverNow = connection.serverClock.now();
  const now = judgedAt(freshness, siteNow, serverNow);
  const proofs = tables.queues.map(({ sources }) => proofOfQueue(freshness, sources));
  const states = tables.queues.map((queue, i) =>
    queueState(queue, counts, judgedAt(proofs[i] ?? freshness, siteNow, serverNow)),
  );
  const withheld = new Set(tables.queues.filter((_, i) => isWithheld(proofs[i] ?? freshness)).map(({ id }) => id));
  const rows = Math.min(6, sizing.rowsPerPage);
  const pages = usePages(states, rows, now, counts !== null);

  const past = usePastValues(tables.site, siteDay(counts), siteNow, isWithheld(freshness));
  const held = useHeldBreaches(states, siteNow, withheld);
  const pageOf = (queue: string) => pages.findIndex((page) => page.some((state) => state.queue.id === queue));
  const critical = states
    .filter(({ queue, severity }) => severity === 'critical' && !withheld.has(queue.id))
    .map(({ queue }) => ({ queue: queue.id, page: pageOf(queue.id) }));
  const rotation = useRotation(siteNow, pages.length + 1, critical, query.get('page'));
  useUpkeep(tables.site?.businessDate ?? null, freshness.level === 'fresh');
  useTellWatch(freshness.level, shownBreaches(held), siteNow - rotation.since);

  const style = { '--hero': sizing.hero, '--headline': sizing.headline, '--row': sizing.row } as React.CSSProperties;
  const shown = pages[rotation.page];
  if (freshness.level !== 'starting' && freshness.level !== 'stale' && tables.site && isClosed(tables, now)) {
    return (
      <main className="wall wall--closed" style={style}>
        <WallHeader site={tables.site} freshness={freshness} dots={null} />
        <ClosedPage site={tables.site} />
      </main>
    );
  }
  return (
    <main
      className="wall"
      style={style}
      data-freshness={freshness.level}
      data-rows={sizing.row > 6.5 ? 'large' : 'usual'}
    >
      <WallHeader
        site={tables.site}
        freshness={freshness}
        dots={{ page: rotation.page, pages: pages.length + 1, breached: new Set(critical.map(({ page }) => page)) }}
      />
      <TrustProvider freshness={freshness}>
        <ErrorBoundary key={`headline ${rotation.page}`} fallback={<p className="quiet">{t('app.broken')}</p>}>
          <Headline
            tables={tables}
            states={states}
            now={now}
            past={past}
            cause={freshness.level === 'stale' ? cause : null}
          />
        </ErrorBoundary>
        <CriticalStrip
          breaches={shownBreaches(held)}
          states={states}
          withheld={withheld}
          hasCounts={counts !== null}
          ofSite={siteJudgement(tables, states, now)}
          freshness={freshness}
          cause={cause}
        />
        <WallNotices />
        <div className="wall__page" key={rotation.page}>
          <ErrorBoundary fallback={<p className="quiet">{t('app.broken')}</p>}>
            {shown ? (
              <QueuePage states={shown} rows={rows} total={states.length} />
            ) : (
              <DayPage tables={tables} states={states} now={now} rows={6} />
            )}
          </ErrorBoundary>
        </div>
      </TrustProvider>
    </main>
  );
}

/** The choice of queues is looked at anew with every interval only: rows of a wall must not wander. */
function usePages(states: readonly QueueState[], rows: number, now: number, hasCounts: boolean): QueueState[][] {
  const chosen = useRef<{ readonly key: string; readonly ids: ReadonlySet<string> }>({ key: '', ids: new Set() });
  const key = `${intervalStart(now)} ${rows} ${states.length} ${hasCounts}`;
  if (chosen.current.key !== key) chosen.current = { key, ids: chooseQueues(states, rows) };
  return pagesOf(states, chosen.current.ids, rows);
}

function usePastValues(
  site: SiteView | null,
  day: DayView | null,
  now: number,
  isLost: boolean,
): PastValues<HeadlineKey> {
  const [past] = useState(() => new PastValues<HeadlineKey>());
  useEffect(() => {
    if (site && day && !isLost) past.record(now, headlineValues(site, day));
  }, [past, site, day, now, isLost]);
  return past;
}

function useHeldBreaches(states: readonly QueueState[], now: number, withheld: ReadonlySet<string>): HeldBreaches {
  const held = useRef<HeldBreaches>(NO_BREACHES);
  // Data loss neither raises nor clears: what was shown stays as it was.
  held.current = holdBreaches(held.current, breachesOf(states), now, withheld);
  return held.current;
}

function useRotation(
  now: number,
  pages: number,
  breaches: readonly { queue: string; page: number }[],
  fixed: string | null,
): Rotation {
  const rotation = useRef<Rotation | null>(null);
  rotation.current = rotate(rotation.current ?? startRotation(now), { now, pages, breaches });
  // `?page=2` stops the rotation: for a second TV beside the first, and for photographs.
  const page = fixed === null ? Number.NaN : Number(fixed) - 1;
  return Number.isInteger(page) && page >= 0 && page < pages ? { ...rotation.current, page } : rotation.current;
}

import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { intervalStart } from '../../../shared/time.ts';
import { isWithheld } from '../live/freshness.ts';
import type { DayView, SiteView } from '../live/rows.ts';
import { type QueueState, siteDay } from './board-model.ts';
import { DayPage } from './day-page.tsx';
import { Headline, type HeadlineKey, headlineValues } from './headline.tsx';
import { PastValues } from './past-values.ts';
import { QueuePage } from './queue-page.tsx';
import { sizingFromQuery } from './sizing.ts';
import { useRotation, useWall } from './use-wall.ts';
import { WallFrame } from './wall-frame.tsx';
import { chooseQueues, pagesOf } from './wall-pages.ts';

/** The TV board: nothing to click, nothing to scroll; whatever happens it shows the truth or says that it cannot. */
export function StandardWall({ note }: { note: string | null }): ReactNode {
  const wall = useWall();
  const { tables, states, freshness, siteNow, now } = wall;
  const sizing = useMemo(() => sizingFromQuery(new URLSearchParams(location.search)), []);
  const rows = Math.min(6, sizing.rowsPerPage);
  const pages = usePages(states, rows, now, tables.counts !== null);
  const past = usePastValues(tables.site, siteDay(tables.counts), siteNow, isWithheld(freshness));
  const breaches = wall.critical.map(({ queue }) => ({
    queue: queue.id,
    page: pages.findIndex((page) => page.some((state) => state.queue.id === queue.id)),
  }));
  const rotation = useRotation({ now: siteNow, pages: pages.length + 1, breaches });
  const shown = pages[rotation.page];
  const cause = freshness.level === 'stale' ? wall.cause : null;
  return (
    <WallFrame
      wall={wall}
      board="standard"
      rotation={rotation}
      pages={pages.length + 1}
      breached={new Set(breaches.map(({ page }) => page))}
      sizing={sizing}
      note={note}
      headline={<Headline tables={tables} states={states} now={now} past={past} cause={cause} />}
    >
      {shown ? (
        <QueuePage states={shown} rows={rows} total={states.length} />
      ) : (
        <DayPage tables={tables} states={states} now={now} rows={6} />
      )}
    </WallFrame>
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

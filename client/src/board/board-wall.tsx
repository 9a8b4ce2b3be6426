/** A wall that shows a board of people's own: its pages in place of headline and lists. */
import { type ReactNode, useEffect, useState } from 'react';
import type { PublishedBoard } from '../../../shared/api-boards.ts';
import type { Board } from '../../../shared/board.ts';
import { isWithheld } from '../live/freshness.ts';
import { useLive } from '../live/use-live.tsx';
import { PastValues } from './past-values.ts';
import { ShownBoardPage } from './shown-board.tsx';
import { pageOfQueue } from './tile-queues.ts';
import { type BoardData, figureKey, judge, scopeView } from './tile-scope.ts';
import { useRotation, useWall, type WallNow } from './use-wall.ts';
import { WallFrame } from './wall-frame.tsx';

export function BoardWall({ board: { id, number, board } }: { board: PublishedBoard }): ReactNode {
  const wall = useWall();
  const data = useBoardData(board, wall);
  const { pages, profile } = board;
  const breaches = wall.critical.flatMap(({ queue }) => {
    const page = pageOfQueue(pages, queue.id, queue.group);
    // The line of breaches names a queue that no page shows.
    return page === -1 ? [] : [{ queue: queue.id, page }];
  });
  const stayMs = pages.map(({ seconds }) => seconds * 1_000);
  const rotation = useRotation({ now: wall.siteNow, pages: pages.length, stayMs, breaches });
  const page = pages[rotation.page] ?? pages[0];
  return (
    <WallFrame
      wall={wall}
      board={id}
      rotation={rotation}
      pages={pages.length}
      breached={new Set(breaches.map((breach) => breach.page))}
      title={page?.name ?? null}
      hidesWaits={profile === 'agents'}
      pageKey={String(number)}
    >
      {page && <ShownBoardPage page={page} profile={profile} data={data} />}
    </WallFrame>
  );
}

/** Until it is known what the board looks like: its frame. */
export function EmptyWall({ board }: { board: string }): ReactNode {
  const wall = useWall();
  const rotation = useRotation({ now: wall.siteNow, pages: 1, breaches: [] });
  return (
    <WallFrame wall={wall} board={board} rotation={rotation} pages={1} breached={NONE}>
      {null}
    </WallFrame>
  );
}

const NONE: ReadonlySet<number> = new Set();

function useBoardData(board: Board, { tables, states, now, siteNow, breaches, freshness }: WallNow): BoardData {
  const { connection } = useLive();
  const [past] = useState(() => new PastValues<string>());
  const isLost = isWithheld(freshness) || tables.site === null || tables.counts === null;
  const data: BoardData = {
    ...{ tables, states, now },
    clockAt: connection.serverClock.isSet ? connection.serverClock.now() : null,
    urgent: new Set(breaches.map(({ breach }) => breach.queue.id)),
    changeOf: (key, value) => past.change(key, siteNow, value),
  };
  useEffect(() => {
    if (!isLost) past.record(siteNow, figuresOf(board, data));
  });
  return data;
}

function figuresOf(board: Board, data: BoardData): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const tile of board.pages.flatMap(({ tiles }) => tiles)) {
    if (tile.kind !== 'number') continue;
    const { metric, scope } = tile.settings;
    const view = scopeView(scope, data);
    const value = view && judge(metric, view).value;
    if (value !== null) figures[figureKey(metric, scope)] = value;
  }
  return figures;
}

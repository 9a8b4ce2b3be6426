import { type ReactNode, useMemo } from 'react';
import type { Board, Page } from '../../../shared/board.ts';
import type { Channel } from '../../../shared/view.ts';
import { type BoardTables, liveTables, queueState } from '../board/board-model.ts';
import { isBreach } from '../board/severity.ts';
import { ShownBoardPage } from '../board/shown-board.tsx';
import { judgedAt, proofOfQueue } from '../live/freshness.ts';
import { startLive } from '../live/start-live.ts';
import { LiveProvider, useCounts, useFreshness, useLive, useSiteNow, useTables } from '../live/use-live.tsx';
import { FreshnessPills } from '../ui/freshness-pill.tsx';
import { TrustProvider } from '../ui/trust.tsx';

interface LivePageProps {
  readonly site: string;
  readonly name: string;
  readonly page: Page;
  readonly profile: Board['profile'];
  /** What stands where a wall tells of breaches. */
  readonly strip: string;
}

/** A page as a TV of the site would show it now. */
export function LivePage({ site, ...shown }: LivePageProps): ReactNode {
  const connection = useMemo(startLive, []);
  return (
    <LiveProvider connection={connection} site={site}>
      <Shown {...shown} />
    </LiveProvider>
  );
}

const CHANNELS: readonly Channel[] = ['board', 'counts'];
/** What was a quarter hour ago is known to a wall that hangs there, not to a glance. */
const unknown = (): null => null;

function Shown({ name, page, profile, strip }: Omit<LivePageProps, 'site'>): ReactNode {
  const { connection } = useLive();
  const freshness = useFreshness(CHANNELS);
  const live = useTables('board', liveTables);
  const counts = useCounts();
  const tables: BoardTables = useMemo(() => ({ ...live, counts }), [live, counts]);
  const siteNow = useSiteNow();
  const serverNow = connection.serverClock.now();
  const states = tables.queues.map((queue) =>
    queueState(queue, counts, judgedAt(proofOfQueue(freshness, queue.sources), siteNow, serverNow)),
  );
  const urgent = new Set(states.filter(({ severity }) => isBreach(severity)).map(({ queue }) => queue.id));
  const now = judgedAt(freshness, siteNow, serverNow);
  return (
    <>
      <div className="tv__head">
        <strong>{name}</strong>
        <span>{page.name}</span>
        <FreshnessPills freshness={freshness} />
      </div>
      <div className="tv__strip">{strip}</div>
      <div className="tv__page">
        <TrustProvider freshness={freshness}>
          <ShownBoardPage
            page={page}
            profile={profile}
            data={{ tables, states, now, clockAt: serverNow, urgent, changeOf: unknown }}
          />
        </TrustProvider>
      </div>
    </>
  );
}

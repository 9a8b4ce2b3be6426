/** What every wall is drawn from: the numbers, how far they may be believed, and the breaches as they are held. */
import { useMemo, useRef } from 'react';
import type { Channel } from '../../../shared/view.ts';
import { type Freshness, isWithheld, judgedAt, proofOfQueue } from '../live/freshness.ts';
import { useCounts, useFreshness, useLive, useSiteNow, useTables } from '../live/use-live.tsx';
import { useCauseText } from '../ui/freshness-pill.tsx';
import { type BoardTables, breachesOf, liveTables, type QueueState, queueState } from './board-model.ts';
import { type HeldBreach, type HeldBreaches, holdBreaches, NO_BREACHES, shownBreaches } from './held-breaches.ts';
import { type Rotation, type RotationInput, rotate, startRotation } from './rotation.ts';

const CHANNELS: readonly Channel[] = ['board', 'counts'];

export interface WallNow {
  readonly tables: BoardTables;
  readonly states: readonly QueueState[];
  readonly freshness: Freshness;
  /** Why numbers are withheld, in words. */
  readonly cause: string | null;
  readonly siteNow: number;
  /** Site time as of which numbers are judged: it stands still while they are withheld. */
  readonly now: number;
  /** Queues whose numbers are withheld. */
  readonly withheld: ReadonlySet<string>;
  readonly breaches: readonly HeldBreach[];
  /** Queues that are critical and known to be so. */
  readonly critical: readonly QueueState[];
}

export function useWall(): WallNow {
  const { connection, site } = useLive();
  const freshness = useFreshness(CHANNELS);
  const live = useTables('board', liveTables);
  const counts = useCounts();
  const tables: BoardTables = useMemo(() => ({ ...live, counts }), [live, counts]);
  const siteNow = useSiteNow();
  const cause = useCauseText(freshness, connection.refusal(site));
  const serverNow = connection.serverClock.now();
  const proofs = tables.queues.map(({ sources }) => proofOfQueue(freshness, sources));
  const states = tables.queues.map((queue, i) =>
    queueState(queue, counts, judgedAt(proofs[i] ?? freshness, siteNow, serverNow)),
  );
  const withheld = new Set(tables.queues.filter((_, i) => isWithheld(proofs[i] ?? freshness)).map(({ id }) => id));
  const held = useRef<HeldBreaches>(NO_BREACHES);
  // Data loss neither raises nor clears: what was shown stays as it was.
  held.current = holdBreaches(held.current, breachesOf(states), siteNow, withheld);
  return {
    ...{ tables, states, freshness, cause, siteNow, withheld },
    now: judgedAt(freshness, siteNow, serverNow),
    breaches: shownBreaches(held.current),
    critical: states.filter(({ queue, severity }) => severity === 'critical' && !withheld.has(queue.id)),
  };
}

/** `?page=2` stops the rotation: for a second TV beside the first, and for photographs. */
export function useRotation(input: RotationInput): Rotation {
  const rotation = useRef<Rotation | null>(null);
  rotation.current = rotate(rotation.current ?? startRotation(input.now), input);
  const fixed = useMemo(() => new URLSearchParams(location.search).get('page'), []);
  const page = fixed === null ? Number.NaN : Number(fixed) - 1;
  return Number.isInteger(page) && page >= 0 && page < input.pages ? { ...rotation.current, page } : rotation.current;
}

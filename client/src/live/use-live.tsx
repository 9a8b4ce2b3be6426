/** React's view of the live core. */
import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from 'react';
import type { ChannelTables } from '../../../shared/delta.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import type { Channel } from '../../../shared/view.ts';
import type { ChannelStore } from './channel-store.ts';
import { Counts } from './counts.ts';
import { type Freshness, freshnessOf } from './freshness.ts';
import type { LiveConnection } from './live-connection.ts';
import { siteOf, sourceProof } from './rows.ts';
import { SecondTicker } from './ticker.ts';

export interface Live {
  readonly connection: LiveConnection;
  readonly site: string;
  readonly ticker: SecondTicker;
}

const LiveContext = createContext<Live | null>(null);

export function LiveProvider(props: { connection: LiveConnection; site: string; children: ReactNode }): ReactNode {
  const { connection, site, children } = props;
  const live = useMemo(
    () => ({ connection, site, ticker: new SecondTicker(() => connection.serverClock.now()) }),
    [connection, site],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('LiveProvider is missing');
  return live;
}

function useStore(channel: Channel): ChannelStore {
  const { connection, site } = useLive();
  return useMemo(() => connection.open(site, channel), [connection, site, channel]);
}

/** A value made of a channel's tables; computed once per frame in which the channel changed. `select` must be stable. */
export function useTables<T>(channel: Channel, select: (tables: ChannelTables) => T): T {
  const store = useStore(channel);
  const version = useSyncExternalStore(store.subscribe, store.version);
  // biome-ignore lint/correctness/useExhaustiveDependencies: tables are mutable; the version says when to read them anew.
  return useMemo(() => select(store.tables), [store, select, version]);
}

const countsOf = (tables: ChannelTables): Counts => new Counts(tables);

/** What adds up; null until its first copy is here, which may be later than the board's. */
export function useCounts(): Counts | null {
  const counts = useTables('counts', countsOf);
  // Asked of the version and not of the copy, so that one paint sees one state.
  return useStore('counts').version() === 0 ? null : counts;
}

/** Re-renders every second; gives the site's time. */
export function useSiteNow(): number {
  const { connection, site, ticker } = useLive();
  useSyncExternalStore(ticker.subscribe, ticker.second);
  return connection.siteClock(site).now();
}

/** The minute of the site's time. Re-renders when it changes. */
export function useSiteMinute(): number {
  const { connection, site, ticker } = useLive();
  const minute = () => Math.floor(connection.siteClock(site).now() / MINUTE_MS) * MINUTE_MS;
  return useSyncExternalStore(ticker.subscribe, minute);
}

/** Re-renders every second; gives the server's time. */
export function useServerNow(): number {
  const { connection, ticker } = useLive();
  useSyncExternalStore(ticker.subscribe, ticker.second);
  return connection.serverClock.now();
}

/** The site's own time zone; empty until it is known. Re-renders only when it changes. */
export function useSiteTimeZone(): string {
  const store = useStore('board');
  return useSyncExternalStore(store.subscribe, () => siteOf(store.tables)?.timeZone ?? '');
}

/** `channels`: what the screen shows; the same array at every call. */
export function useFreshness(channels: readonly Channel[]): Freshness {
  const { connection, site } = useLive();
  const stores = useMemo(() => channels.map((channel) => connection.open(site, channel)), [connection, site, channels]);
  const board = useStore('board');
  useSyncExternalStore(board.subscribe, board.version);
  const socket = useSyncExternalStore(connection.subscribe, () => connection.stateOf(site));
  const serverNow = useServerNow();
  const sources = [...(board.tables.sources?.entries() ?? [])].map(([id, row]) => sourceProof(id, row));
  // What has not come yet is not shown; what came once must follow, whichever channel carries it.
  const outOfStep = stores.filter(({ rev }) => rev !== null).map(({ outOfStepMs }) => outOfStepMs);
  return freshnessOf({
    serverNow,
    lastTipAt: connection.lastTipAt,
    socket,
    hasSnapshot: board.rev !== null,
    outOfStepMs: Math.max(0, ...outOfStep),
    sources,
  });
}
